"""What of a run is news, held against the run before."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

from flow.changes import Before, news_of_verdicts
from models.vocabulary.event import EventType, News
from models.vocabulary.verdict import (
    DealVerdict,
    Gap,
    Grade,
    Promise,
    PromiseState,
    RequirementVerdict,
    Severity,
    Verdict,
    Verification,
)

AT = datetime(2026, 11, 10, 12, tzinfo=UTC)
BUDGET = RequirementVerdict("offer", "budget", Severity.CRITICAL, Verdict.MET, Grade.NOTHING, "e")
PROMISE = Promise(
    "proposal_sent", "agent", AT, PromiseState.BROKEN, "call-79161234567", "пришлю на +79161234567"
)
DEAL = DealVerdict("d1", "p", "offer", "offer", Gap.NONE, (BUDGET,), (PROMISE,))
SAME = Before(
    {"d1": ("offer", "offer", "none")},
    {"d1": {("offer", "budget"): "met"}},
    Counter([("d1", "call-79161234567", "proposal_sent", "agent", None)]),
)


def news(before: Before, *deals: DealVerdict) -> list[News]:
    verification = Verification(AT, deals, ())
    return list(news_of_verdicts(before, verification, {"d1": "u1"}, {"call-79161234567": 7}))


def test_what_is_the_same_is_no_news() -> None:
    assert news(SAME, DEAL) == []


def test_a_stage_a_gap_or_a_requirement_that_differs_is_told_with_what_it_was() -> None:
    [told] = news(SAME, replace(DEAL, verified_stage="talks", gap=Gap.AHEAD))
    assert (told.type, told.deal_id, told.user_id) == (EventType.VERDICT_CHANGED, "d1", "u1")
    assert told.payload["verified_stage"] == {"was": "offer", "is": "talks"}
    assert told.payload["recorded_stage"] == {"was": "offer", "is": "offer"}
    assert told.payload["gap"] == {"was": "none", "is": "ahead"}
    assert told.payload["requirements"] == []
    [told] = news(SAME, replace(DEAL, requirements=(replace(BUDGET, verdict=Verdict.MISSING),)))
    assert told.payload["requirements"] == [
        {"stage": "offer", "requirement": "budget", "was": "met", "is": "missing"}
    ]
    [told] = news(SAME, replace(DEAL, requirements=()))
    assert told.payload["requirements"][0]["is"] is None


def test_another_explanation_or_piece_of_evidence_is_no_news() -> None:
    assert news(SAME, replace(DEAL, requirements=(replace(BUDGET, explanation="other"),))) == []


def test_a_deal_that_was_not_there_is_told() -> None:
    told = news(Before(), replace(DEAL, promises=()))
    assert [one.payload["recorded_stage"] for one in told] == [{"was": None, "is": "offer"}]


def test_a_promise_is_told_once_when_it_is_broken_without_its_words_or_numbers() -> None:
    [told] = news(replace(SAME, broken=Counter()), DEAL)
    assert told.type is EventType.PROMISE_BROKEN
    assert told.payload["call"] == 7
    assert "79161234567" not in str(told)
    second = replace(DEAL, promises=(PROMISE, PROMISE))
    assert [one.type for one in news(SAME, second)] == [EventType.PROMISE_BROKEN]
    kept = replace(DEAL, promises=(replace(PROMISE, state=PromiseState.KEPT),))
    assert news(replace(SAME, broken=Counter()), kept) == []
