"""The promise board: what is due today, what was not done, and what hangs on it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.pages.figures.desk import desk_for
from api.pages.figures.frame import MINIMUM, Seeing, figures_page
from api.pages.pages import Rendering
from figures.promise_board import promise_board
from figures.promise_results import Standing
from models.session import reading
from models.store.deal_file import calls_within_reach

MOST = 25  # of each kind on one page
routes = APIRouter(include_in_schema=False)
_LISTED = (Standing.DUE_TODAY, Standing.BROKEN, Standing.OPEN, Standing.UNKNOWN, Standing.LATE)


@routes.get("/figures/promises")
def promises(request: Request, pages: Rendering, visitor: Seeing) -> Response:
    """Promises by how they stand; open ones always, finished ones of the time."""
    desk = desk_for(pages, visitor, request.query_params, every_pipeline=True)
    if desk is None or desk.is_empty:
        return figures_page(request, pages, visitor, desk, "promises", every_pipeline=True)
    board = promise_board(desk.facts, period=desk.asked.period, minimum=MINIMUM)
    lists = {
        kind: [one for one in board.lines if one.standing is kind and one.promise.by == "agent"]
        for kind in _LISTED
    }
    shown = [one for lines in lists.values() for one in lines[:MOST]]
    wanted = {one.promise.call_id for one in (*shown, *board.follow_ups[:MOST])}
    with reading(pages.service.database()) as session:
        calls = calls_within_reach(session, sorted(wanted), visitor.reach)
    return figures_page(
        request,
        pages,
        visitor,
        desk,
        "promises",
        every_pipeline=True,
        board=board,
        lists=lists,
        standings=list(Standing),
        calls=calls,
        most=MOST,
    )
