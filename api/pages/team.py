"""The page of a team: per person and week what was heard, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.access.gate import Visitor, having
from api.pages.bars import bar_chart
from api.pages.looks import day
from api.pages.pages import Pages, Rendering, current_run
from api.pages.weeks import begin, day_asked, today
from core.clock import now
from models.session import reading
from models.store.deals import find_judging, load_people
from models.store.team_figures import Figures, WeekFigures, team_figures
from models.vocabulary.access import Right

WEEKS = 8
routes = APIRouter(include_in_schema=False)
Leading = Annotated[Visitor, Depends(having(Right.TEAM))]


@dataclass(frozen=True, slots=True)
class Told:
    """What the page tells of some people: week by week together, and each with their weeks."""

    totals: list[WeekFigures]
    rows: list[tuple[str, WeekFigures, list[WeekFigures]]]
    nobodys: WeekFigures

    @property
    def everything(self) -> WeekFigures:
        """All weeks together."""
        return sum(self.totals, WeekFigures())


@routes.get("/team")
def team(
    request: Request, pages: Rendering, visitor: Leading, until: str = "", person: str = ""
) -> Response:
    """Eight weeks up to the one of `until` (a day), of everybody within reach or one person."""
    zone, at = pages.zone(), now()
    last = _monday(day_asked(until, zone, at))
    weeks = [begin(last + timedelta(weeks=n), zone) for n in range(1 - WEEKS, 2)]
    figures, people = _figures(pages, visitor, weeks)
    told = _told(figures, people, person)
    language = pages.language(request, visitor)
    labels = [day(one, zone, language, at) for one in weeks[:-1]]
    heard = [
        (label, one.heard, one.conversations)
        for label, one in zip(labels, told.totals, strict=True)
    ]
    further = last + timedelta(weeks=WEEKS)
    is_now = last + timedelta(weeks=1) > today(zone, at)
    return pages.page(
        request,
        "team.html.j2",
        visitor,
        section="team",
        zone=zone,
        chart=bar_chart(heard),
        labels=labels,
        told=told,
        people=people,
        person=person,
        earlier=_address(last - timedelta(weeks=WEEKS), person),
        later=None if is_now else _address(min(further, today(zone, at)), person),
        until=until,
    )


def _figures(
    pages: Pages, visitor: Visitor, weeks: list[datetime]
) -> tuple[Figures, dict[str, str]]:
    """The figures of the weeks, and the people within reach by id."""
    database = pages.service.database()
    run = current_run(database)
    with reading(database) as session:
        judging = find_judging(session, run)
        if judging is None:
            return {}, {}
        figures = team_figures(session, judging, visitor.reach, weeks)
        people = load_people(session, judging.crm, visitor.reach)
    gone = sorted({user for user, _ in figures if user is not None and user not in people})
    return figures, people | {user: user for user in gone}  # the CRM does not know them any more


def _told(figures: Figures, people: Mapping[str, str], person: str) -> Told:
    shown = [(one, name) for one, name in people.items() if person in ("", one)]
    users: list[str | None] = [one for one, _ in shown]
    everybodys = [*users, None] if not person else users
    return Told(
        [
            sum((figures.get((one, week), WeekFigures()) for one in everybodys), WeekFigures())
            for week in range(WEEKS)
        ],
        [
            (name, _sum(figures, one), [figures.get((one, n), WeekFigures()) for n in range(WEEKS)])
            for one, name in shown
        ],
        WeekFigures() if person else _sum(figures, None),
    )


def _sum(figures: Figures, user: str | None) -> WeekFigures:
    own = (figures.get((user, number), WeekFigures()) for number in range(WEEKS))
    return sum(own, WeekFigures())


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _address(until: date, person: str) -> str:
    asked = {"until": until.isoformat()} | ({"person": person} if person else {})
    return f"/team?{urlencode(asked)}"
