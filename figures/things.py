"""The things that figures count, and the parts along dimensions that each of them belongs to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product

from figures.dimensions import CHECK, DIMENSIONS, Counted, Known, Subject, Value
from figures.table_rows import numbered
from models.vocabulary.figures import DealFact, RequirementFact


def things(known: Known, subjects: set[Subject]) -> Iterator[Counted]:
    """Everything of some subjects."""
    facts = known.facts
    for deal in facts.deals:
        yield from _of_deal(known, deal, subjects)
    if Subject.CALLS in subjects:
        for call in facts.calls:
            of = known.deals.get(call.deal_id) if call.deal_id is not None else None
            yield Counted(
                Subject.CALLS,
                call.call_id,
                call.at,
                of,
                known.standing(of),
                call,
                call.user_id,
                call.pipeline_id,
                call.roles,
            )
    if Subject.PROMISES in subjects:
        for number, promise in numbered(facts.promises):
            of = known.deals.get(promise.deal_id)
            name = f"{promise.deal_id} {number:04}"
            yield Counted(
                Subject.PROMISES,
                name,
                promise.made_at,
                of,
                known.standing(of),
                promise,
                promise.user_id,
                promise.pipeline_id,
                promise.roles,
            )


def _of_deal(known: Known, deal: DealFact, subjects: set[Subject]) -> Iterator[Counted]:
    standing = known.standing(deal)
    owner = (deal.user_id, deal.pipeline_id, deal.roles)
    if Subject.DEALS in subjects:
        yield Counted(
            Subject.DEALS, deal.deal_id, deal.first_contact_at, deal, standing, deal, *owner
        )
    if Subject.CHECKS in subjects:
        for number, check in enumerate(deal.requirements):
            name = f"{deal.deal_id} {number:04}"
            yield Counted(
                Subject.CHECKS, name, deal.first_contact_at, deal, standing, check, *owner
            )
    if Subject.PAYMENTS in subjects:
        for number, payment in enumerate(deal.payments):
            name = f"{deal.deal_id} {number:04}"
            yield Counted(Subject.PAYMENTS, name, payment.at, deal, standing, payment, *owner)


def keys_of(one: Counted, known: Known, names: tuple[str, ...]) -> Iterator[tuple[Value, ...]]:
    """A value for each dimension: as often as there are combinations that the thing has."""
    roles: tuple[Value, ...] = one.roles or (None,) if "role" in names else (None,)
    checks = _checks(one) if any(name in CHECK for name in names) else (None,)
    single = {
        name: value(one, known) for name in names if (value := DIMENSIONS[name].value) is not None
    }
    for role, check in product(roles, checks):
        yield tuple(_value(name, single, role, check) for name in names)


def _value(
    name: str, single: Mapping[str, Value], role: Value, check: RequirementFact | None
) -> Value:
    if name == "role":
        return role
    if name in CHECK:
        if check is None:
            return None
        return check.id if name == "requirement" else check.verdict.value
    return single[name]


def _checks(one: Counted) -> tuple[RequirementFact | None, ...]:
    if isinstance(one.thing, RequirementFact):
        return (one.thing,)
    return (one.deal.requirements or (None,)) if one.deal is not None else (None,)
