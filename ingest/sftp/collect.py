"""From the boxes to the recordings: finished uploads are taken once they have lain quiet.

A telephone system may open a file again right after it closed it, so that one is taken only after
a quiet time. It is moved by links and renames, each of which is whole or not at all: a process
that dies in between leaves the file in one place or in both, and the next one goes on.
"""

from __future__ import annotations

import filecmp
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from ingest.kinds import AUDIO_EXTENSIONS
from ingest.sftp.box import Box, Room, Stage
from ingest.sftp.names import ROOT, SHELVED
from models.sealed import NO_KEYS, Keys, clear_sha256, is_sealed, seal_into, sealed_path

TAKING = "taking"
_ANY = Room(file_bytes=0, files=0, free_bytes=0)  # nothing is begun here


@dataclass(frozen=True, slots=True)
class Taken:
    """An upload that lies among the recordings now; `repeated`: the same bytes lay there before."""

    account: str
    place: PurePosixPath
    path: Path
    size: int
    repeated: bool


@dataclass(frozen=True, slots=True)
class Waiting:
    """An upload that could not be taken now and is tried again at the next look."""

    account: str
    place: PurePosixPath
    reason: str


def collect(
    inbox: Path, recordings: Path, *, quiet_s: float, at: float, keys: Keys = NO_KEYS
) -> Iterator[Taken | Waiting]:
    """Takes what every account has finished: `recordings/<account>/<path as uploaded>`.

    Another file of the same name and other bytes gets some letters of its hash into its name. One
    that cannot be taken stops no other.

    Args:
        inbox: the folder of the boxes.
        recordings: where the files go.
        quiet_s: how long a file has to have lain untouched.
        at: the present moment (seconds since 1970).
        keys: for whom audio is sealed on its way; without any it stays in clear.

    Raises:
        SealedError: a sealed file of the same name cannot be opened to see whether it is the same.
    """
    for folder in sorted(path for path in inbox.glob("*") if path.is_dir()):
        try:
            box = Box(folder, _ANY)
            _set_aside(box, at - quiet_s)
        except OSError as error:
            yield Waiting(folder.name, ROOT, _told(error))
            continue
        for path in _aside(box):
            yield _tried(box, path, recordings / folder.name, keys)


def forget_receipts(inbox: Path, *, before: float) -> None:
    """Removes the stand-ins of what was taken before a moment (seconds since 1970)."""
    for path in inbox.glob(f"*/{Stage.RECEIPTS}/**/*"):
        if path.is_file() and path.stat().st_ctime < before:
            path.unlink()


def _set_aside(box: Box, since: float) -> None:
    """Moves received files that nobody touched since out of their clients' reach."""
    received = box.folder / Stage.RECEIVED
    for path in _files(received):
        aside = box.folder / TAKING / path.relative_to(received)
        with suppress(FileNotFoundError):  # its client took it back
            # The change time is the only one that a client cannot set.
            if path.stat().st_ctime <= since and not aside.exists():
                aside.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                path.rename(aside)


def _aside(box: Box) -> list[Path]:
    """What was moved aside, also by a process that died over it."""
    return sorted(_files(box.folder / TAKING))


def _files(folder: Path) -> Iterator[Path]:
    for here, _, names in os.walk(folder):
        yield from (Path(here, name) for name in names)


def _tried(box: Box, aside: Path, target_folder: Path, keys: Keys) -> Taken | Waiting:
    try:
        return _take(box, aside, target_folder, keys)
    except OSError as error:
        place = ROOT / aside.relative_to(box.folder / TAKING).as_posix()
        return Waiting(box.folder.name, place, _told(error))


def _told(error: OSError) -> str:
    return f"{error.filename}: {error.strerror or error}"


def _take(box: Box, aside: Path, target_folder: Path, keys: Keys) -> Taken:
    inner = PurePosixPath(aside.relative_to(box.folder / TAKING).as_posix())
    place = inner.with_name(SHELVED.sub("", inner.name))
    info = aside.stat()
    target = target_folder / place
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    there = _lies_at(target)
    if there is not None and not _same(aside, there, keys):
        target = target.with_name(f"{target.stem}~{_letters_of(aside)}{target.suffix}")
        there = _lies_at(target)
    path = there or _stored(aside, target, keys)
    shown = ROOT / place
    if inner.name == place.name and not box.path(Stage.RECEIVED, shown).exists():
        box.taken(shown, info.st_size, info.st_mtime)
    aside.unlink()
    return Taken(box.folder.name, shown, path, info.st_size, there is not None)


def _lies_at(target: Path) -> Path | None:
    """Where a recording of this name lies already, in clear or sealed."""
    return next((path for path in (target, sealed_path(target)) if path.exists()), None)


def _same(aside: Path, there: Path, keys: Keys) -> bool:
    if is_sealed(there):
        return clear_sha256(there, keys) == clear_sha256(aside, keys)
    return filecmp.cmp(aside, there, shallow=False)


def _stored(aside: Path, target: Path, keys: Keys) -> Path:
    """The file under its new name, sealed where it is audio and recordings are sealed."""
    if not (keys.seals and target.suffix.casefold() in AUDIO_EXTENSIONS):
        _put(aside, target)
        return target
    seal_into(aside, sealed_path(target), keys)
    return sealed_path(target)


def _put(source: Path, target: Path) -> None:
    """The file under its new name, whole or not at all; on another disk by a copy."""
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except OSError:
        draft = target.with_name(f".{target.name}.taking.tmp")
        shutil.copy2(source, draft)
        with draft.open("rb") as written:
            os.fsync(written.fileno())
        draft.replace(target)


def _letters_of(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:16]
