"""Recordings on disk against the rows, the drop-box's boxes, and drafts that were left behind."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine

from flow.doctor.finding import Finding, Severity, found
from ingest.kinds import AUDIO_EXTENSIONS
from ingest.listing import is_uploading
from ingest.sftp.collect import TAKING
from models.sealed import DamagedError, Keys, clear_name, clear_sha256, sealed_path
from models.session import reading
from models.store.measures import sources
from models.store.soundness import (
    KnownRecording,
    all_files,
    all_hashes,
    known_recordings,
    refused_files,
)

_SETTLED_S = 600.0  # a file that came later may still be on its way
_TAKES_S = 3600.0
_DAY_S = 86_400.0
_DAMAGED = "damaged"  # in place of the hash of a sealed file that does not open
_DRAFT = re.compile(r"\..+\.(new|\d+\.part)")
_DRAFT_THERE = re.compile(r"\..+\.(taking\.tmp|sealing)")  # what we leave among recordings


def check_recordings(database: Engine, keys: Keys, *, deep: bool, at: float) -> Iterator[Finding]:
    """Holds the files against the rows; `deep`: also what is in them.

    Args:
        database: whose rows.
        keys: of sealed recordings.
        deep: read every recording.
        at: the present moment (seconds since 1970).

    Raises:
        StagecheckError: the database cannot be used.
    """
    with reading(database) as session:
        folders = [Path(source) for source in sources(session)]
        known = list(known_recordings(session))
        files, hashes = all_files(session), all_hashes(session)
        refused = refused_files(session)
    gone = [folder for folder in folders if not folder.is_dir()]
    yield from found(
        Severity.ERROR,
        "{n} folders of recordings are not there",
        "Mount the disk, or start the service with the folder's new place.",
        gone,
    )
    there = [one for one in known if not any(_lies_in(one, folder) for folder in gone)]
    yield from _missing(there)
    yield from found(
        Severity.WARNING,
        "{n} recordings lie there that no row knows",
        "The scheduler takes them at its next look; if they stay, `stagecheck status` and "
        "the log say why.",
        [
            path
            for folder in folders
            for path in _unknown(folder, files | _refused_in(folder, refused), at)
            if _hash_of(path, keys) not in hashes
        ],
    )
    if deep:
        yield from found(
            Severity.ERROR,
            "{n} recordings are not what they were when they came",
            "Restore them from a backup; the rows speak of the earlier ones.",
            [one.files[0] for one in there if not _is_as_it_was(one, keys)],
        )


def _lies_in(one: KnownRecording, folder: Path) -> bool:
    return any(Path(file).is_relative_to(folder) for file in one.files)


def _missing(known: list[KnownRecording]) -> Iterator[Finding]:
    missing = {
        state: [
            file
            for one in known
            if one.state == state
            for file in one.files
            if not _lies_at(Path(file)).exists()
        ]
        for state in ("arrived", "transcribed")
    }
    yield from found(
        Severity.ERROR,
        "{n} recordings are gone that nobody has heard yet",
        "Put them back: they are heard then.",
        missing["arrived"],
    )
    yield from found(
        Severity.WARNING,
        "{n} recordings are gone; what was heard in them is kept",
        "Put them back where they should be played again.",
        missing["transcribed"],
    )


def _refused_in(folder: Path, refused: set[tuple[str, str]]) -> set[str]:
    return {str(folder / name) for source, name in refused if source == str(folder)}


def _unknown(folder: Path, known: set[str], at: float) -> Iterator[Path]:
    for path in _files_in(folder):
        clear = path.with_name(clear_name(path.name))
        if (
            clear.suffix.casefold() in AUDIO_EXTENSIONS
            and not path.name.startswith(".")
            and not is_uploading(path.name)
            and known.isdisjoint((str(path), str(clear)))
            and _age_s(path, at) > _SETTLED_S
        ):
            yield path


def _is_as_it_was(one: KnownRecording, keys: Keys) -> bool:
    """Whether the files still have the recording's hash; those that are gone count as they were."""
    digests = [_hash_of(_lies_at(Path(file)), keys) for file in one.files]
    if None in digests:
        return True
    if len(digests) == 1:
        return digests[0] == one.sha256
    orders = (digests, digests[::-1])  # legs are kept in the order in which they are heard
    joined = ("".join(digest or "" for digest in order) for order in orders)
    return one.sha256 in {hashlib.sha256(text.encode("ascii")).hexdigest() for text in joined}


def _hash_of(path: Path, keys: Keys) -> str | None:
    try:
        return clear_sha256(path, keys)
    except DamagedError:
        return _DAMAGED
    except OSError:
        return None


def _lies_at(path: Path) -> Path:
    """Where a recording lies: one that was sealed since has another name."""
    sealed = sealed_path(path)
    return sealed if sealed.exists() and not path.exists() else path


def check_boxes(inbox: Path, at: float) -> Iterator[Finding]:
    """Whether uploads lie half-way between the drop-box and the recordings."""
    yield from found(
        Severity.WARNING,
        "{n} uploads wait to be taken to the recordings",
        "The scheduler takes them at its next look; if they stay, its log says why.",
        [
            path
            for box in sorted(inbox.glob("*"))
            for path in _files_in(box / TAKING)
            if _age_s(path, at) > _TAKES_S
        ],
    )


def check_drafts(drafts: list[Path]) -> Iterator[Finding]:
    """Whether files lie around that were never finished."""
    yield from found(
        Severity.NOTE,
        "{n} drafts of ours were left behind by processes that died",
        "`stagecheck doctor --repair` removes them.",
        drafts,
    )


def old_drafts(state: Path, inbox: Path, recordings: list[Path], at: float) -> list[Path]:
    """The drafts of ours that are older than a day; what others left is none of our business."""
    others = [inbox, *recordings]
    ours = [
        path
        for path in _files_in(state)
        if _DRAFT.fullmatch(path.name) and not any(path.is_relative_to(one) for one in others)
    ]
    there = [
        path
        for folder in recordings
        for path in _files_in(folder)
        if _DRAFT_THERE.fullmatch(path.name)
    ]
    return sorted({path for path in (*ours, *there) if _age_s(path, at) > _DAY_S})


def _files_in(folder: Path) -> Iterator[Path]:
    for here, _, names in os.walk(folder):
        yield from (Path(here, name) for name in sorted(names))


def _age_s(path: Path, at: float) -> float:
    """Since when nobody touched it: by the change time, which no copy brings along."""
    with suppress(OSError):
        return at - path.lstat().st_ctime
    return 0.0
