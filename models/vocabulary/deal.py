"""The CRM as stagecheck sees it: one snapshot of pipelines, people and deals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class StageKind(StrEnum):
    """What a stage means for the deal."""

    OPEN = "open"
    WON = "won"
    LOST = "lost"


class ActivityType(StrEnum):
    """What form an activity in the CRM has."""

    TASK = "task"
    MEETING = "meeting"
    EMAIL = "email"
    MESSAGE = "message"
    DOCUMENT = "document"
    INVOICE = "invoice"
    PAYMENT = "payment"
    CALL = "call"
    NOTE = "note"


class ActivityKind(StrEnum):
    """What an activity in the CRM is about."""

    CLASSIFY = "classify"
    CALL = "call"
    MEETING = "meeting"
    PROPOSAL = "proposal"
    NUDGE = "nudge"
    CONTRACT = "contract"
    INVOICE = "invoice"
    ACT = "act"
    PAYMENT = "payment"
    REVIEW = "review"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Stage:
    """A column of the CRM's board; `key` ties it to a template's stage where the CRM says so."""

    id: str
    name: str
    kind: StageKind = StageKind.OPEN
    key: str | None = None


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A sales pipeline in the CRM and the rule file (`template`) that judges it."""

    id: str
    name: str
    template: str
    stages: tuple[Stage, ...]


@dataclass(frozen=True, slots=True)
class User:
    """Somebody of ours: the agent in a call."""

    id: str
    name: str
    extensions: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    role: str | None = None


@dataclass(frozen=True, slots=True)
class Company:
    """A client's company."""

    id: str
    name: str
    phones: tuple[str, ...] = ()
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Contact:
    """A client's person; phones stand as the CRM wrote them."""

    id: str
    name: str
    company_id: str | None = None
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    decision_maker: bool = False


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal in the CRM. `status` repeats the kind of its stage."""

    id: str
    name: str
    pipeline_id: str
    stage_id: str
    status: StageKind
    created_at: datetime
    amount: float | None = None
    currency: str = "RUB"
    contact_ids: tuple[str, ...] = ()
    company_id: str | None = None
    responsible_id: str | None = None
    source: str | None = None
    updated_at: datetime | None = None
    closed_at: datetime | None = None
    fields: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StageChange:
    """A card was moved. `from_id` and `to_id` are stage ids of the CRM; a live one has an `id`."""

    deal_id: str
    to_id: str
    at: datetime
    from_id: str | None = None
    by: str | None = None
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Activity:
    """Something the CRM says was planned or done."""

    id: str
    type: ActivityType
    kind: ActivityKind
    created_at: datetime
    deal_id: str | None = None
    contact_id: str | None = None
    direction: str | None = None
    due_at: datetime | None = None
    completed_at: datetime | None = None
    result: str | None = None
    amount: float | None = None
    subject: str | None = None
    text: str | None = None
    place: str | None = None
    user_id: str | None = None
    call_id: str | None = None


@dataclass(frozen=True, slots=True)
class CrmSnapshot:
    """Everything the CRM said at one moment (`as_of`), in its own time zone."""

    as_of: datetime
    timezone: str
    crm: str
    pipelines: tuple[Pipeline, ...]
    users: tuple[User, ...]
    companies: tuple[Company, ...]
    contacts: tuple[Contact, ...]
    deals: tuple[Deal, ...]
    stage_changes: tuple[StageChange, ...]
    activities: tuple[Activity, ...]
