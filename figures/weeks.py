"""Weeks and months of the CRM's calendar."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo

from figures.scope import Period

WEEK = timedelta(days=7)


def week_of(moment: datetime, zone: tzinfo) -> Period:
    """The week that holds a moment: from Monday 00:00 to the next one, in `zone`."""
    day = moment.astimezone(zone).date()
    return _days(day - timedelta(days=day.weekday()), 7, zone)


def weeks_up_to(last: Period, count: int, zone: tzinfo) -> tuple[Period, ...]:
    """So many weeks in the order of time, `last` being the last of them."""
    monday = last.start.astimezone(zone).date()
    return tuple(_days(monday - WEEK * back, 7, zone) for back in reversed(range(count)))


def month_of(moment: datetime, zone: tzinfo) -> Period:
    """The calendar month that holds a moment, in `zone`."""
    first = moment.astimezone(zone).date().replace(day=1)
    return Period(_midnight(first, zone), _midnight(_next_month(first), zone))


def before(period: Period, zone: tzinfo) -> Period:
    """The period before: the calendar month before a month, else as many days before."""
    start, end = (one.astimezone(zone).date() for one in (period.start, period.end))
    if start.day == 1 and end == _next_month(start):
        return month_of(period.start - timedelta(days=1), zone)
    return _days(start - (end - start), (end - start).days, zone)


def month_back(moment: datetime, zone: tzinfo) -> datetime:
    """The same day and hour a month earlier, or that month's last day where it is shorter."""
    local = moment.astimezone(zone)
    first = (local.replace(day=1) - timedelta(days=1)).replace(day=1)
    last = (_next_month(first.date()) - timedelta(days=1)).day
    return first.replace(day=min(local.day, last))


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _days(first: date, count: int, zone: tzinfo) -> Period:
    return Period(_midnight(first, zone), _midnight(first + timedelta(days=count), zone))


def _midnight(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(0), zone)
