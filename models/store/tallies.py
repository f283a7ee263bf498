"""How it stands with the work: what waits, what was done, what lies in quarantine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Text, cast, func, select
from sqlalchemy.orm import Session

from models.tables import CallRow, JobRow, RecordingRow
from models.vocabulary.work import JobKind, JobState, Lane, LaneTally, Pace, Quarantined


def lane_tallies(session: Session) -> list[LaneTally]:
    """Counts the jobs by kind, lane and state."""
    rows = session.execute(
        select(
            JobRow.kind, JobRow.lane, JobRow.state, func.count(), func.min(JobRow.due_at)
        ).group_by(JobRow.kind, JobRow.lane, JobRow.state)
    )
    tallies = []
    for kind, lane, state, jobs, oldest in rows:
        waits = state == JobState.WAITING.value
        tallies.append(
            LaneTally(JobKind(kind), Lane(lane), JobState(state), jobs, oldest if waits else None)
        )
    return sorted(tallies, key=lambda one: (one.kind, one.lane, one.state))


def pace_since(session: Session, since: datetime) -> Pace:
    """What was transcribed since a moment."""
    calls, audio_s, took_s = session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(JobRow.audio_s), 0.0),
            func.coalesce(func.sum(JobRow.took_s), 0.0),
        ).where(
            JobRow.kind == JobKind.CALL.value,
            JobRow.finished_at >= since,
            JobRow.audio_s.is_not(None),
        )
    ).one()
    return Pace(calls, audio_s or 0.0, took_s or 0.0)


def workers_at_work(session: Session) -> Mapping[str, datetime]:
    """Which workers hold a job, and when each gave its last sign."""
    rows = session.execute(
        select(JobRow.worker, func.max(JobRow.beat_at))
        .where(JobRow.state == JobState.RUNNING.value, JobRow.worker.is_not(None))
        .group_by(JobRow.worker)
    )
    return {worker: beat for worker, beat in rows if worker is not None and beat is not None}


def quarantined_jobs(session: Session, most: int = 1000) -> list[Quarantined]:
    """What was set aside, the newest first."""
    subject_call = JobRow.subject == cast(CallRow.id, Text)
    rows = session.execute(
        select(JobRow, CallRow.recording)
        .outerjoin(CallRow, (JobRow.kind == JobKind.CALL.value) & subject_call)
        .where(JobRow.state == JobState.QUARANTINED.value)
        .order_by(JobRow.finished_at.desc(), JobRow.id)
        .limit(most)
    )
    return [
        Quarantined(
            f"job:{row.id}",
            JobKind(row.kind),
            row.subject,
            recording or None,
            row.finished_at,
            row.error or "",
            row.detail or "",
        )
        for row, recording in rows
    ]


def failures_by_reason(session: Session) -> Mapping[str, int]:
    """How many recordings are unusable, by the reason."""
    rows = session.execute(
        select(RecordingRow.error, func.count())
        .where(RecordingRow.state == "unusable")
        .group_by(RecordingRow.error)
    )
    return {error or "unknown": number for error, number in rows}


def unusable_recordings(session: Session, most: int | None = None) -> list[Quarantined]:
    """The calls whose recording cannot be used, the oldest first; at most `most`."""
    rows = session.execute(
        select(CallRow.id, CallRow.recording, CallRow.started_at, RecordingRow)
        .join(RecordingRow, RecordingRow.sha256 == CallRow.sha256)
        .where(CallRow.current, RecordingRow.state == "unusable")
        .order_by(CallRow.started_at, CallRow.id)
        .limit(most)
    )
    return [
        Quarantined(
            f"call:{id_}",
            JobKind.CALL,
            str(id_),
            name,
            started_at,
            recording.error or "",
            recording.detail or "",
        )
        for id_, name, started_at, recording in rows
    ]


def recordings_by_state(session: Session) -> Mapping[str, int]:
    """How many recordings have come how far."""
    rows = session.execute(select(RecordingRow.state, func.count()).group_by(RecordingRow.state))
    return {state: number for state, number in rows}  # noqa: C416 - rows are no tuples to a type checker
