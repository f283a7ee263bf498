"""Looks at a folder again and again, and says what changed since the last look.

By polling, which works on network file systems, too, where nobody is told of others' changes.
A folder that kept its time of change for long holds what it held before, so nothing in it is
looked at but what is waited for; at every so many looks, others for each folder, all of it is.
"""

from __future__ import annotations

import os
import stat
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ingest.listing import DEEPEST, is_folder, is_passed_over, mark_of
from ingest.stillness import Changes
from models.vocabulary.files import Mark

_BUSY_S = 600.0
"""So long after its time changed all of a folder is looked at: who writes there goes on to."""
_NO_FILE = Mark(-1, 0, 0, 0)


@dataclass(slots=True)
class _Folder:
    """A folder as it was last seen: its time of change, since when, and what it holds.

    `path` and `prefix` (of places) end in a slash; `readings` counts those since that change.
    """

    path: str
    prefix: str
    mtime_ns: int = -1
    since: float = 0.0
    readings: int = 0
    marks: dict[str, Mark] = field(default_factory=dict)
    folders: list[str] = field(default_factory=list)


class Sight:
    """All files below a folder, as they were last seen."""

    def __init__(self, root: Path, all_every: int) -> None:
        self._root, self._all_every = root, all_every
        self._looks = -1
        self._folders: dict[str, _Folder] = {}
        self._changed: dict[str, Mark] = {}
        self._gone: list[str] = []
        self.lost = False
        """Whether the folder itself could not be read at the last look."""

    def look(self, waited_for: Iterable[str], now_s: float) -> Changes:
        """Looks once.

        Args:
            waited_for: places of files that are looked at in any case.
            now_s: seconds of a clock that cannot be set.
        """
        self._looks += 1
        self._changed, self._gone = {}, []
        close = _by_folder(waited_for)
        left = set(self._folders)
        waiting = [""]
        while waiting:
            prefix = waiting.pop()
            known = self._folders.get(prefix) or _Folder(f"{self._root}/{prefix}", prefix)
            try:
                self._visit(known, close.get(prefix, ()), now_s)
            except (FileNotFoundError, NotADirectoryError):
                self.lost = self.lost or not prefix
                continue
            except OSError:  # not to be read now: what was seen stands
                self.lost = self.lost or not prefix
            else:
                self._folders[prefix] = known
                self.lost = self.lost and bool(prefix)
            left.discard(prefix)
            waiting += known.folders
        for prefix in left:
            folder = self._folders.pop(prefix)
            for name in folder.marks:
                self._note_gone(folder, name)
        return Changes(self._changed, self._gone)

    def _visit(self, folder: _Folder, close: Sequence[str], now_s: float) -> None:
        """Looks at one folder."""
        mtime_ns = Path(folder.path).stat().st_mtime_ns
        if folder.mtime_ns != mtime_ns:
            folder.mtime_ns, folder.since, folder.readings = mtime_ns, now_s, 0
        turn = (self._looks + zlib.crc32(os.fsencode(folder.prefix))) % self._all_every == 0
        # Once more at least: what came right after the first reading may bear the same time.
        if turn or folder.readings < 2 or now_s - folder.since < _BUSY_S:
            folder.readings += 1
            self._read(folder)
            close = list(folder.marks)
        for name in close:
            self._look_at(folder, name)

    def _read(self, folder: _Folder) -> None:
        """Takes in what a folder holds; new files have no mark yet."""
        files, folders = set(), []
        with os.scandir(folder.path) as entries:
            for entry in entries:
                name = entry.name
                if folder.marks.get(name, _NO_FILE) is not _NO_FILE:
                    files.add(name)
                elif is_folder(entry):
                    if not is_passed_over(name, folder=True):
                        folders.append(f"{folder.prefix}{name}/")
                elif not is_passed_over(name):
                    files.add(name)
        folder.folders = folders if folder.prefix.count("/") < DEEPEST else []
        for name in folder.marks.keys() - files:
            self._note_gone(folder, name)
            del folder.marks[name]
        for name in files - folder.marks.keys():
            folder.marks[name] = _NO_FILE

    def _look_at(self, folder: _Folder, name: str) -> None:
        try:
            info = os.stat(folder.path + name)  # noqa: PTH116 - a million of these an hour
        except FileNotFoundError:
            mark = _NO_FILE
        except OSError:  # not to be seen now, or a link to itself: what was seen stands
            return
        else:
            mark = mark_of(info) if stat.S_ISREG(info.st_mode) else _NO_FILE
        before = folder.marks.get(name, _NO_FILE)
        if mark is _NO_FILE:
            self._note_gone(folder, name)
        elif before is _NO_FILE or mark.content != before.content:
            self._changed[folder.prefix + name] = mark
        folder.marks[name] = mark

    def _note_gone(self, folder: _Folder, name: str) -> None:
        if folder.marks.get(name, _NO_FILE) is not _NO_FILE:
            self._gone.append(folder.prefix + name)


def _by_folder(places: Iterable[str]) -> dict[str, list[str]]:
    names = defaultdict(list)
    for place in places:
        prefix, slash, name = place.rpartition("/")
        names[prefix + slash].append(name)
    return names
