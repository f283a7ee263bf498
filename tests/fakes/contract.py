"""The contract's result (section 3) as a form that accepts its fields and no others."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from models.vocabulary.action import ActionStatus, ActionType, Outcome
from models.vocabulary.verdict import FlagKind


def _with_offset(text: str) -> str:
    assert datetime.fromisoformat(text).utcoffset() is not None, f"{text} has no offset"
    return text


Moment = Annotated[str, AfterValidator(_with_offset)]
Share = Annotated[float, Field(ge=0, le=1)]
Seconds = Annotated[float, Field(ge=0)]
E164 = Annotated[str, Field(pattern=r"^\+[1-9]\d{6,14}$")]
Speaking = Literal["agent", "client", "unknown"]
Words = Annotated[str, Field(min_length=1)]


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid")


class _Alternative(_Form):
    id: str
    score: Share


class _Deal(_Form):
    id: str
    score: Share
    method: Words
    reasons: list[str]
    alternatives: list[_Alternative]


class _Segment(_Form):
    start: Seconds | None
    end: Seconds | None
    speaker: Speaking
    text: Words
    confidence: Share


class ContractAction(_Form):
    """An action as section 3 shows it."""

    type: ActionType
    status: ActionStatus
    speaker: Speaking
    start: Seconds | None
    end: Seconds | None
    quote: Words
    slots: dict[str, Any]
    confidence: Share


class _Call(_Form):
    recording: str
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    call_id: str
    direction: Literal["in", "out", "internal"] | None
    started_at: Moment
    duration_s: Seconds
    speech_s: Seconds
    user_id: str | None
    client_number: E164 | None
    outcome: Outcome
    language: Words
    model: Words
    metadata_from: Literal["sidecar", "cdr", "filename", "file"]
    deal: _Deal | None
    segments: list[_Segment]
    actions: list[ContractAction]


class _Evidence(_Form):
    kind: Literal["call", "crm"]
    id: str
    at: Moment | None
    quote: str | None
    start: Seconds | None


class _Requirement(_Form):
    stage: str
    id: str
    severity: Literal["critical", "advisory"]
    verdict: Literal["met", "missing", "contradicted", "late", "pending", "unknown", "waived"]
    evidence: list[_Evidence]
    explanation: Words


class _Promise(_Form):
    type: ActionType
    by: Literal["agent", "client"]
    made_at: Moment
    due: str | None
    state: Literal["kept", "late", "broken", "open", "unknown"]
    call_id: str
    quote: Words


class _DealVerdict(_Form):
    id: str
    pipeline_id: str
    recorded_stage: str | None
    verified_stage: str | None
    gap: Literal["ahead", "behind", "none", "unknown"]
    requirements: list[_Requirement]
    promises: list[_Promise]


class _Flag(_Form):
    kind: FlagKind
    severity: Literal["high", "medium", "low"]
    deal_id: str | None
    call_id: str | None
    user_id: str | None
    at: Moment | None
    explanation: Words
    evidence: list[_Evidence]


class _Error(_Form):
    recording: str
    error: Words
    detail: Words


class ContractResult(_Form):
    """The whole file."""

    version: Literal[1]
    as_of: Moment
    pipelines: list[str]
    calls: list[_Call]
    deals: list[_DealVerdict]
    flags: list[_Flag]
    errors: list[_Error]


class ClassifiedCall(_Form):
    """One call of `stagecheck classify` (section 4)."""

    call_id: str
    outcome: Outcome
    actions: list[ContractAction]
