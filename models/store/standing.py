"""How it stands with the service: what waits and since when, how fast it goes, what failed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models.store.tallies import (
    lane_tallies,
    pace_since,
    quarantined_jobs,
    recordings_by_state,
    unusable_recordings,
    workers_at_work,
)
from models.vocabulary.work import JobKind, JobState, Lane, LaneTally, Pace, Quarantined

HOUR = timedelta(hours=1)


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


def read_standing(
    session: Session,
    queued: Mapping[Lane, int] | None,
    at: datetime,
    *,
    most: int | None = None,
) -> Standing:
    """Reads how it stands at a moment; of what was set aside at most `most` of each kind."""
    return Standing(
        at,
        tuple(lane_tallies(session)),
        queued,
        pace_since(session, at - HOUR),
        workers_at_work(session),
        recordings_by_state(session),
        (*quarantined_jobs(session, most or 1000), *unusable_recordings(session, most)),
    )


def standing_json(standing: Standing) -> dict[str, Any]:
    """How it stands, for programs (docs/operations.md, "Health")."""
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
            "times_real_time": times_real_time(pace),
        },
        "recordings": dict(standing.recordings),
        "set_aside": [_set_aside(one) for one in standing.set_aside],
    }


def _set_aside(one: Quarantined) -> dict[str, Any]:
    return {
        "id": one.name,
        "kind": one.kind.value,
        "recording": one.recording,
        "since": one.since.isoformat(timespec="seconds") if one.since else None,
        "error": one.error,
        "detail": one.detail,
    }


def times_real_time(pace: Pace) -> float | None:
    """How many seconds of sound a second of work transcribed; ``None`` where none was."""
    return round(pace.audio_s / pace.took_s, 2) if pace.took_s else None
