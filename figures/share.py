"""Shares with what they are a share of, so that no percentage stands without its sample."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

_Z = 1.959963984540054  # of a two-sided interval of 95 %


@dataclass(frozen=True, slots=True)
class Share:
    """`count` out of `of`."""

    count: int
    of: int

    @property
    def value(self) -> float | None:
        """From 0 to 1; ``None`` of nothing."""
        return self.count / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Where the true share lies with 95 %, by Wilson's score interval; ``None`` of nothing.

        Wilson, E. B. (1927), JASA 22:209; it stays inside 0..1 and fits small samples.
        """
        if not self.of:
            return None
        share, n = self.count / self.of, self.of
        middle = (share + _Z**2 / (2 * n)) / (1 + _Z**2 / n)
        half = _Z / (1 + _Z**2 / n) * math.sqrt(share * (1 - share) / n + _Z**2 / (4 * n**2))
        low = 0.0 if self.count == 0 else max(0.0, middle - half)
        high = 1.0 if self.count == n else min(1.0, middle + half)
        return low, high

    def __add__(self, other: Share) -> Share:
        """Both samples together."""
        return Share(self.count + other.count, self.of + other.of)


@dataclass(frozen=True, slots=True)
class Spread:
    """How long things took, in hours: the middle one, nine out of ten, the worst, how many."""

    median: float
    p90: float
    worst: float
    of: int


def spread(hours: Sequence[float]) -> Spread | None:
    """The spread of some durations in hours; ``None`` of nothing.

    The 90th percentile is the smallest duration that nine out of ten do not exceed.
    """
    if not hours:
        return None
    ordered = sorted(hours)
    rank = math.ceil(0.9 * len(ordered)) - 1
    return Spread(median(ordered), ordered[rank], ordered[-1], len(ordered))
