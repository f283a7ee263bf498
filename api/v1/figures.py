"""Figures from verified facts, each with what it was counted from, and the rows behind numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.v1.describing import told
from api.v1.examples import page as page_of
from api.v1.figure_asking import AskedCut, about, address, facts_of, wrong
from api.v1.figure_examples import ROW, figure_example
from api.v1.figure_recipes import RECIPES, Recipe, Wanted
from api.v1.figure_shapes import Figure, FigureRow, Teller, rows_at, shape_of_figure
from api.v1.keys import Caller, Reads
from api.v1.listing import Paged, answered
from api.v1.reading import Json, Language
from api.v1.shapes import Page
from figures.funnel import View
from figures.scope import Period
from models.vocabulary.figures import Facts
from models.vocabulary.keys import Scope

routes = APIRouter(prefix="/api/v1/figures", tags=["sales"])
ViewOf = Annotated[
    View,
    Query(
        description="`cohort`: deals with first contact in the period, followed up to `as_of`; "
        "`snapshot`: open deals on the stage where they stand"
    ),
]
At = Annotated[
    str, Query(max_length=300, examples=["/0/steps/0/recorded"], description="where the number "
        "stands in `figure` (RFC 6901)")
]  # fmt: skip
Of = Annotated[str, Query(max_length=40, examples=["funnel"], description="which figure")]
Cuts = Annotated[AskedCut, Depends()]


def _answer(  # noqa: PLR0913, PLR0917 - which figure of what, for whom
    recipe: Recipe,
    request: Request,
    caller: Caller,
    asked: AskedCut,
    language: str,
    view: View = View.COHORT,
) -> Response:
    result, facts, period, _ = _counted(recipe, caller, asked, view)
    more = {"view": view.value} if recipe.name == "funnel" else {}
    here = {"of": recipe.name, **asked.link(period), **more}
    teller = Teller(
        lambda kind, at: address(kind, {**here, "at": at}), language, words=caller.hears_words
    )
    body = about(facts, period) | {"cut": asked.cut_told(), "figure": teller.told(result)}
    return answered(request, body)


def _counted(
    recipe: Recipe, caller: Caller, asked: AskedCut, view: View
) -> tuple[Any, Facts, Period, str]:
    facts, crm = facts_of(caller, asked, recipe.before)
    period = asked.period(facts.zone)
    facts = asked.cut_facts(facts)
    wanted = Wanted(facts, period, caller.service.settings, view)
    return recipe.counted(wanted), facts, period, crm


def _endpoint(recipe: Recipe) -> Callable[..., Response]:
    def read(request: Request, caller: Reads, asked: Cuts, language: Language) -> Response:
        return _answer(recipe, request, caller, asked, language)

    def read_view(
        request: Request,
        caller: Reads,
        asked: Cuts,
        language: Language,
        view: ViewOf = View.COHORT,
    ) -> Response:
        return _answer(recipe, request, caller, asked, language, view)

    return read_view if recipe.name == "funnel" else read


for _recipe in RECIPES.values():
    routes.add_api_route(
        f"/{_recipe.name}",
        _endpoint(_recipe),
        methods=["GET"],
        name=f"read_{_recipe.name.replace('-', '_')}",
        description=_recipe.about,
        **told(
            Scope.READ,
            Figure[shape_of_figure(_recipe.result)],  # type: ignore[misc] # made from the result
            figure_example(_recipe),
        ),
    )


@routes.get("/deals", **told(Scope.READ, Page[FigureRow], page_of(ROW)))
def list_deals_behind(  # noqa: PLR0913, PLR0917 - which number of which figure
    caller: Reads,
    page: Paged,
    asked: Cuts,
    of: Of,
    at: At,
    view: ViewOf = View.COHORT,
) -> Response:
    """Lists the deals behind a number of a figure: `rows` beside it is this address."""
    return _listed(caller, page, asked, of, at, view, calls=False)


@routes.get("/calls", **told(Scope.READ, Page[FigureRow], page_of(ROW)))
def list_calls_behind(  # noqa: PLR0913, PLR0917 - which number of which figure
    caller: Reads,
    page: Paged,
    asked: Cuts,
    of: Of,
    at: At,
    view: ViewOf = View.COHORT,
) -> Response:
    """Lists the calls behind a number of a figure: `rows` beside it is this address."""
    return _listed(caller, page, asked, of, at, view, calls=True)


def _listed(  # noqa: PLR0913, PLR0917 - which number of which figure
    caller: Caller, page: Paged, asked: AskedCut, of: str, at: str, view: View, *, calls: bool
) -> Response:
    if of not in RECIPES:
        raise wrong("of", f"is no figure (there are: {', '.join(RECIPES)})")
    result, _, _, crm = _counted(RECIPES[of], caller, asked, view)
    ids = rows_at(result, at)
    if ids is None:
        raise wrong("at", "names no number with rows behind it")
    behind = page.after([str])
    shown, last = page.part(sorted(set(ids)), lambda one: (one,), behind)
    rows = [row(crm, None, one) if calls else row(crm, one, None) for one in shown]
    return page.answer(FigureRow, rows, last)


def row(crm: str, deal: str | None, call: str | None) -> Json:
    """A row behind a number, and where it is told."""
    return {
        "id": call if deal is None else deal,
        "deal_id": deal,
        "deal": f"/api/v1/deals/{crm}/{quote(deal, safe='')}" if deal is not None else None,
        "calls": f"/api/v1/calls?{urlencode({'deal_id': deal})}" if deal is not None else None,
        "call_id": call,
        "call": f"/api/v1/calls?{urlencode({'call_id': call})}" if call is not None else None,
    }
