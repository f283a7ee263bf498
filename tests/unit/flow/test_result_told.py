"""A result is explained to people in their language; the contract's stays Russian."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from flow.result import run_result, told_in
from models.vocabulary.verdict import (
    DealVerdict,
    Flag,
    FlagKind,
    FlagSeverity,
    Gap,
    Grade,
    RequirementVerdict,
    Severity,
    Verdict,
    Verification,
)
from tests.fakes.result import snapshot

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def _requirement(name: str, english: str) -> RequirementVerdict:
    return RequirementVerdict(
        "meeting", name, Severity.CRITICAL, Verdict.MET, Grade.AGENT_SAID, "Встреча состоялась.",
        explanation_en=english,
    )  # fmt: skip


def test_a_result_is_told_in_english_where_it_was_said_so() -> None:
    told = (_requirement("held", "The meeting took place."), _requirement("earlier", ""))
    flag = Flag(
        FlagKind.MISSING_RECORDING, FlagSeverity.LOW, "Нет записи.", explanation_en="No recording."
    )
    deal = DealVerdict("1", "p", "meeting", "meeting", Gap.NONE, told)
    verification = Verification(NOON, (deal,), (flag,))
    contract = run_result(snapshot(), (), verification, (), ZoneInfo("Europe/Moscow"))
    assert told_in("ru", contract, verification) == contract
    english = told_in("en", contract, verification)
    said = [one["explanation"] for one in english["deals"][0]["requirements"]]
    assert said == ["The meeting took place.", "Встреча состоялась."]
    assert english["flags"][0]["explanation"] == "No recording."
    assert contract["flags"][0]["explanation"] == "Нет записи."
    assert set(contract["flags"][0]) == set(english["flags"][0])
