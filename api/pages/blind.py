"""The second review: findings that somebody decided, shown to somebody else without that."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, status
from starlette.responses import RedirectResponse, Response

from api.access.gate import Visitor, having
from api.pages.cards import Shown, calls_behind, shown_evidence
from api.pages.failing import failed
from api.pages.finding import kind_of, reason_of
from api.pages.pages import Pages, Rendering
from api.pages.scene import scene_of
from api.pages.typed import RowId, Text
from api.reviewing import Asked, NoSuchFindingError, RefusedError, decide_blind
from classify.precision import blind_bound
from core.clock import now
from models.session import reading, transaction
from models.store.blind import blind_findings, count_blind
from models.store.inbox import facts_of_deals
from models.vocabulary.access import Right
from models.vocabulary.review import DismissReason

routes = APIRouter(include_in_schema=False)
Deciding = Annotated[Visitor, Depends(having(Right.DECIDE))]


@routes.get("/blind")
def ask(request: Request, pages: Rendering, visitor: Deciding) -> Response:
    """The finding that waits longest."""
    return _page(request, pages, visitor)


@routes.post("/blind/{finding:int}")
def answer(  # noqa: PLR0913 - the fields of a form
    request: Request,
    pages: Rendering,
    visitor: Deciding,
    finding: RowId,
    *,
    kind: Text = "",
    reason: Text = "",
    note: Text = "",
) -> Response:
    """Takes the answer, and goes on to the next."""
    chosen = kind_of(kind)
    if chosen is None:
        return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
    asked = Asked(finding, chosen, 0, reason=reason_of(reason), note=note)
    bound = blind_bound(pages.service.settings.access.blind_share)
    try:
        with transaction(pages.service.database()) as session:
            decide_blind(session, bound, visitor, asked, now())
    except NoSuchFindingError:
        return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
    except RefusedError as error:
        return _page(request, pages, visitor, f"finding.refused.{error.why.value}")
    return RedirectResponse("/blind?done=1", status.HTTP_303_SEE_OTHER)


def _page(request: Request, pages: Pages, visitor: Visitor, problem: str | None = None) -> Response:
    scene = scene_of(pages, visitor.account.language)
    bound = blind_bound(pages.service.settings.access.blind_share)
    finding, deal = None, None
    evidence: tuple[Shown, ...] = ()
    with reading(pages.service.database()) as session:
        account = visitor.account.id
        found = blind_findings(session, account, visitor.reach, bound, 1)
        waiting = count_blind(session, account, visitor.reach, bound)
        if scene is not None and found:
            finding = found[0]
            evidence = shown_evidence(finding, calls_behind(session, scene.source, found))
            if finding.deal_id is not None:
                facts = facts_of_deals(session, scene.crm_source, scene.run, [finding.deal_id])
                deal = facts.get(finding.deal_id)
    return pages.page(
        request,
        "blind.html.j2",
        visitor,
        status=status.HTTP_422_UNPROCESSABLE_CONTENT if problem else status.HTTP_200_OK,
        section="inbox",
        scene=scene,
        finding=finding,
        evidence=evidence,
        deal=deal,
        waiting=waiting,
        problem=problem,
        done="done" in request.query_params,
        reasons=list(DismissReason),
    )
