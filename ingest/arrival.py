"""What lies in a recordings folder: audio, tables, sidecars, and files that are no use."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Protocol

from ingest.kinds import HEAD_BYTES, FileKind, describe_stranger, kind_of
from ingest.listing import is_folder, is_passed_over, is_uploading, mark_of
from models.vocabulary.call import RecordingProblem
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.files import KnownFile, Mark

_READ_BYTES = 1 << 20
_FRESH_NS = 2_000_000_000
"""Clocks of file systems may tick only every two seconds, so that a change goes unnoticed."""


@dataclass(frozen=True, slots=True)
class AudioFile:
    """A file worth decoding. `place` is its path relative to the recordings folder."""

    path: Path
    place: PurePosixPath
    size: int
    modified: float
    sha256: str


@dataclass(slots=True)
class Arrivals:
    """Everything found in one folder, sorted by place; `unfinished` is left out everywhere else."""

    audio: list[AudioFile] = field(default_factory=list)
    json_files: list[tuple[Path, PurePosixPath]] = field(default_factory=list)
    csv_files: list[tuple[Path, PurePosixPath]] = field(default_factory=list)
    problems: list[RecordingProblem] = field(default_factory=list)
    unfinished: list[PurePosixPath] = field(default_factory=list)

    def report(self, place: PurePosixPath, error: str, detail: str) -> None:
        """Notes that the file at `place` cannot be used."""
        self.problems.append(RecordingProblem(shown(place), error, detail))

    def leave(self, place: PurePosixPath, detail: str) -> None:
        """Notes that the file at `place` is not complete yet."""
        self.unfinished.append(place)
        self.report(place, "still_uploading", detail)


class KnownFiles(Protocol):
    """What earlier scans of the folder found, by place and mark."""

    def find(self, place: str, mark: Mark) -> KnownFile | None:
        """What a file was found to be, if it is still the one that was read."""

    def learn(self, place: str, file: KnownFile) -> None:
        """Takes down what a file that was read now is."""


class NothingKnown:
    """Knows no file and keeps none."""

    def find(self, place: str, mark: Mark) -> None:
        """Finds nothing."""

    def learn(self, place: str, file: KnownFile) -> None:
        """Keeps nothing."""


def scan_folder(
    folder: Path,
    *,
    known: KnownFiles | None = None,
    whole: Mapping[str, Mark] | None = None,
    clock_ns: Callable[[], int] = time.time_ns,
) -> Arrivals:
    """Looks through `folder` and all below it; links that leave it are not followed.

    Args:
        folder: the recordings folder; it is only read.
        known: spares reading files that were read before.
        whole: the files by place that are complete, as somebody who watches the folder saw them;
            all others are left out. Every file counts where it is not given.
        clock_ns: the clock of this machine, nanoseconds since 1970.

    Raises:
        InvalidInputError: there is no such folder, or nothing lies in it.
    """
    if not folder.is_dir():
        raise InvalidInputError(
            str(folder), "is no folder", "Give the folder that the PBX's recordings lie in."
        )
    scan = _Scan(folder, known or NothingKnown(), whole, clock_ns)
    for entry, place in scan.entries(folder):
        try:
            scan.sort_in(entry, place)
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not entry.is_symlink():
                continue  # somebody took it away meanwhile
            scan.arrivals.report(PurePosixPath(place), "unreadable", _cannot_read(error))
    found = scan.arrivals
    if not (found.audio or found.problems or found.csv_files or found.json_files):
        raise InvalidInputError(
            str(folder), "holds no files", "Give the folder that the PBX's recordings lie in."
        )
    return found


def shown(place: PurePosixPath) -> str:
    """A path as text that every output can carry, undecodable bytes replaced."""
    return os.fsencode(str(place)).decode("utf-8", "replace")


def storable(place: str) -> str:
    """A place as text that a database can hold and that no other place has."""
    return os.fsencode(place).decode("utf-8", "backslashreplace")


class _Scan:
    """One walk through a folder."""

    def __init__(
        self,
        folder: Path,
        known: KnownFiles,
        whole: Mapping[str, Mark] | None,
        clock_ns: Callable[[], int],
    ) -> None:
        self.arrivals = Arrivals()
        self._root = os.path.realpath(folder)
        self._known, self._whole, self._clock_ns = known, whole, clock_ns

    def entries(self, folder: Path) -> Iterator[tuple[os.DirEntry[str], str]]:
        """All files that are not passed over, with their places; unreadable folders reported."""
        waiting = [(str(folder), "")]
        while waiting:
            path, prefix = waiting.pop()
            folders = []
            for entry in self._listed(path, prefix):
                if is_folder(entry):
                    if not is_passed_over(entry.name, folder=True):
                        folders.append((entry.path, f"{prefix}{entry.name}/"))
                elif not is_passed_over(entry.name):
                    yield entry, prefix + entry.name
            waiting += reversed(folders)

    def _listed(self, path: str, prefix: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(path) as entries:
                return sorted(entries, key=lambda entry: entry.name)
        except OSError as error:
            if not prefix:
                raise InvalidInputError(
                    path, "cannot be read", "Give this user permission to read it."
                ) from error
            self.arrivals.report(PurePosixPath(prefix), "unreadable", _cannot_read(error))
            return []

    def sort_in(self, entry: os.DirEntry[str], place: str) -> None:
        """Puts a file where it belongs."""
        arrivals, at = self.arrivals, PurePosixPath(place)
        linked = entry.is_symlink()
        if linked and self._leads_out(entry.path):
            arrivals.report(at, "outside_link", _LINK_DETAIL)
            return
        if is_uploading(entry.name):
            arrivals.leave(at, _NAMED_DETAIL)
            return
        info = entry.stat()
        if linked and stat.S_ISDIR(info.st_mode):
            return  # what it leads to is found where it lies
        if not stat.S_ISREG(info.st_mode):
            arrivals.report(at, "not_audio", "this is no regular file; remove it")
            return
        path, mark, suffix = Path(entry.path), mark_of(info), at.suffix.casefold()
        if not self._is_whole(place, mark, table=suffix == ".csv"):
            arrivals.leave(at, _GROWING_DETAIL)
        elif suffix in {".json", ".csv"}:
            (arrivals.json_files if suffix == ".json" else arrivals.csv_files).append((path, at))
            self._learn(place, KnownFile(mark), self._clock_ns())
        else:
            self._sort_by_bytes(path, at, mark)

    def _leads_out(self, path: str) -> bool:
        return not Path(os.path.realpath(path)).is_relative_to(self._root)

    def _is_whole(self, place: str, mark: Mark, *, table: bool) -> bool:
        if self._whole is None:
            return True
        seen = self._whole.get(place)
        return seen is not None and (table or seen.content == mark.content)

    def _sort_by_bytes(self, path: Path, at: PurePosixPath, mark: Mark) -> None:
        place = str(at)
        file = self._known.find(storable(place), mark)
        if file is None:
            began = self._clock_ns()
            file = _read(path)
            if file is None or not self._is_whole(place, file.mark, table=False):
                self.arrivals.leave(at, _GROWING_DETAIL)
                return
            self._learn(place, file, began)
        if file.sha256 is None:
            self.arrivals.report(at, file.error or "not_audio", file.detail or "")
            return
        modified = file.mark.mtime_ns / 1e9
        self.arrivals.audio.append(AudioFile(path, at, file.mark.size, modified, file.sha256))

    def _learn(self, place: str, file: KnownFile, read_at_ns: int) -> None:
        """Takes down what a file is, unless a change since could hide behind the same times."""
        if file.mark.ctime_ns + _FRESH_NS <= read_at_ns:
            self._known.learn(storable(place), file)


def _read(path: Path) -> KnownFile | None:
    """What a file is; ``None`` where it was written to meanwhile."""
    with path.open("rb") as stream:
        mark = mark_of(os.fstat(stream.fileno()))
        head = stream.read(HEAD_BYTES)
        kind = kind_of(head, mark.size, path.name)
        if kind is not FileKind.AUDIO:
            error = "empty" if kind is FileKind.EMPTY else "not_audio"
            return KnownFile(mark, None, error, describe_stranger(head, kind))
        digest = hashlib.sha256(head)
        while block := stream.read(_READ_BYTES):
            digest.update(block)
        if mark_of(os.fstat(stream.fileno())).content != mark.content:
            return None
    return KnownFile(mark, digest.hexdigest())


_LINK_DETAIL = "the link leads out of the recordings folder; copy the recording itself here"
_NAMED_DETAIL = (
    "the name says that the upload is not complete; run again when it is, "
    "or delete the file if the upload was given up"
)
_GROWING_DETAIL = "the file is still being written; it is used once it is complete"


def _cannot_read(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"cannot be read ({reason}); give this user permission to read it, or copy it again"
