"""The plan's part of a report: each goal beside what was verified, and since last week."""

from __future__ import annotations

from typing import Any

from figures.plan_results import PlanReport, PlanRow, PlanState, Unit
from figures.report.document import Cell, Kind, Section, section, table
from figures.report.names import person_name, week_name
from figures.report.words import word
from models.vocabulary.figures import Facts

_MOST_TRENDS = 4
_PLAN: dict[str, Kind] = {
    "item": "text",
    "who": "text",
    "goal": "number",
    "fact": "number",
    "unknown": "count",
    "recorded": "count",
    "change": "number",
    "state": "text",
    "forecast": "number",
    "unit": "text",
    "sample": "count",
}
REACHED = frozenset({PlanState.REACHED, PlanState.VERY_GOOD})


def plan_section(report: PlanReport, facts: Facts, pipeline: str, language: str) -> Section:
    """A pipeline's plan, the team's row of each item first, with trends of what has a goal."""
    name = report.plan.name.en if language == "en" else report.plan.name.ru
    rows = [_row(one, report, facts, language) for one in report.rows]
    trends = [one for one in report.rows if _is_team(one) and one.goal is not None]
    return section(
        f"plan:{report.pipeline_id}",
        f"{word('plan_of', language, name=name)} ({pipeline})" if pipeline else name,
        charts=[_trend(one, report, facts, language) for one in trends[:_MOST_TRENDS]],
        tables=[table("plan", language, _PLAN, rows)],
    )


def team_goals(report: PlanReport) -> tuple[int, int, int]:
    """Of the whole team's goals: how many are reached, how many can be told, how many cannot."""
    states = [one.state for one in report.rows if _is_team(one) and one.goal is not None]
    unknown = sum(one in {PlanState.CANNOT_TELL, PlanState.NOTHING} for one in states)
    return sum(one in REACHED for one in states), len(states) - unknown, unknown


def _is_team(one: PlanRow) -> bool:
    return one.person is None and one.role is None


def _row(one: PlanRow, report: PlanReport, facts: Facts, language: str) -> list[Cell]:
    return [
        _title(one, report, language),
        _who(one, facts, language),
        one.goal,
        one.actual.value,
        one.actual.unsure,
        one.actual.recorded,
        one.change,
        word(f"state_{one.state.value}", language),
        one.forecast.value if one.forecast is not None else None,
        word(f"unit_{one.unit.value}", language),
        one.actual.of,
    ]


def _title(one: PlanRow, report: PlanReport, language: str) -> str:
    item = report.plan.item(one.item)
    if item is None:
        return one.item
    return item.title.en if language == "en" else item.title.ru


def _who(one: PlanRow, facts: Facts, language: str) -> str:
    if one.person is not None:
        return person_name(facts, one.person, language)
    return one.role or word("team", language)


def _trend(one: PlanRow, report: PlanReport, facts: Facts, language: str) -> dict[str, Any]:
    title = _title(one, report, language)
    unit = word(f"unit_{one.unit.value}", language)
    return {
        "kind": "trend",
        "title": word("trend_of", language, name=title),
        "weeks": [week_name(point.week.start, facts.zone, short=True) for point in one.trend],
        "series": [
            {
                "name": unit,
                "values": [_whole(point.actual.value, one.unit) for point in one.trend],
            }
        ],
        "plan": one.goal,
        "unfinished": report.passed < 1,
        "tabled": False,
    }


def _whole(value: float | None, unit: Unit) -> float | None:
    return None if value is None else round(value, 0 if unit is Unit.MONEY else 2)
