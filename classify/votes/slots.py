"""What a voted action carries, read by the readers of its family."""

from __future__ import annotations

from classify.actions.answered import due_between
from classify.actions.payment import ASKS, amount_of, part_of
from classify.actions.people import named_near, role_near
from classify.dialogue import Hit, Talk, Turn
from classify.votes.ballots import Ballot
from models.vocabulary.action import ActionStatus, ActionType, SlotValue


def slots_of(
    talk: Talk, ballot: Ballot, turn: Turn, place: tuple[int, int]
) -> dict[str, SlotValue]:
    """The slots of the words `place` (first, one past the last) of a turn."""
    hit = Hit("votes", turn, *place, wording="")
    slots: dict[str, SlotValue | None] = {}
    if ballot.type is ActionType.DECISION_MAKER_IDENTIFIED:
        slots = {"name": named_near(hit), "role": role_near(talk, hit)}
    elif ballot.type is ActionType.PAYMENT:
        part = part_of(talk, hit)
        slots = {"amount": amount_of(talk, hit, part), "part": part}
        if ballot.status is ActionStatus.PROMISED:
            slots |= due_between(talk, hit, ASKS)
    return {name: value for name, value in slots.items() if value is not None}
