"""Jobs: asked for, rung for, tried again, dropped. Who does them is in `claims`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import case, select, update
from sqlalchemy.orm import Session

from core.batches import batched
from models.store.statements import changed_rows
from models.tables import JobRow
from models.vocabulary.work import NOT_ASKED, JobKind, JobState, Lane, Want

# Rows that a session has in hand are not told: each change has a session of its own.
_UPDATE = update(JobRow).execution_options(synchronize_session=False)
_IN_TURN = case({Lane.FRESH.value: 0, Lane.BACKLOG.value: 1}, value=JobRow.lane)
_IN_LANE = case(
    {kind.value: place for place, kind in enumerate(JobKind)},
    value=JobRow.kind,
)


def ask_for(session: Session, wants: Sequence[Want], now: datetime) -> list[int]:
    """Asks for work and gives the ids of the jobs that wait for a worker now.

    A job that is waiting is hastened where the new wish is more urgent, one that is running is done
    once more afterwards, and one in quarantine stays there unless the wish revives it.
    """
    waiting = []
    known = _known(session, wants)
    for want in wants:
        row = known.get((want.kind.value, want.subject))
        if row is None:
            row = JobRow(kind=want.kind.value, subject=want.subject, created_at=now)
            row.wanted, row.claimed, row.tries = 0, 0, 0
            row.state = JobState.DONE.value
            row.lane, row.due_at = want.lane.value, NOT_ASKED
            known[row.kind, row.subject] = row
            session.add(row)
        if row.state == JobState.QUARANTINED.value and not want.revive:
            continue
        _ask(row, want)
        if row.state == JobState.WAITING.value:
            waiting.append(row)
    session.flush()
    return list(dict.fromkeys(row.id for row in waiting))


def judge_soon(session: Session, source: str, limit_s: float, now: datetime) -> None:
    """Asks for the verdicts on all calls of a source, before any other work."""
    want = Want(JobKind.VERDICTS, source, Lane.FRESH, now, limit_s, revive=True)
    ask_for(session, [want], now)


def _known(session: Session, wants: Sequence[Want]) -> dict[tuple[str, str], JobRow]:
    known = {}
    subjects = sorted({want.subject for want in wants})
    for some in batched(subjects):
        chosen = JobRow.subject.in_(some)
        for row in session.scalars(select(JobRow).where(chosen).with_for_update()):
            known[row.kind, row.subject] = row
    return known


def _ask(row: JobRow, want: Want) -> None:
    row.limit_s = want.limit_s
    if row.wanted > row.claimed and row.state in (
        JobState.WAITING.value,
        JobState.RUNNING.value,
    ):
        row.due_at = min(row.due_at, want.due_at)
        if want.lane is Lane.FRESH:
            row.lane = Lane.FRESH.value
        return
    row.wanted += 1
    row.due_at, row.lane = want.due_at, want.lane.value
    if row.state in (JobState.DONE.value, JobState.QUARANTINED.value):
        row.state, row.tries, row.rung_at = JobState.WAITING.value, 0, None
        row.error, row.detail = None, None


def waiting_jobs(
    session: Session, lanes: Iterable[Lane], now: datetime, most: int, *, not_rung: bool = False
) -> list[int]:
    """Gives the jobs that are due, in the order in which they should be done.

    `not_rung` leaves out those that a worker was told of already.
    """
    chosen = (
        select(JobRow.id)
        .where(
            JobRow.state == JobState.WAITING.value,
            JobRow.lane.in_([lane.value for lane in lanes]),
            JobRow.due_at <= now,
        )
        .order_by(_IN_TURN, _IN_LANE, JobRow.due_at, JobRow.id)
        .limit(most)
    )
    if not_rung:
        chosen = chosen.where(JobRow.rung_at.is_(None))
    return list(session.scalars(chosen))


def mark_rung(session: Session, jobs: Sequence[int], now: datetime) -> None:
    """Writes down that workers were told of these jobs."""
    for some in batched(jobs):
        changed_rows(
            session,
            _UPDATE.where(JobRow.id.in_(some)).values(rung_at=now),
        )


def retry(session: Session, jobs: Sequence[int] | None, now: datetime) -> list[int]:
    """Takes jobs out of quarantine, all of them where `jobs` is ``None``; gives which."""
    chosen = select(JobRow).where(JobRow.state == JobState.QUARANTINED.value)
    if jobs is not None:
        chosen = chosen.where(JobRow.id.in_(jobs))
    rows = list(session.scalars(chosen.order_by(JobRow.id).with_for_update()))
    for row in rows:
        row.state, row.tries, row.due_at, row.rung_at = JobState.WAITING.value, 0, now, None
        row.error, row.detail = None, None
        row.wanted += 1
    session.flush()
    return [row.id for row in rows]


def drop_jobs(session: Session, kind: JobKind, subjects: Sequence[str], now: datetime) -> None:
    """Ends jobs whose subject is gone; one that is running ends by itself."""
    for some in batched(subjects):
        changed_rows(
            session,
            _UPDATE.where(
                JobRow.kind == kind.value,
                JobRow.subject.in_(some),
                JobRow.state.in_([JobState.WAITING.value, JobState.QUARANTINED.value]),
            ).values(state=JobState.DONE.value, finished_at=now, error=None, detail=None),
        )


def last_took_s(session: Session, kind: JobKind, subject: str) -> float:
    """How long a job took when it was done last; 0 where it never was."""
    took = session.scalar(
        select(JobRow.took_s).where(JobRow.kind == kind.value, JobRow.subject == subject)
    )
    return took or 0.0
