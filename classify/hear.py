"""A transcript becomes an outcome and actions. Pure: the same words give the same answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from classify.actions import find_actions
from classify.actions.around import completed
from classify.actions.findings import Findings
from classify.citation import holders
from classify.confidence import sure
from classify.dialogue import CallContext, Talk, listen
from classify.outcome import COURTESIES, decide
from classify.votes import Voted, put_outcome_to_vote, put_to_vote
from models.vocabulary.action import Action, ActionStatus, ActionType, HeardCall, Outcome
from models.vocabulary.transcript import Segment

__all__ = ["CallContext", "hear"]

SILENT = frozenset({Outcome.INTERNAL, Outcome.NO_ANSWER, Outcome.IVR, Outcome.UNINTELLIGIBLE})
PROMISES = frozenset(
    {
        ActionType.FOLLOW_UP_AGREED,
        ActionType.PROPOSAL_SENT,
        ActionType.CONTRACT_SENT,
        ActionType.INVOICE_SENT,
    }
)
LIMITED: dict[Outcome, frozenset[ActionType]] = {
    Outcome.VOICEMAIL: COURTESIES | PROMISES,
    Outcome.WRONG_NUMBER: COURTESIES,
    Outcome.TOO_SHORT: COURTESIES,
    Outcome.GATEKEEPER: COURTESIES | PROMISES | {ActionType.DECISION_MAKER_IDENTIFIED},
}


def hear(segments: Sequence[Segment], context: CallContext) -> HeardCall:
    """What a call comes to: its outcome and its actions in the order of their time.

    Args:
        segments: the call's utterances in order; times may be missing.
        context: when the call began, its direction and language, whose names are ours.
    """
    return hear_talk(listen(segments, context))


def hear_talk(talk: Talk) -> HeardCall:
    """What a call that was read comes to (see `hear`): the wordings speak first, then the votes."""
    outcome, found = voted(talk)
    return HeardCall(
        outcome, tuple(in_order([sure(one.action, talk, one.chance) for one in found], talk))
    )


def voted(talk: Talk) -> tuple[Outcome, list[Voted]]:
    """What a call comes to after the votes, with the chance that they give each action."""
    found = find_actions(talk)
    said = decide(talk, found)
    outcome = put_outcome_to_vote(talk, said, _left(talk, said, found))
    actions = _left(talk, outcome, found)
    if outcome is not Outcome.CONVERSATION:
        return outcome, [Voted(action, None) for action in actions]
    voted_on = put_to_vote(talk, actions)
    return outcome, [replace(one, action=completed(talk, one.action)) for one in voted_on]


def by_wordings(talk: Talk) -> HeardCall:
    """What the wordings alone find in a call."""
    found = find_actions(talk)
    outcome = decide(talk, found)
    return HeardCall(outcome, tuple(_left(talk, outcome, found)))


def _left(talk: Talk, outcome: Outcome, found: Findings) -> list[Action]:
    """What an outcome leaves of the actions found, in their order."""
    if outcome in SILENT:
        return []
    allowed = LIMITED.get(outcome)
    actions = [a for a in found.actions if allowed is None or a.type in allowed]
    if outcome is Outcome.VOICEMAIL:
        actions = [_unanswered(a) for a in actions]
    return in_order(actions, talk)


def _unanswered(action: Action) -> Action:
    """Nobody can agree with a machine: what the agent says to it stays proposed."""
    if action.type is ActionType.FOLLOW_UP_AGREED:
        return replace(action, status=ActionStatus.PROPOSED)
    return action


def in_order(actions: Sequence[Action], talk: Talk) -> list[Action]:
    """The actions as their quotes follow each other in the call."""

    def place(action: Action) -> tuple[int, int]:
        first = next(iter(holders(action, talk.turns)), None)
        if first is None:
            return len(talk.turns), 0
        return first, talk.turns[first].text.find(action.quote)

    return sorted(actions, key=place)
