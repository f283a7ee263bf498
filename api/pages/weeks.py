"""The days by which pages go through weeks: the one that an address names, its first moment."""

from __future__ import annotations

from datetime import date, datetime, time, tzinfo

_EARLIEST = date(1990, 1, 1)


def today(zone: tzinfo, at: datetime) -> date:
    """The day that it is there."""
    return at.astimezone(zone).date()


def day_asked(text: str, zone: tzinfo, at: datetime) -> date:
    """The day that an address names; today where it is none, or lies ahead."""
    latest = today(zone, at)
    try:
        chosen = date.fromisoformat(text) if text else latest
    except ValueError:
        return latest
    return max(min(chosen, latest), _EARLIEST)


def begin(day: date, zone: tzinfo) -> datetime:
    """The first moment of a day."""
    return datetime.combine(day, time(0), zone)
