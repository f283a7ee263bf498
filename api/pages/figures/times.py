"""The page of time: how long deals stand on each stage, and what is waited for."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.pages.figures.desk import desk_for
from api.pages.figures.frame import Seeing, figures_page
from api.pages.pages import Rendering
from api.pages.wording import Words
from figures.charts import TimeRow, time_chart
from figures.sale_times import sales_times
from figures.stage_time import stage_times

routes = APIRouter(include_in_schema=False)


@routes.get("/figures/time")
def times(request: Request, pages: Rendering, visitor: Seeing) -> Response:
    """Time in each stage, from needs to proposal, from a promise to its deed."""
    desk = desk_for(pages, visitor, request.query_params)
    if desk is None or desk.is_empty or desk.line is None:
        return figures_page(request, pages, visitor, desk, "time")
    words = Words(pages.language(request, visitor))
    stages = stage_times(desk.facts, desk.line, desk.asked.period)
    took = sales_times(desk.facts, desk.asked.period)
    rows = [TimeRow(words.named(one), one.median, one.p90, one.of) for one in stages]
    return figures_page(
        request,
        pages,
        visitor,
        desk,
        "time",
        stages=stages,
        chart=time_chart(rows, title=words("figures.stage_time"), language=words.language),
        proposal=took.needs_to_proposal.get(desk.line.pipeline_id),
        first_order=took.first_order,
        deeds=took.promise_to_deed,
    )
