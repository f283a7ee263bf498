"""Which of the times that a turn names speak to a table."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise

from classify.actions.bare_clock import bare_clocks
from classify.actions.moves import Move
from classify.actions.same_day import of_same_half
from classify.actions.table import Said, Standing, Table
from classify.actions.timing import Placed, heads_of, placed, times_for, when
from classify.actions.unable import noes, turned_down
from classify.dialogue import Talk, Turn


def times_said(
    talk: Talk, turn: Turn, moves: Sequence[Move], table: Table | None, *, free: bool
) -> Said:
    """The time that a turn gives a topic.

    `free`: times that hang on no other deed speak to the table too.
    """
    mine = _own(talk, turn, moves, table, free=free)
    if not mine:
        return Said()
    english = talk.context.language == "en"
    rejected = _leave_taking(talk, turn)
    if table is not None or not any(move.kind == "arranged" for move in moves):
        rejected |= turned_down(talk, turn) | {p.start for p in noes(talk, turn)}
    if table is not None and table.topic.unnamed:
        rejected |= _known_by(talk, turn)
    kept = [
        _as_it_lies(mine[start], table)
        for start in sorted(mine)
        if start not in rejected
        and not _leaves_room(mine[start], table)
        and not (english and _deadline(mine[start], moves, table))
        and not OPENING_HOURS.search(mine[start].mention.text.lower())
    ]
    kept = [until for p in kept if (until := _without_end(p)) is not None]
    if not kept:
        return Said()
    groups = _alternatives(turn, kept)
    options = tuple(when([p.mention for p in group]) for group in groups)
    if len(options) > 1:
        return Said(options=options, at=kept[-1].start)
    slot = options[0]
    if slot.clock is None and talk.has("stance.same_time", turn):
        slot = replace(slot, clock=next((p.mention.time for p in kept if p.mention.time), None))
    return Said(slot, (), kept[-1].start)


def _own(
    talk: Talk, turn: Turn, moves: Sequence[Move], table: Table | None, *, free: bool
) -> dict[int, Placed]:
    """The times of a turn that speak to a table, by their first word."""
    mine = {
        p.start: p
        for move in moves
        if move.kind in ("propose", "arranged")
        for p in times_for(talk, turn, move.hit.start, move.hit.end)
    }
    coming = [p for p in placed(talk, turn) if not p.mention.past]
    if free or mine:
        mine |= {p.start: p for p in coming if p.head is None and _touches(turn, p, mine)}
        mine |= {p.start: p for p in coming if _repeats(p, table)}
    if free:
        settled = table is not None and table.standing is Standing.AGREED
        lesser = _lesser_verbs(talk, turn, table)
        ours = [
            p
            for p in coming
            if (p.head is None or p.head in lesser)
            and not _of_papers(talk, turn, p, moves)
            and not (settled and p.mention.bound == "by" and p.mention.date)
        ]
        mine |= {p.start: p for p in ours}
    if free and table is not None and (talk.context.language != "en" or _dated(talk, turn, table)):
        offered = [w.clock for w in (table.slot, *table.options) if w.clock]
        mine |= {p.start: p for p in bare_clocks(talk, turn, offered)}
    return mine


def _lesser_verbs(talk: Talk, turn: Turn, table: Table | None) -> frozenset[int]:
    """The verbs that say when one is free, in an answer to «когда?»: «через час припаркуюсь»."""
    if table is None or not (table.topic.not_now and table.standing is Standing.OPEN):
        return frozenset()
    asked = next((t for t in talk.before(turn, 1) if t.speaker is not turn.speaker), None)
    if asked is None or not talk.has("follow_up.asks_when", asked):
        return frozenset()
    deeds = heads_of(talk, turn)
    return frozenset(
        p.head for p in placed(talk, turn) if p.head is not None and p.head not in deeds
    )


def _dated(talk: Talk, turn: Turn, table: Table) -> bool:
    """Whether a bare English number may be an hour: a day lies there, or the time was asked for."""
    if table.slot.day or table.slot.clock or table.options or any(p for p in placed(talk, turn)):
        return True
    return any(talk.has("stance.asks_time", t) for t in talk.before(turn, 1))


UNTIL = re.compile(r"\bдо\b")


def _without_end(p: Placed) -> Placed | None:
    """«Завтра окно до двенадцати»: the day, and no hour; nothing where no day is named."""
    said = p.mention
    if said.bound != "by" or said.time is None or not UNTIL.search(said.text.lower()):
        return p
    return replace(p, mention=replace(said, time=None, part_of_day=None)) if said.date else None


# «С девяти до шести»: when somebody is there, no time to meet at.
OPENING_HOURS = re.compile(
    r"\bсо? (?:7|8|9|10|сем|вос|девят|десят)\S* (?:утра )?"
    r"до (?:1[6-9]|2\d|[4-9]|четыр|пят|шест|сем|вос|девят|десят)"
)
PUT_OFF = ("отлож", "перен", "давай", "разговор", "подожд", "потерп", "время", "встреч")


def _deadline(p: Placed, moves: Sequence[Move], table: Table | None) -> bool:
    """«By Monday noon»: when a thing is to be done, no time to meet at."""
    if p.mention.bound != "by" or _repeats(p, table):
        return False
    return not any(m.kind == "propose" and m.hit.cue.startswith("follow_up.") for m in moves)


def _leaves_room(p: Placed, table: Table | None) -> bool:
    """«Я с восьми тут», «мы до семи»: bounds that the hour on the table keeps offer no other."""
    clock, bound = p.mention.time, p.mention.bound
    if table is None or table.slot.clock is None or clock is None or p.mention.date is not None:
        return False
    return (bound == "from" and clock <= table.slot.clock) or (
        bound == "by" and clock >= table.slot.clock
    )


def _as_it_lies(p: Placed, table: Table | None) -> Placed:
    """A bare weekday is the one on the table: «вторник, в десять» of a Tuesday in a fortnight.

    So is the half of the day of a bare hour.
    """
    lying = table.slot.clock or table.hour if table else None
    p = replace(p, mention=of_same_half(p.mention, lying))
    day = table.slot.day if table else None
    if day is None or (p.mention.weekday != day.weekday() and not _same_number(p, day)):
        return p
    return replace(p, mention=replace(p.mention, date=day))


ENGLISH_DAY = re.compile(
    r"(?i)\b(?:\d{1,2}(?:st|nd|rd|th)|\w+(?:th|first|second|third))\b(?!.*\b(?:jan|feb|mar|apr|"
    r"may|jun|jul|aug|sep|oct|nov|dec|week|month|today|tomorrow))"
)


def _same_number(p: Placed, day: date) -> bool:
    """«The 18th» of a Monday in August that lies on the table, said in the middle of July."""
    said = p.mention.date
    return said is not None and said.day == day.day and bool(ENGLISH_DAY.search(p.mention.text))


def _repeats(p: Placed, table: Table | None) -> bool:
    """Whether a mention says again the day and the hour on the table, whatever verb is near."""
    if table is None or table.slot.day is None or p.mention.time is None:
        return False
    said, slot = p.mention, table.slot
    return said.date == slot.day and slot.clock in (said.time, None)


def _leave_taking(talk: Talk, turn: Turn) -> set[int]:
    """«До среды!» is a good-bye and names no time; «отложим до среды» is none."""
    return {
        h.start
        for h in talk.hits("courtesies.farewell", turn)
        if not (h.start and turn.tokens[h.start - 1].form.startswith(PUT_OFF))
    }


def _of_papers(talk: Talk, turn: Turn, p: Placed, moves: Sequence[Move]) -> bool:
    """Whether a time stands beside a paper or a payment: «расчёт завтра на почту»."""
    if any(m.kind == "accept" for m in moves):
        return False
    sentence = turn.tokens[p.start].sentence
    return any(
        turn.tokens[h.start].sentence == sentence
        and min(abs(h.start - p.end), abs(p.start - h.end)) <= 3
        for h in talk.hits("stance.paper_deed", turn)
    )


def _known_by(talk: Talk, turn: Turn) -> set[int]:
    """«Во вторник буду знать»: when one will know is no time to meet at."""
    hits = talk.hits("stance.knows_by", turn)
    return {
        p.start
        for p in (placed(talk, turn) if hits else ())
        if any(abs(h.start - p.end) <= 2 or abs(p.start - h.end) <= 2 for h in hits)
    }


def _touches(turn: Turn, free: Placed, mine: Mapping[int, Placed]) -> bool:
    sentence = turn.tokens[free.start].sentence
    return any(abs(turn.tokens[p.start].sentence - sentence) <= 1 for p in mine.values())


def _alternatives(turn: Turn, mentions: Sequence[Placed]) -> list[list[Placed]]:
    groups = [[mentions[0]]]
    for before, after in pairwise(mentions):
        between = turn.tokens[before.end : after.start]
        if any(token.form in ("или", "либо", "or") for token in between) or (
            any(token.form in ("и", "and") for token in between) and _two(before, after)
        ):
            groups.append([after])
        else:
            groups[-1].append(after)
    return groups


def _two(before: Placed, after: Placed) -> bool:
    """«Завтра в два и послезавтра в десять»: two whole times, one of which is to be chosen."""
    first, second = before.mention, after.mention
    if all((first.date, first.time, second.date, second.time)):
        return first.date != second.date
    return bool(first.time and second.time and first.time != second.time and not second.date)
