"""What a voted action carries, read by the readers of its family."""

from __future__ import annotations

from classify.actions.answered import due_between
from classify.actions.deadline import free_due
from classify.actions.objection import KINDS as REASONS
from classify.actions.payment import ASKS, amount_of, part_of
from classify.actions.people import named_near, role_near
from classify.actions.sum_of import spoken_sums
from classify.actions.timing import TIMED, iso, placed, settled, when
from classify.dialogue import Hit, Talk, Turn
from classify.votes.kinds import Kind
from models.vocabulary.action import ActionStatus, ActionType, SlotValue
from models.vocabulary.transcript import Speaker

PAPERS = frozenset(
    {
        ActionType.PROPOSAL_SENT,
        ActionType.CONTRACT_SENT,
        ActionType.CONTRACT_SIGNED,
        ActionType.INVOICE_SENT,
    }
)
Slots = dict[str, SlotValue]


def slots_of(talk: Talk, kind: Kind, turn: Turn, place: tuple[int, int]) -> Slots:
    """The slots of the words `place` (first, one past the last) of a turn."""
    hit = Hit("votes", turn, *place, wording="")
    type_, status = kind
    if type_ is ActionType.DECISION_MAKER_IDENTIFIED:
        return _known(name=named_near(talk, hit), role=role_near(talk, hit))
    if type_ is ActionType.PAYMENT:
        part = part_of(talk, hit)
        due = _due(talk, hit) if status is ActionStatus.PROMISED else {}
        return _known(amount=amount_of(talk, hit, part), part=part) | due
    if type_ in PAPERS:
        return _due(talk, hit) if status is ActionStatus.PROMISED else {}
    if type_ in TIMED:
        return _moment(talk, turn)
    if type_ is ActionType.BUDGET_NAMED:
        return _sum(talk, turn)
    return {"kind": _reason(talk, turn)} if type_ is ActionType.OBJECTION else {}


def _known(**slots: SlotValue | None) -> Slots:
    return {name: value for name, value in slots.items() if value is not None}


def _due(talk: Talk, hit: Hit) -> Slots:
    """When it is due: said with it, in the question that it answers, or alone in its turn."""
    return due_between(talk, hit, ASKS) or free_due(talk, hit.turn)


def _moment(talk: Talk, turn: Turn) -> Slots:
    """The coming time in the turn, on the day or at the hour that the turn before put forward."""
    before = [t for t in talk.before(turn, 1) if t.speaker is not turn.speaker]
    coming = [
        p.mention
        for one in (*before, turn)
        for p in placed(talk, one)
        if not p.mention.past and not p.mention.refused
    ]
    said_at = talk.context.started_at
    return iso(settled(when(coming), said_at), said_at) if coming else {}


def _sum(talk: Talk, turn: Turn) -> Slots:
    """The last sum of the turn, else of the turn before: a short yes takes what was asked."""
    for one in (turn, *talk.before(turn, 1)):
        found = spoken_sums(talk, one)
        if found:
            return {"amount": found[-1].value, "currency": found[-1].currency}
    return {}


def _reason(talk: Talk, turn: Turn) -> str:
    """The kind of an objection whose words stand in the turn, else `other`."""
    said = (kind for kind in REASONS if talk.has(f"objection.{kind}", turn))
    return next(said, "other") if turn.speaker is Speaker.CLIENT else "other"
