"""A recordings folder that others write to: which of its files are whole, and which wait for what.

The folder is only read, so it may be mounted so; nothing in it is moved, renamed or removed.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from core.watch_settings import WatchSettings
from ingest.arrival import storable
from ingest.listing import mark_of
from ingest.sight import Sight
from ingest.stillness import Changes, Moment, Patience, Stillness, Why
from models.sealed import SUFFIX
from models.vocabulary.files import KnownFile, Mark

_HEAD_BYTES = 12
_TRAILER_BYTES = 4096
"""What may follow the sound of a finished WAV, outside of what its header counts."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look came to, by place: a path in the folder, or that of a file beside it.

    `news` became whole since the last look, or went away having been whole; `whole` is all that
    is; `waiting` is not, and why; `given_up` are news that look unfinished but waited long enough.
    `whole` and `waiting` change with the next look.
    """

    news: frozenset[str]
    whole: Mapping[str, Mark]
    waiting: Mapping[str, Why]
    given_up: Mapping[str, Why]


class Watched:
    """One folder, and files beside it, looked at whenever its owner says so."""

    def __init__(
        self,
        folder: Path,
        settings: WatchSettings,
        *,
        beside: Sequence[Path] = (),
        tables: Sequence[Path] = (),
        known: Mapping[str, KnownFile] | None = None,
    ) -> None:
        """Looks at nothing yet.

        Args:
            folder: the recordings folder; one that is not there is looked for again.
            settings: how long is waited.
            beside: files that lie elsewhere and are watched, too.
            tables: those beside that are ledgers, which need not lie still.
            known: what an earlier process found in files that it held for whole.
        """
        self._folder = folder
        self._sight = Sight(folder, settings.all_every)
        self._beside: dict[Path, Mark | None] = dict.fromkeys([*beside, *tables])
        self._known = known or {}
        patience = Patience(
            settings.still_s, settings.longest_call_hours * 3600, settings.empty_minutes * 60
        )
        self._stillness = Stillness(
            patience, self._is_header_open, self._was_whole, frozenset(map(place_of, tables))
        )
        self._trusted: set[str] = set()
        self._lost = False

    def watch_also(self, paths: Iterable[Path]) -> None:
        """Watches further files that lie elsewhere, if they are not watched yet."""
        for path in paths:
            self._beside.setdefault(path, None)

    def trust(self, paths: Iterable[Path]) -> None:
        """Takes files of the folder that were put there whole as such at the next look."""
        self._trusted.update(path.relative_to(self._folder).as_posix() for path in paths)

    def look(self, now_s: float, wall_ns: int | None = None) -> Looked:
        """Looks once.

        Args:
            now_s: seconds of a clock that cannot be set.
            wall_ns: this machine's clock, nanoseconds since 1970.
        """
        stillness = self._stillness
        found = self._sight.look(list(stillness.waiting), now_s)
        changed, gone = self._look_beside()
        changes = Changes({**found.changed, **changed}, [*found.gone, *gone])
        # Sealed, which is done in one step, it is the same recording.
        self._trusted.update(place + SUFFIX for place in changes.gone if place in stillness.whole)
        now = Moment(now_s, time.time_ns() if wall_ns is None else wall_ns)
        news = stillness.tell(changes, now)
        self._trusted.clear()
        if self._sight.lost is not self._lost:
            self._lost = self._sight.lost
            news.add(".")
        return Looked(frozenset(news), stillness.whole, stillness.waiting, stillness.given_up)

    def _look_beside(self) -> tuple[dict[str, Mark], list[str]]:
        changed, gone = {}, []
        for path, before in self._beside.items():
            try:
                mark = mark_of(path.stat())
            except OSError:
                mark = None
            self._beside[path] = mark
            if mark is None:
                gone += [place_of(path)] if before is not None else []
            elif before is None or before.content != mark.content:
                changed[place_of(path)] = mark
        return changed, gone

    def _was_whole(self, place: str, mark: Mark) -> bool:
        if place in self._trusted:
            return True
        known = self._known.get(storable(place))
        return known is not None and known.mark.content == mark.content

    def _is_header_open(self, place: str) -> bool:
        if ".wav" not in place[-6:].casefold():
            return False
        try:
            with Path(self._folder, place).open("rb") as stream:
                return is_header_open(stream.read(_HEAD_BYTES), os.fstat(stream.fileno()).st_size)
        except OSError:  # gone, or not to be read: the scan tells
            return False


def place_of(path: Path) -> str:
    """The place of a file beside the folder."""
    return str(path.absolute())


def is_header_open(head: bytes, size: int) -> bool:
    """Whether a WAV's header was not filled in yet, or the file grew since.

    Asterisk writes sizes of 0 first and fills them in when it closes the file (format_wav.c).
    """
    if head[:4] != b"RIFF" or len(head) < 8:
        return False
    told = int.from_bytes(head[4:8], "little")
    return told == 0 or told + 8 + _TRAILER_BYTES < size
