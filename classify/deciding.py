"""Who may decide what about a finding, and what a decision has to say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from models.vocabulary.access import Account, Right
from models.vocabulary.review import Decision, DecisionKind, DismissReason, Finding, FindingState
from models.vocabulary.verdict import (
    FlagKind,
    RequirementVerdict,
    Severity,
    Verdict,
)

LONGEST_NOTE = 2000  # characters


class Refusal(StrEnum):
    """Why somebody may not decide so."""

    NO_RIGHT = "no_right"
    NOT_NOW = "not_now"  # not in the state that the finding is in
    NO_REASON = "no_reason"
    NO_NOTE = "no_note"
    LONG_NOTE = "long_note"
    NOBODYS = "nobodys"  # there is no manager to send it to
    SENT_ALREADY = "sent_already"
    OBJECTED_ALREADY = "objected_already"
    TOO_LATE = "too_late"
    MONEY = "money"  # only the CRM is believed about it


_TO_REVIEW = frozenset({FindingState.OPEN, FindingState.OBJECTED})
_DECIDED = frozenset({FindingState.CONFIRMED, FindingState.DISMISSED, FindingState.WAIVED})
_FROM: dict[DecisionKind, frozenset[FindingState]] = {
    DecisionKind.CONFIRM: _TO_REVIEW,
    DecisionKind.DISMISS: _TO_REVIEW,
    DecisionKind.WAIVE: _TO_REVIEW,
    DecisionKind.SEND: _TO_REVIEW | {FindingState.CONFIRMED},
    DecisionKind.OBJECT: frozenset({FindingState.CONFIRMED}),
    DecisionKind.REOPEN: _DECIDED,
    DecisionKind.COMMENT: frozenset(FindingState),
}
_WITH_NOTE = frozenset({DecisionKind.WAIVE, DecisionKind.OBJECT, DecisionKind.COMMENT})
_UNPROVED = frozenset({Verdict.MISSING, Verdict.CONTRADICTED, Verdict.LATE})
_OF_WHOLE_STAGE = frozenset({FlagKind.STAGE_AHEAD_OF_REALITY})


def is_about(account: Account, finding: Finding) -> bool:
    """Whether somebody is the manager whom a finding is about."""
    return account.crm_user is not None and account.crm_user == finding.user_id


def hindrance(  # noqa: PLR0911, PLR0913 - one answer for each reason; who, what, when
    kind: DecisionKind,
    account: Account,
    finding: Finding,
    history: Sequence[Decision],
    *,
    now: datetime,
    objection_days: float,
) -> Refusal | None:
    """Why somebody cannot decide so about a finding now, whatever they write; ``None``: they can.

    Args:
        kind: what they want to do.
        account: who they are.
        finding: as it stands now.
        history: all that was decided about it, the oldest first.
        now: the moment.
        objection_days: for how long after the confirmation the manager may object.
    """
    if not _has_right(kind, account, finding):
        return Refusal.NO_RIGHT
    if kind is DecisionKind.OBJECT and any(one.kind is kind for one in history):
        return Refusal.OBJECTED_ALREADY
    if finding.state not in _FROM[kind]:
        return Refusal.NOT_NOW
    if kind is DecisionKind.SEND and finding.user_id is None:
        return Refusal.NOBODYS
    if kind is DecisionKind.SEND and finding.sent_at is not None:
        return Refusal.SENT_ALREADY
    if kind is DecisionKind.OBJECT:
        until = objection_until(history, objection_days)
        if until is None or now > until:
            return Refusal.TOO_LATE
    return None


def flaw(kind: DecisionKind, reason: DismissReason | None, note: str) -> Refusal | None:
    """What a decision lacks: a dismissal a reason, a waiver and an objection their words."""
    if kind is DecisionKind.DISMISS and reason is None:
        return Refusal.NO_REASON
    if kind in _WITH_NOTE and not note.strip():
        return Refusal.NO_NOTE
    if len(note) > LONGEST_NOTE:
        return Refusal.LONG_NOTE
    return None


def only_money(behind: Sequence[RequirementVerdict]) -> bool:
    """Whether all that a finding is about is money that did not come in: nobody can waive that."""
    return bool(behind) and not any(one.waivable for one in behind)


def allowed(
    account: Account,
    finding: Finding,
    history: Sequence[Decision],
    *,
    now: datetime,
    objection_days: float,
) -> frozenset[DecisionKind]:
    """All that somebody can do with a finding now."""
    return frozenset(
        kind
        for kind in DecisionKind
        if hindrance(kind, account, finding, history, now=now, objection_days=objection_days)
        is None
    )


def objection_until(history: Sequence[Decision], days: float) -> datetime | None:
    """Until when the manager may object: so many days after the last confirmation."""
    confirmed = [one.at for one in history if one.kind is DecisionKind.CONFIRM and not one.blind]
    return max(confirmed) + timedelta(days=days) if confirmed else None


def requirements_behind(
    finding: Finding, verified_stage: str | None, judged: Sequence[RequirementVerdict]
) -> tuple[RequirementVerdict, ...]:
    """The requirements of a deal that a finding is about, as far as that can be told.

    A card that is ahead hangs on whatever is critical and unproved at the verified stage; another
    finding is about the requirement in whose words it speaks.
    """
    if finding.kind in _OF_WHOLE_STAGE:
        return tuple(
            one
            for one in judged
            if one.stage == verified_stage
            and one.severity is Severity.CRITICAL
            and one.verdict in _UNPROVED
        )
    return tuple(
        one
        for one in judged
        if one.verdict in _UNPROVED
        and one.explanation
        and finding.explanation.startswith(one.explanation)
    )[:1]


def _has_right(kind: DecisionKind, account: Account, finding: Finding) -> bool:
    if kind is DecisionKind.OBJECT:
        return account.may(Right.OBJECT) and is_about(account, finding)
    if kind is DecisionKind.COMMENT and account.may(Right.OBJECT) and is_about(account, finding):
        return True
    return account.may(Right.DECIDE)
