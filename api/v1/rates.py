"""How many requests are answered: so many in a minute of each key, counted in this process.

Source of the headers: draft-ietf-httpapi-ratelimit-headers-10.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

WINDOW_S = 60
_MOST = 10_000  # who is remembered at once


@dataclass(frozen=True, slots=True)
class Rate:
    """How it stands with somebody: so many of `quota` are left for the next `seconds`."""

    policy: str
    quota: int
    left: int
    seconds: int
    refused: bool

    def headers(self) -> dict[str, str]:
        """The same for programs."""
        told = {
            "RateLimit-Policy": f'"{self.policy}";q={self.quota};w={WINDOW_S}',
            "RateLimit": f'"{self.policy}";r={self.left};t={self.seconds}',
        }
        return told | ({"Retry-After": str(self.seconds)} if self.refused else {})


class Rates:
    """Counts requests in windows of a minute; each begins with somebody's first request."""

    def __init__(
        self, policy: str, quota: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._policy, self._quota, self._clock = policy, quota, clock
        self._windows: dict[str, tuple[float, int]] = {}
        self._alone = threading.Lock()

    def count(self, who: str) -> Rate:
        """Counts a request; gives how it stands, and whether it is one too many."""
        at = self._clock()
        with self._alone:
            began, used = self._windows.get(who, (at, 0))
            if at - began >= WINDOW_S:
                began, used = at, 0
            if who not in self._windows and len(self._windows) >= _MOST:
                self._forget(at)
            self._windows[who] = began, used + 1
        left = max(0, self._quota - used - 1)
        seconds = max(1, math.ceil(began + WINDOW_S - at))
        return Rate(self._policy, self._quota, left, seconds, refused=used >= self._quota)

    def _forget(self, at: float) -> None:
        """Forgets whose window is over; where all still run, those that began first."""
        over = [who for who, (began, _) in self._windows.items() if at - began >= WINDOW_S]
        for who in over or sorted(self._windows, key=self._windows.__getitem__)[: _MOST // 10]:
            del self._windows[who]
