"""The page of people: what fails with whom, whose board is inflated, who is heard too little."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.pages.figures.desk import desk_for
from api.pages.figures.frame import MINIMUM, Leading, figures_page
from api.pages.pages import Rendering
from api.pages.wording import Words
from figures.charts import HeatCell, heat_chart
from figures.charts.chart import Chart
from figures.fairness import unknown_by_person
from figures.heat import HeatMap, heat_map
from figures.inflation import inflation
from figures.scope import NOBODY

routes = APIRouter(include_in_schema=False)


@routes.get("/figures/people")
def people(request: Request, pages: Rendering, visitor: Leading) -> Response:
    """Managers beside requirements, inflation, and the share of the unknown."""
    desk = desk_for(pages, visitor, request.query_params)
    if desk is None or desk.is_empty or desk.line is None:
        return figures_page(request, pages, visitor, desk, "people")
    unknown = unknown_by_person(desk.facts, MINIMUM)
    heat = heat_map(desk.facts, desk.line, MINIMUM, desk.asked.period)
    return figures_page(
        request,
        pages,
        visitor,
        desk,
        "people",
        heat=heat,
        chart=_chart(heat, Words(pages.language(request, visitor))),
        inflated=inflation(desk.facts, MINIMUM).by_manager,
        unknown=unknown,
        unheard={one.user_id or NOBODY for one in unknown if not one.comparable},
    )


def _chart(heat: HeatMap, words: Words) -> Chart:
    cells = [
        [
            HeatCell(cell.share.count, cell.share.of)
            if (cell := heat.cells.get((user, one.id)))
            else None
            for one in heat.requirements
        ]
        for user, _ in heat.managers
    ]
    return heat_chart(
        [name if name and name != NOBODY else words("deals.nobody") for _, name in heat.managers],
        [words.titled(one) for one in heat.requirements],
        cells,
        title=words("figures.heat"),
        corner=words("deals.person"),
        minimum=MINIMUM,
        language=words.language,
    )
