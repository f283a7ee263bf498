"""The page of sales: what came in, from whom again, and which source brings it."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.pages.figures.desk import desk_for
from api.pages.figures.frame import MINIMUM, Seeing, figures_page
from api.pages.pages import Rendering
from figures.lead_sources import lead_sources
from figures.repeat_sales import repeat_sales

routes = APIRouter(include_in_schema=False)


@routes.get("/figures/sales")
def sales(request: Request, pages: Rendering, visitor: Seeing) -> Response:
    """Repeat sales, factor by factor, and leads by source."""
    desk = desk_for(pages, visitor, request.query_params, every_pipeline=True)
    if desk is None or desk.is_empty:
        return figures_page(request, pages, visitor, desk, "sales", every_pipeline=True)
    margin = pages.service.settings.figures.margin
    return figures_page(
        request,
        pages,
        visitor,
        desk,
        "sales",
        every_pipeline=True,
        margin=margin,
        repeat=repeat_sales(desk.facts, desk.asked.period, margin),
        sources=lead_sources(desk.facts, desk.asked.period, MINIMUM),
    )
