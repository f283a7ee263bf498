"""The page of the conveyor: what each role makes and carries, and which section fails."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.pages.figures.asked import period_asked
from api.pages.figures.desk import desk_for
from api.pages.figures.frame import MINIMUM, Leading, figures_page
from api.pages.pages import Rendering
from core.clock import now
from figures.conveyor import conveyor

routes = APIRouter(include_in_schema=False)


@routes.get("/figures/conveyor")
def sections(request: Request, pages: Rendering, visitor: Leading) -> Response:
    """Each role with its product, its conversion and its load."""
    calls = period_asked(request.query_params, pages.zone(), now())
    desk = desk_for(pages, visitor, request.query_params, every_pipeline=True, calls=calls)
    if desk is None or desk.is_empty:
        return figures_page(request, pages, visitor, desk, "conveyor", every_pipeline=True)
    return figures_page(
        request,
        pages,
        visitor,
        desk,
        "conveyor",
        every_pipeline=True,
        made=conveyor(desk.facts, desk.asked.period, MINIMUM),
    )
