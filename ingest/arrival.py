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

from core.shown import shown_name
from ingest.kinds import HEAD_BYTES, FileKind, describe_stranger, kind_of
from ingest.listing import DEEPEST, is_folder, is_passed_over, is_uploading, mark_of
from models.sealed import NO_KEYS, Keys, clear_file, clear_name, is_sealed
from models.vocabulary.call import RecordingProblem
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.files import KnownFile, Mark

_READ_BYTES = 1 << 20
_MOST_BYTES = 4 << 30
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


def scan_folder(  # noqa: PLR0913 - the folder, and all that tells how to read what lies in it
    folder: Path,
    keys: Keys = NO_KEYS,
    *,
    files: KnownFiles | None = None,
    whole: Mapping[str, Mark] | None = None,
    may_be_empty: bool = False,
    clock_ns: Callable[[], int] = time.time_ns,
) -> Arrivals:
    """Looks through `folder` and all below it; links that leave it are not followed.

    A sealed recording is placed and hashed as it is in clear.

    Args:
        folder: the recordings folder; it is only read.
        keys: what opens sealed recordings.
        files: spares reading files that were read before.
        whole: the files by place, sealed ones by their own names, that are complete, as somebody
            who watches the folder saw them; all others are left out. Every file counts where it
            is not given.
        may_be_empty: a folder without files is right.
        clock_ns: the clock of this machine, nanoseconds since 1970.

    Raises:
        InvalidInputError: there is no such folder, or it is empty though it may not be.
        SealedError: a recording cannot be opened with `keys`.
    """
    if not folder.is_dir():
        raise InvalidInputError(
            str(folder), "is no folder", "Give the folder that the PBX's recordings lie in."
        )
    scan = _Scan(folder, keys, files or NothingKnown(), whole, clock_ns)
    for entry, place in scan.entries(folder):
        path, at = Path(entry.path), PurePosixPath(place)
        if is_sealed(path):
            at = at.with_name(clear_name(at.name))
            if path.with_name(at.name).exists():
                continue  # its sealing was interrupted; the clear one counts
        try:
            scan.sort_in(entry, place, at)
        except OSError as error:
            if isinstance(error, FileNotFoundError) and not entry.is_symlink():
                continue  # somebody took it away meanwhile
            scan.arrivals.report(at, "unreadable", _cannot_read(error))
    found = scan.arrivals
    anything = found.audio or found.problems or found.csv_files or found.json_files
    if not (anything or may_be_empty):
        raise InvalidInputError(
            str(folder), "holds no files", "Give the folder that the PBX's recordings lie in."
        )
    return found


def shown(place: PurePosixPath) -> str:
    """A path as text that every output can carry (`core.shown`)."""
    return shown_name(str(place))


def storable(place: str) -> str:
    """A place as text that a database can hold and that no other place has."""
    return os.fsencode(place).decode("utf-8", "backslashreplace")


class _Scan:
    """One walk through a folder."""

    def __init__(
        self,
        folder: Path,
        keys: Keys,
        files: KnownFiles,
        whole: Mapping[str, Mark] | None,
        clock_ns: Callable[[], int],
    ) -> None:
        self.arrivals = Arrivals()
        self._root = folder.resolve()
        self._keys, self._files = keys, files
        self._whole, self._clock_ns = whole, clock_ns

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
            if folders and prefix.count("/") >= DEEPEST:
                self.arrivals.report(PurePosixPath(prefix), "too_deep", _TOO_DEEP_DETAIL)
                continue
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

    def sort_in(self, entry: os.DirEntry[str], place: str, at: PurePosixPath) -> None:
        """Puts a file where it belongs, under the place `at` that it has in clear."""
        arrivals, linked = self.arrivals, entry.is_symlink()
        if linked and self._leads_out(Path(entry.path)):
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
        if info.st_size > _MOST_BYTES:
            arrivals.report(at, "too_big", _TOO_BIG_DETAIL)
            return
        path, mark = Path(entry.path), mark_of(info)
        suffix = path.suffix.casefold()
        if not self._is_whole(place, mark, table=suffix == ".csv"):
            arrivals.leave(at, _GROWING_DETAIL)
        elif suffix in {".json", ".csv"}:
            (arrivals.json_files if suffix == ".json" else arrivals.csv_files).append((path, at))
            self._learn(place, KnownFile(mark), self._clock_ns())
        else:
            self._sort_by_bytes(path, place, at, mark)

    def _leads_out(self, link: Path) -> bool:
        """Whether a link leads out of the folder, or in a circle."""
        try:
            return not link.resolve().is_relative_to(self._root)
        except RuntimeError:  # how pathlib tells of a circle
            return True

    def _is_whole(self, place: str, mark: Mark, *, table: bool) -> bool:
        if self._whole is None:
            return True
        seen = self._whole.get(place)
        return seen is not None and (table or seen.content == mark.content)

    def _sort_by_bytes(self, path: Path, place: str, at: PurePosixPath, mark: Mark) -> None:
        file = self._files.find(storable(place), mark)
        if file is None:
            began = self._clock_ns()
            file = _read(path, at.name, self._keys)
            if file is None or not self._is_whole(place, file.mark, table=False):
                self.arrivals.leave(at, _GROWING_DETAIL)
                return
            self._learn(place, file, began)
        if file.sha256 is None:
            self.arrivals.report(at, file.error or "not_audio", file.detail or "")
            return
        size = file.mark.size if file.clear_size is None else file.clear_size
        modified = file.mark.mtime_ns / 1e9
        self.arrivals.audio.append(AudioFile(path, at, size, modified, file.sha256))

    def _learn(self, place: str, file: KnownFile, read_at_ns: int) -> None:
        """Takes down what a file is, unless a change since could hide behind the same times."""
        if file.mark.ctime_ns + _FRESH_NS <= read_at_ns:
            self._files.learn(storable(place), file)


def _read(path: Path, name: str, keys: Keys) -> KnownFile | None:
    """What a file is that is called `name` in clear; ``None`` where it was written to meanwhile."""
    mark = mark_of(path.stat())
    with clear_file(path, keys) as clear, clear.open("rb") as stream:
        size = os.fstat(stream.fileno()).st_size
        head = stream.read(HEAD_BYTES)
        kind = kind_of(head, size, name)
        if kind is not FileKind.AUDIO:
            error = "empty" if kind is FileKind.EMPTY else "not_audio"
            return KnownFile(mark, None, error, describe_stranger(head, kind))
        digest = hashlib.sha256(head)
        while block := stream.read(_READ_BYTES):
            digest.update(block)
    if mark_of(path.stat()).content != mark.content:
        return None
    return KnownFile(mark, digest.hexdigest(), clear_size=size if is_sealed(path) else None)


_LINK_DETAIL = (
    "the link leads out of the recordings folder, or in a circle; copy the recording itself here"
)
_TOO_DEEP_DETAIL = f"folders are nested more than {DEEPEST} deep; move the recordings up"
_TOO_BIG_DETAIL = "the file is larger than 4 GB, which no recording of a call is; remove it"
_NAMED_DETAIL = (
    "the name says that the upload is not complete; run again when it is, "
    "or delete the file if the upload was given up"
)
_GROWING_DETAIL = "the file is still being written; it is used once it is complete"


def _cannot_read(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"cannot be read ({reason}); give this user permission to read it, or copy it again"
