"""Verdicts: what the evidence says about a deal's stages, and what deserves a look."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

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
    corrected_by: str | None = None  # whose word it is that it was said so


@dataclass(frozen=True, slots=True)
class Waiver:
    """Somebody's word that a requirement does not count for one deal."""

    stage: str
    requirement_id: str
    who: str
    at: datetime
    note: str


@dataclass(frozen=True, slots=True)
class Waived:
    """What the machine says of a requirement that somebody waived, and who, when and why."""

    verdict: Verdict
    who: str
    at: datetime
    note: str


class Explained(Protocol):
    """What is explained in Russian, and in English too since there is that."""

    @property
    def explanation(self) -> str:
        """In Russian."""

    @property
    def explanation_en(self) -> str:
        """In English; empty where it was judged before there was that."""


def explained_in(one: Explained, language: str) -> str:
    """Why something was judged so; in Russian where it was not told in that language."""
    return (one.explanation_en if language == "en" else "") or one.explanation


@dataclass(frozen=True, slots=True)
class RequirementVerdict:
    """One requirement judged for one deal.

    `explanation` is in Russian, `explanation_en` the same in English; empty where it was judged
    before there were English explanations.
    Where somebody `waived` it, `verdict` says so unless it is met after all; all else is what the
    machine found. `waivable` is false where money is asked for: there the CRM alone is believed.
    """

    stage: str
    requirement_id: str
    severity: Severity
    verdict: Verdict
    grade: Grade
    explanation: str
    evidence: tuple[Evidence, ...] = ()
    rule_hash: str = ""
    explanation_en: str = ""
    waived: Waived | None = None
    waivable: bool = True


@dataclass(frozen=True, slots=True)
class Promise:
    """Something promised in a call and what came of it.

    `due` is what was said, `deadline` when its time is over by the rules, ``None`` where it has no
    end; `done_at` when it was done. Both are ``None`` where it was judged before they were kept.
    """

    type: str
    by: str  # "agent" | "client"
    made_at: datetime
    state: PromiseState
    call_id: str
    quote: str
    due: str | None = None
    deadline: datetime | None = None
    done_at: datetime | None = None


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
    """Something a supervisor should see, with what it rests on; explained as verdicts are."""

    kind: FlagKind
    severity: FlagSeverity
    explanation: str
    deal_id: str | None = None
    call_id: str | None = None
    user_id: str | None = None
    at: datetime | None = None
    evidence: tuple[Evidence, ...] = ()
    explanation_en: str = ""


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
