"""What is voted on, and how sure a vote has to be to add an action or to take one away."""

from __future__ import annotations

from models.vocabulary.action import ActionStatus, ActionType

Kind = tuple[ActionType, ActionStatus]
_D, _P = ActionStatus.DONE, ActionStatus.PROMISED
_O, _N = ActionStatus.PROPOSED, ActionStatus.DECLINED
_STATUSES: dict[ActionType, tuple[ActionStatus, ...]] = {
    ActionType.DECISION_MAKER_IDENTIFIED: (_D,),
    ActionType.INTEREST_EXPRESSED: (_D,),
    ActionType.REFUSAL: (_D,),
    ActionType.NEEDS_CLARIFIED: (_D,),
    ActionType.BUDGET_NAMED: (_D,),
    ActionType.OBJECTION: (_D,),
    ActionType.MEETING_BOOKED: (_D, _O, _N),
    ActionType.MEETING_HELD: (_D,),
    ActionType.PROPOSAL_SENT: (_P, _D),
    ActionType.PROPOSAL_DISCUSSED: (_D,),
    ActionType.FOLLOW_UP_AGREED: (_D, _O, _N),
    ActionType.TERMS_AGREED: (_D, _N),
    ActionType.CONTRACT_SENT: (_P, _D),
    ActionType.CONTRACT_SIGNED: (_P, _D),
    ActionType.INVOICE_SENT: (_P, _D),
    ActionType.PAYMENT: (_P, _D),
    ActionType.WORK_ACCEPTED: (_D, _N),
    ActionType.REVIEW_REQUESTED: (_D,),
}
KINDS: tuple[Kind, ...] = tuple((t, s) for t, some in _STATUSES.items() for s in some)
COLUMN = {kind: column for column, kind in enumerate(KINDS)}

# The chance from which a vote adds an action, and under which it takes one away; chosen on the
# validation sets (docs/decisions/0009-votes.md), a little on the side of precision. A meeting that
# the wordings found goes only where the votes are sure that it was none.
ADD, DROP = 0.45, 0.2
ADD_FOR: dict[Kind, float] = {
    (ActionType.INTEREST_EXPRESSED, _D): 0.55,
    (ActionType.MEETING_BOOKED, _D): 0.8,  # the one that nobody forgives
    (ActionType.NEEDS_CLARIFIED, _D): 0.8,  # credits the agent with a question
}
DROP_FOR: dict[Kind, float] = {
    (ActionType.MEETING_BOOKED, _D): 0.1,
    (ActionType.BUDGET_NAMED, _D): 0.3,
}


def adds(kind: Kind) -> float:
    """The chance from which a vote adds an action of a kind."""
    return ADD_FOR.get(kind, ADD)


def drops(kind: Kind) -> float:
    """The chance under which an action of a kind goes."""
    return DROP_FOR.get(kind, DROP)
