"""What an action says beside its status, as people type it: a day, an hour, a sum."""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, tzinfo

from api.pages.typed import day_in
from models.vocabulary.action import Action, ActionType, SlotValue

_AGREED = frozenset({ActionType.MEETING_BOOKED, ActionType.FOLLOW_UP_AGREED})
_DUE = frozenset(
    {
        ActionType.PROPOSAL_SENT,
        ActionType.CONTRACT_SENT,
        ActionType.CONTRACT_SIGNED,
        ActionType.INVOICE_SENT,
        ActionType.PAYMENT,
    }
)
DATED = _AGREED | _DUE | {ActionType.MEETING_HELD}
SUMS = frozenset({ActionType.BUDGET_NAMED, ActionType.INVOICE_SENT, ActionType.PAYMENT})
_TIMES = ("datetime", "date", "due")
_YEARS = range(2000, 2101)
_LARGEST = 1e12


class NonsenseError(Exception):
    """What was sent is no correction; `key` of the words says why."""

    def __init__(self, key: str = "call.nonsense") -> None:
        self.key = key
        super().__init__(key)


@dataclass(frozen=True, slots=True)
class Typed:
    """The fields of a form, as a browser sends and shows them; empty where nothing is said."""

    day: str = ""
    clock: str = ""
    amount: str = ""


def slots_of(kind: ActionType, typed: Typed, zone: tzinfo | None) -> dict[str, SlotValue]:
    """What is typed, as the slots of an action of this type; times are those of `zone`.

    Raises:
        NonsenseError: it is no day, no hour or no sum.
    """
    found: dict[str, SlotValue] = {}
    if kind in DATED and (typed.day or typed.clock):
        day, clock = _day(typed.day), _clock(typed.clock)
        moment = datetime.combine(day, clock, zone).isoformat() if clock is not None else None
        if kind in _DUE:
            found["due"] = moment or day.isoformat()
        elif kind in _AGREED and moment is not None:
            found["datetime"] = moment
        else:
            found["date"] = day.isoformat()
    if kind in SUMS and typed.amount.strip():
        found["amount"] = _amount(typed.amount)
    return found


def other_slots(action: Action, said: Mapping[str, SlotValue]) -> dict[str, SlotValue]:
    """An action's slots with what a form says in the place of what it asks for."""
    asked = set(_TIMES if action.type in DATED else ())
    asked |= {"amount"} if action.type in SUMS else set()
    kept = {name: value for name, value in action.slots.items() if name not in asked}
    return kept | dict(said)


def typed_of(slots: Mapping[str, SlotValue], zone: tzinfo) -> Typed:
    """The slots of an action as a form shows them."""
    said = next((str(slots[name]) for name in _TIMES if slots.get(name)), "")
    day, clock = said[:10], ""
    with suppress(ValueError):
        if "T" in said:
            local = datetime.fromisoformat(said).astimezone(zone)
            day, clock = f"{local:%Y-%m-%d}", f"{local:%H:%M}"
    amount = slots.get("amount")
    return Typed(day, clock, f"{amount:g}" if isinstance(amount, float | int) else "")


def _day(text: str) -> date:
    day = day_in(text.strip())
    if day is None or day.year not in _YEARS:
        raise NonsenseError
    return day


def _clock(text: str) -> time | None:
    if not text.strip():
        return None
    try:
        return time.fromisoformat(text.strip()).replace(tzinfo=None, second=0, microsecond=0)
    except ValueError:
        raise NonsenseError from None


def _amount(text: str) -> float:
    try:
        amount = float("".join(text.split()).replace(",", "."))
    except ValueError:
        raise NonsenseError from None
    if not math.isfinite(amount) or not 0 < amount < _LARGEST:
        raise NonsenseError
    return amount
