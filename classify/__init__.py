"""A Transcript becomes Actions, a deal and Verdicts."""
