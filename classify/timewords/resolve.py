"""Frames held against the day of the call: which day is meant."""

from __future__ import annotations

import calendar
from datetime import date, datetime, timedelta

from classify.timewords.frames import Frame

_RECENT = timedelta(days=62)
_YEAR = timedelta(days=366)
_MONTHS_AHEAD = 14


def day_of(frame: Frame, today: date, *, past: bool) -> date | None:
    """The day a frame means, seen from `today`; ``None`` where no day was settled."""
    if frame.bound == "after" and not frame.has_clock and frame.part is None:
        return None
    if frame.days is not None and frame.weeks is None:
        return today + timedelta(days=frame.days)
    if frame.day is not None:
        settle = _date if frame.weekday is None else _weekday_and_date
        return settle(frame, today, past=past)
    if frame.weekday is not None:
        return _weekday(frame, today, past=past)
    if frame.months is not None:
        return add_months(today, frame.months)
    return None if frame.days is None else today + timedelta(days=frame.days)


def weeks_of(frame: Frame, *, past: bool) -> int | None:
    """The calendar week meant, counted from this one; «та неделя» lies behind or ahead."""
    return -1 if past and frame.shift == "that" and frame.weeks == 1 else frame.weeks


def monday_of(day: date) -> date:
    """The Monday of the calendar week that `day` lies in."""
    return day - timedelta(days=day.weekday())


def add_months(day: date, months: int) -> date:
    """The same day so many months on, the last of the month where there is no such day."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def moment_of(frame: Frame, said_at: datetime) -> datetime | None:
    """The moment that «через два часа» means, to the minute of the call."""
    if frame.seconds is None:
        return None
    return (said_at + timedelta(seconds=frame.seconds)).replace(second=0, microsecond=0)


def _weekday(frame: Frame, today: date, *, past: bool) -> date:
    weekday = frame.weekday or 0
    this_week = monday_of(today) + timedelta(days=weekday)
    weeks = weeks_of(frame, past=past)
    if weeks is not None:
        return this_week + timedelta(weeks=weeks)
    if frame.shift == "next" or (frame.shift == "that" and not past):
        return this_week + timedelta(weeks=1)
    if frame.shift == "this" and this_week >= today:
        return this_week
    if frame.shift == "last" or (past and frame.shift in {None, "that"}):
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    coming = today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)
    return coming + timedelta(weeks=frame.later or 0)


def _date(frame: Frame, today: date, *, past: bool) -> date | None:
    day = frame.day or 1
    if frame.month is not None:
        return _date_in_month(day, frame.month, frame.year, today, past=past)
    months = range(0, -_MONTHS_AHEAD, -1) if past else range(_MONTHS_AHEAD)
    for step in months:
        found = _in_month(day, today, step)
        if found and (found <= today if past else found >= today):
            return found
    return None


def _in_month(day: int, today: date, step: int) -> date | None:
    first = add_months(today.replace(day=1), step)
    return _valid(first.year, first.month, day)


def _date_in_month(
    day: int, month: int, year: int | None, today: date, *, past: bool
) -> date | None:
    """A date with its month: the coming one, or one of the last two months just gone by."""
    if year is not None:
        return _valid(year, month, day)
    years = (today.year - 1, today.year, today.year + 1)
    options = [found for y in years if (found := _valid(y, month, day))]
    gone = [found for found in options if found <= today]
    ahead = [found for found in options if found >= today]
    if gone and (past or (today - gone[-1] < _RECENT and gone[-1] != today)):
        return gone[-1]
    return ahead[0] if ahead and ahead[0] - today <= _YEAR else None


def _valid(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _weekday_and_date(frame: Frame, today: date, *, past: bool) -> date | None:
    """Weekday and date together: the date counts where both agree or the weekday was wrong.

    A recogniser that dropped the tens («понедельник, третьего» for the twenty-third) is
    found out by the weekday: the next day with that last digit that is such a weekday wins
    if it lies within a fortnight.
    """
    plain = _date(frame, today, past=past)
    if plain is None or plain.weekday() == frame.weekday or past or frame.month is not None:
        return plain
    for ahead in range(15):
        near = today + timedelta(days=ahead)
        same_digit = (frame.day or 0) < 10 and near.day % 10 == frame.day
        if same_digit and near.weekday() == frame.weekday:
            return near
    return _month_of(frame, plain) if frame.counted_on else plain


def _month_of(frame: Frame, plain: date) -> date:
    """«Monday the 18th» where this month's is a Friday: the next 18th that is a Monday."""
    for months in range(1, 4):
        later = add_months(plain, months)
        if later.day == plain.day and later.weekday() == frame.weekday:
            return later
    return plain
