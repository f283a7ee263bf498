"""Words about reviewing: what the machine found, and what people decided about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from models.vocabulary.verdict import Evidence, Flag, FlagKind, FlagSeverity


class FindingState(StrEnum):
    """How it stands with a finding."""

    OPEN = "open"
    CONFIRMED = "confirmed"
    DISMISSED = "dismissed"
    WAIVED = "waived"
    OBJECTED = "objected"  # a manager objected to a confirmed one: it is looked at once more


class DecisionKind(StrEnum):
    """What somebody did with a finding."""

    CONFIRM = "confirm"
    DISMISS = "dismiss"
    WAIVE = "waive"
    SEND = "send"  # to the manager it is about
    OBJECT = "object"  # by that manager, once
    REOPEN = "reopen"
    COMMENT = "comment"


STATE_AFTER: dict[DecisionKind, FindingState] = {
    DecisionKind.CONFIRM: FindingState.CONFIRMED,
    DecisionKind.DISMISS: FindingState.DISMISSED,
    DecisionKind.WAIVE: FindingState.WAIVED,
    DecisionKind.OBJECT: FindingState.OBJECTED,
    DecisionKind.REOPEN: FindingState.OPEN,
}


class DismissReason(StrEnum):
    """Why a finding was dismissed; the first three are mistakes of the machine."""

    MISHEARD = "misheard"  # it was not said like that
    WRONG_DEAL = "wrong_deal"
    MISJUDGED = "misjudged"  # it was said, and means something else
    DONE_ELSEWHERE = "done_elsewhere"  # in a messenger, at a meeting
    NOT_NEEDED = "not_needed"  # right, and of no importance here


MISTAKES = frozenset({DismissReason.MISHEARD, DismissReason.WRONG_DEAL, DismissReason.MISJUDGED})


@dataclass(frozen=True, slots=True)
class Sighting:
    """A flag as one run raised it, with what the inbox orders it by; `key` is its identity."""

    key: str
    flag: Flag
    pipeline_id: str | None
    stage: str | None
    amount: float | None
    confidence: float
    weight: float
    digest: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A flag that outlives the run that raised it; decisions hang on it.

    `weight` orders the inbox: severity times money times confidence. `withdrawn_at` is when no
    run raised it any more; `version` counts decisions, so that two people notice each other.
    `digest` tells what is shown apart from what was shown earlier.
    """

    id: int
    key: str
    kind: FlagKind
    severity: FlagSeverity
    explanation: str
    deal_id: str | None
    call_id: str | None
    user_id: str | None
    at: datetime | None
    evidence: tuple[Evidence, ...]
    pipeline_id: str | None
    stage: str | None
    amount: float | None
    confidence: float
    weight: float
    state: FindingState
    raised_at: datetime
    withdrawn_at: datetime | None
    sent_at: datetime | None
    version: int
    digest: str
    explanation_en: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided about a finding; `digest` is that of what was shown to them."""

    id: int
    finding: int
    kind: DecisionKind
    at: datetime
    by: int | None
    who: str
    reason: DismissReason | None = None
    note: str = ""
    digest: str = ""
    blind: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """What of the inbox is shown; nothing set means all."""

    users: frozenset[str] = frozenset()
    pipelines: frozenset[str] = frozenset()
    stages: frozenset[str] = frozenset()
    kinds: frozenset[FlagKind] = frozenset()
    states: frozenset[FindingState] = field(
        default_factory=lambda: frozenset({FindingState.OPEN, FindingState.OBJECTED})
    )
    since: datetime | None = None
    until: datetime | None = None
    least_confidence: float = 0.0
    withdrawn: bool = False
