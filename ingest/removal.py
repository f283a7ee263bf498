"""Removing recordings from disk: all that belongs to one, and for good."""

from __future__ import annotations

import hashlib
import os
import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from core.disk import synced
from ingest.kinds import AUDIO_EXTENSIONS
from ingest.sftp.box import Stage
from ingest.sftp.names import SHELVED

_LEG = re.compile(r"[_-](?:in|out|rx|tx|r|t)$", re.IGNORECASE)
_LETTERS = re.compile(r"~[0-9a-f]{16}$")  # what the intake adds to a name that was there already


@dataclass(frozen=True, slots=True)
class FileMark:
    """What tells a file's copies: its size, and the SHA-256 of its bytes."""

    size: int
    sha256: str


def mark_of(path: Path) -> FileMark:
    """Gives the mark of a file.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        return FileMark(os.fstat(stream.fileno()).st_size, digest)


def files_below(folder: Path) -> Iterator[Path]:
    """All regular files of a folder and below, hidden ones too, or the file that it is.

    Links are not followed.
    """
    if folder.is_file():
        yield folder
    for here, _, names in os.walk(folder):
        for name in names:
            path = Path(here, name)
            if path.is_file() and not path.is_symlink():
                yield path


def copies(folders: Iterable[Path], marks: Collection[FileMark]) -> dict[FileMark, list[Path]]:
    """Finds every file with the bytes of one of `marks`; only files of a right size are read."""
    sizes = {mark.size for mark in marks}
    found: dict[FileMark, list[Path]] = defaultdict(list)
    for folder in folders:
        for path in files_below(folder):
            try:
                if path.stat().st_size in sizes and (mark := mark_of(path)) in marks:
                    found[mark].append(path)
            except FileNotFoundError:  # moved meanwhile
                continue
    return found


def beside(path: Path) -> list[Path]:
    """The sidecars of a recording that lie beside it."""
    leg = _LEG.sub("", path.stem)
    names = {f"{path.name}.json", f"{path.stem}.json", f"{leg}.json"}
    wanted = {name.casefold() for name in names}
    try:
        entries = list(path.parent.iterdir())
    except OSError:
        return []
    return sorted(one for one in entries if one.name.casefold() in wanted)


def recording_key(place: str) -> str:
    """What all files of one recording share: the place without endings, legs and shelf marks."""
    name = SHELVED.sub("", place)
    folder, _, name = name.rpartition("/")
    changed = True
    while changed:
        stem, dot, ending = name.rpartition(".")
        suffix = f".{ending.casefold()}"
        known = suffix in AUDIO_EXTENSIONS or suffix in {".json", ".part", ".filepart", ".tmp"}
        changed = bool(stem) and bool(dot) and known
        name = stem if changed else name
    return f"{folder}/{_LETTERS.sub('', _LEG.sub('', name))}".casefold()


def receipts_of(inbox: Path, places: Iterable[Path]) -> list[Path]:
    """The stand-ins of recordings in the boxes that they came from.

    Args:
        inbox: the folder of the boxes.
        places: the recordings, relative to their folder; the first part is the account.
    """
    wanted: dict[str, set[str]] = defaultdict(set)
    for place in places:
        if len(place.parts) > 1:
            wanted[place.parts[0]].add(recording_key("/".join(place.parts[1:])))
    found = []
    for account, keys in wanted.items():
        root = inbox / account / Stage.RECEIPTS
        found += [
            path
            for path in files_below(root)
            if recording_key(path.relative_to(root).as_posix()) in keys
        ]
    return found


def remove_files(paths: Iterable[Path]) -> tuple[int, list[str]]:
    """Removes files for good; one that is gone already is no error.

    Gives how many were there, and of those that cannot be removed a sentence each.
    """
    removed, problems, folders = 0, [], set()
    for path in paths:
        try:
            path.unlink()
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError as error:
            problems.append(f"{path.parent}: a file cannot be removed ({error.strerror})")
            continue
        removed += 1
        folders.add(path.parent)
    for folder in folders:
        synced(folder)
    return removed, list(dict.fromkeys(problems))
