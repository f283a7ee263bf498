"""Which files of a box are being written, by whatever process."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from ingest.sftp.names import as_bytes

LOCKS = "writing.lock"


class Writing:
    """Marks of the files that sessions write, seen by all processes that serve the box.

    A mark is the lock of one byte of a file, which the system lifts when the process dies. Which
    byte follows from the name, so that no list has to be kept. Such locks hold between processes
    only (fcntl(2)); within one, a set does.
    """

    def __init__(self, box: Path) -> None:
        self._here: set[PurePosixPath] = set()
        self._locks = os.open(box / LOCKS, os.O_RDWR | os.O_CREAT, 0o600)

    def take(self, place: PurePosixPath) -> bool:
        """Marks a file; False where it is marked already."""
        if place in self._here:
            return False
        try:
            fcntl.lockf(self._locks, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _byte_of(place))
        except (BlockingIOError, PermissionError):
            return False
        self._here.add(place)
        return True

    def free(self, place: PurePosixPath) -> None:
        """Takes a mark away."""
        if place in self._here:
            fcntl.lockf(self._locks, fcntl.LOCK_UN, 1, _byte_of(place))
            self._here.discard(place)

    @contextmanager
    def both(self, one: PurePosixPath, other: PurePosixPath) -> Iterator[bool]:
        """Marks two files for a while; whether neither was marked is what it gives."""
        taken = [place for place in dict.fromkeys((one, other)) if self.take(place)]
        try:
            yield len(taken) == len({one, other})
        finally:
            for place in taken:
                self.free(place)


def _byte_of(place: PurePosixPath) -> int:
    digest = hashlib.blake2b(as_bytes(place), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 2
