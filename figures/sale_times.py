"""How long sales take: to the first order, from needs to proposal, from promise to deed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from figures.orders import first_orders
from figures.sales_results import SalesTimes, TimeFigure, Took
from figures.scope import Period
from figures.share import spread
from models.vocabulary.figures import DealFact, Facts, Line
from models.vocabulary.verdict import Verdict

# By the template of the rules: which requirement says that needs are known, which that a proposal
# went out. Where a proposal comes before needs (`classic_cycle`) there is no such time.
NEEDS_TO_PROPOSAL: Mapping[str, tuple[str, str]] = {
    "b2b_kpi": ("needs.clarified", "offer.after_needs"),
    "web_studio": ("meeting.needs", "proposal.sent"),
}
_SLOWEST = 10


def sales_times(
    facts: Facts, period: Period, pairs: Mapping[str, tuple[str, str]] = NEEDS_TO_PROPOSAL
) -> SalesTimes:
    """Durations that ended within the period; `pairs`: the two requirements by template."""
    return SalesTimes(
        as_of=facts.as_of,
        period=period,
        first_order=_first_order(facts, period),
        needs_to_proposal={
            line.pipeline_id: _between(facts, line, pairs[line.template], period)
            for line in facts.lines
            if line.template in pairs
        },
        promise_to_deed=_deeds(facts, period),
    )


def _first_order(facts: Facts, period: Period) -> TimeFigure:
    """From a client's first contact, by whichever deal, to their first payment."""
    contact: dict[str, datetime] = {}
    for deal in facts.deals:
        known = contact.get(deal.client, deal.first_contact_at)
        contact[deal.client] = min(known, deal.first_contact_at)
    orders, by_id = first_orders(facts.deals), {one.deal_id: one for one in facts.deals}
    took, backwards = [], []
    for client, order in orders.items():
        if not period.holds(order.at):
            continue
        if order.at < contact[client]:
            backwards.append(order.deal_id)
        else:
            deal = by_id[order.deal_id]
            took.append(_took(contact[client], order.at, deal.deal_id, deal.user_id))
    waiting = [
        one.deal_id
        for one in facts.deals
        if one.client not in orders
        and one.closed_at is None
        and one.first_contact_at == contact[one.client]
        and one.first_contact_at < period.end
    ]
    return figure(took, waiting, backwards)


def _between(facts: Facts, line: Line, pair: tuple[str, str], period: Period) -> TimeFigure:
    took, waiting, backwards = [], [], []
    for deal in facts.deals:
        if deal.pipeline_id != line.pipeline_id:
            continue
        since, until = _met(deal, pair[0]), _met(deal, pair[1])
        if since is not None and until is None:
            if since < period.end and deal.closed_at is None:
                waiting.append(deal.deal_id)
        elif since is not None and until is not None and period.holds(until):
            if until < since:
                backwards.append(deal.deal_id)
            else:
                took.append(_took(since, until, deal.deal_id, deal.user_id))
    return figure(took, waiting, backwards)


def _met(deal: DealFact, requirement: str) -> datetime | None:
    found = (one for one in deal.requirements if one.id == requirement)
    return next((one.at for one in found if one.verdict is Verdict.MET), None)


def _deeds(facts: Facts, period: Period) -> dict[str, TimeFigure]:
    """From our promises to what was done of them, by type; kept or late."""
    took: dict[str, list[Took]] = defaultdict(list)
    for one in facts.promises:
        if one.by == "agent" and one.done_at is not None and period.holds(one.done_at):
            until = max(one.done_at, one.made_at)
            took[one.type].append(_took(one.made_at, until, one.deal_id, one.user_id, one.call_id))
    return {kind: figure(some, (), ()) for kind, some in sorted(took.items())}


def _took(
    since: datetime, until: datetime, deal_id: str, user_id: str | None, call_id: str | None = None
) -> Took:
    hours = (until - since).total_seconds() / 3600
    return Took(hours, since, until, deal_id, user_id, call_id)


def figure(took: Iterable[Took], waiting: Iterable[str], backwards: Iterable[str]) -> TimeFigure:
    """Durations as a figure, with its spread in all and by person."""
    ordered = sorted(took, key=lambda one: (-one.hours, one.deal_id, one.call_id or ""))
    by: dict[str | None, list[float]] = defaultdict(list)
    for one in ordered:
        by[one.user_id].append(one.hours)
    spreads = {user: spread(hours) for user, hours in by.items()}
    return TimeFigure(
        spread=spread(_hours(ordered)),
        people={user: one for user, one in spreads.items() if one is not None},
        took=tuple(ordered),
        slowest=tuple(ordered[:_SLOWEST]),
        still_waiting=tuple(sorted(waiting)),
        backwards=tuple(sorted(backwards)),
    )


def _hours(took: Sequence[Took]) -> list[float]:
    return [one.hours for one in took]
