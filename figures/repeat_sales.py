"""Repeat sales: clients x average order x orders per client x margin, and what moved it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, tzinfo
from itertools import combinations

from figures.orders import FirstOrder, first_orders
from figures.sales_results import Factors, Move, RepeatSales, SalesOf
from figures.scope import Period
from figures.share import Share
from figures.weeks import before, month_back
from models.vocabulary.figures import DealFact, Facts


def repeat_sales(
    facts: Facts, period: Period, margin: float | None = None, last: Period | None = None
) -> RepeatSales:
    """Sales of a period beside the one before (`last`: another one to compare with).

    `margin`: what remains of revenue as profit, from 0 to 1; ``None``: revenue only.
    """
    last = last or before(period, facts.zone)
    first = first_orders(facts.deals)
    currencies = sorted({deal.currency for deal in facts.deals if deal.payments})
    sales = [
        _sales(
            [one for one in facts.deals if one.currency == currency],
            (currency, margin),
            period,
            last,
            first,
        )
        for currency in currencies
    ]
    return RepeatSales(
        as_of=facts.as_of,
        period=period,
        last=last,
        sales=tuple(one for one in sales if one.now.deals or one.before.deals),
        active=_active(facts.deals, min(period.end, facts.as_of), facts.zone),
        active_before=_active(facts.deals, min(last.end, facts.as_of), facts.zone),
    )


def moves(before_: Sequence[float], now: Sequence[float], names: Sequence[str]) -> list[Move]:
    """By how much each factor moved their product: Shapley's value of each.

    Each factor is moved on its own, in every order in which they could be, and what that changes
    is averaged; so no order is preferred, and the moves sum to the difference of the products.
    Shapley, L. S. (1953), "A value for n-person games".
    """
    count = len(names)
    everyone = frozenset(range(count))

    def worth(moved: frozenset[int]) -> float:
        return math.prod(now[at] if at in moved else before_[at] for at in range(count))

    return [
        Move(
            names[at],
            math.fsum(
                _weight(len(others), count)
                * (worth(frozenset(others) | {at}) - worth(frozenset(others)))
                for size in range(count)
                for others in combinations(sorted(everyone - {at}), size)
            ),
            before_[at],
            now[at],
        )
        for at in range(count)
    ]


def _weight(before_it: int, count: int) -> float:
    """The share of orders in which just these come before a factor."""
    return 1 / (count * math.comb(count - 1, before_it))


def _sales(
    deals: Sequence[DealFact],
    money: tuple[str, float | None],
    period: Period,
    last: Period,
    first: Mapping[str, FirstOrder],
) -> SalesOf:
    currency, margin = money
    now, past = _factors(deals, period, margin), _factors(deals, last, margin)
    bought = [one for one in deals if _is_paid(one, period)]
    result = [one.revenue if margin is None else one.profit or 0.0 for one in (now, past)]
    return SalesOf(
        currency=currency,
        now=now,
        before=past,
        difference=result[0] - result[1],
        moves=_moved(past, now),
        first=_clients(
            one for one in bought if _is_first(one, first) and period.holds(first[one.client].at)
        ),
        again=_clients(one for one in bought if _is_repeat(one, first)),
        first_money=_revenue(deals, period, lambda one: not _is_repeat(one, first)),
        again_money=_revenue(deals, period, lambda one: _is_repeat(one, first)),
    )


def _factors(deals: Sequence[DealFact], period: Period, margin: float | None) -> Factors:
    paid = [one for one in deals if _is_paid(one, period)]
    clients = len({one.client for one in paid})
    revenue = _revenue(deals, period, lambda _: True)
    return Factors(
        clients=clients,
        orders=len(paid),
        average_order=revenue / len(paid) if paid else None,
        orders_per_client=len(paid) / clients if clients else None,
        margin=margin,
        revenue=revenue,
        profit=revenue * margin if margin is not None else None,
        deals=tuple(
            sorted(one.deal_id for one in deals if any(period.holds(p.at) for p in one.payments))
        ),
    )


def _moved(past: Factors, now: Factors) -> tuple[Move, ...]:
    """What moved the result, the greatest first; nothing where a period had no order."""
    values = []
    for one in (past, now):
        if one.average_order is None or one.orders_per_client is None:
            return ()
        values.append([float(one.clients), one.average_order, one.orders_per_client])
    names = ["clients", "average_order", "orders_per_client"]
    if past.margin is not None and now.margin is not None:
        values[0].append(past.margin)
        values[1].append(now.margin)
        names.append("margin")
    return tuple(sorted(moves(values[0], values[1], names), key=lambda one: -abs(one.money)))


def _is_first(deal: DealFact, first: Mapping[str, FirstOrder]) -> bool:
    return deal.client in first and first[deal.client].deal_id == deal.deal_id


def _is_repeat(deal: DealFact, first: Mapping[str, FirstOrder]) -> bool:
    return deal.client in first and not _is_first(deal, first)


def _is_paid(deal: DealFact, period: Period) -> bool:
    return any(one.amount > 0 and period.holds(one.at) for one in deal.payments)


def _revenue(
    deals: Iterable[DealFact], period: Period, counts: Callable[[DealFact], bool]
) -> float:
    return math.fsum(
        one.amount
        for deal in deals
        if counts(deal)
        for one in deal.payments
        if period.holds(one.at)
    )


def _clients(deals: Iterable[DealFact]) -> tuple[str, ...]:
    return tuple(sorted({one.client for one in deals}))


def _active(deals: Iterable[DealFact], moment: datetime, zone: tzinfo) -> Share:
    """Clients who paid within the month before a moment, of all who ever paid until then."""
    paid: dict[str, datetime] = defaultdict(lambda: datetime.min.replace(tzinfo=zone))
    for deal in deals:
        for one in deal.payments:
            if one.amount > 0 and one.at < moment:
                paid[deal.client] = max(paid[deal.client], one.at)
    since = month_back(moment, zone)
    return Share(sum(at >= since for at in paid.values()), len(paid))
