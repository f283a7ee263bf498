"""How long reviewing takes: what was spent today, and how far the rest of the day's time goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

USUAL = timedelta(minutes=1)  # for a finding, as long as nothing was measured
LONGEST = timedelta(minutes=5)  # between two decisions; whoever takes longer did something else
_LEAST_S = 5.0
ENOUGH = 5  # decisions after which the measured time is believed


@dataclass(frozen=True, slots=True)
class Day:
    """A reviewer's day: minutes meant for it, minutes spent, and how many findings fit in still.

    `each` is the time for one finding, `measured` whether it is the reviewer's own.
    """

    meant: float
    spent: float
    each: timedelta
    measured: bool

    @property
    def left(self) -> float:
        """Minutes that are left, never below zero."""
        return max(self.meant - self.spent, 0.0)

    @property
    def findings_left(self) -> int:
        """How many findings fit into what is left."""
        return int(self.left * 60 / self.each.total_seconds())


def day_of(moments: Sequence[datetime], since: datetime, minutes: float) -> Day:
    """How a reviewer's day stands.

    Args:
        moments: when they decided, in rising order; days before today tell their pace.
        since: when today began.
        minutes: how many are meant for a day.
    """
    each, measured = time_for_each(moments)
    spent = time_spent([moment for moment in moments if moment >= since], each)
    return Day(minutes, spent.total_seconds() / 60, each, measured)


def time_for_each(moments: Sequence[datetime]) -> tuple[timedelta, bool]:
    """The usual time for one finding, and whether it was measured.

    It is the median between decisions that follow each other; several at once count as one.
    """
    gaps = [
        (later - earlier).total_seconds()
        for earlier, later in pairwise(moments)
        if timedelta() < later - earlier <= LONGEST
    ]
    if len(gaps) < ENOUGH:
        return USUAL, False
    return timedelta(seconds=max(median(gaps), _LEAST_S)), True


def time_spent(moments: Sequence[datetime], each: timedelta) -> timedelta:
    """The time that decisions took: from one to the next; after a break, what one usually takes."""
    if not moments:
        return timedelta()
    gaps = (later - earlier for earlier, later in pairwise(moments))
    return sum((gap if gap <= LONGEST else each for gap in gaps), each)
