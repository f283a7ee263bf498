"""The conveyor: what each role makes, what it carries, which section fails, and where one lacks."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from figures.leaks import Leak, leaks
from figures.role_work import (
    Product,
    Work,
    conversion_of,
    first_purchases,
    product_of,
    templates_of,
)
from figures.roles import RoleRule, role_rules
from figures.scope import Period
from figures.share import Share
from figures.tally import LEAST
from figures.told import Told, counted_en, counted_ru, number_en, number_ru
from models.vocabulary.deal import StageKind
from models.vocabulary.figures import CallFact, DealFact, Facts


@dataclass(frozen=True, slots=True)
class Load:
    """What the people of a role carry in a period: calls, hours talked, open deals as of now.

    `people` are those who had a deal or a call at all.
    """

    people: int
    calls: int
    talk_hours: float
    open_deals: int

    @property
    def open_each(self) -> float | None:
        """Open deals a person; ``None`` of nobody."""
        return self.open_deals / self.people if self.people else None

    @property
    def calls_each(self) -> float | None:
        """Calls a person in the period."""
        return self.calls / self.people if self.people else None

    @property
    def hours_each(self) -> float | None:
        """Hours talked a person in the period."""
        return self.talk_hours / self.people if self.people else None


@dataclass(frozen=True, slots=True)
class Section:
    """One role of the conveyor. `product` is ``None`` of a role that the data file does not know.

    `conversion` is how many of what the role took in became its product.
    """

    role: str
    name: Told
    makes: Told
    takes: Told
    people: tuple[str, ...]
    product: Product | None
    conversion: Share
    load: Load


@dataclass(frozen=True, slots=True)
class Failure:
    """The section that fails: the role of the worst step in a pipeline's verified funnel."""

    role: str
    pipeline_id: str
    leak: Leak
    sentence: Told


@dataclass(frozen=True, slots=True)
class Addition:
    """What the load of a section comes to beside that of the others: a finding, not an order.

    `people` is how many more there would have to be for its open deals a person to come down to
    the others' (`level`); 0 where it carries no more than they do.
    """

    role: str
    people: int
    each: float
    level: float
    deals: tuple[str, ...]
    sentence: Told


@dataclass(frozen=True, slots=True)
class Conveyor:
    """All sections in the data file's order, other roles after them by name."""

    period: Period
    sections: tuple[Section, ...]
    failures: tuple[Failure, ...]
    additions: tuple[Addition, ...]
    unassigned: int  # open deals whose manager has no role of the conveyor


def conveyor(
    facts: Facts, period: Period, least: int = LEAST, rules: Sequence[RoleRule] | None = None
) -> Conveyor:
    """Every role's product, load and conversion; which section fails, and how loaded it is.

    `facts.calls` have to be those of the period. Whoever has several roles counts in each.
    """
    rules = role_rules() if rules is None else rules
    calls = tuple(one for one in facts.calls if period.holds(one.at))
    deals_of, calls_of = _by_role(facts.deals), _by_role(calls)
    held = {*deals_of, *calls_of}
    by_role = {rule.role: rule for rule in rules}
    first, templates = first_purchases(facts.deals), templates_of(facts)
    found = []
    for role in (*by_role, *sorted(held.difference(by_role))):
        deals, own = tuple(deals_of.get(role, ())), tuple(calls_of.get(role, ()))
        rule = by_role.get(role)
        work = Work(rule, deals, own, first, templates, period) if rule else None
        found.append(_section(role, work, deals, own))
    sections = tuple(found)
    failures = _failures(facts, period, least, rules) if held else ()
    added = [_addition(facts, sections, name, least) for name in _roles_of(failures)]
    return Conveyor(
        period=period,
        sections=sections,
        failures=failures,
        additions=tuple(one for one in added if one is not None),
        unassigned=sum(_is_open(deal) and not deal.roles for deal in facts.deals),
    )


_Held = TypeVar("_Held", DealFact, CallFact)


