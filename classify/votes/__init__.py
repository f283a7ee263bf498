"""A small trained network that votes beside the wordings on what was done in a call.

Pure and deterministic; what it rests on and what it is worth: docs/decisions/0009-votes.md.
"""

from classify.votes.vote import Voted, put_outcome_to_vote, put_to_vote

__all__ = ["Voted", "put_outcome_to_vote", "put_to_vote"]
