"""Who may decide what about a finding, and what a decision has to say."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from classify.deciding import (
    LONGEST_NOTE,
    Refusal,
    allowed,
    flaw,
    hindrance,
    objection_until,
    requirements_behind,
)
from models.vocabulary.access import Account, Role
from models.vocabulary.review import Decision, DecisionKind, DismissReason, Finding, FindingState
from models.vocabulary.verdict import (
    FlagKind,
    FlagSeverity,
    Grade,
    RequirementVerdict,
    Severity,
    Verdict,
)

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
ANNA = Account(1, "anna", "Anna", frozenset({Role.SUPERVISOR}), "ru", team=frozenset({"vera"}))
VERA = Account(2, "vera", "Vera", frozenset({Role.MANAGER}), "ru", crm_user="vera")
GLEB = Account(3, "gleb", "Gleb", frozenset({Role.MANAGER}), "ru", crm_user="gleb")
ROOT = Account(4, "root", "Root", frozenset({Role.ADMIN}), "ru")
K, S = DecisionKind, FindingState


def _finding(
    state: FindingState = S.OPEN,
    *,
    user: str | None = "vera",
    sent: bool = False,
    kind: FlagKind = FlagKind.STAGE_AHEAD_OF_REALITY,
    explanation: str = "",
) -> Finding:
    return Finding(
        1, "k", kind, FlagSeverity.HIGH, explanation, "1", None, user, NOON, (), "p", "meeting",
        None, 1.0, 4.0, state, NOON, None, NOON if sent else None, 0, "d",
    )  # fmt: skip


def _decision(kind: DecisionKind, ago: timedelta = timedelta(), *, blind: bool = False) -> Decision:
    return Decision(1, 1, kind, NOON - ago, 1, "Anna", blind=blind)


def _hindrance(
    kind: DecisionKind, account: Account, finding: Finding, *history: Decision
) -> Refusal | None:
    return hindrance(kind, account, finding, history, now=NOON, objection_days=5)


@pytest.mark.parametrize(
    ("state", "kinds"),
    [
        (S.OPEN, {K.CONFIRM, K.DISMISS, K.WAIVE, K.SEND, K.COMMENT}),
        (S.OBJECTED, {K.CONFIRM, K.DISMISS, K.WAIVE, K.SEND, K.COMMENT}),
        (S.CONFIRMED, {K.SEND, K.REOPEN, K.COMMENT}),
        (S.DISMISSED, {K.REOPEN, K.COMMENT}),
        (S.WAIVED, {K.REOPEN, K.COMMENT}),
    ],
)
def test_a_reviewer_decides_what_is_open_and_reopens_what_is_not(
    state: FindingState, kinds: set[DecisionKind]
) -> None:
    assert allowed(ANNA, _finding(state), (), now=NOON, objection_days=5) == kinds


def test_a_manager_only_comments_and_objects_to_what_is_about_them() -> None:
    confirmed, history = _finding(S.CONFIRMED), (_decision(K.CONFIRM),)
    kinds = allowed(VERA, confirmed, history, now=NOON, objection_days=5)
    assert kinds == {K.OBJECT, K.COMMENT}
    assert not allowed(GLEB, confirmed, history, now=NOON, objection_days=5)
    assert not allowed(ROOT, confirmed, history, now=NOON, objection_days=5)
    assert allowed(VERA, _finding(), (), now=NOON, objection_days=5) == {K.COMMENT}


def test_a_manager_objects_once_for_ever() -> None:
    history = (_decision(K.CONFIRM), _decision(K.OBJECT), _decision(K.CONFIRM))
    refusal = _hindrance(K.OBJECT, VERA, _finding(S.CONFIRMED), *history)
    assert refusal is Refusal.OBJECTED_ALREADY


@pytest.mark.parametrize(
    ("ago", "refusal"),
    [
        (timedelta(days=5), None),
        (timedelta(days=5, seconds=1), Refusal.TOO_LATE),
    ],
)
def test_a_manager_objects_in_time(ago: timedelta, refusal: Refusal | None) -> None:
    assert _hindrance(K.OBJECT, VERA, _finding(S.CONFIRMED), _decision(K.CONFIRM, ago)) is refusal


def test_the_time_to_object_runs_from_the_last_confirmation_that_is_known() -> None:
    early, late = _decision(K.CONFIRM, timedelta(days=9)), _decision(K.CONFIRM, timedelta(days=2))
    blind = _decision(K.CONFIRM, blind=True)
    assert objection_until((early, late, blind), 5) == NOON + timedelta(days=3)
    assert objection_until((blind,), 5) is None
    assert _hindrance(K.OBJECT, VERA, _finding(S.CONFIRMED), early) is Refusal.TOO_LATE


def test_what_belongs_to_nobody_is_sent_to_nobody_and_nothing_twice() -> None:
    assert _hindrance(K.SEND, ANNA, _finding(user=None)) is Refusal.NOBODYS
    assert _hindrance(K.SEND, ANNA, _finding(sent=True)) is Refusal.SENT_ALREADY


@pytest.mark.parametrize(
    ("kind", "reason", "note", "refusal"),
    [
        (K.CONFIRM, None, "", None),
        (K.DISMISS, None, "why", Refusal.NO_REASON),
        (K.DISMISS, DismissReason.MISHEARD, "", None),
        (K.WAIVE, None, "  ", Refusal.NO_NOTE),
        (K.WAIVE, None, "the client pays later", None),
        (K.OBJECT, None, "", Refusal.NO_NOTE),
        (K.COMMENT, None, "", Refusal.NO_NOTE),
        (K.COMMENT, None, "x" * (LONGEST_NOTE + 1), Refusal.LONG_NOTE),
    ],
)
def test_a_decision_says_why_where_it_must(
    kind: DecisionKind, reason: DismissReason | None, note: str, refusal: Refusal | None
) -> None:
    assert flaw(kind, reason, note) is refusal


def _requirement(
    id_: str, verdict: Verdict = Verdict.MISSING, *, critical: bool = True
) -> RequirementVerdict:
    severity = Severity.CRITICAL if critical else Severity.ADVISORY
    stage = id_.partition(".")[0]
    return RequirementVerdict(stage, id_, severity, verdict, Grade.NOTHING, f"No {id_}.")


def test_a_stage_that_is_ahead_hangs_on_what_is_unproved_at_the_verified_one() -> None:
    judged = [
        _requirement("meeting.booked"),
        _requirement("meeting.noted", critical=False),
        _requirement("meeting.held", Verdict.MET),
        _requirement("proposal.sent"),
    ]
    behind = requirements_behind(_finding(), "meeting", judged)
    assert [one.requirement_id for one in behind] == ["meeting.booked"]


def test_another_finding_is_about_the_requirement_in_whose_words_it_speaks() -> None:
    judged = [_requirement("meeting.booked"), _requirement("meeting.slot", Verdict.CONTRADICTED)]
    finding = _finding(kind=FlagKind.SLOT_MISMATCH, explanation="No meeting.slot. Due today.")
    behind = requirements_behind(finding, "meeting", judged)
    assert [one.requirement_id for one in behind] == ["meeting.slot"]
    assert not requirements_behind(_finding(kind=FlagKind.PROMISE_BROKEN), "meeting", judged)
