"""When a file that others write is whole: decided by what was seen of it, and for how long.

File systems' clocks may be wrong or jump, and those of a server are not ours. So what is seen of
a file is compared with what was seen of it before, and waiting goes by a clock that cannot be set.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from ingest.listing import is_uploading
from models.vocabulary.files import Mark

_TABLE_S = 60.0
"""A busy ledger never lies still: it counts as it is at least this often."""


class Why(StrEnum):
    """Why a file waits."""

    GROWING = "still being written"
    CALL = "of calls that still go on"
    EMPTY = "empty so far"
    NAMED = "not complete by their names"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited, in seconds: for stillness, for a call's end, for an empty file."""

    still_s: float
    longest_call_s: float
    empty_s: float


@dataclass(frozen=True, slots=True)
class Moment:
    """Now by a clock that cannot be set (seconds), and by this machine's (ns since 1970)."""

    monotonic_s: float
    wall_ns: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What one look found: files new or changed by place, and those that went away."""

    changed: Mapping[str, Mark]
    gone: Iterable[str]


@dataclass(slots=True)
class _Wait:
    """A file that is not whole: since when it lies still, and since when it was not whole."""

    mark: Mark
    since: float
    begun: float
    header_open: bool | None = None


class Stillness:
    """What is known of each file: whole, or waiting."""

    def __init__(
        self,
        patience: Patience,
        header_open: Callable[[str], bool],
        known: Callable[[str, Mark], bool],
        tables: frozenset[str] = frozenset(),
    ) -> None:
        """Begins with no files.

        Args:
            patience: how long is waited.
            header_open: whether a file's header says that more is to come.
            known: whether a file was whole before, with this very mark, when first seen.
            tables: ledgers that do not end in ``.csv``.
        """
        self._patience, self._header_open, self._known = patience, header_open, known
        self._tables = tables
        self._newest_ns = 0
        self._waits: dict[str, _Wait] = {}
        self.whole: dict[str, Mark] = {}
        self.waiting: dict[str, Why] = {}
        self.given_up: dict[str, Why] = {}

    def tell(self, changes: Changes, now: Moment) -> set[str]:
        """Takes in a look; gives the files that became whole, or went away having been whole."""
        self._newest_ns = max([self._newest_ns, *(m.mtime_ns for m in changes.changed.values())])
        news = {place for place in changes.gone if self._forget(place)}
        for place, mark in changes.changed.items():
            if self._take(place, mark, now):
                news.add(place)
        self.given_up = {}
        for place in list(self._waits):
            unchanged = place not in changes.changed
            if (unchanged or self._is_table(place)) and self._settle(place, now):
                news.add(place)
        return news

    def _forget(self, place: str) -> bool:
        self._waits.pop(place, None)
        self.waiting.pop(place, None)
        return self.whole.pop(place, None) is not None

    def _take(self, place: str, mark: Mark, now: Moment) -> bool:
        """A file is new or changed; whether it is whole at once."""
        before = self._waits.get(place)
        if before is None and place not in self.whole and self._known(place, mark):
            self.whole[place] = mark
            return True
        whole = self.whole.get(place)
        appended = whole is not None and mark.size >= whole.size and mark.inode == whole.inode
        if not (appended and self._is_table(place)):
            self.whole.pop(place, None)
        begun = before.begun if before is not None else now.monotonic_s
        self._waits[place] = _Wait(mark, now.monotonic_s, begun)
        self.waiting[place] = self._first_reason(place, mark)
        return False

    def _settle(self, place: str, now: Moment) -> bool:
        """Whether a waiting file is whole now."""
        wait = self._waits[place]
        why = self._reason(place, wait, now)
        if why is not None:
            self.waiting[place] = why
            return False
        if wait.header_open:
            self.given_up[place] = Why.CALL
        elif not wait.mark.size:
            self.given_up[place] = Why.EMPTY
        del self._waits[place], self.waiting[place]
        self.whole[place] = wait.mark
        return True

    def _first_reason(self, place: str, mark: Mark) -> Why:
        if is_uploading(PurePosixPath(place).name):
            return Why.NAMED
        return Why.GROWING if mark.size else Why.EMPTY

    def _reason(self, place: str, wait: _Wait, now: Moment) -> Why | None:
        """Why a file still waits, ``None`` if it does not."""
        first = self._first_reason(place, wait.mark)
        still_s = now.monotonic_s - wait.since
        if first is Why.NAMED:
            return first
        if self._is_table(place) and now.monotonic_s - wait.begun >= _TABLE_S:
            return None
        if still_s < self._patience.still_s:
            return first
        if first is Why.EMPTY:
            return first if still_s < self._patience.empty_s else None
        if wait.header_open is None:
            wait.header_open = self._header_open(place)
        return Why.CALL if wait.header_open and self._call_may_go_on(wait, now) else None

    def _call_may_go_on(self, wait: _Wait, now: Moment) -> bool:
        """Whether it was written to lately, by our waiting and by its own file system's clock."""
        longest_s = self._patience.longest_call_s
        newest_ns = min(self._newest_ns, now.wall_ns)  # one file dated to come must not age all
        aged_s = (newest_ns - wait.mark.mtime_ns) / 1e9
        return now.monotonic_s - wait.since < longest_s and aged_s < longest_s

    def _is_table(self, place: str) -> bool:
        return place in self._tables or place[-4:].casefold() == ".csv"
