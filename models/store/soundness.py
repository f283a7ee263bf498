"""Whether the rows fit together, and what they say of files."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine, Text, cast, exists, func, or_, select, text
from sqlalchemy.orm import Session

from models.session import database_errors
from models.tables import (
    CallRow,
    CdrEntryRow,
    IntakeProblemRow,
    JobRow,
    ProcessRow,
    RecordingRow,
    TranscriptRow,
)
from models.vocabulary.call import Disposition
from models.vocabulary.work import JobKind, JobState

_AT_WORK = (JobState.WAITING.value, JobState.RUNNING.value, JobState.QUARANTINED.value)


@dataclass(frozen=True, slots=True)
class KnownRecording:
    """A recording of a call that counts: its hash, its files (one, or two legs), its state."""

    sha256: str
    files: tuple[str, ...]
    state: str


def known_recordings(session: Session) -> Iterator[KnownRecording]:
    """The recordings of the calls that count."""
    rows = session.execute(
        select(RecordingRow.sha256, RecordingRow.files, RecordingRow.state)
        .where(RecordingRow.sha256.in_(select(CallRow.sha256).where(CallRow.current)))
        .order_by(RecordingRow.sha256)
    )
    for sha256, files, state in rows:
        yield KnownRecording(sha256, tuple(files), state)


def all_files(session: Session) -> set[str]:
    """Every file that a row names, also of calls that do not count any more."""
    return {file for files in session.scalars(select(RecordingRow.files)) for file in files}


def all_hashes(session: Session) -> set[str]:
    """The hash of every recording."""
    return set(session.scalars(select(RecordingRow.sha256)))


def refused_files(session: Session) -> set[tuple[str, str]]:
    """The files that the last look could not use, with the folder they were found in."""
    rows = session.execute(select(IntakeProblemRow.source, IntakeProblemRow.recording))
    return {(source, name) for source, name in rows}


def transcripts_without_recording(session: Session) -> list[int]:
    """Words of sound that nobody knows."""
    known = exists().where(RecordingRow.sha256 == TranscriptRow.sha256)
    return list(session.scalars(select(TranscriptRow.id).where(~known)))


def jobs_without_call(session: Session) -> list[int]:
    """Work that waits for calls that are gone, or do not count any more."""
    calls = {str(call) for call in session.scalars(select(CallRow.id).where(CallRow.current))}
    jobs = session.execute(
        select(JobRow.id, JobRow.subject)
        .where(
            JobRow.kind == JobKind.CALL.value,
            JobRow.state.in_([JobState.WAITING.value, JobState.QUARANTINED.value]),
        )
        .order_by(JobRow.id)
    )
    return [job for job, call in jobs if call not in calls]


def silent_jobs(session: Session, before: datetime) -> list[int]:
    """Jobs in hand whose worker has given no sign since a moment."""
    return list(
        session.scalars(
            select(JobRow.id).where(
                JobRow.state == JobState.RUNNING.value,
                (JobRow.beat_at < before) | JobRow.beat_at.is_(None),
            )
        )
    )


def forgotten_calls(session: Session) -> list[int]:
    """Recorded calls that nobody heard and no job waits for."""
    heard = exists().where(TranscriptRow.sha256 == CallRow.sha256)
    at_work = exists().where(
        JobRow.kind == JobKind.CALL.value,
        JobRow.subject == cast(CallRow.id, Text),
        JobRow.state.in_(_AT_WORK),
    )
    return list(
        session.scalars(
            select(CallRow.id)
            .join(RecordingRow, RecordingRow.sha256 == CallRow.sha256)
            .where(CallRow.current, RecordingRow.state == "arrived", ~heard, ~at_work)
            .order_by(CallRow.id)
        )
    )


def recorded_lines_without_call(session: Session) -> int:
    """Answered lines of the ledger that name a recording of which no call came."""
    same = or_(
        CallRow.call_id == CdrEntryRow.call_id,
        CallRow.call_id == CdrEntryRow.linked_id,
        CallRow.linked_id == CdrEntryRow.linked_id,
    )
    came = exists().where(CallRow.account == CdrEntryRow.account, same, CallRow.recording != "")
    number = session.scalar(
        select(func.count()).where(
            CdrEntryRow.recording.is_not(None),
            CdrEntryRow.recording != "",
            CdrEntryRow.disposition == Disposition.ANSWERED.value,
            ~came,
        )
    )
    return number or 0


def newest_stamp(session: Session) -> datetime | None:
    """The latest moment that was written down as having been the present."""
    stamps = (
        session.scalar(select(func.max(column)))
        for column in (RecordingRow.arrived_at, ProcessRow.beat_at, JobRow.created_at)
    )
    return max((stamp for stamp in stamps if stamp is not None), default=None)


def clock_of(database: Engine) -> datetime | None:
    """The time by the database's own clock; ``None`` where it is this machine's.

    Raises:
        StagecheckError: the database cannot be used.
    """
    if database.dialect.name != "postgresql":
        return None
    with database_errors(database.url), database.connect() as connection:
        clock: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return clock


def damage_of(database: Engine) -> list[str]:
    """What SQLite finds broken in its file; a server looks after its files by itself.

    Raises:
        StagecheckError: the database cannot be used.
    """
    if database.dialect.name != "sqlite":
        return []
    with database_errors(database.url), database.connect() as connection:
        said = connection.execute(text("PRAGMA integrity_check(20)")).scalars()
        broken = [line for line in said if line != "ok"]
        for table, *_ in connection.execute(text("PRAGMA foreign_key_check")).fetchmany(20):
            broken.append(f"a row of {table} belongs to a row that is not there")
        return broken
