"""Figures of the service that are watched: what came, what failed, how old the verdicts are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Text, case, cast, func, select
from sqlalchemy.orm import Session

from models.tables import CallRow, CrmRow, JobRow, RecordingRow, RunRow
from models.vocabulary.work import JobKind, JobState


@dataclass(frozen=True, slots=True)
class Received:
    """How many recordings came from somewhere, and when the last one did."""

    files: int
    last_at: datetime


def received_by_folder(session: Session) -> Mapping[str, Received]:
    """What came by the first folder that it lies in: that of an account, or the empty name."""
    postgres = session.get_bind().dialect.name == "postgresql"
    slash = (func.strpos if postgres else func.instr)(CallRow.recording, "/")
    folder = case((slash > 0, func.substr(CallRow.recording, 1, slash - 1)), else_="")
    rows = session.execute(
        select(
            folder, func.count(RecordingRow.sha256.distinct()), func.max(RecordingRow.arrived_at)
        )
        .join(RecordingRow, RecordingRow.sha256 == CallRow.sha256)
        .group_by(folder)
    )
    return {name: Received(files, last_at) for name, files, last_at in rows}


def received_by_account(session: Session, accounts: set[str]) -> Mapping[str, Received]:
    """What came by account; under the empty name what none of them sent."""
    received: dict[str, Received] = {}
    for folder, one in received_by_folder(session).items():
        name = folder if folder in accounts else ""
        known = received.get(name, Received(0, one.last_at))
        received[name] = Received(known.files + one.files, max(known.last_at, one.last_at))
    return received


def quarantined_by_reason(session: Session) -> Mapping[str, int]:
    """How many jobs were set aside, by the reason."""
    rows = session.execute(
        select(JobRow.error, func.count())
        .where(JobRow.state == JobState.QUARANTINED.value)
        .group_by(JobRow.error)
    )
    return {error or "unknown": number for error, number in rows}


def set_aside_since(session: Session, since: datetime) -> int:
    """How many jobs and recordings were set aside since a moment."""
    jobs = session.scalar(
        select(func.count()).where(
            JobRow.state == JobState.QUARANTINED.value, JobRow.finished_at >= since
        )
    )
    recordings = session.scalar(
        select(func.count(RecordingRow.sha256.distinct()))
        .join(CallRow, CallRow.sha256 == RecordingRow.sha256)
        .join(
            JobRow,
            (JobRow.kind == JobKind.CALL.value) & (JobRow.subject == cast(CallRow.id, Text)),
        )
        .where(
            CallRow.current,
            RecordingRow.state == "unusable",
            JobRow.state == JobState.DONE.value,
            JobRow.finished_at >= since,
        )
    )
    return (jobs or 0) + (recordings or 0)


def judged_at(session: Session) -> datetime | None:
    """When the newest verdicts were made."""
    return session.scalar(select(func.max(RunRow.finished_at)).where(RunRow.state == "done"))


def crm_zone(session: Session) -> str | None:
    """The time zone of the CRM that was read last."""
    return session.scalar(select(CrmRow.timezone).order_by(CrmRow.as_of.desc()).limit(1))


def sources(session: Session) -> list[str]:
    """The folders that calls come from."""
    return list(session.scalars(select(CallRow.source).distinct().order_by(CallRow.source)))
