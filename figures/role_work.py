"""What a role took in and made in a period, counted from facts."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from figures.roles import RoleRule, Side, Stages
from figures.scope import Period
from figures.share import Share
from models.vocabulary.action import ActionStatus, Outcome
from models.vocabulary.figures import CallFact, DealFact, Facts, Payment


@dataclass(frozen=True, slots=True)
class Product:
    """What a role made in a period: each deal once (`deals`), calls where no deal is known.

    `count` is how many pieces; `money` by currency where the product is money.
    """

    count: int
    money: Mapping[str, float]
    deals: tuple[str, ...]
    calls: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """A role's deals and calls, and by client when the first deal was paid and which it is."""

    rule: RoleRule
    deals: tuple[DealFact, ...]
    calls: tuple[CallFact, ...]
    first: Mapping[str, tuple[datetime, str]]
    templates: Mapping[str, tuple[str, tuple[str, ...]]]  # by pipeline: template, stages' keys
    period: Period


def templates_of(facts: Facts) -> dict[str, tuple[str, tuple[str, ...]]]:
    """By pipeline its template and the keys of its stages."""
    return {
        line.pipeline_id: (line.template, tuple(stage.key for stage in line.stages))
        for line in facts.lines
    }


def first_purchases(deals: Iterable[DealFact]) -> dict[str, tuple[datetime, str]]:
    """By client the first deal that was paid, and when."""
    first: dict[str, tuple[datetime, str]] = {}
    for deal in deals:
        paid = [one.at for one in deal.payments if one.amount > 0]
        if paid:
            own = (min(paid), deal.deal_id)
            first[deal.client] = min(own, first.get(deal.client, own))
    return first


def product_of(work: Work) -> Product:
    """What was made in the period."""
    side = work.rule.makes
    if side.kind == "heard":
        calls = [one for one in work.calls if _heard(one, side)]
        deals = {one.deal_id for one in calls if one.deal_id}
        alone = sorted(one.call_id for one in calls if not one.deal_id)
        return Product(len(deals) + len(alone), {}, tuple(sorted(deals)), tuple(alone))
    if side.kind == "proved":
        made = [d.deal_id for d in work.deals if work.period.holds(_proved_at(work, d, side))]
        return Product(len(made), {}, tuple(sorted(made)), ())
    money: defaultdict[str, list[float]] = defaultdict(list)
    paid = set()
    for deal in work.deals:
        for one in _payments(work, deal):
            if work.period.holds(one.at):
                money[deal.currency].append(one.amount)
                paid.add(deal.deal_id)
    sums = {currency: math.fsum(money[currency]) for currency in sorted(money)}
    return Product(len(paid), sums, tuple(sorted(paid)), ())


def conversion_of(work: Work) -> Share:
    """How many of what was taken in became the product, up to now."""
    makes, takes = work.rule.makes, work.rule.takes
    if takes.kind == "conversations":
        talks = [one for one in work.calls if one.outcome is Outcome.CONVERSATION]
        return _share({_piece(c) for c in talks}, {_piece(c) for c in talks if _heard(c, makes)})
    if takes.kind == "buyers":
        known = {
            deal.client
            for deal in work.deals
            if deal.client in work.first and work.first[deal.client][0] < work.period.start
        }
        again = {
            deal.client
            for deal in work.deals
            if any(one.amount > 0 and work.period.holds(one.at) for one in _payments(work, deal))
        }
        return _share(known, again)
    taken = {deal.deal_id: deal for deal in work.deals if work.period.holds(_taken_at(work, deal))}
    return _share(set(taken), {name for name, deal in taken.items() if _is_made(work, deal)})


def _share(taken: set[str], made: set[str]) -> Share:
    return Share(len(taken & made), len(taken))


def _piece(call: CallFact) -> str:
    return call.deal_id or f"call {call.call_id}"


def _heard(call: CallFact, side: Side) -> bool:
    return any(one.type in side.actions and one.status is ActionStatus.DONE for one in call.actions)


def _taken_at(work: Work, deal: DealFact) -> datetime | None:
    takes = work.rule.takes
    return deal.first_contact_at if takes.kind == "contacts" else _proved_at(work, deal, takes)


def _is_made(work: Work, deal: DealFact) -> bool:
    makes = work.rule.makes
    if makes.kind == "proved":
        return _proved_at(work, deal, makes) is not None
    return any(one.amount > 0 for one in _payments(work, deal))


def _payments(work: Work, deal: DealFact) -> Iterable[Payment]:
    """Those that are the role's product: of a client's first deal, or of the later ones."""
    if not deal.payments or deal.client not in work.first:
        return ()
    is_first = work.first[deal.client][1] == deal.deal_id
    return deal.payments if is_first == (work.rule.makes.kind == "first_money") else ()


def _proved_at(work: Work, deal: DealFact, side: Side) -> datetime | None:
    """When the first of the stages was proved."""
    template, keys = work.templates.get(deal.pipeline_id, ("", ()))
    wanted: Stages = side.stages
    asked = wanted.get(template, frozenset())
    known = [
        at for key, at in zip(keys, deal.proved, strict=False) if at is not None and key in asked
    ]
    return min(known, default=None)
