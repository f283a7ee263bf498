"""Times, repeat sales and leads by source, counted by hand."""

from __future__ import annotations

import math
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.lead_sources import lead_sources
from figures.repeat_sales import moves, repeat_sales
from figures.sale_times import sales_times
from figures.weeks import month_of
from models.vocabulary.figures import RequirementFact
from models.vocabulary.verdict import PromiseState, Verdict
from tests.unit.figures.department import ZONE, at, deal, facts, paid, promise

NOVEMBER = month_of(at(5), ZONE)


def test_profit_is_taken_apart_into_what_moved_it() -> None:
    # October: 2 clients, 2 orders of 100. November: 3 clients, 4 orders, 600: 150 each.
    old = [
        deal("o1", client="a", payments=paid((at(5, month=10), 100.0))),
        deal("o2", client="b", payments=paid((at(6, month=10), 100.0))),
    ]
    new = [
        deal("n1", client="a", payments=paid((at(5), 300.0), (at(6), -60.0))),
        deal("n2", client="a", payments=paid((at(7), 120.0))),
        deal("n3", client="b", payments=paid((at(8), 120.0))),
        deal("n4", client="c", payments=paid((at(9), 120.0))),
    ]
    report = repeat_sales(facts(*old, *new, as_of=at(30)), NOVEMBER, margin=0.5)
    sales = report.sales[0]
    assert (sales.before.profit, sales.now.profit, sales.difference) == (100, 300, 200)
    assert (sales.now.clients, sales.now.orders, sales.now.average_order) == (3, 4, 150)
    assert sales.now.orders_per_client == pytest.approx(4 / 3)
    # Shapley by hand, of 2 -> 3 clients, 100 -> 150, 1 -> 4/3, margin 0.5:
    # clients: 50 x (1/3 x 1 + 1/6 x 1.5 + 1/6 x 4/3 + 1/3 x 2) = 73.6
    by = {one.factor: one.money for one in sales.moves}
    assert by["clients"] == pytest.approx(50 * (1 / 3 + 1.5 / 6 + 4 / 18 + 2 / 3))
    assert by["margin"] == pytest.approx(0)
    assert math.fsum(by.values()) == pytest.approx(200)
    assert (sales.first, sales.again) == (("c",), ("a", "b"))
    assert (sales.first_money, sales.again_money) == (120, 480)
    assert (report.active.count, report.active.of) == (3, 3)


def test_without_a_margin_only_revenue_is_told() -> None:
    sales = repeat_sales(facts(deal("1", payments=paid((at(5), 10.0)))), NOVEMBER).sales[0]
    assert (sales.now.profit, sales.difference, sales.moves) == (None, 10, ())


def test_a_client_who_has_not_paid_for_a_month_is_not_active() -> None:
    deals = [
        deal("1", payments=paid((at(20, month=10), 10.0))),
        deal("2", payments=paid((at(10, month=10), 10.0))),
    ]
    active = repeat_sales(facts(*deals, as_of=at(18)), NOVEMBER).active
    assert (active.count, active.of) == (1, 2)


_FACTORS = st.lists(st.tuples(st.floats(0, 1e4), st.floats(0, 1e4)), min_size=3, max_size=4)


@given(_FACTORS)
def test_moves_sum_to_the_difference_whatever_the_order(
    factors: list[tuple[float, float]],
) -> None:
    names = [str(n) for n in range(len(factors))]
    past, now = [one[0] for one in factors], [one[1] for one in factors]
    found = {one.factor: one.money for one in moves(past, now, names)}
    size = max(1.0, math.prod(max(pair) for pair in factors))
    total = math.prod(now) - math.prod(past)
    assert math.fsum(found.values()) == pytest.approx(total, abs=1e-9 * size)
    for order in permutations(range(len(factors))):
        turned = [[some[place] for place in order] for some in (past, now)]
        for one in moves(turned[0], turned[1], [names[place] for place in order]):
            assert one.money == pytest.approx(found[one.factor], abs=1e-9 * size)


def test_a_first_order_is_timed_from_the_clients_first_contact() -> None:
    deals = [
        deal("1", client="a", first_contact_at=at(1)),
        deal("2", client="a", first_contact_at=at(4), payments=paid((at(5), 9.0), (at(7), 9.0))),
        deal("3", first_contact_at=at(3)),
    ]
    found = sales_times(facts(*deals), NOVEMBER).first_order
    assert [(one.hours, one.deal_id) for one in found.took] == [(96, "2")]
    assert found.still_waiting == ("3",)


def test_needs_to_proposal_and_promise_to_deed_are_told_by_person() -> None:
    met = (
        RequirementFact("needs.clarified", Verdict.MET, at(4)),
        RequirementFact("offer.after_needs", Verdict.MET, at(6)),
    )
    kept = promise(PromiseState.KEPT, made_at=at(10), done_at=at(11))
    found = sales_times(
        facts(deal("1", requirements=met), deal("2", requirements=met[:1]), promises=(kept,)),
        NOVEMBER,
    )
    needs = found.needs_to_proposal["p1"]
    assert needs.people["u1"].median == 48
    assert needs.still_waiting == ("2",)
    assert found.promise_to_deed["proposal_sent"].slowest[0].hours == 24


def test_sources_tell_proved_not_proved_and_cannot_tell_apart() -> None:
    deals = [
        deal("1", reached=3, verified=3, payments=paid((at(9), 50.0))),
        deal("2", reached=3, verified=1, blocked=2),
        deal("3", reached=3, verified=1, unsure=2),
        deal("4", reached=3, verified=1, unsure=2, blocked=3),
        deal("5", source=None),
        deal("6", first_contact_at=at(3, month=10)),
    ]
    site, nothing = lead_sources(facts(*deals), NOVEMBER).lines
    needs, offer = site.stages[2], site.stages[3]
    assert (needs.proved.count, needs.not_proved, needs.cannot_tell) == (1, 1, 2)
    assert (offer.proved.count, offer.not_proved, offer.cannot_tell) == (1, 2, 1)
    assert (site.leads, site.money, site.paid.count, site.ranked) == (4, {"RUB": 50.0}, 1, False)
    assert (nothing.source, nothing.deals) == (None, ("5",))
