"""By when something promised will be done: said with it, before it in a question, or after it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from classify.actions.timing import Placed, heads_of, placed, times_for
from classify.actions.unable import turned_down
from classify.dates import TimeMention, combine
from classify.dialogue import Talk, Turn
from models.vocabulary.action import SlotValue

BESIDE = 2  # words between words without a verb and their time
REACH = 14  # words between a deed and a time of its sentence that hangs on no other deed


def deadline(mentions: Sequence[TimeMention], said_at: datetime) -> dict[str, SlotValue]:
    """`due` in ISO 8601: a date-time where a clock time was named, a date where only a day was.

    A part of the day alone means the call's day, «утром» said later in the day the next one.
    """
    slot = combine([m for m in mentions if not m.past], said_at)
    if slot.datetime is not None:
        return {"due": slot.datetime.isoformat()}
    day = slot.date
    if day is None and mentions and (slot.part_of_day == "morning" or slot.time is not None):
        day = said_at.date() + timedelta(days=1)
        if slot.time is not None:
            return {"due": datetime.combine(day, slot.time, said_at.tzinfo).isoformat()}
    return {} if day is None else {"due": day.isoformat()}


def own_due(talk: Talk, turn: Turn, start: int, end: int) -> dict[str, SlotValue]:
    """When the deed in words `start` to `end` will be done, as its own turn says it."""
    refused = turned_down(talk, turn)
    own = [
        p
        for p in times_for(talk, turn, start, end)
        if p.start not in refused and not _asked_after(turn, start, p)
    ]
    said = _due(talk, own)
    if said:
        return said
    return _due(talk, [p for p in _lent(talk, turn, start) if p.start not in refused])


def _asked_after(turn: Turn, start: int, p: Placed) -> bool:
    """«Исправлю. Аванс тогда в понедельник?»: the next question has a time of its own."""
    return turn.tokens[p.start].sentence > turn.tokens[start].sentence and turn.asks(p.start)


def _lent(talk: Talk, turn: Turn, start: int) -> list[Placed]:
    """Times that hang on a lesser verb before the deed: «в среду вернётся и подпишет»."""
    deeds = heads_of(talk, turn)
    return [
        p
        for p in placed(talk, turn)
        if not p.mention.past
        and (p.head not in deeds or _step(turn, p, start))
        and turn.tokens[p.start].sentence == turn.tokens[start].sentence
        and (0 <= start - p.end <= REACH or _waits_for(turn, start, p))
    ]


def _step(turn: Turn, p: Placed, start: int) -> bool:
    """«Печать в понедельник привезут, и подпишем»: what others do first, and then the deed."""
    head = p.head
    if head is None or head >= start or not turn.tokens[head].has("3per", "futr"):
        return False
    return any(t.form in ("и", "тогда") for t in turn.tokens[max(head, p.end) : start])


def _waits_for(turn: Turn, start: int, p: Placed) -> bool:
    """«Подпишу, как только вернётся, в среду»: the day of what the deed waits for."""
    between = turn.tokens[start : p.start][:REACH]
    return any(t.form in ("как", "когда", "once", "when") for t in between)


def due_beside(talk: Talk, turn: Turn, start: int, end: int) -> dict[str, SlotValue]:
    """The time in or right beside words that have no verb: «через час счёт у вас»."""
    near = [
        p
        for p in placed(talk, turn)
        if not p.mention.past
        and p.start < end + BESIDE
        and start < p.end + BESIDE
        and turn.tokens[p.start].sentence == turn.tokens[start].sentence
    ]
    return _due(talk, near)


def free_due(talk: Talk, turn: Turn) -> dict[str, SlotValue]:
    """The day and hour of a turn that hang on no verb: an answer to «когда?»."""
    refused = turned_down(talk, turn)
    deeds = heads_of(talk, turn)
    return _due(
        talk,
        [
            p
            for p in placed(talk, turn)
            if p.head not in deeds and not p.mention.past and p.start not in refused
        ],
    )


def _due(talk: Talk, times: Sequence[Placed]) -> dict[str, SlotValue]:
    return deadline([p.mention for p in times], talk.context.started_at)
