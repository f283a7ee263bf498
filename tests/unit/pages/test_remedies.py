"""What would change a verdict, in words: for every rule file, in both languages."""

from __future__ import annotations

import re

import pytest

from api.languages import LANGUAGES
from api.pages.bars import bar_chart
from api.pages.remedies import remedies
from api.pages.wording import Words
from classify.pipeline_file import load_pipelines
from classify.verification.rules import Requirement
from models.vocabulary.verdict import Verdict

RULES = load_pipelines(None)
REQUIREMENTS = [r for rules in RULES.values() for _, _, r in rules.requirements()]


def _requirement(id_: str) -> Requirement:
    return next(one for one in REQUIREMENTS if one.id == id_)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("requirement", REQUIREMENTS, ids=lambda one: one.id)
def test_every_requirement_says_what_would_meet_it(requirement: Requirement, language: str) -> None:
    ways = remedies(requirement, Verdict.MISSING, Words(language))
    assert ways
    for way in ways:
        assert not re.search(r"[{}_]", way), way
        if language == "ru":
            assert not re.search(r"[a-z]{3}", way), way


@pytest.mark.parametrize("verdict", [Verdict.MET, Verdict.WAIVED])
def test_what_holds_needs_nothing(verdict: Verdict) -> None:
    assert remedies(REQUIREMENTS[0], verdict, Words("ru")) == []


@pytest.mark.parametrize(
    ("requirement", "ways"),
    [
        ("paid.total", ["в CRM оплаты не меньше суммы сделки"]),
        (
            "meeting_scheduling.slot_agrees",
            ["время встречи в CRM, которое расходится с разговором не больше чем на 30 мин"],
        ),
        (
            "classified.call_task",
            [
                "в CRM задача о теме «звонок или встреча» (можно запланированная)",
                "в CRM встреча (можно запланированная)",
            ],
        ),
        (
            "meeting_scheduling.booked",
            ["слова в звонке: договорённость о встрече — и чтобы потом этого не отменили"],
        ),
    ],
)
def test_checks_are_told_as_people_would(requirement: str, ways: list[str]) -> None:
    assert remedies(_requirement(requirement), Verdict.MISSING, Words("ru")) == ways


def test_a_chart_of_nothing_still_has_a_scale() -> None:
    chart = bar_chart([("a", 0, 0), ("b", 0, 0)])
    assert [number for _, number in chart.lines] == [0, 2, 4]
    assert {bar.height for bar in chart.bars} == {0}


def test_the_highest_bar_stays_below_the_top_and_parts_within_their_bar() -> None:
    chart = bar_chart([("a", 15, 11), ("b", 3, 3)])
    assert [number for _, number in chart.lines] == [0, 10, 20]
    high, low = chart.bars
    assert high.y > min(y for y, _ in chart.lines)
    assert high.part_height < high.height
    assert low.part_height == low.height
    assert high.y + high.height == pytest.approx(chart.floor)