def _by_role(held: Iterable[_Held]) -> dict[str, list[_Held]]:
    found: dict[str, list[_Held]] = {}
    for one in held:
        for role in one.roles:
            found.setdefault(role, []).append(one)
    return found


def _section(
    role: str, work: Work | None, deals: Sequence[DealFact], own: Sequence[CallFact]
) -> Section:
    people = {deal.user_id for deal in deals if deal.user_id}
    people |= {call.user_id for call in own if call.user_id}
    load = Load(
        people=len(people),
        calls=len(own),
        talk_hours=math.fsum(one.seconds for one in own) / 3600,
        open_deals=sum(map(_is_open, deals)),
    )
    if work is None:
        name, nothing = Told(role, role), Told("", "")
        held_by = tuple(sorted(people))
        return Section(role, name, nothing, nothing, held_by, None, Share(0, 0), load)
    rule = work.rule
    return Section(
        role=role,
        name=rule.name,
        makes=rule.makes.name,
        takes=rule.takes.name,
        people=tuple(sorted(people)),
        product=product_of(work),
        conversion=conversion_of(work),
        load=load,
    )


def _failures(
    facts: Facts, period: Period, least: int, rules: Sequence[RoleRule]
) -> tuple[Failure, ...]:
    found = []
    for line in facts.lines:
        worst = leaks(facts, line, period, least).worst
        if worst is None:
            continue
        rule = next((r for r in rules if worst.key in r.owns.get(line.template, ())), None)
        if rule is not None:
            told = Told(
                f"«{line.name}»: слабее всего участок «{rule.name.ru}». {worst.sentence.ru}",
                f"“{line.name}”: the weakest section is “{rule.name.en}”. {worst.sentence.en}",
            )
            found.append(Failure(rule.role, line.pipeline_id, worst, told))
    return tuple(found)


def _roles_of(failures: Sequence[Failure]) -> list[str]:
    return [*dict.fromkeys(one.role for one in failures)]


def _addition(facts: Facts, sections: Sequence[Section], role: str, least: int) -> Addition | None:
    """The section's open deals a person beside those of everybody who is not in it."""
    own = next(one for one in sections if one.role == role)
    mine = [deal for deal in facts.deals if _is_open(deal) and role in deal.roles]
    rest = [
        deal for deal in facts.deals if _is_open(deal) and deal.roles and role not in deal.roles
    ]
    others = {deal.user_id for deal in rest if deal.user_id}
    each = own.load.open_each
    if each is None or not others or min(len(mine), len(rest)) < max(least, 1):
        return None
    level = len(rest) / len(others)
    more = max(0, math.ceil(len(mine) / level - 1e-9) - own.load.people)
    return Addition(
        role=role,
        people=more,
        each=each,
        level=level,
        deals=tuple(sorted(deal.deal_id for deal in mine)),
        sentence=_told_addition(own, more, each, level),
    )


def _told_addition(own: Section, more: int, each: float, level: float) -> Told:
    open_deals, people = own.load.open_deals, own.load.people
    load = Told(
        f"«{own.name.ru}»: открытых сделок на человека {number_ru(each, 1)} "
        f"({open_deals} / {people}), у остальных {number_ru(level, 1)}.",
        f"“{own.name.en}”: {number_en(each, 1)} open deals a person ({open_deals} / {people}), "
        f"the others have {number_en(level, 1)}.",
    )
    if not more:
        return load + Told(
            "Нагрузка не выше, чем у остальных: дело не в числе людей.",
            "They carry no more than the others: it is not for want of people.",
        )
    people_ru = counted_ru(more, "человек", "человека", "человек")
    return load + Told(
        f"Нагрузка сравняется, если на участке будет ещё {people_ru}: "
        f"{open_deals} / {number_ru(level, 1)} − {people}, округлено вверх. "
        "Это расчёт, а не указание.",
        f"The load would be even with {counted_en(more, 'person', 'people')} more there: "
        f"{open_deals} / {number_en(level, 1)} − {people}, rounded up. "
        "This is arithmetic, not an order.",
    )


def _is_open(deal: DealFact) -> bool:
    return deal.status is StageKind.OPEN
