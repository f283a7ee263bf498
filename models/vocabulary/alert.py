"""Words about alerts: what can be wrong with the service."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class AlertKind(StrEnum):
    """What is wrong."""

    SILENT = "silent"  # a telephone system has sent nothing for too long
    LAG = "lag"  # work waits too long
    SET_ASIDE = "set_aside"  # too much cannot be used
    DISK = "disk"  # a disk fills up
    NO_WORKER = "no_worker"  # work waits and nobody does it
    NO_SCHEDULER = "no_scheduler"  # nobody looks for calls


@dataclass(frozen=True, slots=True)
class Alert:
    """Something that is wrong: `subject` says with what, `detail` is a sentence without names."""

    kind: AlertKind
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class OpenAlert:
    """An alert that somebody was told of, since when."""

    kind: AlertKind
    subject: str
    detail: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """That an alert began (``raised``) or is over (``ended``), to be told by a channel.

    `tries` counts those that failed.
    """

    id: int
    channel: str
    event: str
    alert: OpenAlert
    ended_at: datetime | None
    tries: int
