"""Where the transcript is too poor to claim that something was not said."""

from __future__ import annotations

from collections.abc import Sequence

from classify.checklist.places import agent_turns
from classify.dialogue import Talk, Turn
from models.vocabulary.action import Action
from models.vocabulary.transcript import Segment, Speaker

UNSURE = 0.5  # below, an utterance (as the report marks it) or an action proves nothing
MOST_DOUBTFUL = 1 / 3  # share of doubtful letters from which an absence proves nothing


def is_unsure(action: Action) -> bool:
    """Whether an action is too weakly heard to rest a verdict on."""
    return action.confidence < UNSURE


def place_doubtful(talk: Talk, place: str) -> bool:
    """Whether the agent's words in the opening, the closing or anywhere are too poor to tell.

    Where nothing at all of the agent was heard, nothing can be told either.
    """
    return turns_doubtful(agent_turns(talk, place))


def turns_doubtful(turns: Sequence[Turn]) -> bool:
    """Whether a third of these turns' letters or more were heard poorly, or none are there."""
    segments = [segment for turn in turns for _, segment in turn.pieces]
    letters = sum(len(segment.text) for segment in segments)
    poor = sum(len(segment.text) for segment in segments if _poor(segment))
    return poor >= letters * MOST_DOUBTFUL


def _poor(segment: Segment) -> bool:
    """Whether a segment was recognised weakly, or nobody knows who spoke it."""
    return segment.confidence < UNSURE or segment.speaker is Speaker.UNKNOWN
