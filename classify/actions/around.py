"""The day and the hour of what was agreed over several turns, put together from those around.

«Завтра у меня стройка» — «А в пятницу?» — «После семи» — «Тогда в полвосьмого»: each turn names
a part, and the words that settle the matter may name none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from classify.actions.timing import TIMED, When, iso, placed, settled, when
from classify.citation import holders
from classify.dates import TimeMention
from classify.dialogue import Talk
from models.vocabulary.action import Action, ActionStatus, ActionType, SlotValue

BEFORE, AFTER = 6, 1  # turns around the words that settle it


def completed(talk: Talk, action: Action) -> Action:
    """The action with the day and hour that the turns around it name, where it has them in part.

    An hour of the call's own day goes to the day that was spoken of, where nobody spoke of today.
    A whole moment or nothing is what a call-back gets, and what was called off: a day alone may be
    that of another matter, or one that did not suit, and a promise with a wrong day accuses.
    """
    if action.type not in TIMED or action.status is ActionStatus.PROPOSED:
        return action
    said = _mentions(talk, action)
    if not said:
        return action
    said_at = talk.context.started_at
    old, around = action.slots, when(said)
    if "datetime" in old:
        moment = datetime.fromisoformat(str(old["datetime"]))
        if moment.date() != said_at.date() or _of_day(said, said_at.date()) or not around.day:
            return action
        return _with(action, iso(When(around.day, moment.time()), said_at))
    found = iso(settled(around, said_at), said_at)
    if "date" in old:
        told = str(old["date"])
        fits = around.day is not None and around.day.isoformat() == told and "datetime" in found
        return _with(action, found) if fits else action
    met = action.type is ActionType.MEETING_BOOKED and action.status is ActionStatus.DONE
    whole = "datetime" in found or met
    return _with(action, found) if found and whole else action


def _with(action: Action, found: dict[str, SlotValue]) -> Action:
    slots = {k: v for k, v in action.slots.items() if k not in ("date", "datetime")}
    return replace(action, slots=found | slots)


def _mentions(talk: Talk, action: Action) -> list[TimeMention]:
    """The coming times of the turns around an action, in the order they were said."""
    turns = [turn for turn in talk.turns if not turn.machine]
    held = holders(action, turns)
    if not held:
        return []
    return [
        p.mention
        for turn in turns[max(0, held[-1] - BEFORE) : held[-1] + AFTER + 1]
        for p in placed(talk, turn)
        if not (p.mention.past or p.mention.refused or p.mention.bound == "by")
    ]


def _of_day(said: Sequence[TimeMention], day: date) -> bool:
    return any(one.date == day for one in said)
