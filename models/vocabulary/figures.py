"""Facts that figures are counted from: one deal, one call, one promise, as they stood at a moment.

A fact holds all that any figure asks for, so that figures are pure functions over facts; each
names the rows it came from (`deal_id`, `call_id`). Places are those of a pipeline's line, from 0.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from models.vocabulary.action import ActionStatus, ActionType, Outcome
from models.vocabulary.deal import StageKind
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import Gap, PromiseState, Severity, Verdict


@dataclass(frozen=True, slots=True)
class LineRequirement:
    """What a stage demands, in words: its title, and what is said where it fails."""

    id: str
    severity: Severity
    title_ru: str
    title_en: str
    failure_ru: str
    failure_en: str
    rule_hash: str


@dataclass(frozen=True, slots=True)
class LineStage:
    """A stage in a pipeline's line; its names are the CRM's column where there is one."""

    key: str
    name_ru: str
    name_en: str
    requirements: tuple[LineRequirement, ...] = ()

    @property
    def is_provable(self) -> bool:
        """Whether anything critical is demanded, so that standing on it can be proved."""
        return any(one.severity is Severity.CRITICAL for one in self.requirements)


@dataclass(frozen=True, slots=True)
class Line:
    """A pipeline of the CRM with the stages of the rule file that judges it."""

    pipeline_id: str
    name: str
    template: str
    stages: tuple[LineStage, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """One of ours. One person may hold several roles of the conveyor."""

    id: str
    name: str
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Visit:
    """How long a card stood on a stage: until it was moved, ``None`` while it stands there."""

    place: int
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True)
class RequirementFact:
    """What a requirement came to; `at` is when its proof was there, where it is proved."""

    id: str
    verdict: Verdict
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Payment:
    """Money that the CRM says came in; a refund is below zero."""

    at: datetime
    amount: float


@dataclass(frozen=True, slots=True)
class DealFact:
    """All that figures ask of one deal.

    `client` tells clients apart: the company, else the first contact, else the deal itself.
    `recorded` is the place of the card now, `reached` the furthest it ever had; ``None`` where it
    is in no column of the line. `verified` is the place of the last stage that is proved, ``None``
    where not even the first is. `blocked` is the first place whose proof fails for sure, `unsure`
    the first of which nobody can tell; ``None``: none up to `reached`.
    `proved` gives by place since when all that is critical on that stage is proved.
    `visits` stand in the order of time. `talks` are conversations with the client.
    `calls` are answered calls with the client, `unheard` those of them nobody could understand.
    """

    deal_id: str
    name: str
    pipeline_id: str
    user_id: str | None
    roles: tuple[str, ...]
    source: str | None
    client: str
    amount: float | None
    currency: str
    status: StageKind
    created_at: datetime
    closed_at: datetime | None
    first_contact_at: datetime
    recorded: int | None
    reached: int | None
    verified: int | None
    blocked: int | None
    unsure: int | None
    gap: Gap
    visits: tuple[Visit, ...] = ()
    proved: tuple[datetime | None, ...] = ()
    requirements: tuple[RequirementFact, ...] = ()
    payments: tuple[Payment, ...] = ()
    talks: tuple[datetime, ...] = ()
    calls: int = 0
    unheard: int = 0

    @property
    def is_lost(self) -> bool:
        """Whether it was given up."""
        return self.status is StageKind.LOST


@dataclass(frozen=True, slots=True)
class ActionFact:
    """An action heard in a call."""

    type: ActionType
    status: ActionStatus
    speaker: Speaker | None = None


@dataclass(frozen=True, slots=True)
class CallFact:
    """All that figures ask of one outside call; `heard` is false where nobody could understand it.

    `seconds` is how long it was talked, 0 where nobody answered.
    """

    call_id: str
    at: datetime
    user_id: str | None
    roles: tuple[str, ...]
    deal_id: str | None
    pipeline_id: str | None
    outcome: Outcome | None
    answered: bool
    heard: bool
    seconds: float = 0.0
    actions: tuple[ActionFact, ...] = ()


@dataclass(frozen=True, slots=True)
class PromiseFact:
    """A promise and what became of it.

    `deadline` is when its time is over, ``None`` where no day was named; `done_at` when it was
    done. `amount` and `place` are the deal's: what hangs on it, and where its card stands.
    """

    deal_id: str
    pipeline_id: str
    call_id: str
    type: str
    by: str  # "agent" | "client"
    user_id: str | None
    roles: tuple[str, ...]
    made_at: datetime
    deadline: datetime | None
    state: PromiseState
    done_at: datetime | None
    quote: str
    amount: float | None
    currency: str
    place: int | None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known as of a moment; figures are counted from nothing else.

    `calls` are only those of the time that was asked for. `lines` stand in the CRM's order.
    """

    as_of: datetime
    zone: tzinfo
    lines: tuple[Line, ...] = ()
    people: Mapping[str, Person] = field(default_factory=dict)
    deals: tuple[DealFact, ...] = ()
    promises: tuple[PromiseFact, ...] = ()
    calls: tuple[CallFact, ...] = ()

    def line(self, pipeline_id: str) -> Line | None:
        """The line of a pipeline, where it is judged."""
        return next((one for one in self.lines if one.pipeline_id == pipeline_id), None)
