"""The deals behind any number, each linked to its page, and the calls where calls are counted."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, status
from starlette.responses import Response

from api.pages.failing import failed
from api.pages.figures.asked import period_asked
from api.pages.figures.behind import EVERY_PIPELINE, Asking, Behind, behind
from api.pages.figures.desk import Desk, desk_for
from api.pages.figures.frame import Seeing, figures_page
from api.pages.figures.plans import reported, week_asked
from api.pages.pages import Pages, Rendering
from api.pages.wording import Words
from core.clock import now
from figures.plan_results import PlanReport
from models.session import reading
from models.store.deal_file import calls_within_reach
from models.vocabulary.access import Right

MOST = 50  # deals on one page
routes = APIRouter(include_in_schema=False)
Word = Annotated[str, Query(max_length=200)]


@routes.get("/figures/deals")
def deals(  # noqa: PLR0913, PLR0917 - what the number is called
    request: Request,
    pages: Rendering,
    visitor: Seeing,
    of: Word = "",
    at: Word = "",
    which: Word = "",
    who: Word = "",
    week: Word = "",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
) -> Response:
    """A page of the deals that a number counts, the dearest first."""
    asking = Asking(of, at, which, who)
    report: PlanReport | str | None = None
    if of in ("people", "heat", "conveyor") and not visitor.may(Right.TEAM):
        return failed(pages, request, status.HTTP_403_FORBIDDEN, "errors.forbidden")
    desk: Desk | None
    if of == "plan":
        desk, report = reported(request, pages, visitor, week_asked(pages, week))
    else:
        calls = period_asked(request.query_params, pages.zone(), now())
        desk = desk_for(
            pages,
            visitor,
            request.query_params,
            every_pipeline=of in EVERY_PIPELINE,
            calls=calls if of == "conveyor" else None,
        )
    words = Words(pages.language(request, visitor))
    found = behind(desk, asking, words, report) if desk is not None else None
    if desk is None or found is None:
        return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
    return _listed(request, pages, visitor, desk, asking, found, page)


def _listed(  # noqa: PLR0913, PLR0917 - what, for whom, which page
    request: Request,
    pages: Pages,
    visitor: Seeing,
    desk: Desk,
    asking: Asking,
    found: Behind,
    page: int,
) -> Response:
    listed = sorted(desk.deals(found.deals), key=lambda one: (-(one.amount or 0.0), one.deal_id))
    with reading(pages.service.database()) as session:
        calls = calls_within_reach(session, found.calls[:MOST], visitor.reach)
    words = {name: value for name, value in request.query_params.items() if name != "page"}
    return figures_page(
        request,
        pages,
        visitor,
        desk,
        "deals",
        every_pipeline=asking.of in EVERY_PIPELINE,
        dated=asking.of not in ("inflation", "plan"),
        asking=asking,
        values=found.values,
        listed=listed[(page - 1) * MOST : page * MOST],
        count=len(listed),
        calls=list(calls.values()),
        counted_calls=len(found.calls),
        lines={one.pipeline_id: one for one in desk.every.lines},
        hidden={
            name: words[name] for name in ("of", "at", "which", "who", "week") if name in words
        },
        fewer=_page(desk, words, page - 1) if page > 1 else None,
        further=_page(desk, words, page + 1) if len(listed) > page * MOST else None,
    )


def _page(desk: Desk, words: dict[str, str], page: int) -> str:
    return desk.asked.address("/figures/deals", **words, page=str(page))
