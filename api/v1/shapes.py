"""What programs read and send, field by field; the page of the API is made from it."""

from __future__ import annotations

from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field

from models.vocabulary.review import DecisionKind, DismissReason, FindingState
from models.vocabulary.verdict import (
    FlagKind,
    FlagSeverity,
    Gap,
    Grade,
    PromiseState,
    Severity,
    Verdict,
)

WORDS = "`null` without the scope `transcripts`"
Time = Annotated[str, Field(json_schema_extra={"format": "date-time"})]


def _any_may_be_left_out(schema: dict[str, Any]) -> None:
    """With `fields=` a program gets some fields only."""
    schema.pop("required", None)


class Shape(BaseModel):
    """Something that programs read."""

    model_config = ConfigDict(extra="forbid")


class Item(Shape):
    """Something of which programs may read some fields only."""

    model_config = ConfigDict(extra="forbid", json_schema_extra=_any_may_be_left_out)


class Deal(Item):
    """A deal as the CRM has it, and where it really stands."""

    crm: str
    id: str
    name: str | None
    pipeline_id: str
    stage_id: str | None = Field(description="where the card stands")
    status: Literal["open", "won", "lost"] | None
    amount: float | None
    currency: str | None
    company_id: str | None
    contact_ids: list[str]
    responsible_id: str | None
    created_at: Time | None
    closed_at: Time | None
    crm_updated_at: Time | None = Field(description="when the CRM says that it changed")
    recorded_stage: str | None = Field(description="key of the stage where the card stands")
    verified_stage: str | None = Field(description="key of the stage where the deal stands")
    gap: Gap
    changed_at: Time = Field(description="since when the verdicts are as they are")


class Evidence(Shape):
    """What a verdict rests on: a quote in a call, or a record in the CRM."""

    kind: Literal["call", "crm"]
    id: str
    at: Time | None
    quote: str | None = Field(description=WORDS)
    start: float | None = Field(description="second of the recording")
    corrected_by: str | None = Field(description="whose word it is that it was said so")


class Waived(Shape):
    """A requirement that somebody waived, and what the machine says of it."""

    verdict: Verdict = Field(description="the machine's own")
    who: str
    at: Time
    note: str


class Requirement(Shape):
    """One thing a stage demands, judged."""

    stage: str
    id: str
    severity: Severity
    verdict: Verdict
    grade: Grade
    evidence: list[Evidence]
    explanation: str = Field(description="of what the machine found, also where it is waived")
    waived: Waived | None = Field(description="whoever waived it for this deal")


class PromiseOfDeal(Shape):
    """Something that one side committed itself to, and what came of it."""

    type: str
    by: Literal["agent", "client"]
    made_at: Time
    due: str | None
    state: PromiseState
    call_id: str
    quote: str | None = Field(description=WORDS)


class Promise(PromiseOfDeal, Item):
    """Something that one side committed itself to, and what came of it."""

    deal_id: str
    position: int = Field(description="its place among the deal's promises of now")


class Verification(Item):
    """Where a deal stands and why: `deals` of docs/formats.md, section 3, with grades."""

    id: str
    pipeline_id: str
    recorded_stage: str | None
    verified_stage: str | None
    gap: Gap
    requirements: list[Requirement]
    promises: list[PromiseOfDeal]
    as_of: Time = Field(description="the moment for which it was judged")
    changed_at: Time = Field(description="since when the verdicts are as they are")


class Flag(Item):
    """Something that a supervisor should look at; it outlives the run that raised it."""

    id: int
    kind: FlagKind
    severity: FlagSeverity
    explanation: str
    deal_id: str | None
    call_id: str | None
    user_id: str | None
    at: Time | None
    evidence: list[Evidence]
    pipeline_id: str | None
    stage: str | None
    amount: float | None
    confidence: float
    weight: float = Field(description="severity times money times confidence")
    state: FindingState
    raised_at: Time
    withdrawn_at: Time | None = Field(description="since when nothing raises it any more")
    sent_at: Time | None = Field(description="when it was sent to the manager")
    updated_at: Time
    version: int = Field(description="counts decisions")


class Decision(Item):
    """What somebody decided about a flag."""

    id: int
    flag: int
    kind: DecisionKind
    at: Time
    who: str
    reason: DismissReason | None
    note: str
    blind: bool = Field(description="a second review that does not change the flag")


class CoverageDay(Item):
    """One day of one telephone system: whether every call was recorded and understood."""

    day: Annotated[str, Field(json_schema_extra={"format": "date"})] = Field(
        description="in the CRM's time zone"
    )
    account: str
    calls: int
    in_ledger: int = Field(description="known from call records")
    answered: int
    recorded: int
    transcribed: int
    judged: int
    unusable: int
    missing: int = Field(description="answered outside calls without a recording")


class WrongPlace(Shape):
    """One thing that is wrong with a request."""

    where: str
    problem: str


class Problem(BaseModel):
    """Why a request was not answered (RFC 9457)."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"required": ["type", "title", "status", "code", "detail", "request_id"]},
    )

    type: str = Field(description="leads to the page that explains the code")
    title: str
    status: int
    code: str = Field(description="stable: programs may rely on it")
    detail: str
    request_id: str = Field(description="by which the log is found")
    errors: list[WrongPlace] | None = None
    scope: str | None = Field(default=None, description="the scope that the key lacks")


T = TypeVar("T")


class Page(Shape, Generic[T]):
    """Some items of a list."""

    data: list[T]
    next_cursor: str | None = Field(description="asks for what follows; `null`: that was all")
    as_of: Time = Field(description="when this was read")
