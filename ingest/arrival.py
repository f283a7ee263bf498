"""What lies in a recordings folder: audio, tables, sidecars, and files that are no use."""

from __future__ import annotations

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from core.shown import shown_name
from ingest.kinds import HEAD_BYTES, FileKind, describe_stranger, kind_of
from models.sealed import NO_KEYS, Keys, clear_file, clear_name, is_sealed
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
_MOST_BYTES = 4 << 30
_DEEPEST = 64


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


def scan_folder(folder: Path, keys: Keys = NO_KEYS) -> Arrivals:
    """Looks through `folder` and all below it; links that leave it are not followed.

    A sealed recording is placed and hashed as it is in clear.

    Raises:
        InvalidInputError: there is no such folder, or nothing lies in it.
        SealedError: a recording cannot be opened with `keys`.
    """
    if not folder.is_dir():
        raise InvalidInputError(
            str(folder), "is no folder", "Give the folder that the PBX's recordings lie in."
        )
    arrivals = Arrivals()
    root = folder.resolve()
    for path in _files(folder, root, arrivals):
        place = PurePosixPath(path.relative_to(folder).as_posix())
        if is_sealed(path):
            place = place.with_name(clear_name(path.name))
            if path.with_name(place.name).exists():
                continue  # its sealing was interrupted; the clear one counts
        try:
            _sort_in(path, place, root, arrivals, keys)
        except OSError as error:
            arrivals.report(place, "unreadable", _cannot_read(error))
    if not (arrivals.audio or arrivals.problems or arrivals.csv_files or arrivals.json_files):
        raise InvalidInputError(
            str(folder), "holds no files", "Give the folder that the PBX's recordings lie in."
        )
    return arrivals


def is_uploading(name: str) -> bool:
    """Whether a file's name is one that clients give to uploads that are not complete."""
    return bool(_UPLOADING.search(name))


def shown(place: PurePosixPath) -> str:
    """A path as text that every output can carry (`core.shown`)."""
    return shown_name(str(place))


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
            if _leads_out(path, root):
                _report_link(path, folder, arrivals)
        if kept and len(Path(here).relative_to(folder).parts) >= _DEEPEST:
            place = PurePosixPath(Path(here).relative_to(folder).as_posix())
            detail = f"folders are nested more than {_DEEPEST} deep; move the recordings up"
            arrivals.report(place, "too_deep", detail)
            kept = []
        folders[:] = kept
        for name in sorted(names):
            if not _is_hidden(name) or is_uploading(name):
                yield Path(here, name)


def _is_hidden(name: str) -> bool:
    return name.startswith(".") or name.casefold() in _CLUTTER


def _leads_out(path: Path, root: Path) -> bool:
    """Whether a link leads out of the folder `root`, or in a circle."""
    try:
        return path.is_symlink() and not path.resolve().is_relative_to(root)
    except RuntimeError:  # how pathlib tells of a circle
        return True


def _sort_in(path: Path, place: PurePosixPath, root: Path, arrivals: Arrivals, keys: Keys) -> None:
    if _leads_out(path, root):
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
    if info.st_size > _MOST_BYTES:
        detail = "the file is larger than 4 GB, which no recording of a call is; remove it"
        arrivals.report(place, "too_big", detail)
        return
    suffix = path.suffix.casefold()
    if suffix in {".json", ".csv"}:
        (arrivals.json_files if suffix == ".json" else arrivals.csv_files).append((path, place))
        return
    with clear_file(path, keys) as clear:
        _sort_by_bytes(clear, (path, place), info.st_mtime, arrivals)


def _sort_by_bytes(
    clear: Path, found: tuple[Path, PurePosixPath], modified: float, arrivals: Arrivals
) -> None:
    (path, place), size = found, clear.stat().st_size
    with clear.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
        kind = kind_of(head, size, place.name)
        if kind is not FileKind.AUDIO:
            error = "empty" if kind is FileKind.EMPTY else "not_audio"
            arrivals.report(place, error, describe_stranger(head, kind))
            return
        digest = hashlib.sha256(head)
        while block := stream.read(_READ_BYTES):
            digest.update(block)
    arrivals.audio.append(AudioFile(path, place, size, modified, digest.hexdigest()))


_LINK_DETAIL = (
    "the link leads out of the recordings folder, or in a circle; copy the recording itself here"
)


def _report_link(path: Path, folder: Path, arrivals: Arrivals) -> None:
    place = PurePosixPath(path.relative_to(folder).as_posix())
    arrivals.report(place, "outside_link", _LINK_DETAIL)


def _cannot_read(error: OSError) -> str:
    reason = error.strerror or str(error)
    return f"cannot be read ({reason}); give this user permission to read it, or copy it again"
