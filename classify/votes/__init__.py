"""A small trained model that votes beside the wordings on a few open-ended actions.

Pure and deterministic; what it rests on and what it is worth: docs/decisions/0009-votes.md.
"""

from classify.votes.opinion import second_opinion

__all__ = ["second_opinion"]
