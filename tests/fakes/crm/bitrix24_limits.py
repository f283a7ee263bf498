"""The limits of a fake portal that really refuse: the leaky bucket and each method's time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Bucket:
    """Blocks above `limit`, drains `drain_per_s`; `scale` makes all of it so many times faster.

    Source: settings/performance/limits.md of bitrix-tools/b24-rest-docs. `worst` is the highest
    level that it ever had, `blocked` how many requests were refused.
    """

    limit: float = 50.0
    drain_per_s: float = 2.0
    scale: float = 1.0
    level: float = 0.0
    worst: float = 0.0
    blocked: int = 0
    clock: Callable[[], float] = time.monotonic
    _at: float | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def admits(self) -> bool:
        """Counts a request; whether it is answered. A blocked one counts as well."""
        with self._lock:
            now = self.clock()
            drained = (now - (self._at if self._at is not None else now)) * self.drain_per_s
            self._at = now
            self.level = max(0.0, self.level - drained * self.scale) + 1
            self.worst = max(self.worst, self.level)
            if self.level > self.limit:
                self.blocked += 1
                return False
            return True


@dataclass
class MethodTime:
    """The time that each method may take in ten minutes of the portal's clock."""

    budget_s: float = 480.0
    cost_s: dict[str, float] = field(default_factory=dict)
    usual_s: float = 0.05
    window_s: float = 600.0
    _used: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, method: str, now: float) -> tuple[bool, float, float]:
        """Whether a method may run, what it has used, and when some of it is given back."""
        with self._lock:
            used = [one for one in self._used.get(method, []) if one[0] > now - self.window_s]
            total = sum(cost for _, cost in used)
            reset_at = (used[0][0] if used else now) + self.window_s
            if total >= self.budget_s:
                self._used[method] = used
                return False, total, reset_at
            cost = self.cost_s.get(method, self.usual_s)
            self._used[method] = [*used, (now, cost)]
            return True, total + cost, reset_at
