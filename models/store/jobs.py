"""Jobs: asked for, claimed by one worker, finished, given back or set aside.

A claim is one UPDATE that only succeeds on a waiting row, so that of two workers one gets the
job. Whoever loses its claim (its beat stopped, a sweep gave the job back) changes nothing any more:
every later UPDATE asks for the claim's token.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from sqlalchemy import CursorResult, Update, case, select, update
from sqlalchemy.orm import Session

from models.store.unusable import set_aside_recording
from models.tables import JobRow
from models.vocabulary.work import Claim, JobKind, JobState, Lane, Swept, Want

_AT_ONCE = 500  # rows of one statement; databases limit its parameters
_NOT_ASKED = datetime(9999, 1, 1, tzinfo=UTC)
_LATEST = timedelta(days=1)  # nothing waits longer, unless the clock was wrong
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
            row.lane, row.due_at = want.lane.value, _NOT_ASKED
            known[row.kind, row.subject] = row
            session.add(row)
        if row.state == JobState.QUARANTINED.value and not want.revive:
            continue
        _ask(row, want)
        if row.state == JobState.WAITING.value:
            waiting.append(row)
    session.flush()
    return list(dict.fromkeys(row.id for row in waiting))


def _known(session: Session, wants: Sequence[Want]) -> dict[tuple[str, str], JobRow]:
    known = {}
    subjects = sorted({want.subject for want in wants})
    for at in range(0, len(subjects), _AT_ONCE):
        chosen = JobRow.subject.in_(subjects[at : at + _AT_ONCE])
        for row in session.scalars(select(JobRow).where(chosen).with_for_update()):
            known[row.kind, row.subject] = row
    return known


def _ask(row: JobRow, want: Want) -> None:
    asked = row.wanted > row.claimed and row.state in (
        JobState.WAITING.value,
        JobState.RUNNING.value,
    )
    row.wanted += 1
    row.limit_s = want.limit_s
    if asked:
        row.due_at = min(row.due_at, want.due_at)
        if want.lane is Lane.FRESH:
            row.lane = Lane.FRESH.value
    else:
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
    for at in range(0, len(jobs), _AT_ONCE):
        _changed(
            session,
            update(JobRow).where(JobRow.id.in_(jobs[at : at + _AT_ONCE])).values(rung_at=now),
        )


def claim(session: Session, job: int, *, worker: str, token: str, now: datetime) -> Claim | None:
    """Takes a job that waits and is due; ``None`` where there is none (any more)."""
    taken = (
        update(JobRow)
        .where(
            JobRow.id == job,
            JobRow.state == JobState.WAITING.value,
            JobRow.due_at <= now,
        )
        .values(
            state=JobState.RUNNING.value,
            claimed=JobRow.wanted,
            tries=JobRow.tries + 1,
            due_at=_NOT_ASKED,
            rung_at=None,
            token=token,
            worker=worker,
            claimed_at=now,
            beat_at=now,
        )
    )
    if not _changed(session, taken):
        return None
    row = session.get_one(JobRow, job)
    kind, lane = JobKind(row.kind), Lane(row.lane)
    return Claim(job, kind, row.subject, lane, row.tries, row.limit_s, token)


def beat(session: Session, claim: Claim, now: datetime) -> bool:
    """Says that the worker is still at it; false where the job is not its own any more."""
    return _changed(session, _own(claim).values(beat_at=now))


def finish(
    session: Session, claim: Claim, *, now: datetime, took_s: float, audio_s: float | None = None
) -> bool:
    """Ends a job; it waits again where it was asked for meanwhile. False: it was not ours."""
    again = JobRow.wanted > JobRow.claimed
    return _changed(
        session,
        _own(claim).values(
            state=case((again, JobState.WAITING.value), else_=JobState.DONE.value),
            tries=0,
            token=None,
            worker=None,
            finished_at=now,
            took_s=took_s,
            audio_s=audio_s,
            error=None,
            detail=None,
        ),
    )


def give_back(  # noqa: PLR0913 - why and until when
    session: Session,
    claim: Claim,
    *,
    due_at: datetime,
    error: str,
    detail: str,
    counts: bool,
) -> bool:
    """Lets a job wait until `due_at`; one that could not even begin does not count as a try."""
    tries = JobRow.tries if counts else JobRow.tries - 1
    return _changed(
        session,
        _own(claim).values(
            state=JobState.WAITING.value,
            tries=tries,
            due_at=due_at,
            token=None,
            worker=None,
            error=error,
            detail=detail,
        ),
    )


def quarantine(session: Session, claim: Claim, *, now: datetime, error: str, detail: str) -> bool:
    """Sets a job aside until somebody asks for it with `retry`."""
    return _changed(
        session,
        _own(claim).values(
            state=JobState.QUARANTINED.value,
            token=None,
            worker=None,
            finished_at=now,
            error=error,
            detail=detail,
        ),
    )


def sweep(session: Session, now: datetime, *, stuck_s: float, most_tries: int) -> Swept:
    """Gives back the jobs whose worker fell silent; after too many tries they are set aside.

    A call is not: its recording is, and the job goes on without it (see `set_aside_recording`).
    A beat or a due time that lies too far ahead was written by a clock that was wrong: the time
    counts from now on.
    """
    _forgive_the_clock(session, now, stuck_s)
    silent = (
        select(JobRow)
        .where(
            JobRow.state == JobState.RUNNING.value,
            JobRow.beat_at < now - timedelta(seconds=stuck_s),
        )
        .with_for_update(skip_locked=True)
    )
    back, aside = [], []
    for row in session.scalars(silent):
        row.error = "worker_lost"
        row.detail = f"the worker fell silent at it {row.tries} time{'s' * (row.tries != 1)}"
        row.token, row.rung_at, row.due_at = None, None, now
        if row.tries < most_tries:
            back.append(row.id)
            row.state = JobState.WAITING.value
        elif row.kind == JobKind.CALL.value and set_aside_recording(
            session, int(row.subject), row.error, row.detail
        ):
            back.append(row.id)
            row.state, row.tries = JobState.WAITING.value, 0
        else:
            row.state, row.finished_at = JobState.QUARANTINED.value, now
            aside.append(row.id)
    session.flush()
    return Swept(tuple(back), tuple(aside))


def _forgive_the_clock(session: Session, now: datetime, stuck_s: float) -> None:
    running = JobRow.state == JobState.RUNNING.value
    ahead = JobRow.beat_at > now + timedelta(seconds=stuck_s)
    _changed(session, update(JobRow).where(running, ahead).values(beat_at=now))
    waiting = JobRow.state == JobState.WAITING.value
    late = JobRow.due_at > now + _LATEST
    _changed(session, update(JobRow).where(waiting, late).values(due_at=now))


def free_all(session: Session, now: datetime) -> None:
    """Gives back all that is in hand, where surely nobody is at it any more.

    It does not count as a try: who ended the worker is not known.
    """
    _changed(
        session,
        update(JobRow)
        .where(JobRow.state == JobState.RUNNING.value)
        .values(
            state=JobState.WAITING.value,
            tries=JobRow.tries - 1,
            due_at=now,
            token=None,
            worker=None,
        ),
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
    for at in range(0, len(subjects), _AT_ONCE):
        _changed(
            session,
            update(JobRow)
            .where(
                JobRow.kind == kind.value,
                JobRow.subject.in_(subjects[at : at + _AT_ONCE]),
                JobRow.state.in_([JobState.WAITING.value, JobState.QUARANTINED.value]),
            )
            .values(state=JobState.DONE.value, finished_at=now, error=None, detail=None),
        )


def _own(claim: Claim) -> Update:
    return update(JobRow).where(
        JobRow.id == claim.id,
        JobRow.state == JobState.RUNNING.value,
        JobRow.token == claim.token,
    )


def _changed(session: Session, statement: Update) -> bool:
    statement = statement.execution_options(synchronize_session=False)
    result = cast("CursorResult[Any]", session.execute(statement))
    return result.rowcount > 0


def last_took_s(session: Session, kind: JobKind, subject: str) -> float:
    """How long a job took when it was done last; 0 where it never was."""
    took = session.scalar(
        select(JobRow.took_s).where(JobRow.kind == kind.value, JobRow.subject == subject)
    )
    return took or 0.0
