"""Coverage: day by day, whether every call was recorded and understood."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from starlette.responses import Response

from api.v1 import examples
from api.v1.describing import told
from api.v1.keys import Reads
from api.v1.listing import Paged, Since, Text
from api.v1.problems import ProblemError
from api.v1.reading import Json, current_rows
from api.v1.shapes import CoverageDay, Page
from core.clock import now
from models.store.current import Current
from models.store.days import COUNTS, HourTally, changed_hours, tallies_by_hour
from models.vocabulary.keys import Scope

routes = APIRouter(prefix="/api/v1", tags=["coverage"])
_DAYS, _MOST_DAYS = 30, 366
Day = Annotated[date | None, Query(examples=["2026-11-09"])]


@routes.get("/coverage", **told(Scope.READ, Page[CoverageDay], examples.page(examples.COVERAGE)))
def list_coverage(  # noqa: PLR0913, PLR0917 - filters
    caller: Reads,
    page: Paged,
    since: Day = None,
    until: Day = None,
    account: Text = None,
    updated_since: Since = None,
) -> Response:
    """Lists days, the oldest first: the last 30 up to today, or those from `since` to `until`."""
    after = page.after([str, str])
    with current_rows(caller) as (session, current):
        if current is None:
            return page.answer(CoverageDay, (), None)
        first, last = _span(since, until, current)
        begins = datetime.combine(first, time(), current.zone)
        ends = datetime.combine(last + timedelta(days=1), time(), current.zone)
        tallies = tallies_by_hour(session, current.source, begins, ends, account)
        changed = None
        if updated_since is not None:
            hours = changed_hours(session, current.source, begins, ends, updated_since)
            changed = {(_day_of(hour, current), one) for hour, one in hours}
    days = [
        one
        for one in _by_day(tallies, current)
        if changed is None or (one["day"], one["account"]) in changed
    ]
    shown, behind = page.part(days, lambda one: (one["day"], one["account"]), after)
    return page.answer(CoverageDay, shown, behind)


def _span(since: date | None, until: date | None, current: Current) -> tuple[date, date]:
    last = until or now().astimezone(current.zone).date()
    years = range(1970, 2201)
    if last.year not in years or (since is not None and since.year not in years):
        raise _wrong("a year from 1970 to 2200 is expected")
    first = since or last - timedelta(days=_DAYS - 1)
    if first > last:
        raise _wrong("`since` is later than `until`")
    if (last - first).days >= _MOST_DAYS:
        raise _wrong(f"more than {_MOST_DAYS} days: ask in parts")
    return first, last


def _wrong(problem: str) -> ProblemError:
    errors = [{"where": "query.since", "problem": problem}]
    return ProblemError("invalid_parameter", problem, errors=errors)


def _day_of(hour: datetime, current: Current) -> str:
    return hour.astimezone(current.zone).date().isoformat()


def _by_day(tallies: list[HourTally], current: Current) -> list[Json]:
    """Days of the CRM's zone, from hours of UTC."""
    days: dict[tuple[str, str], Json] = defaultdict(lambda: dict.fromkeys(COUNTS, 0))
    for one in tallies:
        day = days[_day_of(one.hour, current), one.account]
        for name, count in one.counts.items():
            day[name] += count
    return [
        {"day": day, "account": account, **counts}
        for (day, account), counts in sorted(days.items())
    ]
