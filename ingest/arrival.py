"""What lies in a recordings folder: audio, tables, sidecars, and files that are no use."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ingest.kinds import HEAD_BYTES, FileKind, describe_stranger, kind_of
from models.vocabulary.call import RecordingProblem
from models.vocabulary.errors import InvalidInputError

_UPLOADING = re.compile(
    r"\.(?:part|partial|filepart|tmp|temp|crdownload|download|upload)$"
    r"|^\.in\."  # lftp, ProFTPD
    r"|^\.sftpgo-upload\."
    r"|^\..+\.\w{2,5}\.[A-Za-z0-9]{6}$"  # rsync
    r"|\.ocTransferId\d+",
    re.IGNORECASE,
)
_CLUTTER = frozenset({"thumbs.db", "desktop.ini", "__macosx", "@eadir", "#recycle", "lost+found"})
_READ_BYTES = 1 << 20


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
    """Everything found in one folder, sorted by place."""

    audio: list[AudioFile] = field(default_factory=list)
    json_files: list[tuple[Path, PurePosixPath]] = field(default_factory=list)
    csv_files: list[tuple[Path, PurePosixPath]] = field(default_factory=list)
    problems: list[RecordingProblem] = field(default_factory=list)

    def report(self, place: PurePosixPath, error: str, detail: str) -> None:
        """Notes that the file at `place` cannot be used."""
        self.problems.append(RecordingProblem(shown(place), error, detail))


def scan_folder(folder: Path, *, may_be_empty: bool = False) -> Arrivals:
    """Looks through `folder` and all below it; links that leave it are not followed.

    Raises:
        InvalidInputError: there is no such folder, or it is empty though it may not be.
    """
    if not folder.is_dir():
        raise InvalidInputError(
            str(folder), "is no folder", "Give the folder that the PBX's recordings lie in."
        )
    arrivals = Arrivals()
    root = folder.resolve()
    for path in _files(folder, root, arrivals):
        place = PurePosixPath(path.relative_to(folder).as_posix())
        try:
            _sort_in(path, place, root, arrivals)
        except OSError as error:
            arrivals.report(place, "unreadable", _cannot_read(error))
    found = arrivals.audio or arrivals.problems or arrivals.csv_files or arrivals.json_files
    if not (found or may_be_empty):
        raise InvalidInputError(
            str(folder), "holds no files", "Give the folder that the PBX's recordings lie in."
        )
    return arrivals


def is_uploading(name: str) -> bool:
    """Whether a file's name is one that clients give to uploads that are not complete."""
    return bool(_UPLOADING.search(name))


def shown(place: PurePosixPath) -> str:
    """A path as text that every output can carry, undecodable bytes replaced."""
    return os.fsencode(str(place)).decode("utf-8", "replace")


def _files(folder: Path, root: Path, arrivals: Arrivals) -> Iterator[Path]:
    """All files that are neither hidden nor clutter, folders in order; bad links reported."""

    def unreadable(error: OSError) -> None:
        place = PurePosixPath(Path(error.filename).relative_to(folder).as_posix())
        if not place.parts:
            raise InvalidInputError(
                str(folder), "cannot be read", "Give this user permission to read it."
            ) from error
        arrivals.report(place, "unreadable", _cannot_read(error))

    for here, folders, names in os.walk(folder, onerror=unreadable):
        kept = [name for name in sorted(folders) if not _is_hidden(name)]
        for name in kept:
            path = Path(here, name)
            if path.is_symlink() and not path.resolve().is_relative_to(root):
                _report_link(path, folder, arrivals)
        folders[:] = kept
        for name in sorted(names):
            if not _is_hidden(name) or is_uploading(name):
                yield Path(here, name)


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name.casefold() in _CLUTTER


def _sort_in(path: Path, place: PurePosixPath, root: Path, arrivals: Arrivals) -> None:
    if path.is_symlink() and not path.resolve().is_relative_to(root):
        arrivals.report(place, "outside_link", _LINK_DETAIL)
        return
    if is_uploading(path.name):
        arrivals.report(
            place,
            "still_uploading",
            "the name says that the upload is not complete; run again when it is, "
            "or delete the file if the upload was given up",
        )
        return
    info = path.stat()
    if not stat.S_ISREG(info.st_mode):
        arrivals.report(place, "not_audio", "this is no regular file; remove it")
        return
    suffix = path.suffix.casefold()
    if suffix in {".json", ".csv"}:
        (arrivals.json_files if suffix == ".json" else arrivals.csv_files).append((path, place))
        return
    _sort_by_bytes(path, place, info, arrivals)


def _sort_by_bytes(
    path: Path, place: PurePosixPath, info: os.stat_result, arrivals: Arrivals
) -> None:
    with path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        kind = kind_of(head, info.st_size, path.name)
        if kind is not FileKind.AUDIO:
            error = "empty" if kind is FileKind.EMPTY else "not_audio"
            arrivals.report(place, error, describe_stranger(head, kind))
            return
        digest = hashlib.sha256(head)
        while block := stream.read(_READ_BYTES):
            digest.update(block)
    arrivals.audio.append(AudioFile(path, place, info.st_size, info.st_mtime, digest.hexdigest()))


_LINK_DETAIL = "the link leads out of the recordings folder; copy the recording itself here"


def _report_link(path: Path, folder: Path, arrivals: Arrivals) -> None:
    place = PurePosixPath(path.relative_to(folder).as_posix())
    arrivals.report(place, "outside_link", _LINK_DETAIL)


def _cannot_read(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"cannot be read ({reason}); give this user permission to read it, or copy it again"
