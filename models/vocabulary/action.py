"""Actions: what can be heard in a call. The lists are closed (docs/glossary.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from models.vocabulary.transcript import Speaker

SlotValue = str | float | bool


class ActionType(StrEnum):
    """Everything that stagecheck can hear."""

    GREETING = "greeting"
    SELF_INTRODUCTION = "self_introduction"
    COMPANY_INTRODUCTION = "company_introduction"
    FAREWELL = "farewell"
    DECISION_MAKER_IDENTIFIED = "decision_maker_identified"
    INTEREST_EXPRESSED = "interest_expressed"
    REFUSAL = "refusal"
    NEEDS_CLARIFIED = "needs_clarified"
    BUDGET_NAMED = "budget_named"
    OBJECTION = "objection"
    MEETING_BOOKED = "meeting_booked"
    MEETING_HELD = "meeting_held"
    PROPOSAL_SENT = "proposal_sent"
    PROPOSAL_DISCUSSED = "proposal_discussed"
    FOLLOW_UP_AGREED = "follow_up_agreed"
    TERMS_AGREED = "terms_agreed"
    CONTRACT_SENT = "contract_sent"
    CONTRACT_SIGNED = "contract_signed"
    INVOICE_SENT = "invoice_sent"
    PAYMENT = "payment"
    WORK_ACCEPTED = "work_accepted"
    REVIEW_REQUESTED = "review_requested"


class ActionStatus(StrEnum):
    """What became of an action by the end of the call."""

    DONE = "done"
    PROMISED = "promised"
    PROPOSED = "proposed"
    DECLINED = "declined"


class Outcome(StrEnum):
    """How a call ended up; each call has exactly one."""

    CONVERSATION = "conversation"
    VOICEMAIL = "voicemail"
    IVR = "ivr"
    NO_ANSWER = "no_answer"
    GATEKEEPER = "gatekeeper"
    WRONG_NUMBER = "wrong_number"
    INTERNAL = "internal"
    TOO_SHORT = "too_short"
    UNINTELLIGIBLE = "unintelligible"


@dataclass(frozen=True, slots=True)
class Action:
    """Something done in a conversation that matters for the deal.

    `quote` stands verbatim in the segment it comes from. `start` and `end` are seconds
    of the decisive utterance, ``None`` where the text has no times. `slots` holds ISO 8601
    strings (`datetime`, `date`, `due`), numbers (`amount`) and words; a slot that was not
    said is absent. `cues` say in plain words what made the action. `heard_otherwise` are the words
    of a second listening that did not bear the action out.
    """

    type: ActionType
    status: ActionStatus
    speaker: Speaker
    quote: str
    confidence: float
    start: float | None = None
    end: float | None = None
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    cues: tuple[str, ...] = ()
    heard_otherwise: str | None = None


@dataclass(frozen=True, slots=True)
class HeardCall:
    """What a transcript yields: one outcome and the actions in the order of their time."""

    outcome: Outcome
    actions: tuple[Action, ...]
