"""`review_requested`: the agent asks for a review or a recommendation."""

from __future__ import annotations

from classify.actions.findings import Findings
from classify.citation import make_action
from classify.dialogue import Talk
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Speaker


def find(talk: Talk, _: Findings) -> list[Action]:
    """The first time that the agent asks, once."""
    hits = talk.all_hits("review.asked", Speaker.AGENT)
    return [
        make_action(
            ActionType.REVIEW_REQUESTED,
            ActionStatus.DONE,
            hit.turn,
            (hit.start, hit.end),
            cues=(f"{hit.cue}: {hit.wording}",),
            confidence=0.85,
        )
        for hit in hits[:1]
    ]
