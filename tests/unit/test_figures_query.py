"""Whatever is asked of figures, totals agree across every cut, and each number has its rows."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from figures.dimensions import DIMENSIONS, Subject
from figures.inflation import inflation
from figures.measures import MEASURES, Unit
from figures.query import Question, QuestionError, answer, behind
from figures.scope import NOBODY, Period
from models.vocabulary.figures import Facts
from tests.fakes.department import MONDAY, Plan, department

FACTS = department(
    Plan(
        deals=80,
        pipelines=2,
        gaming=("u2",),
        unheard={"u3": 0.5},
        currencies=("RUB", "USD"),
    )
).facts
WEEKS = timedelta(weeks=1)


def fitting(measure: str) -> list[str]:
    return [name for name, one in DIMENSIONS.items() if MEASURES[measure].subject in one.of]


@st.composite
def questions(draw: st.DrawFn) -> Question:
    measure = draw(st.sampled_from(sorted(MEASURES)))
    by = draw(st.lists(st.sampled_from(fitting(measure)), unique=True, max_size=2))
    start = MONDAY + WEEKS * draw(st.integers(0, 10))
    period = Period(start, start + WEEKS * draw(st.integers(1, 13)))
    return Question((measure,), tuple(by), draw(st.sampled_from([period, None])))


@settings(max_examples=60, deadline=None)
@given(question=questions())
def test_parts_add_up_to_the_total_unless_they_say_that_they_overlap(question: Question) -> None:
    [name] = question.measures
    given_ = answer(FACTS, question)
    total = given_.total.numbers[name]
    if given_.overlapping:
        if not isinstance(total, dict):
            numbers = [part.numbers[name] for part in given_.parts]
            assert all(not isinstance(n, dict) and n <= total for n in numbers)
        return
    if isinstance(total, dict):
        for currency, amount in total.items():
            parts = [part.numbers[name] for part in given_.parts]
            amounts = [one.get(currency, 0.0) for one in parts if isinstance(one, dict)]
            assert math.isclose(math.fsum(amounts), amount, abs_tol=1e-6)
        return
    numbers = [part.numbers[name] for part in given_.parts]
    assert math.isclose(math.fsum(n for n in numbers if not isinstance(n, dict)), total)


@settings(max_examples=60, deadline=None)
@given(question=questions())
def test_each_number_is_the_number_of_rows_behind_it(question: Question) -> None:
    [name] = question.measures
    given_ = answer(FACTS, question)
    for part in given_.parts[:5]:
        where = {
            cut: value if value is not None else NOBODY
            for cut, value in zip(question.by, part.key, strict=True)
        }
        rows = behind(FACTS, replace(question, by=(), where=where))
        assert len({row.id for row in rows}) == len(rows)
        if MEASURES[name].unit is Unit.COUNT:
            assert len(rows) == part.numbers[name]


@settings(max_examples=15, deadline=None)
@given(question=questions(), turned=st.randoms(use_true_random=False))
def test_the_order_of_the_facts_changes_nothing(question: Question, turned: object) -> None:
    import random

    assert isinstance(turned, random.Random)
    deals, calls = list(FACTS.deals), list(FACTS.calls)
    turned.shuffle(deals)
    turned.shuffle(calls)
    other = replace(FACTS, deals=tuple(deals), calls=tuple(calls))
    assert answer(other, question) == answer(FACTS, question)


def test_proved_unproved_unknown_and_unclaimed_are_all_deals_once() -> None:
    measures = ("deals", "proved", "unproved", "unknown", "unclaimed")
    for by in fitting("deals"):
        for part in answer(FACTS, Question(measures, (by,))).parts:
            deals, *kinds = (part.numbers[name] for name in measures)
            assert sum(n for n in kinds if not isinstance(n, dict)) == deals


@pytest.mark.parametrize("seed", range(5))
def test_a_question_and_the_inflation_index_say_the_same(seed: int) -> None:
    facts = department(Plan(seed=seed, gaming=("u2",), unheard={"u3": 0.6})).facts
    index = inflation(facts).total
    asked = Question(("proved", "unproved", "unknown"), (), None, {"status": "open"})
    assert dict(answer(facts, asked).total.numbers) == {
        "proved": index.sound.count,
        "unproved": index.unproved.count,
        "unknown": index.unknown.count,
    }
    rows = behind(facts, Question(("unproved",), (), None, {"status": "open"}))
    assert tuple(row.id for row in rows) == index.unproved.deals


def test_money_is_never_added_up_across_currencies() -> None:
    total = answer(FACTS, Question(("money",))).total.numbers["money"]
    assert isinstance(total, dict)
    assert set(total) == {"RUB", "USD"}
    for currency in total:
        assert total[currency] == math.fsum(
            one.amount or 0.0 for one in FACTS.deals if one.currency == currency
        )


def test_a_manager_of_two_roles_counts_in_both_and_once_in_the_total() -> None:
    given_ = answer(FACTS, Question(("deals",), ("role",)))
    assert given_.overlapping
    assert given_.total.numbers["deals"] == len(FACTS.deals)
    hunters = next(part for part in given_.parts if part.key == ("hunter",))
    assert hunters.numbers["deals"] == sum("hunter" in one.roles for one in FACTS.deals)


def test_a_deal_is_cut_by_a_requirement_with_its_own_verdict() -> None:
    where = {"requirement": "meeting.done", "verdict": "met"}
    rows = behind(FACTS, Question(("deals",), (), None, where))
    expected = {
        deal.deal_id
        for deal in FACTS.deals
        if any(one.id == "meeting.done" and one.verdict == "met" for one in deal.requirements)
    }
    assert {row.deal_id for row in rows} == expected
    assert 0 < len(expected) < len(FACTS.deals)


@pytest.mark.parametrize(
    ("question", "part", "sentence"),
    [
        (Question(()), "measures", "no measure"),
        (Question(("dreams",)), "measures", "`dreams` is unknown"),
        (Question(("deals",), ("colour",)), "by", "`colour` is unknown"),
        (Question(("deals", "deals")), "measures", "twice"),
        (Question(("calls",), ("verdict",)), "by", "`calls` cannot be cut by `verdict`"),
        (Question(("deals",), ("week", "month", "stage", "role")), "by", "more than 3"),
    ],
)
def test_what_cannot_be_answered_is_told(question: Question, part: str, sentence: str) -> None:
    with pytest.raises(QuestionError, match=sentence) as refused:
        answer(FACTS, question)
    assert refused.value.part == part


def test_nothing_known_gives_nothing() -> None:
    empty = Facts(MONDAY, FACTS.zone)
    given_ = answer(empty, Question(("deals", "money", "talk_hours"), ("week",)))
    assert given_.parts == ()
    assert dict(given_.total.numbers) == {"deals": 0, "money": {}, "talk_hours": 0.0}


def test_every_dimension_and_measure_can_be_used() -> None:
    assert {one.subject for one in MEASURES.values()} == set(Subject)
    for name in MEASURES:
        for by in fitting(name):
            answer(FACTS, Question((name,), (by,)))
