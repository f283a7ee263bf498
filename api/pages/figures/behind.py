"""The deals behind a number, found again by what the number was called in the address."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from api.pages.figures.desk import Desk
from api.pages.figures.frame import MINIMUM
from api.pages.figures.overview import funnel_of
from api.pages.wording import Words
from figures.conveyor import conveyor
from figures.funnel import Step
from figures.heat import heat_map
from figures.inflation import inflation
from figures.lead_sources import lead_sources
from figures.leaks import Leak, leaks
from figures.plan_results import PlanReport
from figures.repeat_sales import repeat_sales
from figures.sale_times import sales_times
from figures.stage_time import StageTime, stage_times
from figures.tally import Tally
from figures.told import Told
from models.vocabulary.figures import LineStage

EVERY_PIPELINE = frozenset({"leads", "source", "sales", "conveyor"})
_Keyed = TypeVar("_Keyed", Step, Leak, StageTime, LineStage)
_STEP = frozenset({"recorded", "verified", "unproved", "unknown", "under_way", "skipped", "back"})


@dataclass(frozen=True, slots=True)
class Asking:
    """A number: what kind it is `of`, what it stands `at`, `which` of those there, `who`se."""

    of: str
    at: str
    which: str
    who: str = ""


@dataclass(frozen=True, slots=True)
class Behind:
    """The deals behind a number, and the calls where it counts calls; `values` go into its name."""

    deals: tuple[str, ...]
    calls: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


def behind(
    desk: Desk, asking: Asking, words: Words, report: PlanReport | str | None = None
) -> Behind | None:
    """The deals of a number; ``None`` where there is no such number."""
    found = {
        "funnel": _of_funnel,
        "step": _of_step,
        "leak": _of_leak,
        "failing": _of_failing,
        "inflation": _of_inflation,
        "stage": _of_stage,
        "waiting": _of_waiting,
        "heat": _of_heat,
        "leads": _of_leads,
        "source": _of_source,
        "sales": _of_sales,
        "conveyor": _of_conveyor,
    }.get(asking.of)
    if found is not None:
        return found(desk, asking, words)
    if asking.of == "plan" and isinstance(report, PlanReport):
        return _of_plan(report, asking, words)
    return None


def _of_funnel(desk: Desk, asking: Asking, _words: Words) -> Behind | None:
    funnel = funnel_of(desk)
    if funnel is None or asking.which not in {"deals", "outside", "unplaced", "undecided"}:
        return None
    tally: Tally = getattr(funnel, asking.which)
    return Behind(tally.deals)


def _of_step(desk: Desk, asking: Asking, words: Words) -> Behind | None:
    funnel = funnel_of(desk)
    step: Step | None = _keyed(funnel.steps, asking.at) if funnel is not None else None
    if step is None or asking.which not in _STEP:
        return None
    tally: Tally = getattr(step, asking.which)
    return Behind(tally.deals, values=(words.named(step),))


def _leak(desk: Desk, key: str) -> Leak | None:
    if desk.line is None:
        return None
    return _keyed(leaks(desk.facts, desk.line, desk.asked.period, MINIMUM).ranked, key)


def _of_leak(desk: Desk, asking: Asking, words: Words) -> Behind | None:
    leak = _leak(desk, asking.at)
    if leak is None or asking.which != "lost":
        return None
    return Behind(leak.lost.deals, values=(words.named(leak),))


def _of_failing(desk: Desk, asking: Asking, words: Words) -> Behind | None:
    leak = _leak(desk, asking.which)
    for one in leak.failing if leak else ():
        if one.requirement.id == asking.at:
            return Behind(one.deals, values=(words.titled(one.requirement),))
    return None


def _of_inflation(desk: Desk, asking: Asking, _words: Words) -> Behind | None:
    if asking.which not in {"unproved", "unknown", "sound"}:
        return None
    tally: Tally = getattr(inflation(desk.facts, MINIMUM).total, asking.which)
    return Behind(tally.deals)


def _of_stage(desk: Desk, asking: Asking, words: Words) -> Behind | None:
    if desk.line is None:
        return None
    stage = _keyed(stage_times(desk.facts, desk.line, desk.asked.period), asking.at)
    if stage is None:
        return None
    deals = {"left": stage.left, "standing": stage.standing, "proof": stage.proof_deals}
    found = deals.get(asking.which)
    return Behind(found, values=(words.named(stage),)) if found is not None else None


def _of_waiting(desk: Desk, asking: Asking, _words: Words) -> Behind | None:
    if desk.line is None or asking.which not in {"still", "backwards"}:
        return None
    took = sales_times(desk.facts, desk.asked.period)
    figure = took.needs_to_proposal.get(desk.line.pipeline_id)
    if figure is None:
        return None
    return Behind(_once(figure.still_waiting if asking.which == "still" else figure.backwards))


def _of_heat(desk: Desk, asking: Asking, words: Words) -> Behind | None:
    if desk.line is None or asking.which not in {"failing", "unknown"}:
        return None
    heat = heat_map(desk.facts, desk.line, MINIMUM, desk.asked.period)
    title = next((one for one in heat.requirements if one.id == asking.at), None)
    if title is None:
        return None
    cells = [cell for (_, id_), cell in heat.cells.items() if id_ == asking.at]
    deals = [
        deal
        for one in cells
        for deal in (one.deals if asking.which == "failing" else one.unknown_deals)
    ]
    return Behind(_once(deals), values=(words.titled(title),))


def _of_leads(desk: Desk, asking: Asking, _words: Words) -> Behind | None:
    if asking.which != "leads":
        return None
    lines = lead_sources(desk.facts, desk.asked.period, MINIMUM).lines
    return Behind(_once(deal for one in lines for deal in one.deals))


def _of_source(desk: Desk, asking: Asking, words: Words) -> Behind | None:
    line = desk.line
    stage = _keyed(line.stages, asking.at) if line is not None else None
    if stage is None or asking.which != "proved":
        return None
    lines = lead_sources(desk.facts, desk.asked.period, MINIMUM).lines
    deals = [
        deal
        for one in lines
        for passed in one.stages
        if passed.stage_key == asking.at
        for deal in passed.deals
    ]
    return Behind(_once(deals), values=(words.named(stage),))


def _of_sales(desk: Desk, asking: Asking, _words: Words) -> Behind | None:
    sales = repeat_sales(desk.facts, desk.asked.period).sales
    own = next((one for one in sales if one.currency == asking.at), None)
    if own is None or asking.which not in {"now", "before"}:
        return None
    return Behind(_once((own.now if asking.which == "now" else own.before).deals))


def _of_conveyor(desk: Desk, asking: Asking, words: Words) -> Behind | None:
    made = conveyor(desk.facts, desk.asked.period, MINIMUM)
    section = next((one for one in made.sections if one.role == asking.at), None)
    if section is None or section.product is None or asking.which != "product":
        return None
    name: Told = section.name
    return Behind(section.product.deals, section.product.calls, (words.paired(name),))


def _of_plan(report: PlanReport, asking: Asking, words: Words) -> Behind | None:
    item = report.plan.item(asking.at)
    kind, _, id_ = asking.who.partition(":")
    for row in report.of_item(item) if item is not None else ():
        whose = (
            ("person", row.person) if row.person else ("role", row.role) if row.role else ("", "")
        )
        if item is None or whose != (kind, id_):
            continue
        now = row.actual
        chosen = {"done": (now.deals, now.calls), "unsure": (now.unsure_deals, now.unsure_calls)}
        if asking.which in chosen:
            deals, calls = chosen[asking.which]
            return Behind(deals, calls, (words.paired(item.title),))
    return None


def _keyed(found: Iterable[_Keyed], key: str) -> _Keyed | None:
    return next((one for one in found if one.key == key), None)


def _once(ids: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(ids)))
