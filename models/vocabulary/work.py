"""Words about work: jobs, the lanes they wait in, and how it stands with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum

NOT_ASKED = datetime(9999, 1, 1, tzinfo=UTC)  # when work is due that nobody wants


class JobKind(StrEnum):
    """What is to be done; the order is that in which a lane is worked off."""

    VERDICTS = "verdicts"  # judge all deals of a source
    PREVIEW = "preview"  # judge all deals by a draft of rules and tell what flips
    CRM_PREVIEW = "crm_preview"  # tell what would be written into a CRM
    REPORT = "report"  # score the calls of a source and write its page
    CALL = "call"  # transcribe a call, hear it, find its deal


class Lane(StrEnum):
    """Where a job waits: today's calls are never behind yesterday's."""

    FRESH = "fresh"
    BACKLOG = "backlog"


class JobState(StrEnum):
    """How far a job has come."""

    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True)
class Want:
    """Work that is asked for. `limit_s` is how long it may take at most.

    `revive`: also where it lies in quarantine.
    """

    kind: JobKind
    subject: str
    lane: Lane
    due_at: datetime
    limit_s: float
    revive: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that a worker holds; `tries` counts this one."""

    id: int
    kind: JobKind
    subject: str
    lane: Lane
    tries: int
    limit_s: float
    token: str


@dataclass(frozen=True, slots=True)
class Quarantined:
    """What nobody tries any more until somebody asks for it, and why.

    `name` is how one asks for it: `job:12`, or `call:7` where only the recording is of no use.
    """

    name: str
    kind: JobKind
    subject: str
    recording: str | None
    since: datetime | None
    error: str
    detail: str


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found: jobs whose worker fell silent, given back or set aside."""

    given_back: tuple[int, ...] = ()
    quarantined: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class LaneTally:
    """How many jobs of a kind are in a lane and a state, and since when the oldest is due."""

    kind: JobKind
    lane: Lane
    state: JobState
    jobs: int
    oldest_due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Pace:
    """What was finished since some moment: calls, their sound and the time it took, in seconds."""

    calls: int
    audio_s: float
    took_s: float
