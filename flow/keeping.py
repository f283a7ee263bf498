"""`stagecheck retention`: removes what the settings no longer keep, and can be killed meanwhile."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.keeping_settings import KeepingSettings
from core.logs import get_logger
from ingest.removal import FileMark, beside, copies, mark_of, receipts_of, remove_files
from models.session import reading, transaction
from models.store.fading import expire_quotes, expire_verdicts
from models.store.holds import Held, load_held, load_holds, write_event
from models.store.keeping import (
    Due,
    OldRecording,
    due_recordings,
    due_words,
    expire_answers,
    expire_words,
    load_expiring,
    mark_expired,
    mark_expiring,
)
from models.store.scrub import scrub
from transcribe.silenced import PLAYED_FOR, forget_silenced, forget_silenced_before

_log = get_logger("flow.keeping")


@dataclass(slots=True)
class Retention:
    """What a look at the keeping came to, or would: how much of each kind went or was spared."""

    recordings: int = 0
    files: int = 0
    recordings_held: int = 0
    unheard: int = 0
    transcripts: int = 0
    transcripts_held: int = 0
    answers: int = 0
    quotes: int = 0
    verdicts: int = 0
    hashes: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def removed(self) -> dict[str, int]:
        """How much went, by kind."""
        names = ("recordings", "files", "transcripts", "answers", "quotes", "verdicts")
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look at the keeping goes by."""

    engine: Engine
    keeping: KeepingSettings
    inbox: Path
    played: Path
    at: datetime
    held: Held
    dry_run: bool

    def before(self, days: int) -> datetime:
        """The moment so many days ago."""
        return self.at - timedelta(days=days)


def os_user() -> str:
    """Who runs this process, as the operating system knows them."""
    with suppress(KeyError):
        return pwd.getpwuid(os.getuid()).pw_name
    return f"uid {os.getuid()}"


def retain(  # noqa: PLR0913 - what goes, where it lies, when
    engine: Engine,
    keeping: KeepingSettings,
    inbox: Path,
    played: Path,
    *,
    at: datetime,
    dry_run: bool = False,
) -> Retention:
    """Removes everything whose days are over; meant to be called once a day.

    Killed at any moment and called again it finishes what it began. With `dry_run` it only counts.
    The caller holds the database (`models.store.lock.alone`).

    Args:
        engine: the database.
        keeping: how many days each kind is kept.
        inbox: the folder of the drop-box's boxes.
        played: the folder of sounds that were made to be played; these go after some days anyway.
        at: the present moment.
        dry_run: change nothing.

    Raises:
        StagecheckError: the database cannot be used.
    """
    done = Retention()
    with reading(engine) as session:
        held = load_held(session, load_holds(session))
    look = _Look(engine, keeping, inbox, played, at, held, dry_run)
    if not dry_run:
        forget_silenced_before(played, (at - PLAYED_FOR).timestamp())
    _expire_audio(look, done)
    _expire_rows(look, done)
    if dry_run:
        return done
    with transaction(engine) as session:
        counts, hashes = done.removed(), done.hashes
        write_event(session, "retention", who=os_user(), now=at, counts=counts, hashes=hashes)
    if any(counts.values()):
        scrub(engine, whole=False)
    _log.info("retention", **counts)
    return done


def belongings(
    recordings: Iterable[OldRecording], inbox: Path, *, receipts: bool = True
) -> tuple[dict[str, list[Path]], list[FileMark]]:
    """Finds all that lies on disk of recordings: files, copies, sidecars, receipts.

    Gives the paths per recording, and the marks of the files that were still there.
    """
    known = list(recordings)
    marks: dict[str, list[FileMark]] = {one.sha256: _marks(one.files) for one in known}
    folders = {Path(source) for one in known for source in one.sources}
    every = {mark for some in marks.values() for mark in some}
    found = copies([*sorted(folders), inbox], every) if every else {}
    paths: dict[str, list[Path]] = {}
    for one in known:
        sounds = [Path(file) for file in one.files]
        sounds += [path for mark in marks[one.sha256] for path in found.get(mark, ())]
        sidecars = [path for sound in sounds for path in beside(sound)]
        places = [
            sound.relative_to(source)
            for sound in sounds
            for source in one.sources
            if sound.is_relative_to(source)
        ]
        everything = [*sidecars, *sounds, *(receipts_of(inbox, places) if receipts else ())]
        paths[one.sha256] = list(dict.fromkeys(everything))
    return paths, sorted(every, key=lambda mark: mark.sha256)


def finish_expiring(engine: Engine, played: Path, at: datetime) -> tuple[int, int, list[str]]:
    """Removes the files of all recordings that are marked so, and writes them down as expired.

    Gives how many recordings and files went, and what could not be removed; that is tried again
    next time.
    """
    with reading(engine) as session:
        expiring = load_expiring(session)
    gone, files, problems = [], 0, []
    for sha256, paths in expiring.items():
        removed, kept = remove_files(Path(path) for path in paths)
        files += removed
        problems += kept
        if not kept:
            forget_silenced(played, sha256)
            gone.append(sha256)
    with transaction(engine) as session:
        mark_expired(session, gone, at)
    return len(gone), files, problems


def _expire_audio(look: _Look, done: Retention) -> None:
    """Marks what is due and removes all that is marked, also by somebody who died over it."""
    due = Due(())
    paths: dict[str, list[Path]] = {}
    if look.keeping.audio_days is not None:
        with reading(look.engine) as session:
            due = due_recordings(session, look.before(look.keeping.audio_days), look.held)
        paths, _ = belongings(due.recordings, look.inbox)
    with reading(look.engine) as session:
        begun = load_expiring(session)
    done.recordings_held, done.unheard = due.held, due.unheard
    done.hashes = sorted({*begun, *paths})
    if look.dry_run:
        every = [*chain(*paths.values()), *map(Path, chain(*begun.values()))]
        done.recordings, done.files = len(done.hashes), sum(path.exists() for path in every)
        return
    with transaction(look.engine) as session:
        mark_expiring(session, {sha: [str(p) for p in some] for sha, some in paths.items()})
    done.recordings, done.files, done.problems = finish_expiring(look.engine, look.played, look.at)


def _expire_rows(look: _Look, done: Retention) -> None:
    """Rows go in one transaction, which a dry run does not commit."""
    keeping = look.keeping
    with suppress(_OnlyTriedError), transaction(look.engine) as session:
        if keeping.transcript_days is not None:
            _expire_words(session, look.before(keeping.transcript_days), look, done)
        if keeping.quotes_days is not None:
            done.quotes = expire_quotes(session, look.before(keeping.quotes_days), look.held)
        if keeping.verdicts_days is not None:
            done.verdicts = expire_verdicts(session, look.before(keeping.verdicts_days), look.held)
        if look.dry_run:
            raise _OnlyTriedError


def _expire_words(session: Session, before: datetime, look: _Look, done: Retention) -> None:
    due, done.transcripts_held = due_words(session, before, look.held)
    done.transcripts = len(due)
    done.answers = expire_words(session, due, look.at) + expire_answers(session, before)


def _marks(files: Iterable[str]) -> list[FileMark]:
    marks = []
    for file in files:
        with suppress(OSError):
            marks.append(mark_of(Path(file)))
    return marks


class _OnlyTriedError(Exception):
    """Ends a transaction that was only tried."""
