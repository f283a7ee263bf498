"""The page of coverage: what the telephone systems counted beside what was received and heard."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.access.gate import Visitor, having
from api.pages.pages import Pages, Rendering
from api.pages.weeks import begin, day_asked, today
from classify.verification.worktime import work_calendar
from core.clock import now
from ingest.ledger_account import account_of_ledger
from models.session import reading
from models.store.deal_file import ShownCall, calls_within_reach
from models.store.ledger import Period
from models.vocabulary.access import Right
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.reconciliation import Gap, Reconciliation, Selection, Tally

DAYS = 7  # shown at once; what is read in Python stays small however long the ledger is
_BEFORE = timedelta(days=3)  # read as well: its rhythm tells whether a system is silent
_MOST = 100
routes = APIRouter(include_in_schema=False)
Watching = Annotated[Visitor, Depends(having(Right.COVERAGE))]


@routes.get("/coverage")
def coverage(request: Request, pages: Rendering, visitor: Watching, until: str = "") -> Response:
    """A week of the ledger up to a day: per day and per client, and what is missing."""
    zone, at = pages.zone(), now()
    last = day_asked(until, zone, at)
    first = last - timedelta(days=DAYS - 1)
    account = _account(pages, first, last, min(at, begin(last + timedelta(days=2), zone)))
    if account is None:
        return pages.page(request, "coverage.html.j2", visitor, section="coverage", account=None)
    gaps = [gap for gap in account.gaps if not gap.normal]
    normal = [gap for gap in account.gaps if gap.normal]
    shown = [*gaps[-_MOST:], *normal[-_MOST:]]
    return pages.page(
        request,
        "coverage.html.j2",
        visitor,
        section="coverage",
        zone=zone,
        account=account,
        total=sum((one.tally for one in account.days), Tally()),
        named=any(one.account for one in account.sources),
        numbers=account.numbers[:_MOST] if visitor.reach.everybody else (),
        gaps=gaps,
        normal=normal,
        most=_MOST,
        calls=_calls(pages, visitor, shown),
        first=begin(first, zone),
        last=begin(last, zone),
        earlier=f"/coverage?until={first - timedelta(days=1)}",
        later=f"/coverage?until={min(last + timedelta(days=DAYS), today(zone, at))}"
        if last < today(zone, at)
        else None,
    )


def _account(pages: Pages, first: date, last: date, as_of: datetime) -> Reconciliation | None:
    service = pages.service
    zone = pages.zone()
    period = Period(begin(first, zone) - _BEFORE, begin(last + timedelta(days=2), zone))
    try:
        return account_of_ledger(
            service.database(),
            service.settings,
            as_of,
            calendar=lambda there: work_calendar(service.settings.verification, there),
            selection=Selection(first, last),
            period=period,
        )
    except InvalidInputError:  # nothing was read yet that would tell the time zone
        return None


def _calls(pages: Pages, visitor: Visitor, gaps: list[Gap]) -> dict[str, ShownCall]:
    """The calls behind gaps, as far as the visitor sees them: only of these the number is told."""
    wanted = [gap.call_id for gap in gaps if gap.call_id]
    with reading(pages.service.database()) as session:
        return calls_within_reach(session, wanted, visitor.reach)
