"""The funnel's part of a report: where deals are lost, how long they stand, who fails where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from figures.funnel import Funnel, Step
from figures.heat import HeatMap, heat_map
from figures.leaks import Leak, Leaks, leaks
from figures.report.document import Cell, Kind, Section, Table, section, table
from figures.report.words import word
from figures.scope import Period
from figures.stage_time import StageTime, stage_times
from models.vocabulary.figures import Facts, Line

_MOST_PEOPLE, _MOST_REQUIREMENTS = 20, 8
_FUNNEL: dict[str, Kind] = {
    "stage": "text",
    "recorded": "count",
    "recorded_conversion": "share",
    "verified": "count",
    "verified_conversion": "share",
    "conversion_of": "count",
    "low": "share",
    "high": "share",
    "lost": "count",
    "unproved": "count",
    "unknown": "count",
    "under_way": "count",
}
_TIMES: dict[str, Kind] = {
    "stage": "text",
    "median": "hours",
    "p90": "hours",
    "sample": "count",
    "standing": "count",
}
_FAILING: dict[str, Kind] = {
    "requirement": "text",
    "share": "share",
    "low": "share",
    "high": "share",
    "failed": "count",
    "judged": "count",
    "unknown": "count",
}


def funnel_section(
    facts: Facts, line: Line, cohort: Period, language: str, least: int
) -> tuple[Section, str | None]:
    """A pipeline's funnel of a cohort, and the sentence about its worst step, if there is one."""
    found = leaks(facts, line, cohort, least)
    times = stage_times(facts, line, cohort)
    heat = heat_map(facts, line, least)
    funnel, worst = found.funnel, found.worst
    tables = [_funnel_table(funnel, language)]
    if worst is not None:
        tables.append(_failing_table(worst, language))
    tables.append(_times_table(times, language))
    charts = [
        _funnel_chart(funnel, language),
        _losses_chart(found, language),
        _times_chart(times, language),
    ]
    charts += list(_heat_charts(heat, language))
    part = section(
        f"funnel:{line.pipeline_id}",
        word("funnel_of", language, name=line.name),
        notes=[found.sentence.in_language(language)],
        charts=charts,
        tables=tables,
    )
    return part, worst.sentence.in_language(language) if worst is not None else None


def _name(one: Step | StageTime | Leak, language: str) -> str:
    return one.name_en if language == "en" else one.name_ru


def _funnel_table(funnel: Funnel, language: str) -> Table:
    return table("funnel", language, _FUNNEL, [_step(one, language) for one in funnel.steps])


def _step(one: Step, language: str) -> list[Cell]:
    share = one.verified_conversion.share
    low, high = share.interval or (None, None)
    return [
        _name(one, language),
        one.recorded.count,
        one.recorded_conversion.share.value,
        one.verified.count,
        share.value,
        share.of,
        low,
        high,
        one.verified_conversion.loss.count,
        one.unproved.count,
        one.unknown.count,
        one.under_way.count,
    ]


def _failing_table(worst: Leak, language: str) -> Table:
    rows: list[list[Cell]] = []
    for one in worst.failing:
        low, high = one.share.interval or (None, None)
        title = one.requirement.title_en if language == "en" else one.requirement.title_ru
        rows.append([title, one.share.value, low, high, one.share.count, one.share.of, one.unknown])
    title = f"{word('failing', language)}: {_name(worst, language)}"
    return table("failing", language, _FAILING, rows, title)


def _times_table(times: tuple[StageTime, ...], language: str) -> Table:
    rows: list[list[Cell]] = [
        [_name(one, language), one.median, one.p90, one.of, len(one.standing)] for one in times
    ]
    return table("stage_times", language, _TIMES, rows)


def _funnel_chart(funnel: Funnel, language: str) -> dict[str, Any]:
    steps = [
        {
            "label": _name(one, language),
            "recorded": one.recorded.count,
            "verified": one.verified.count,
            "unknown": one.unknown.count,
        }
        for one in funnel.steps
    ]
    return _chart("funnel", word("funnel", language), steps, tabled=True)


def _losses_chart(found: Leaks, language: str) -> dict[str, Any]:
    worst = found.worst.place if found.worst is not None else None
    rows = [
        {
            "label": _name(one, language),
            "before": one.verified_conversion.share.of,
            "lost": one.verified_conversion.loss.count,
            "worst": one.place == worst,
        }
        for one in found.funnel.steps
    ]
    return _chart("waterfall", word("losses", language), rows, tabled=True)


def _times_chart(times: tuple[StageTime, ...], language: str) -> dict[str, Any]:
    rows = [
        {"label": _name(one, language), "median": one.median, "p90": one.p90, "of": one.of}
        for one in times
    ]
    return _chart("time", word("stage_times", language), rows, tabled=True)


def _heat_charts(heat: HeatMap, language: str) -> Iterator[dict[str, Any]]:
    """The people and requirements with the most that was judged, in their usual order."""
    people = _most(heat, _MOST_PEOPLE, 0)
    wanted = _most(heat, _MOST_REQUIREMENTS, 1)
    managers = [one for one in heat.managers if one[0] in people]
    requirements = [one for one in heat.requirements if one.id in wanted]
    if not managers or not requirements:
        return
    cells = [[_heat_cell(heat, manager, one.id) for one in requirements] for manager, _ in managers]
    yield {
        "kind": "heat",
        "title": word("heat", language),
        "rows": [name or word("nobody", language) for _, name in managers],
        "columns": [one.title_en if language == "en" else one.title_ru for one in requirements],
        "cells": cells,
        "corner": word("heat_corner", language),
        "minimum": heat.least,
        "tabled": False,
    }


def _most(heat: HeatMap, count: int, part: int) -> frozenset[str]:
    sums: dict[str, int] = {}
    for key, cell in heat.cells.items():
        sums[key[part]] = sums.get(key[part], 0) + cell.share.of
    ordered = sorted((name for name in sums if sums[name]), key=lambda name: (-sums[name], name))
    return frozenset(ordered[:count])


def _heat_cell(heat: HeatMap, manager: str, requirement: str) -> Mapping[str, int] | None:
    cell = heat.cells.get((manager, requirement))
    return None if cell is None else {"count": cell.share.count, "of": cell.share.of}


def _chart(kind: str, title: str, rows: list[dict[str, Any]], *, tabled: bool) -> dict[str, Any]:
    """A chart's input; `tabled`: a table of the section holds its numbers already."""
    return {"kind": kind, "title": title, "rows": rows, "tabled": tabled}
