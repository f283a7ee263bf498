"""What all pages of figures have: the cut above, the pages beside, and how far they carry."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Annotated, Any

from fastapi import Depends, Request
from starlette.responses import Response

from api.access.gate import Visitor, having
from api.pages.figures.asked import SPANS, Asked, weeks_back
from api.pages.figures.desk import Desk
from api.pages.pages import Pages
from api.pages.weeks import begin
from figures.charts.said import decimal, lasting
from figures.funnel import View
from figures.scope import NOBODY
from models.vocabulary.access import Right

MINIMUM = 10  # nothing is called the worst or the best of fewer
Seeing = Annotated[Visitor, Depends(having(Right.SEE))]
Leading = Annotated[Visitor, Depends(having(Right.TEAM))]
_TABS = (
    ("overview", "/figures", Right.SEE),
    ("time", "/figures/time", Right.SEE),
    ("people", "/figures/people", Right.TEAM),
    ("plans", "/figures/plans", Right.SEE),
    ("conveyor", "/figures/conveyor", Right.TEAM),
    ("sales", "/figures/sales", Right.SEE),
    ("promises", "/figures/promises", Right.SEE),
)


def figures_page(
    request: Request,
    pages: Pages,
    visitor: Visitor,
    desk: Desk | None,
    name: str,
    **context: Any,
) -> Response:
    """The page `name` over a desk; without facts, or without a deal, it says what to do."""
    language = pages.language(request, visitor)
    common: dict[str, Any] = {
        "minimum": MINIMUM,
        "nobody": NOBODY,
        "views": list(View),
        "name": name,
        "lasting": partial(lasting, language=language),
        "decimal": partial(decimal, language=language),
        "one_day": timedelta(days=1),
        "dated": True,
        "viewed": False,
        "every_pipeline": False,
    }
    if desk is None:
        template, common["tabs"] = "figures_none.html.j2", []
    else:
        template = "figures_none.html.j2" if desk.is_empty else f"figures_{name}.html.j2"
        common["tabs"] = [
            (tab, desk.asked.address(path)) for tab, path, right in _TABS if visitor.may(right)
        ]
        common["first"] = begin(desk.asked.first, desk.facts.zone)
        common["last"] = begin(desk.asked.last, desk.facts.zone)
        common["spans"] = _spans(desk.asked, request.url.path)
    zone = desk.facts.zone if desk is not None else pages.zone()
    return pages.page(
        request,
        template,
        visitor,
        section="figures",
        zone=zone,
        desk=desk,
        path=request.url.path,
        **{**common, **context},
    )


def _spans(asked: Asked, path: str) -> list[tuple[int, str, bool]]:
    """The times that are one click away: weeks, address, whether it is the one that is shown."""
    found = []
    for weeks in SPANS:
        first = weeks_back(weeks, asked.last)
        address = asked.address(path, **{"from": first.isoformat()})
        found.append((weeks, address, asked.first == first))
    return found
