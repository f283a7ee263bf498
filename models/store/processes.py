"""Which processes of the service live: each says so now and then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.tables import ProcessRow

SCHEDULER, WORKER = "scheduler", "worker"


@dataclass(frozen=True, slots=True)
class Process:
    """One process of the service: what it does, and where."""

    name: str
    host: str
    pid: int


def beat_process(session: Session, process: Process, now: datetime) -> None:
    """Writes down that a process lives."""
    row = session.get(ProcessRow, (process.host, process.pid))
    if row is None:
        row = ProcessRow(host=process.host, pid=process.pid, name=process.name, started_at=now)
        session.add(row)
    elif row.name != process.name:  # the number of one that was killed
        row.name, row.started_at = process.name, now
    row.beat_at = now


def forget_process(session: Session, process: Process) -> None:
    """Forgets a process that ended."""
    session.execute(
        delete(ProcessRow).where(ProcessRow.host == process.host, ProcessRow.pid == process.pid)
    )


def forget_silent_processes(session: Session, before: datetime) -> None:
    """Forgets the processes that have been silent since a moment: they were killed."""
    session.execute(delete(ProcessRow).where(ProcessRow.beat_at < before))


def processes_seen(session: Session, since: datetime) -> list[tuple[Process, datetime]]:
    """The processes that gave a sign of life since a moment, and when each gave its last."""
    rows = session.scalars(
        select(ProcessRow)
        .where(ProcessRow.beat_at >= since)
        .order_by(ProcessRow.name, ProcessRow.host, ProcessRow.pid)
    )
    return [(Process(row.name, row.host, row.pid), row.beat_at) for row in rows]
