"""Who does a job: claimed by one worker, finished, given back or set aside.

A claim is one UPDATE that only succeeds on a waiting row, so that of two workers one gets the
job. Whoever loses its claim (its beat stopped, a sweep gave the job back) changes nothing any more:
every later UPDATE asks for the claim's token.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Update, case, select, update
from sqlalchemy.orm import Session

from models.store.statements import changed_rows
from models.store.unusable import set_aside_recording
from models.tables import JobRow
from models.vocabulary.work import NOT_ASKED, Claim, JobKind, JobState, Lane, Swept

# Rows that a session has in hand are not told: each change has a session of its own.
_UPDATE = update(JobRow).execution_options(synchronize_session=False)
_LATEST = timedelta(days=1)  # nothing waits longer, unless the clock was wrong


def claim(session: Session, job: int, *, worker: str, token: str, now: datetime) -> Claim | None:
    """Takes a job that waits and is due; ``None`` where there is none (any more)."""
    taken = _UPDATE.where(
        JobRow.id == job,
        JobRow.state == JobState.WAITING.value,
        JobRow.due_at <= now,
    ).values(
        state=JobState.RUNNING.value,
        claimed=JobRow.wanted,
        tries=JobRow.tries + 1,
        due_at=NOT_ASKED,
        rung_at=None,
        token=token,
        worker=worker,
        claimed_at=now,
        beat_at=now,
    )
    if not changed_rows(session, taken):
        return None
    row = session.get_one(JobRow, job)
    kind, lane = JobKind(row.kind), Lane(row.lane)
    return Claim(job, kind, row.subject, lane, row.tries, row.limit_s, token)


def beat(session: Session, claim: Claim, now: datetime) -> bool:
    """Says that the worker is still at it; false where the job is not its own any more."""
    return changed_rows(session, _own(claim).values(beat_at=now)) > 0


def finish(
    session: Session, claim: Claim, *, now: datetime, took_s: float, audio_s: float | None = None
) -> bool:
    """Ends a job; it waits again where it was asked for meanwhile. False: it was not ours."""
    again = JobRow.wanted > JobRow.claimed
    return _let_go(
        session,
        claim,
        state=case((again, JobState.WAITING.value), else_=JobState.DONE.value),
        tries=0,
        finished_at=now,
        took_s=took_s,
        audio_s=audio_s,
        error=None,
        detail=None,
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
    waiting = JobState.WAITING.value
    return _let_go(
        session, claim, state=waiting, tries=tries, due_at=due_at, error=error, detail=detail
    )


def quarantine(session: Session, claim: Claim, *, now: datetime, error: str, detail: str) -> bool:
    """Sets a job aside until somebody asks for it with `retry`."""
    aside = JobState.QUARANTINED.value
    return _let_go(session, claim, state=aside, finished_at=now, error=error, detail=detail)


def _let_go(session: Session, claim: Claim, **values: Any) -> bool:
    """Changes a job that is nobody's any more then; false: it was not ours."""
    return changed_rows(session, _own(claim).values(token=None, worker=None, **values)) > 0


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
    changed_rows(session, _UPDATE.where(running, ahead).values(beat_at=now))
    waiting = JobRow.state == JobState.WAITING.value
    late = JobRow.due_at > now + _LATEST
    changed_rows(session, _UPDATE.where(waiting, late).values(due_at=now))


def free_jobs_of(session: Session, host: str, now: datetime) -> None:
    """Gives back what workers of a machine have in hand, where surely none is left there.

    It does not count as a try: who ended them is not known.
    """
    changed_rows(
        session,
        _UPDATE.where(
            JobRow.state == JobState.RUNNING.value,
            JobRow.worker.startswith(f"{host}:", autoescape=True),
        ).values(
            state=JobState.WAITING.value,
            tries=JobRow.tries - 1,
            due_at=now,
            token=None,
            worker=None,
        ),
    )


def _own(claim: Claim) -> Update:
    return _UPDATE.where(
        JobRow.id == claim.id,
        JobRow.state == JobState.RUNNING.value,
        JobRow.token == claim.token,
    )
