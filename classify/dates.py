"""Dates and times as people say them on the telephone, resolved against the call.

What cannot be settled stays a date or nothing: «на следующей неделе» names no day, «после
трёх» no hour (docs/decisions/0003-dates.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date as Date  # noqa: N812 - a field of ours is called `date`
from datetime import datetime, timedelta, tzinfo
from datetime import time as Time  # noqa: N812 - a field of ours is called `time`
from functools import cache

from classify.timewords.context import is_alternative, is_past, is_refused
from classify.timewords.frames import Frame, clock_of
from classify.timewords.joining import joined
from classify.timewords.patterns import Rule, frames_of
from classify.timewords.resolve import day_of, moment_of, monday_of, weeks_of
from classify.timewords.tokens import Token, tokens_of


@dataclass(frozen=True, slots=True)
class TimeMention:
    """One time said in a text, from character `start` to `end`.

    `date` and `time` stand only where they were settled. `kind` is ``day``, ``clock``,
    ``day+clock``, ``part`` (a part of a day alone), ``range`` (its beginning is given),
    ``offset``, ``now`` or ``vague``. `bound` tells deadlines (``by``) from beginnings
    (``from``, ``after``); `earliest` is the hour of «после двух», which settles none. `week` is
    the Monday of a week that was named; `weekday` a weekday
    that was said without saying which. `refused`: «не в среду», «в среду не могу».
    `alternative`: one of several («или во вторник»).
    """

    start: int
    end: int
    text: str
    date: Date | None
    time: Time | None
    part_of_day: str | None
    kind: str
    past: bool
    approximate: bool
    exact_offset: bool
    bound: str | None = None
    week: Date | None = None
    weekday: int | None = None
    refused: bool = False
    alternative: bool = False
    earliest: Time | None = None


@dataclass(frozen=True, slots=True)
class Slot:
    """What several mentions come to: a day, a moment where the clock time is settled too.

    `datetime` carries the call's time zone. `time` is a clock time, also one that no day
    was found for.
    """

    date: Date | None = None
    datetime: datetime | None = None
    time: Time | None = None
    part_of_day: str | None = None


def find_times(
    text: str, said_at: datetime, *, language: str = "ru", past: bool | None = None
) -> tuple[TimeMention, ...]:
    """Finds every date and time said in `text`, in the order they were said.

    `said_at` is the call's start (aware). `past` says whether the utterance speaks of what
    has been; ``None`` lets the nearest verb decide. Never raises on any text.
    """
    english = language.startswith("en")
    tokens = tokens_of(text, english=english)
    frames = joined(frames_of(tokens, _rules(english=english)), tokens, said_at.date())
    mentions: list[TimeMention] = []
    for previous, frame in zip((None, *frames), frames, strict=False):
        gone = _is_past(frame, tokens, past, english=english)
        if gone and mentions and _of_coming_day(frame, mentions[-1], tokens):
            gone = False
        refused = not gone and is_refused(frame, previous, tokens)
        mention = _mention(frame, tokens, text, said_at, past=gone)
        mentions.append(replace(mention, refused=refused))
    return tuple(mentions)


def _of_coming_day(frame: Frame, day: TimeMention, tokens: Sequence[Token]) -> bool:
    """Whether an hour follows a coming day in its sentence: «завтра к вам собиралась к десяти»."""
    between = [t.tag for t in tokens[: frame.first] if t.start >= day.end]
    near = len(between) <= _ONE_BREATH and "." not in between
    return near and not frame.has_day and day.kind == "day" and not day.past


_ONE_BREATH = 6  # words


@cache
def _rules(*, english: bool) -> tuple[Rule, ...]:
    if english:
        from classify.timewords.english import ENGLISH_RULES

        return ENGLISH_RULES
    from classify.timewords.russian_clock import CLOCK_RULES
    from classify.timewords.russian_day import DAY_RULES, VAGUE_RULES
    from classify.timewords.russian_offset import OFFSET_RULES

    return (*OFFSET_RULES, *DAY_RULES, *CLOCK_RULES, *VAGUE_RULES)


def _is_past(frame: Frame, tokens: Sequence[Token], past: bool | None, *, english: bool) -> bool:
    if frame.ago or frame.shift == "last" or (frame.weeks is not None and frame.weeks < 0):
        return True
    if frame.days is not None:
        return frame.days < 0 or (frame.days == 0 and bool(past))
    if frame.shift not in {None, "that"} or frame.offset or (english and frame.later):
        return False
    return is_past(frame, tokens, english=english) if past is None else past


def _mention(
    frame: Frame, tokens: Sequence[Token], text: str, said_at: datetime, *, past: bool
) -> TimeMention:
    start, end = tokens[frame.first].start, tokens[frame.last - 1].end
    moment = moment_of(frame, said_at)
    day = moment.date() if moment else day_of(frame, said_at.date(), past=past)
    exact = moment is not None and not frame.ago
    clock = moment.timetz().replace(tzinfo=None) if moment and exact else clock_of(frame)
    if day and clock and _is_day_of_month(frame, tokens, day, clock):
        clock = None
    bare = frame.weekday is not None and frame.shift is None and frame.weeks is None
    return TimeMention(
        start=start,
        end=end,
        text=text[start:end],
        date=day,
        time=clock,
        part_of_day=frame.part or (_part_of(clock) if clock else None),
        kind=_kind(frame, day, clock),
        past=past or (day is not None and day < said_at.date()),
        approximate=frame.approximate,
        exact_offset=exact,
        bound=frame.bound,
        week=_week_of(frame, said_at.date(), past=past),
        weekday=frame.weekday if bare and frame.day is None and not past else None,
        alternative=is_alternative(frame, tokens),
        earliest=clock_of(replace(frame, bound=None)) if frame.bound == "after" else None,
    )


def _is_day_of_month(frame: Frame, tokens: Sequence[Token], day: Date, clock: Time) -> bool:
    """«В понедельник 23»: a bare number that is the very day of the month is no hour."""
    tags = [token.tag for token in tokens[frame.first : frame.last]]
    bare = len(tags) >= 2 and tags[-2].startswith("wd") and tags[-1] == f"n{clock.hour}"
    return bare and clock.minute == 0 and day.day == clock.hour


def _week_of(frame: Frame, today: Date, *, past: bool) -> Date | None:
    weeks = weeks_of(frame, past=past)
    return None if weeks is None else monday_of(today) + timedelta(weeks=weeks)


def _part_of(clock: Time) -> str:
    if clock.hour < 12:
        return "morning" if clock.hour >= 5 else "night"
    return "noon" if clock.hour == 12 else "afternoon" if clock.hour < 17 else "evening"


def _kind(frame: Frame, day: Date | None, clock: Time | None) -> str:
    if frame.now:
        return "now"
    if frame.span:
        return "range"
    if frame.offset and frame.weekday is None:
        return "offset"
    if day:
        return "day+clock" if clock else "day"
    if clock:
        return "clock"
    return "part" if frame.part and not frame.vague else "vague"


def combine(mentions: Sequence[TimeMention], said_at: datetime) -> Slot:
    """Makes one slot of what was said about one thing, in the order it was said.

    The day of one mention meets the clock time of another; what is said later corrects
    what was said before; a refused day is dropped; of two days joined by «или» none is
    settled. A clock time or a part of a day alone means the call's day if it still lies
    ahead. Past mentions count only where no other stands.
    """
    future = [mention for mention in mentions if not mention.past]
    settled = any(m.date or m.time or m.part_of_day for m in future)
    draft = _Draft()
    for mention in future if settled else mentions:
        _apply(draft, mention)
    return _slot(draft, said_at)


@dataclass(slots=True)
class _Draft:
    date: Date | None = None
    time: Time | None = None
    part: str | None = None
    week: Date | None = None
    today: bool = False
    open_day: bool = False


def _apply(draft: _Draft, mention: TimeMention) -> None:
    if mention.refused:
        _drop(draft, mention)
        return
    day = _day_in_week(mention, draft.week)
    draft.week = mention.week or draft.week
    draft.today = draft.today or mention.kind == "now"
    if mention.alternative and _differs(draft, day, mention.time):
        _leave_open(draft, day, mention)
        return
    if day:
        draft.date, draft.open_day = day, False
        if mention.part_of_day and not mention.time and mention.part_of_day != draft.part:
            draft.time = None
    if mention.time:
        draft.time = mention.time
    draft.part = mention.part_of_day or draft.part


def _drop(draft: _Draft, mention: TimeMention) -> None:
    if mention.date and draft.date in {None, mention.date}:
        draft.date, draft.open_day = None, True
    if mention.time and mention.time == draft.time:
        draft.time = None


def _day_in_week(mention: TimeMention, week: Date | None) -> Date | None:
    if week and mention.weekday is not None:
        return week + timedelta(days=mention.weekday)
    return mention.date


def _differs(draft: _Draft, day: Date | None, clock: Time | None) -> bool:
    if day and draft.date and day != draft.date:
        return True
    return day is None and bool(clock and draft.time and clock != draft.time)


def _leave_open(draft: _Draft, day: Date | None, mention: TimeMention) -> None:
    draft.time = None
    if day:
        draft.date, draft.part, draft.open_day = None, None, True
    else:
        draft.part = mention.part_of_day if mention.part_of_day == draft.part else None


# The hour from which a part of the day no longer lies ahead.
_PART_OVER = {"morning": 10, "noon": 13, "afternoon": 17, "evening": 22, "night": 23}


def _slot(draft: _Draft, said_at: datetime) -> Slot:
    day = draft.date
    if day is None and not draft.open_day and draft.week is None:
        day = _implied_today(draft, said_at)
    if day is None:
        return Slot(time=draft.time, part_of_day=draft.part)
    moment = datetime.combine(day, draft.time, said_at.tzinfo) if draft.time else None
    return Slot(day, moment, draft.time, draft.part)


def _implied_today(draft: _Draft, said_at: datetime) -> Date | None:
    if draft.time:
        return said_at.date() if draft.time > said_at.time() else None
    if draft.part:
        return said_at.date() if said_at.hour < _PART_OVER[draft.part] else None
    return said_at.date() if draft.today else None


def slot_value(found: TimeMention | Slot, tz: tzinfo) -> dict[str, str]:
    """The slot in ISO 8601: ``datetime`` with the offset of `tz`, else ``date``, else nothing."""
    if found.date is None:
        return {}
    if found.time is None:
        return {"date": found.date.isoformat()}
    return {"datetime": datetime.combine(found.date, found.time, tz).isoformat()}
