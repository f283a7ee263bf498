"""A result is explained to people in their language; the contract's stays Russian."""

from __future__ import annotations

from dataclasses import replace
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
    Waived,
)
from tests.fakes.result import snapshot

MOSCOW = ZoneInfo("Europe/Moscow")
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
    contract = run_result(snapshot(), (), verification, (), MOSCOW)
    assert told_in("ru", contract, verification, MOSCOW) == contract
    english = told_in("en", contract, verification, MOSCOW)
    said = [one["explanation"] for one in english["deals"][0]["requirements"]]
    assert said == ["The meeting took place.", "Встреча состоялась."]
    assert english["flags"][0]["explanation"] == "No recording."
    assert contract["flags"][0]["explanation"] == "Нет записи."
    assert set(contract["flags"][0]) == set(english["flags"][0])


def test_who_waived_a_requirement_is_told_in_english_as_well() -> None:
    waived = replace(
        _requirement("held", "No meeting was heard of."),
        verdict=Verdict.WAIVED,
        waived=Waived(Verdict.MISSING, "Анна", NOON, "met at a fair"),
    )
    deal = DealVerdict("1", "p", "meeting", "meeting", Gap.NONE, (waived,))
    verification = Verification(NOON, (deal,), ())
    contract = run_result(snapshot(), (), verification, (), MOSCOW)
    english = told_in("en", contract, verification, MOSCOW)
    day = NOON.astimezone(MOSCOW)
    [told] = english["deals"][0]["requirements"]
    assert told["explanation"] == (
        f"Waived by hand (Анна, {day.day} {day:%b} {day.year}: met at a fair). "
        "Without that: No meeting was heard of."
    )
    [own] = contract["deals"][0]["requirements"]
    assert own["explanation"].startswith("Требование снято вручную (Анна")
