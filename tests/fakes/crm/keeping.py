"""What an adapter is made with in tests: tokens in memory, a pace that counts."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from models.vocabulary.crm import Tokens


@dataclass
class MemoryKeeper:
    """Fulfils `crm.port.TokenKeeper`; of several threads one renews."""

    now: Tokens
    renewals: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tokens(self) -> Tokens:
        return self.now

    def renewed(self, stale: Tokens, renew: Callable[[Tokens], Tokens]) -> Tokens:
        with self._lock:
            if self.now == stale:
                self.now = renew(stale)
                self.renewals += 1
            return self.now


@dataclass
class CountingPace:
    """Fulfils `crm.port.Pace`: counts turns, and keeps a rate where one is given."""

    rate_per_s: float | None = None
    turns: int = 0
    held: list[float] = field(default_factory=list)
    _free_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def wait(self) -> None:
        with self._lock:
            self.turns += 1
            if self.rate_per_s is None:
                return
            at = max(time.monotonic(), self._free_at)
            self._free_at = at + 1 / self.rate_per_s
        time.sleep(max(0.0, at - time.monotonic()))

    def hold(self, seconds: float) -> None:
        """Remembers the pause; tests do not wait it out."""
        with self._lock:
            self.held.append(seconds)
