"""Words about what happened, and about telling other programs of it by web-hook."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

VERSION = 1  # of the form of the payloads


class EventType(StrEnum):
    """What happened."""

    VERDICT_CHANGED = "verdict.changed"
    FLAG_RAISED = "flag.raised"
    FLAG_WITHDRAWN = "flag.withdrawn"
    FLAG_DECIDED = "flag.decided"
    PROMISE_BROKEN = "promise.broken"
    COVERAGE_GAP = "coverage.gap"
    TEST = "webhook.test"  # sent to one endpoint because somebody asked for it


TOLD_TYPES: tuple[EventType, ...] = tuple(one for one in EventType if one is not EventType.TEST)
LIVE_TYPES: tuple[EventType, ...] = (
    EventType.VERDICT_CHANGED,
    EventType.FLAG_RAISED,
    EventType.FLAG_WITHDRAWN,
    EventType.FLAG_DECIDED,
)


@dataclass(frozen=True, slots=True)
class News:
    """Something that just happened, before it is written down.

    `deal_id` is what deliveries are kept in order by (where there is none, `subject` is);
    `user_id` whose it is. `payload` has ids, codes and times: no words of calls and no numbers.
    """

    type: EventType
    subject: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    deal_id: str | None = None
    user_id: str | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened; `uid` is its name for receivers, however often it is sent."""

    id: int
    uid: str
    type: EventType
    subject: str
    deal_id: str | None
    user_id: str | None
    payload: Mapping[str, Any]
    at: datetime


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where another program takes events.

    `quotes`: it gets the words that a flag rests on. `shut_at` is since when nothing is sent to
    it, `shut_why` ``gone`` (it said so) or ``by hand``. Until `old_until` the secret of before
    signs as well.
    """

    id: int
    url: str
    types: tuple[EventType, ...]
    quotes: bool
    created_by: str
    created_at: datetime
    old_until: datetime | None
    shut_at: datetime | None
    shut_why: str | None


class DeliveryState(StrEnum):
    """How far the delivery of one event to one endpoint has come."""

    WAITING = "waiting"
    SENDING = "sending"
    DELIVERED = "delivered"
    DEAD = "dead"  # given up, until somebody has it sent again


@dataclass(frozen=True, slots=True)
class Delivery:
    """The delivery of an event to an endpoint, as it stands.

    `status` is the last answer's; `error` a code that says what went wrong last.
    """

    id: int
    event: int
    uid: str
    type: EventType
    deal_id: str | None
    state: DeliveryState
    tries: int
    created_at: datetime
    due_at: datetime
    tried_at: datetime | None
    took_ms: int | None
    status: int | None
    error: str | None


@dataclass(frozen=True, slots=True)
class ToSend:
    """A delivery that a sender holds; what it learns is only written with its `token`.

    It is tried for some days from `since` on.
    """

    delivery: int
    endpoint: int
    token: str
    tries: int
    since: datetime
    url: str
    quotes: bool
    sealed: tuple[str, ...]
    event: Event
