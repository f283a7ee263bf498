"""The two funnels side by side, by hand and by property."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.funnel import Funnel, Step, cohort_funnel, snapshot_funnel
from models.vocabulary.deal import StageKind
from models.vocabulary.figures import DealFact, Visit
from models.vocabulary.verdict import Gap
from tests.unit.figures.some_deals import (
    MONTH,
    START,
    deal,
    facts,
    line,
    thirty_fifteen_three,
)

LINE = line("a", "b", "c")
FREE = line("a", "b", "free", "d", free=("free",))


def test_thirty_fifteen_three_lose_half_and_then_four_fifths() -> None:
    funnel = cohort_funnel(facts(thirty_fifteen_three(), LINE), LINE, MONTH)
    assert [step.verified.count for step in funnel.steps] == [30, 15, 3]
    for conversions in (
        [step.recorded_conversion for step in funnel.steps],
        [step.verified_conversion for step in funnel.steps],
    ):
        assert [one.share.value for one in conversions] == [1.0, 0.5, 0.2]
        assert [one.loss.value for one in conversions] == [0.0, 0.5, 0.8]
    assert funnel.steps[2].verified.money == {"RUB": 300.0}
    assert funnel.steps[2].verified.deals == ("d0027", "d0028", "d0029")


def test_a_card_run_ahead_counts_by_the_card_alone() -> None:
    ahead = deal(1, 2, 0, blocked=1, gap=Gap.AHEAD)
    found = facts([ahead], LINE)
    cohort, now = cohort_funnel(found, LINE, MONTH), snapshot_funnel(found, LINE)
    assert [step.recorded.count for step in cohort.steps] == [1, 1, 1]
    assert [step.verified.count for step in cohort.steps] == [1, 0, 0]
    assert [step.unproved.count for step in cohort.steps] == [0, 1, 1]
    assert [step.recorded.count for step in now.steps] == [0, 0, 1]
    assert [step.verified.count for step in now.steps] == [1, 0, 0]


def test_what_nobody_could_hear_is_neither_proved_nor_lost() -> None:
    deals = [deal(1, 1, 1), deal(2, 1, 0, unsure=1, unheard=1, gap=Gap.UNKNOWN)]
    step = cohort_funnel(facts(deals, LINE), LINE, MONTH).steps[1]
    assert step.unknown.deals == ("d0002",)
    assert (step.verified_conversion.share.count, step.verified_conversion.share.of) == (1, 1)
    assert step.verified_conversion.unknown == 1


def test_the_own_stage_is_not_refuted_where_of_an_earlier_one_nobody_can_tell() -> None:
    doubtful = deal(1, 2, 0, unsure=1, blocked=2, gap=Gap.UNKNOWN)
    steps = cohort_funnel(facts([doubtful], LINE), LINE, MONTH).steps
    assert [step.unknown.count for step in steps] == [0, 1, 1]


def test_work_that_is_under_way_stands_rightly_where_its_card_is() -> None:
    found = facts([deal(1, 1, 0)], LINE)
    step = snapshot_funnel(found, LINE).steps[1]
    assert step.under_way.count == step.recorded.count == step.verified.count == 1
    assert cohort_funnel(found, LINE, MONTH).steps[1].verified.count == 0


def test_a_stage_that_demands_nothing_is_come_to_by_the_card_alone() -> None:
    here, there = deal(1, 1, 2), deal(2, 2, 2)
    steps = cohort_funnel(facts([here, there], FREE), FREE, MONTH).steps
    assert [step.verified.count for step in steps] == [2, 2, 1, 0]


def test_moves_over_stages_and_back_are_counted() -> None:
    hour = timedelta(hours=1)
    places = (0, 2, 1)
    visits = tuple(Visit(p, START + n * hour, None) for n, p in enumerate(places))
    straight = tuple(Visit(p, START + p * hour, None) for p in range(3))
    jumped = deal(3, 2, 0, visits=(Visit(0, START, None), Visit(2, START, None)))
    deals = [deal(1, 2, 0, visits=visits), deal(2, 2, 2, visits=straight), jumped]
    funnel = cohort_funnel(facts(deals, LINE), LINE, MONTH)
    assert (funnel.skips, funnel.backs) == (2, 1)
    assert funnel.steps[1].skipped.deals == ("d0003",)
    assert funnel.steps[2].back.deals == ("d0001",)


def test_money_is_never_summed_across_currencies() -> None:
    deals = [deal(1, 0, 0), deal(2, 0, 0, currency="USD"), deal(3, 0, 0, amount=None)]
    tally = cohort_funnel(facts(deals, LINE), LINE, MONTH).steps[0].verified
    assert (dict(tally.money), tally.unpriced) == ({"RUB": 100.0, "USD": 100.0}, 1)


@st.composite
def some_deals(draw: st.DrawFn) -> list[DealFact]:
    place = st.none() | st.integers(0, 3)
    made = []
    for number in range(draw(st.integers(0, 25))):
        reached = draw(place)
        made.append(
            deal(
                number, reached, draw(place),
                recorded=draw(place) if reached is not None else None,
                blocked=draw(place), unsure=draw(place),
                status=draw(st.sampled_from(StageKind)), gap=draw(st.sampled_from(Gap)),
                unheard=draw(st.integers(0, 1)),
                user_id=draw(st.sampled_from(["u1", "u2", None])),
                amount=draw(st.none() | st.floats(0, 1e9)),
            )
        )  # fmt: skip
    return made


def _checked(funnel: Funnel) -> None:
    for step in funnel.steps:
        for one in (step.recorded_conversion, step.verified_conversion):
            value = one.share.value
            assert value is None or 0 <= value <= 1
        assert len(set(step.recorded.deals)) == step.recorded.count
        apart = [*step.unproved.deals, *step.unknown.deals, *step.under_way.deals]
        assert len(apart) == len(set(apart))
        assert set(apart) <= set(step.recorded.deals)


def _ids(steps: tuple[Step, ...], name: str) -> list[str]:
    return [deal_id for step in steps for deal_id in getattr(step, name).deals]


@given(some_deals())
def test_both_sides_of_the_snapshot_sum_to_the_same_deals(deals: list[DealFact]) -> None:
    funnel = snapshot_funnel(facts(deals, FREE), FREE)
    _checked(funnel)
    by_card = [*_ids(funnel.steps, "recorded"), *funnel.outside.deals]
    by_proof = [
        *_ids(funnel.steps, "verified"), *funnel.unplaced.deals, *funnel.undecided.deals
    ]  # fmt: skip
    assert sorted(by_card) == sorted(by_proof) == list(funnel.deals.deals)


@given(some_deals())
def test_in_a_cohort_each_recorded_deal_is_exactly_one_of_four(deals: list[DealFact]) -> None:
    funnel = cohort_funnel(facts(deals, FREE), FREE, MONTH)
    _checked(funnel)
    for step in funnel.steps:
        proved = set(step.recorded.deals) & set(step.verified.deals)
        rest = [*step.unproved.deals, *step.unknown.deals, *step.under_way.deals]
        assert sorted([*proved, *rest]) == list(step.recorded.deals)
    first = funnel.steps[0]
    placed = [*first.verified.deals, *funnel.unplaced.deals, *funnel.undecided.deals]
    assert sorted(placed) == list(funnel.deals.deals)


@given(some_deals(), st.randoms())
def test_the_order_of_deals_is_irrelevant(deals: list[DealFact], random: object) -> None:
    mixed = [*deals]
    random.shuffle(mixed)  # type: ignore[attr-defined]  # hypothesis gives a Random
    assert cohort_funnel(facts(mixed, FREE), FREE, MONTH) == cohort_funnel(
        facts(deals, FREE), FREE, MONTH
    )
    assert snapshot_funnel(facts(mixed, FREE), FREE) == snapshot_funnel(facts(deals, FREE), FREE)


@given(some_deals())
def test_managers_add_up_to_the_whole(deals: list[DealFact]) -> None:
    whole = cohort_funnel(facts(deals, FREE), FREE, MONTH)
    parts = [
        cohort_funnel(facts([d for d in deals if d.user_id == user], FREE), FREE, MONTH)
        for user in ("u1", "u2", None)
    ]
    for place, step in enumerate(whole.steps):
        for name in ("recorded", "verified", "unproved", "unknown", "under_way"):
            of_parts = [deal_id for p in parts for deal_id in getattr(p.steps[place], name).deals]
            assert sorted(of_parts) == list(getattr(step, name).deals)
        money = sum(part.steps[place].verified.money.get("RUB", 0) for part in parts)
        assert money == pytest.approx(step.verified.money.get("RUB", 0))
