"""Puts the weekly report together: pure, from facts that are somebody's to see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from figures.charts.said import percent
from figures.conveyor import conveyor
from figures.fairness import unknown_by_person
from figures.inflation import InflationIndex, inflation
from figures.lead_sources import lead_sources
from figures.plan_form import Plan
from figures.plan_results import PlanReport
from figures.plans import plan_report
from figures.promise_board import promise_board
from figures.promise_results import PromiseBoard, Standing
from figures.repeat_sales import repeat_sales
from figures.report.document import FORM, Document, Section, Tile
from figures.report.funnels import funnel_section
from figures.report.goals import plan_section, team_goals
from figures.report.names import week_name
from figures.report.promised import promise_section
from figures.report.sold import conveyor_section, sales_section, trust_section
from figures.report.words import word
from figures.sale_times import sales_times
from figures.scope import Period
from figures.share import Share
from figures.tally import LEAST
from figures.weeks import month_of, weeks_up_to
from models.vocabulary.figures import Facts

COHORT_WEEKS = 13


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a report rests on beside facts.

    `plans` by the name of the rule file; `working_time` between two moments; `margin` is part of
    the price, ``None`` where nobody said; `least` is the sample under which nothing is compared.
    """

    plans: Mapping[str, Plan]
    working_time: Callable[[datetime, datetime], timedelta]
    margin: float | None = None
    least: int = LEAST


def weekly_report(facts: Facts, whom: str, week: Period, inputs: Inputs, language: str) -> Document:
    """The report of a week.

    Args:
        facts: only those that the reader may see; calls at least of the eight weeks up to its end.
        whom: who it is about, by name.
        week: from Monday 00:00 to the next one, in the zone of the facts.
        inputs: plans and the like.
        language: ``ru`` or ``en``.
    """
    cohort = Period(weeks_up_to(week, COHORT_WEEKS, facts.zone)[0].start, week.end)
    worth = [line for line in facts.lines if _has_any(facts, line.pipeline_id)]
    funnels = [funnel_section(facts, line, cohort, language, inputs.least) for line in worth]
    plans = [
        plan_report(facts, plan, line.pipeline_id, week, inputs.working_time)
        for line in worth
        if (plan := inputs.plans.get(line.template)) is not None
    ]
    board = promise_board(facts, period=week, minimum=inputs.least)
    index = inflation(facts, inputs.least)
    belt = conveyor_section(conveyor(facts, week, inputs.least), language)
    month = month_of(week.end - timedelta(seconds=1), facts.zone)
    sales = sales_section(
        sales_times(facts, cohort),
        repeat_sales(facts, month, inputs.margin),
        lead_sources(facts, cohort, inputs.least),
        facts,
        language,
    )
    trust = trust_section(index.by_manager, unknown_by_person(facts, inputs.least), facts, language)
    names = {line.pipeline_id: line.name for line in worth} if len(worth) > 1 else {}
    sections = [
        *(plan_section(one, facts, names.get(one.pipeline_id, ""), language) for one in plans),
        *(part for part, _ in funnels),
        promise_section(board, facts, language),
        sales,
        belt,
        trust,
    ]
    findings = [sentence for _, sentence in funnels if sentence] + belt["notes"]
    heard = _heard(facts, week)
    document = _headed(facts, whom, week, language, heard)
    document["plans"] = sorted({one.plan_hash for one in plans})
    document["tiles"] = _tiles(index, plans, board, language)
    document["findings"] = findings
    document["sections"] = [one for one in sections if one["tables"] or one["charts"]]
    document["sections"].append(_how(document, inputs.least, language))
    return document


def _headed(facts: Facts, whom: str, week: Period, language: str, heard: Share) -> Document:
    name = week_name(week.start, facts.zone)
    rules = {one.rule_hash for line in facts.lines for s in line.stages for one in s.requirements}
    return {
        "form": FORM,
        "kind": "week",
        "language": language,
        "title": word("title", language, week=name, whom=whom),
        "whom": whom,
        "week": name,
        "since": week.start.isoformat(timespec="minutes"),
        "until": week.end.isoformat(timespec="minutes"),
        "as_of": facts.as_of.isoformat(),
        "heard": heard.count,
        "answered": heard.of,
        "rules": sorted(rules),
        "plans": [],
        "tiles": [],
        "findings": [],
        "sections": [],
    }


def _has_any(facts: Facts, pipeline_id: str) -> bool:
    return any(one.pipeline_id == pipeline_id for one in facts.deals)


def _heard(facts: Facts, week: Period) -> Share:
    answered = [one for one in facts.calls if one.answered and week.holds(one.at)]
    return Share(sum(one.heard for one in answered), len(answered))


def _tiles(
    index: InflationIndex, plans: list[PlanReport], board: PromiseBoard, language: str
) -> list[Tile]:
    total, kept = index.total, board.ours.kept
    tiles = [
        _tile(
            "tile_unproved",
            percent(total.share.value, language),
            language,
            count=total.share.count,
            of=total.share.of,
            unknown=total.unknown.count,
        )
    ]
    if plans:
        reached, of, unknown = (sum(part) for part in zip(*map(team_goals, plans), strict=True))
        said = str(reached)
        tiles.append(_tile("tile_plan", said, language, reached=reached, of=of, unknown=unknown))
    broken = board.ours.counts.get(Standing.BROKEN, 0)
    said = percent(kept.value, language)
    tiles.append(
        _tile("tile_promises", said, language, count=kept.count, of=kept.of, broken=broken)
    )
    today = board.ours.counts.get(Standing.DUE_TODAY, 0)
    tiles.append(_tile("tile_today", str(today), language))
    return tiles


def _tile(name: str, value: str, language: str, **values: object) -> Tile:
    fine = word(f"{name}_fine", language, **values)
    return {"label": word(name, language), "value": value, "fine": fine}


def _how(document: Document, least: int, language: str) -> Section:
    rules, plans = (_listed(one, language) for one in (document["rules"], document["plans"]))
    notes = [
        word("how_cohort", language),
        word("how_unknown", language),
        word("how_interval", language, least=least),
        word("how_money", language),
        word("how_rules", language, rules=rules),
        word("how_plans", language, plans=plans),
    ]
    return {"id": "how", "title": word("how", language), "notes": notes, "charts": [], "tables": []}


def _listed(hashes: list[str], language: str) -> str:
    return ", ".join(one.removeprefix("sha256:")[:12] for one in hashes) or word(
        "none_yet", language
    )
