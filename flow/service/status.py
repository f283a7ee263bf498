"""How it stands with the service: what waits and since when, how fast it goes, what failed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from flow.service.bells import Bell, BellError
from models.session import reading
from models.store.tallies import (
    lane_tallies,
    pace_since,
    quarantined_jobs,
    recordings_by_state,
    unusable_recordings,
    workers_at_work,
)
from models.vocabulary.work import JobKind, JobState, Lane, LaneTally, Pace, Quarantined

_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands: `queued` are the messages in the broker per lane, ``None`` without one.

    `pace` is that of the last hour. `set_aside` names what nobody tries any more.
    """

    at: datetime
    tallies: tuple[LaneTally, ...]
    queued: Mapping[Lane, int] | None
    pace: Pace
    workers: Mapping[str, datetime]
    recordings: Mapping[str, int]
    set_aside: tuple[Quarantined, ...]

    def waiting(self, lane: Lane, kind: JobKind | None = None) -> int:
        """How many jobs of a lane wait."""
        return sum(one.jobs for one in self._waiting(lane, kind))

    def lag_s(self, lane: Lane) -> float:
        """How long the oldest job of a lane has waited, in seconds; 0 where none does."""
        due = [one.oldest_due_at for one in self._waiting(lane, None) if one.oldest_due_at]
        return max(0.0, (self.at - min(due, default=self.at)).total_seconds())

    def running(self) -> int:
        """How many jobs are in hand."""
        return sum(one.jobs for one in self.tallies if one.state is JobState.RUNNING)

    def _waiting(self, lane: Lane, kind: JobKind | None) -> list[LaneTally]:
        return [
            one
            for one in self.tallies
            if one.state is JobState.WAITING and one.lane is lane and kind in (None, one.kind)
        ]


def read_status(database: Engine, bell: Bell | None, at: datetime) -> Standing:
    """Reads how it stands at a moment.

    Raises:
        StagecheckError: the database cannot be used.
    """
    with reading(database) as session:
        return Standing(
            at,
            tuple(lane_tallies(session)),
            _queued(bell),
            pace_since(session, at - _HOUR),
            workers_at_work(session),
            recordings_by_state(session),
            (*quarantined_jobs(session), *unusable_recordings(session)),
        )


def _queued(bell: Bell | None) -> Mapping[Lane, int] | None:
    if bell is None:
        return None
    try:
        return {lane: bell.unheard(lane) for lane in Lane}
    except BellError:
        return None


def status_json(standing: Standing) -> dict[str, Any]:
    """The same for programs."""
    pace = standing.pace
    return {
        "at": standing.at.isoformat(timespec="seconds"),
        "lanes": {
            lane.value: {
                "calls_waiting": standing.waiting(lane, JobKind.CALL),
                "waiting": standing.waiting(lane),
                "lag_s": round(standing.lag_s(lane), 1),
                "queued": standing.queued[lane] if standing.queued is not None else None,
            }
            for lane in Lane
        },
        "running": standing.running(),
        "workers": {
            name: beat.isoformat(timespec="seconds") for name, beat in standing.workers.items()
        },
        "last_hour": {
            "calls": pace.calls,
            "audio_s": round(pace.audio_s, 1),
            "took_s": round(pace.took_s, 1),
            "times_real_time": _speed(pace),
        },
        "recordings": dict(standing.recordings),
        "set_aside": [_set_aside(one) for one in standing.set_aside],
    }


def status_lines(standing: Standing) -> Iterator[str]:
    """The same for people."""
    for lane in Lane:
        calls = standing.waiting(lane, JobKind.CALL)
        name = "today's calls" if lane is Lane.FRESH else "backlog"
        since = f", the oldest for {_span(standing.lag_s(lane))}" if calls else ""
        queued = "" if standing.queued is None else f"; {standing.queued[lane]} in the queue"
        yield f"{name}: {calls} wait{since}{queued}"
    yield f"at work: {standing.running()} jobs, {len(standing.workers)} workers"
    pace = standing.pace
    speed = _speed(pace)
    yield (
        f"last hour: {pace.calls} calls, {_span(pace.audio_s)} of sound"
        + (f", {speed:.1f} times real time" if speed is not None else "")
    )
    known = ", ".join(f"{number} {state}" for state, number in sorted(standing.recordings.items()))
    yield f"recordings: {known or 'none'}"
    yield from _set_aside_lines(standing.set_aside)


def _set_aside_lines(set_aside: Sequence[Quarantined], most: int = 20) -> Iterator[str]:
    if not set_aside:
        return
    yield f"set aside: {len(set_aside)} (stagecheck retry tries them again)"
    for one in set_aside[:most]:
        what = one.recording or f"the {one.kind.value} of {one.subject}"
        yield f"  {one.name}  {what}: {one.error}, {one.detail}"
    if len(set_aside) > most:
        yield f"  ... and {len(set_aside) - most} more (--json lists all)"


def _set_aside(one: Quarantined) -> dict[str, Any]:
    return {
        "id": one.name,
        "kind": one.kind.value,
        "recording": one.recording,
        "since": one.since.isoformat(timespec="seconds") if one.since else None,
        "error": one.error,
        "detail": one.detail,
    }


def _speed(pace: Pace) -> float | None:
    return round(pace.audio_s / pace.took_s, 2) if pace.took_s else None


def _span(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
