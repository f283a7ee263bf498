"""Verdicts: what the evidence says about a deal's stages, and what deserves a look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from models.vocabulary.action import Action, Outcome
from models.vocabulary.call import Call


class Severity(StrEnum):
    """Whether a requirement blocks its stage."""

    CRITICAL = "critical"
    ADVISORY = "advisory"


class Verdict(StrEnum):
    """What became of a requirement."""

    MET = "met"
    MISSING = "missing"
    CONTRADICTED = "contradicted"
    LATE = "late"
    PENDING = "pending"
    UNKNOWN = "unknown"
    WAIVED = "waived"


class Grade(StrEnum):
    """How strong the evidence is: the other side's yes is the proof."""

    CLIENT_CONFIRMED = "A"
    AGENT_SAID = "B"
    CRM_ONLY = "C"
    NOTHING = "D"
    CONTRADICTED = "X"


class Gap(StrEnum):
    """Where the card stands against where the deal stands."""

    AHEAD = "ahead"
    BEHIND = "behind"
    NONE = "none"
    UNKNOWN = "unknown"


class PromiseState(StrEnum):
    """What became of something promised in a call."""

    KEPT = "kept"
    LATE = "late"
    BROKEN = "broken"
    OPEN = "open"
    UNKNOWN = "unknown"


class FlagKind(StrEnum):
    """What a supervisor is asked to look at."""

    STAGE_AHEAD_OF_REALITY = "stage_ahead_of_reality"
    STAGE_BEHIND_REALITY = "stage_behind_reality"
    SLOT_MISMATCH = "slot_mismatch"
    PROPOSAL_WITHOUT_NEEDS = "proposal_without_needs"
    FOLLOW_UP_MISSED = "follow_up_missed"
    NO_SHOW_OF_AGENT = "no_show_of_agent"
    PROMISE_BROKEN = "promise_broken"
    UNREGISTERED_LEAD = "unregistered_lead"
    MISSING_RECORDING = "missing_recording"
    MOVED_WITHOUT_CONTACT = "moved_without_contact"


class FlagSeverity(StrEnum):
    """How loud a flag is."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing a verdict rests on: a quote in a call or a record in the CRM."""

    kind: str  # "call" | "crm"
    id: str  # call id, or "<record>:<id>" of the CRM ("activity:a002", "field:amount")
    at: datetime | None = None
    quote: str | None = None
    start: float | None = None


@dataclass(frozen=True, slots=True)
class RequirementVerdict:
    """One requirement judged for one deal."""

    stage: str
    requirement_id: str
    severity: Severity
    verdict: Verdict
    grade: Grade
    explanation: str
    evidence: tuple[Evidence, ...] = ()
    rule_hash: str = ""


@dataclass(frozen=True, slots=True)
class Promise:
    """Something promised in a call and what came of it."""

    type: str
    by: str  # "agent" | "client"
    made_at: datetime
    state: PromiseState
    call_id: str
    quote: str
    due: str | None = None


@dataclass(frozen=True, slots=True)
class DealVerdict:
    """Where a deal really stands."""

    deal_id: str
    pipeline_id: str
    recorded_stage: str | None
    verified_stage: str | None
    gap: Gap
    requirements: tuple[RequirementVerdict, ...] = ()
    promises: tuple[Promise, ...] = ()


@dataclass(frozen=True, slots=True)
class Flag:
    """Something a supervisor should see, with what it rests on."""

    kind: FlagKind
    severity: FlagSeverity
    explanation: str
    deal_id: str | None = None
    call_id: str | None = None
    user_id: str | None = None
    at: datetime | None = None
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class DealMatch:
    """Which deal a call belongs to, how that was found, and what else it could be.

    `deal_id` is ``None`` when the candidates cannot be told apart or none was found;
    `alternatives` are (deal id, score) pairs in falling order.
    """

    deal_id: str | None
    score: float
    method: str
    reasons: tuple[str, ...] = ()
    alternatives: tuple[tuple[str, float], ...] = ()


@dataclass(frozen=True, slots=True)
class JudgedCall:
    """A call as the verifier sees it: what was heard in it and whose deal it is.

    `understood` is false when the recording never came or gave no usable transcript, and while it
    `waits` to be heard.
    """

    call: Call
    outcome: Outcome | None
    actions: tuple[Action, ...]
    match: DealMatch | None
    understood: bool = True
    duration_s: float | None = None
    notes: Mapping[str, str] = field(default_factory=dict)
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Verification:
    """The verifier's whole answer for one moment."""

    as_of: datetime
    deals: tuple[DealVerdict, ...]
    flags: tuple[Flag, ...]
