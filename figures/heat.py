"""Which requirement fails with whom: what a heat map of managers and requirements shows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from figures.scope import NOBODY, Period
from figures.share import Share
from figures.tally import LEAST
from models.vocabulary.figures import Facts, Line, LineRequirement
from models.vocabulary.verdict import Verdict


@dataclass(frozen=True, slots=True)
class Cell:
    """How often a requirement fails (missing or contradicted) of those judged for sure.

    `is_enough` says whether the sample allows to compare; `deals` are those where it fails.
    """

    share: Share
    unknown: int
    is_enough: bool
    deals: tuple[str, ...]
    unknown_deals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeatMap:
    """Cells by manager's and requirement's id; a pair of which nothing is known has none.

    `managers` are (id, name) by name, `NOBODY` last; `requirements` stand in the line's order.
    """

    managers: tuple[tuple[str, str], ...]
    requirements: tuple[LineRequirement, ...]
    stages: tuple[int, ...]  # the place of each requirement
    cells: Mapping[tuple[str, str], Cell]
    least: int


HOLDS = frozenset({Verdict.MET, Verdict.LATE})  # done, be it too late
FAILS = frozenset({Verdict.MISSING, Verdict.CONTRADICTED})


def heat_map(facts: Facts, line: Line, least: int = LEAST, period: Period | None = None) -> HeatMap:
    """How often each requirement fails with each manager's deals.

    Only deals with first contact in the period, if given. What is waived or still has time counts
    in no number.
    """
    found: defaultdict[tuple[str, str], _Found] = defaultdict(_Found)
    asked = {one.id for stage in line.stages for one in stage.requirements}
    managers = set()
    for deal in facts.deals:
        if deal.pipeline_id != line.pipeline_id:
            continue
        if period is not None and not period.holds(deal.first_contact_at):
            continue
        manager = deal.user_id or NOBODY
        managers.add(manager)
        for one in deal.requirements:
            if one.id in asked:
                found[manager, one.id].add(deal.deal_id, one.verdict)
    return HeatMap(
        managers=_named(facts, managers),
        requirements=tuple(one for stage in line.stages for one in stage.requirements),
        stages=tuple(p for p, stage in enumerate(line.stages) for _ in stage.requirements),
        cells={key: found[key].cell(least) for key in sorted(found) if found[key]},
        least=least,
    )


@dataclass(slots=True)
class _Found:
    """What a requirement came to in a manager's deals."""

    held: set[str] = field(default_factory=set)
    failed: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)

    def add(self, deal_id: str, verdict: Verdict) -> None:
        if verdict in HOLDS:
            self.held.add(deal_id)
        elif verdict in FAILS:
            self.failed.add(deal_id)
        elif verdict is Verdict.UNKNOWN:
            self.unknown.add(deal_id)

    def __bool__(self) -> bool:
        return bool(self.held or self.failed or self.unknown)

    def cell(self, least: int) -> Cell:
        share = Share(len(self.failed), len(self.failed) + len(self.held))
        return Cell(
            share=share,
            unknown=len(self.unknown),
            is_enough=share.of >= max(least, 1),
            deals=tuple(sorted(self.failed)),
            unknown_deals=tuple(sorted(self.unknown)),
        )


def _named(facts: Facts, managers: set[str]) -> tuple[tuple[str, str], ...]:
    def name(manager: str) -> str:
        person = facts.people.get(manager)
        return person.name if person else manager

    named = [(one, name(one)) for one in managers]
    return tuple(sorted(named, key=lambda one: (one[0] == NOBODY, one[1], one[0])))
