"""When a telephone system has stopped sending, told from its own rhythm."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Protocol

_KNOWN_BY_DAYS = 5
_LONGER_THAN_EVER = 3


class Calendar(Protocol):
    """Which time is worked."""

    def is_working_day(self, day: date) -> bool:
        """Whether people are at work on that day."""

    def day_of(self, moment: datetime) -> date:
        """The local day of a moment."""

    def working_time(self, start: datetime, end: datetime) -> timedelta:
        """How much of the time from `start` to `end` is worked."""


def silent_since(
    signs: Iterable[datetime], until: datetime, calendar: Calendar, least: timedelta
) -> datetime | None:
    """The last sign of a system that has stopped sending; ``None`` where it has not.

    It has where nothing came for `least` of working time, and for three times as long as ever
    before but once (an earlier outage): a quiet evening, or a small office's quiet day, is no
    silence. A system seen on fewer than five days has no rhythm yet.

    Args:
        signs: when its calls began, recorded or in its ledger.
        until: the moment that is judged; later signs do not count.
        calendar: which time is worked.
        least: the working time that is no silence anywhere.
    """
    known = sorted(sign for sign in set(signs) if sign <= until)
    if len({calendar.day_of(sign) for sign in known}) < _KNOWN_BY_DAYS:
        return None
    longest, usual = timedelta(0), timedelta(0)
    for before, after in pairwise(known):
        if after - before > usual:  # worked time is never longer than time
            pause = calendar.working_time(before, after)
            longest, usual, _ = sorted((longest, usual, pause), reverse=True)
    silence = calendar.working_time(known[-1], until)
    return known[-1] if silence > max(least, _LONGER_THAN_EVER * usual) else None
