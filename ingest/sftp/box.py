"""The box of one telephone system: what it uploaded, by the state that each file is in.

The file system is the truth, so that an upload needs no database and survives any death:

- `receiving/` holds what is being written, or was broken off and may be resumed;
- `received/` holds finished uploads until the intake takes them; a file gets there by one rename;
- `receipts/` holds empty stand-ins for what was taken (sparse, with the size and time of the
  original), so that a client that compares folders does not send everything anew.

A client sees the three as one tree. A finished upload is never overwritten: where another of its
name comes, the earlier one is shelved beside it (`name.wav.~1786518930000000000`) for the intake.
"""

from __future__ import annotations

import errno
import os
import stat
import time
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path, PurePosixPath

from ingest.sftp.names import ROOT, SHELVED


class Stage(StrEnum):
    """How far a file has come, in the order in which a client sees it; the folders' names."""

    RECEIVING = "receiving"
    RECEIVED = "received"
    RECEIPTS = "receipts"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a client is told of a place: a folder, or a file in some stage."""

    stage: Stage
    folder: bool
    size: int
    modified: float


@dataclass(frozen=True, slots=True)
class Room:
    """How much one box may hold, and how much of the disk stays free whatever comes."""

    file_bytes: int
    files: int
    free_bytes: int


class FullError(Exception):
    """There is no room for more; the message says which limit was met."""


class Box:
    """The three folders of one account.

    `sharers`: how many processes take uploads into it at once; each may fill its share of the room
    before it counts again.
    """

    def __init__(self, folder: Path, room: Room, sharers: int = 1) -> None:
        self.folder = folder
        self.room = room
        self._sharers = sharers
        for stage in Stage:
            (folder / stage).mkdir(mode=0o700, parents=True, exist_ok=True)
        self._roots = {stage: str(folder / stage) for stage in Stage}
        self._more = 0  # files that may be begun before the box is counted again

    def path(self, stage: Stage, place: PurePosixPath) -> Path:
        """Where a place lies on disk in some stage."""
        return Path(f"{self._roots[stage]}{place}")

    def look(self, place: PurePosixPath) -> Seen | None:
        """What lies at a place; None where nothing does."""
        folder, name = None, str(place)
        for stage, root in self._roots.items():
            try:
                info = os.lstat(f"{root}{name}")  # each look is three: no Path is made for it
            except (FileNotFoundError, NotADirectoryError):
                continue
            is_folder = stat.S_ISDIR(info.st_mode)
            seen = Seen(stage, is_folder, 0 if is_folder else info.st_size, info.st_mtime)
            if not is_folder:
                return seen
            folder = folder or seen
        return folder

    def names(self, place: PurePosixPath) -> dict[str, Seen]:
        """What lies in a folder, by name.

        Raises:
            FileNotFoundError: there is no such folder.
        """
        here = self.look(place)
        if here is None or not here.folder:
            raise FileNotFoundError(errno.ENOENT, "No such folder", str(place))
        names: set[str] = set()
        for stage in Stage:
            try:
                names.update(entry.name for entry in os.scandir(self.path(stage, place)))
            except (FileNotFoundError, NotADirectoryError):
                continue
        shown = {n: self.look(place / n) for n in sorted(names) if not SHELVED.search(n)}
        return {name: seen for name, seen in shown.items() if seen is not None}

    def begin(self, place: PurePosixPath, *, anew: bool) -> Path:
        """Makes ready to write a file; gives where to.

        Args:
            place: the file.
            anew: from its beginning; else what is there already may be continued.

        Raises:
            FullError: the box or the disk is full.
            FileExistsError: the place is a folder.
            FileNotFoundError: its folder was not made, or there is nothing to continue.
        """
        seen = self.look(place)
        if seen is not None and seen.folder:
            raise FileExistsError(errno.EEXIST, "Is a folder", str(place))
        target = self.path(Stage.RECEIVING, place)
        if seen is None or seen.stage is Stage.RECEIPTS:
            if not anew:
                raise FileNotFoundError(errno.ENOENT, "Nothing to continue", str(place))
            self._make_room()
            self._open_folder(place.parent)
        elif seen.stage is Stage.RECEIVED:
            self._open_folder(place.parent)
            if anew:
                self._make_room()
            else:
                # One rename: either the intake has it by now, and this fails, or we have it back.
                self.path(Stage.RECEIVED, place).rename(target)
        return target

    def finish(self, place: PurePosixPath) -> Path:
        """Hands a file that was received whole to the intake; gives where it lies now."""
        target = self.path(Stage.RECEIVED, place)
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if os.path.lexists(target):
            self._shelve(target)
        self.path(Stage.RECEIVING, place).rename(target)
        return target

    def move(self, old: PurePosixPath, new: PurePosixPath) -> None:
        """Renames a file that was not taken yet; it is unfinished then.

        Raises:
            FileNotFoundError: there is none of this name, or the new one's folder was not made.
            FileExistsError: the new name is a folder's.
        """
        seen, there = self.look(old), self.look(new)
        if seen is None or seen.folder or seen.stage is Stage.RECEIPTS:
            raise FileNotFoundError(errno.ENOENT, "No such file", str(old))
        if there is not None and there.folder:
            raise FileExistsError(errno.EEXIST, "Is a folder", str(new))
        self._open_folder(new.parent)
        self.path(seen.stage, old).rename(self.path(Stage.RECEIVING, new))

    def hide(self, place: PurePosixPath) -> None:
        """Removes a file from the client's sight; one that was finished still goes to the intake.

        Raises:
            FileNotFoundError: there is no such file.
        """
        seen = self.look(place)
        if seen is None or seen.folder:
            raise FileNotFoundError(errno.ENOENT, "No such file", str(place))
        path = self.path(seen.stage, place)
        if seen.stage is Stage.RECEIVED:
            self._shelve(path)
            return
        path.unlink()

    def make_folder(self, place: PurePosixPath) -> None:
        """Makes a folder.

        Raises:
            FileExistsError: something lies there.
            FileNotFoundError: the folder around it was not made.
        """
        if self.look(place) is not None:
            raise FileExistsError(errno.EEXIST, "Exists already", str(place))
        self._open_folder(place.parent)
        self.path(Stage.RECEIVING, place).mkdir(mode=0o700)

    def remove_folder(self, place: PurePosixPath) -> None:
        """Removes a folder in which a client sees nothing.

        Raises:
            OSError: something lies in it, or it is none.
        """
        if place == ROOT or self.names(place):
            raise OSError(errno.ENOTEMPTY, "Folder not empty")
        for stage in (Stage.RECEIVING, Stage.RECEIPTS):
            path = self.path(stage, place)
            if path.is_dir():
                path.rmdir()

    def taken(self, place: PurePosixPath, size: int, modified: float) -> None:
        """Leaves a stand-in for a file that the intake took."""
        path = self.path(Stage.RECEIPTS, place)
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with path.open("wb") as stand_in:
            stand_in.truncate(size)
        os.utime(path, (modified, modified))

    def check_free(self) -> None:
        """Looks whether the disk has room.

        Raises:
            FullError: it has not.
        """
        disk = os.statvfs(self.folder)
        free = disk.f_bavail * disk.f_frsize
        if free < self.room.free_bytes:
            raise FullError(f"the disk has {free >> 20} MB left, which are kept free")

    def _make_room(self) -> None:
        if self._more <= 0:
            waiting = self._waiting()
            if waiting >= self.room.files:
                raise FullError(f"{waiting} files wait in this box, which is all it may hold")
            self._more = max(1, (self.room.files - waiting) // self._sharers)
        self.check_free()
        self._more -= 1

    def _waiting(self) -> int:
        stages = (Stage.RECEIVING, Stage.RECEIVED)
        return sum(len(names) for one in stages for *_, names in os.walk(self.folder / one))

    def _open_folder(self, place: PurePosixPath) -> None:
        """A folder that a client sees is one that it may write to."""
        if place == ROOT:
            return
        seen = self.look(place)
        if seen is None:
            raise FileNotFoundError(errno.ENOENT, "No such folder", str(place))
        if not seen.folder:
            raise NotADirectoryError(errno.ENOTDIR, "Not a folder", str(place))
        self.path(Stage.RECEIVING, place).mkdir(mode=0o700, parents=True, exist_ok=True)

    @staticmethod
    def _shelve(path: Path) -> None:
        path.rename(path.with_name(f"{path.name}.~{time.time_ns()}"))
