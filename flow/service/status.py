"""How it stands with the service, for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine

from core.broker import BrokerError
from flow.service.bells import Bell
from models.session import reading
from models.store.mailings import FAILED, HANDED, unsent
from models.store.standing import Standing, read_standing, times_real_time
from models.tables import MailingRow
from models.vocabulary.work import JobKind, Lane, Quarantined


def read_status(database: Engine, bell: Bell, at: datetime) -> tuple[Standing, bool]:
    """Reads how it stands at a moment, and whether the broker, if there is one, could be reached.

    Raises:
        StagecheckError: the database cannot be used.
    """
    queued, reached = None, True
    try:
        queued = bell.unheard()
    except BrokerError:
        reached = False
    with reading(database) as session:
        return read_standing(session, queued, at), reached


def status_lines(standing: Standing) -> Iterator[str]:
    """How it stands, in lines."""
    for lane in Lane:
        calls = standing.waiting(lane, JobKind.CALL)
        name = "today's calls" if lane is Lane.FRESH else "backlog"
        since = f", the oldest for {_span(standing.lag_s(lane))}" if calls else ""
        queued = "" if standing.queued is None else f"; {standing.queued[lane]} in the queue"
        yield f"{name}: {calls} wait{since}{queued}"
    yield f"at work: {standing.running()} jobs, {len(standing.workers)} workers"
    pace = standing.pace
    speed = times_real_time(pace)
    yield (
        f"last hour: {pace.calls} calls, {_span(pace.audio_s)} of sound"
        + (f", {speed:.1f} times real time" if speed is not None else "")
    )
    known = ", ".join(f"{number} {state}" for state, number in sorted(standing.recordings.items()))
    yield f"recordings: {known or 'none'}"
    yield from _set_aside_lines(standing.set_aside)


def mailing_lines(database: Engine, at: datetime) -> list[str]:
    """What could not be sent within the last week, and what may have been sent or not.

    Raises:
        StagecheckError: the database cannot be used.
    """
    with reading(database) as session:
        rows = unsent(session, at - timedelta(days=7), at - timedelta(minutes=10))
        return [f"not sent: {_unsent(row)}" for row in rows]


def _unsent(row: MailingRow) -> str:
    what = f"{row.kind} {row.slot} to {row.recipient} by {row.channel}"
    if row.state == HANDED:
        return f"{what}: it may have arrived or not; ask them, it is not sent again by itself"
    again = (
        "given up; mend the settings of mail and reports" if row.state == FAILED else "tried again"
    )
    return f"{what}: {row.error}, {row.tries} tries, {again}"


def _set_aside_lines(set_aside: Sequence[Quarantined], most: int = 20) -> Iterator[str]:
    if not set_aside:
        return
    yield f"set aside: {len(set_aside)} (stagecheck retry tries them again)"
    for one in set_aside[:most]:
        what = one.recording or f"the {one.kind.value} of {one.subject}"
        yield f"  {one.name}  {what}: {one.error}, {one.detail}"
    if len(set_aside) > most:
        yield f"  ... and {len(set_aside) - most} more (--json lists all)"


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
