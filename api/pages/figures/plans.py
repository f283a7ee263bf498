"""The page of plans: what was to be reached each week beside what was verified."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.access.gate import Visitor
from api.pages.figures.desk import Desk, desk_for
from api.pages.figures.frame import Seeing, figures_page
from api.pages.looks import day
from api.pages.pages import Pages, Rendering
from api.pages.weeks import begin, day_asked, today
from api.pages.wording import Words
from classify.verification.worktime import work_calendar
from core.clock import now
from figures.charts import Series, trend_chart
from figures.charts.chart import Chart
from figures.plan_file import load_plans
from figures.plan_form import Item
from figures.plan_results import PlanReport, PlanRow, Unit
from figures.plans import calls_of, plan_report
from figures.scope import Period
from figures.weeks import week_of
from models.vocabulary.errors import InvalidInputError

routes = APIRouter(include_in_schema=False)


@dataclass(frozen=True, slots=True)
class ShownItem:
    """One item of the plan: the team's row, those of roles and people, and the team's trend."""

    item: Item
    team: PlanRow
    others: tuple[PlanRow, ...]
    chart: Chart | None


@routes.get("/figures/plans")
def plans(request: Request, pages: Rendering, visitor: Seeing, week: str = "") -> Response:
    """A week against the plan, with the weeks before it."""
    shown = week_asked(pages, week)
    desk, report = reported(request, pages, visitor, shown)
    if desk is None or desk.is_empty:
        return figures_page(request, pages, visitor, desk, "plans", dated=False)
    broken = report if isinstance(report, str) else ""
    report = None if isinstance(report, str) else report
    zone, monday = desk.facts.zone, shown.start.date()
    later = monday + timedelta(days=7)
    at = desk.asked.address
    return figures_page(
        request,
        pages,
        visitor,
        desk,
        "plans",
        dated=False,
        report=report,
        broken=broken,
        items=_items(report, Words(pages.language(request, visitor))) if report else [],
        money=Unit.MONEY,
        week=shown,
        week_word=week,
        last_day=begin(later - timedelta(days=1), zone),
        earlier=at(request.url.path, week=_word(monday - timedelta(days=7))),
        later=at(request.url.path, week=_word(later)) if later <= today(zone, now()) else None,
    )


def week_asked(pages: Pages, week: str) -> Period:
    """The week that a day in the address lies in; this one where it names none."""
    zone = pages.zone()
    return week_of(begin(day_asked(week, zone, now()), zone), zone)


def reported(
    request: Request, pages: Pages, visitor: Visitor, week: Period
) -> tuple[Desk | None, PlanReport | str | None]:
    """The desk with the calls of a week's report, and the report where there is a plan.

    Where a plan file cannot be read, what is wrong with it stands instead of the report.
    """
    settings, zone = pages.service.settings, pages.zone()
    calls = Period(*calls_of(week, zone))
    desk = desk_for(pages, visitor, request.query_params, calls=calls)
    if desk is None or desk.line is None:
        return desk, None
    try:
        plan = load_plans(settings.figures.plans).get(desk.line.template)
    except InvalidInputError as error:
        return desk, str(error)
    if plan is None:
        return desk, None
    hours = work_calendar(settings.verification, ZoneInfo(str(zone))).working_time
    return desk, plan_report(desk.facts, plan, desk.line.pipeline_id, week, hours)


def _items(report: PlanReport, words: Words) -> list[ShownItem]:
    found = []
    for item in report.plan.items:
        rows = report.of_item(item)
        team = next((one for one in rows if one.person is None and one.role is None), None)
        if team is not None:
            others = tuple(one for one in rows if one is not team)
            found.append(ShownItem(item, team, others, _chart(item, team, report, words)))
    return found


def _chart(item: Item, row: PlanRow, report: PlanReport, words: Words) -> Chart:
    zone = report.week.start.tzinfo or ZoneInfo("UTC")
    weeks = [day(one.week.start, zone, words.language, report.as_of) for one in row.trend]
    title = words.paired(item.title)
    return trend_chart(
        weeks,
        [Series(title, [one.actual.value for one in row.trend])],
        title=title,
        plan=row.goal,
        unfinished=report.passed < 1,
        language=words.language,
        key=item.id,
    )


def _word(monday: date) -> str:
    return monday.isoformat()
