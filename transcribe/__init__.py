"""A Call becomes a Transcript."""
