"""How each figure of the API is counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from classify.verification.worktime import work_calendar
from core.settings import Settings
from figures.conveyor import Conveyor, conveyor
from figures.fairness import unknown_by_person
from figures.fairness_results import UnknownOf
from figures.funnel import Funnel, View, cohort_funnel, snapshot_funnel
from figures.heat import HeatMap, heat_map
from figures.inflation import InflationIndex, inflation
from figures.lead_sources import lead_sources
from figures.leaks import Leaks, leaks
from figures.plan_file import load_plans
from figures.plan_results import PlanReport
from figures.plans import plan_report
from figures.promise_board import promise_board
from figures.promise_results import PromiseBoard
from figures.repeat_sales import repeat_sales
from figures.sale_times import sales_times
from figures.sales_results import LeadSources, RepeatSales, SalesTimes
from figures.scope import Period
from figures.stage_time import StageTime, stage_times
from figures.weeks import week_of
from models.vocabulary.figures import Facts


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a figure is counted with."""

    facts: Facts
    period: Period
    settings: Settings
    view: View = View.COHORT


@dataclass(frozen=True, slots=True)
class LineTimes:
    """How long deals of a pipeline stand on each stage."""

    pipeline_id: str
    stages: tuple[StageTime, ...]


@dataclass(frozen=True, slots=True)
class LineHeat:
    """Which requirement fails with whom in a pipeline."""

    pipeline_id: str
    map: HeatMap


@dataclass(frozen=True, slots=True)
class Sales:
    """How long sales took, and what repeat sales came to."""

    times: SalesTimes
    repeat: RepeatSales


@dataclass(frozen=True, slots=True)
class Recipe:
    """One figure: its address, what it tells, its result, how it is counted.

    `before`: for how long before the period it needs calls.
    """

    name: str
    about: str
    result: Any
    counted: Callable[[Wanted], Any]
    before: timedelta | None = None


def _funnels(wanted: Wanted) -> tuple[Funnel, ...]:
    facts = wanted.facts
    if wanted.view is View.SNAPSHOT:
        return tuple(snapshot_funnel(facts, line) for line in facts.lines)
    return tuple(cohort_funnel(facts, line, wanted.period) for line in facts.lines)


def _times(wanted: Wanted) -> tuple[LineTimes, ...]:
    facts = wanted.facts
    return tuple(
        LineTimes(line.pipeline_id, stage_times(facts, line, wanted.period)) for line in facts.lines
    )


def _leaks(wanted: Wanted) -> tuple[Leaks, ...]:
    return tuple(leaks(wanted.facts, line, wanted.period) for line in wanted.facts.lines)


def _heat(wanted: Wanted) -> tuple[LineHeat, ...]:
    return tuple(
        LineHeat(line.pipeline_id, heat_map(wanted.facts, line, period=wanted.period))
        for line in wanted.facts.lines
    )


def _plans(wanted: Wanted) -> tuple[PlanReport, ...]:
    facts, settings = wanted.facts, wanted.settings
    plans = load_plans(settings.figures.plans)
    week = week_of(wanted.period.end - timedelta(microseconds=1), facts.zone)
    zone = facts.zone if isinstance(facts.zone, ZoneInfo) else ZoneInfo("UTC")
    calendar = work_calendar(settings.verification, zone)
    return tuple(
        plan_report(facts, plans[line.template], line.pipeline_id, week, calendar.working_time)
        for line in facts.lines
        if line.template in plans
    )


def _sales(wanted: Wanted) -> Sales:
    facts, period = wanted.facts, wanted.period
    margin = wanted.settings.figures.margin
    return Sales(sales_times(facts, period), repeat_sales(facts, period, margin))


RECIPES: Mapping[str, Recipe] = {
    one.name: one
    for one in (
        Recipe(
            "funnel",
            "Gives the funnel of each pipeline twice: as the cards were moved, and as proved.",
            tuple[Funnel, ...],
            _funnels,
        ),
        Recipe(
            "inflation",
            "Gives how much of what is open is not proved to stand where its cards stand.",
            InflationIndex,
            lambda wanted: inflation(wanted.facts),
        ),
        Recipe(
            "stage-times",
            "Gives how long deals of the period stand on each stage, in calendar hours.",
            tuple[LineTimes, ...],
            _times,
        ),
        Recipe(
            "leaks",
            "Gives where deals of the period are really lost, the worst step first.",
            tuple[Leaks, ...],
            _leaks,
        ),
        Recipe(
            "heat-map",
            "Gives which requirement fails with whom, of deals of the period.",
            tuple[LineHeat, ...],
            _heat,
        ),
        Recipe(
            "conveyor",
            "Gives what each role made and carries, and which section fails.",
            Conveyor,
            lambda wanted: conveyor(wanted.facts, wanted.period),
        ),
        Recipe(
            "plans",
            "Gives plans beside what was verified in the week in which the period ends.",
            tuple[PlanReport, ...],
            _plans,
            timedelta(weeks=9),
        ),
        Recipe(
            "promises",
            "Gives promises and what became of them: those that ended in the period, and all open.",
            PromiseBoard,
            lambda wanted: promise_board(wanted.facts, wanted.period),
        ),
        Recipe("sales", "Gives how long sales took, and repeat sales.", Sales, _sales),
        Recipe(
            "leads",
            "Gives the leads of the period by source, followed up to `as_of`.",
            LeadSources,
            lambda wanted: lead_sources(wanted.facts, wanted.period),
        ),
        Recipe(
            "unknown",
            "Gives how much of each person's work nobody can tell, so that nobody is ranked by it.",
            tuple[UnknownOf, ...],
            lambda wanted: unknown_by_person(wanted.facts),
        ),
    )
}
