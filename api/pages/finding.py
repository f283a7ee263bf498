"""One finding: what it rests on, what was decided about it, and deciding."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, status
from starlette.responses import RedirectResponse, Response

from api.access.gate import Asking, Visitor, having
from api.pages.cards import Card, Shown, cards_of, shown_evidence
from api.pages.failing import failed
from api.pages.log_in import safe_path
from api.pages.pages import Pages, Rendering
from api.pages.scene import Scene, scene_of
from api.pages.typed import RowId, Text
from api.pages.wording import Words
from api.reviewing import Asked, NoSuchFindingError, RefusedError, decide_finding
from classify.deciding import Refusal
from core.clock import now
from models.session import reading, transaction
from models.store.decisions import DecidedMeanwhileError, decisions_of, findings_shown
from models.store.findings import load_finding
from models.store.inbox import facts_of_deals
from models.vocabulary.access import Right
from models.vocabulary.review import Decision, DecisionKind, DismissReason, Finding

routes = APIRouter(include_in_schema=False)
Seeing = Annotated[Visitor, Depends(having(Right.SEE))]
Problem = tuple[str, dict[str, str]]


@routes.get("/findings/{finding:int}")
def show(request: Request, pages: Rendering, visitor: Seeing, finding: RowId) -> Response:
    """One finding with all that was decided about it."""
    return _page(request, pages, visitor, finding)


@routes.post("/findings/{finding:int}/decide")
def answer(  # noqa: PLR0913 - the fields of a form
    request: Request,
    pages: Rendering,
    visitor: Asking,
    finding: RowId,
    *,
    version: Annotated[int, Form()],
    kind: Text = "",
    digest: Text = "",
    reason: Text = "",
    note: Text = "",
    requirement: Annotated[list[str], Form()] = [],  # noqa: B006 - only read
    back: Text = "",
) -> Response:
    """Decides; whoever was overtaken by somebody else sees what that one decided."""
    chosen, why = kind_of(kind), reason_of(reason)
    if chosen is None:
        return _missing(request, pages)
    asked = Asked(finding, chosen, version, digest, why, note, tuple(requirement))
    problem: Problem | None = None
    answered = status.HTTP_200_OK
    try:
        with transaction(pages.service.database()) as session:
            decide_finding(session, pages.service.settings, visitor, asked, now())
    except NoSuchFindingError:
        return _missing(request, pages)
    except DecidedMeanwhileError as error:
        answered = status.HTTP_409_CONFLICT
        problem = _overtaken(error.decision, Words(visitor.account.language))
    except RefusedError as error:
        answered = status.HTTP_422_UNPROCESSABLE_CONTENT
        if error.why is Refusal.NO_RIGHT:
            answered = status.HTTP_403_FORBIDDEN
        problem = (f"finding.refused.{error.why.value}", {})
    if "hx-request" in request.headers:
        return _card(request, pages, visitor, finding, kind=chosen, code=answered, problem=problem)
    if problem is None:
        target = safe_path(back) if back else f"/findings/{finding}"
        return RedirectResponse(target, status.HTTP_303_SEE_OTHER)
    return _page(request, pages, visitor, finding, code=answered, problem=problem)


def kind_of(text: str) -> DecisionKind | None:
    """The kind of a decision; ``None`` for what is none."""
    return DecisionKind(text) if text in {one.value for one in DecisionKind} else None


def reason_of(text: str) -> DismissReason | None:
    """A reason; ``None`` where none was chosen."""
    return DismissReason(text) if text in {one.value for one in DismissReason} else None


def _page(  # noqa: PLR0913 - whose, of what, with which answer
    request: Request,
    pages: Pages,
    visitor: Visitor,
    finding: int,
    *,
    code: int = status.HTTP_200_OK,
    problem: Problem | None = None,
) -> Response:
    scene = scene_of(pages, visitor.account.language)
    card = _load(pages, visitor, finding, scene) if scene is not None else None
    if scene is None or card is None:
        return _missing(request, pages)
    deal_id = card.finding.deal_id
    with reading(pages.service.database()) as session:
        shown = findings_shown(session, finding, UTC)
        history = decisions_of(session, [finding], UTC).get(finding, [])
        facts = facts_of_deals(session, scene.crm_source, scene.run, [deal_id]) if deal_id else {}
    if not visitor.may(Right.DECIDE):
        history = [one for one in history if not one.blind]
    calls = {one.evidence.id: one.call for one in card.evidence if one.call is not None}
    return pages.page(
        request,
        "finding.html.j2",
        visitor,
        status=code,
        section="inbox",
        scene=scene,
        card=card,
        deal=facts.get(deal_id or ""),
        history=history,
        earlier=_earlier(card.finding, history, shown, calls),
        problem=problem,
        reasons=list(DismissReason),
    )


def _card(  # noqa: PLR0913 - whose, of what, with which answer
    request: Request,
    pages: Pages,
    visitor: Visitor,
    finding: int,
    *,
    kind: DecisionKind,
    code: int,
    problem: Problem | None,
) -> Response:
    """The renewed card alone, for the list that it stands in."""
    scene = scene_of(pages, visitor.account.language)
    card = _load(pages, visitor, finding, scene) if scene is not None else None
    if scene is None or card is None:
        return _missing(request, pages)
    words = Words(visitor.account.language)
    said = words(problem[0], **problem[1]) if problem else words(f"finding.said.{kind.value}")
    answer = pages.page(
        request,
        "finding_card.html.j2",
        visitor,
        status=code,
        scene=scene,
        card=card,
        problem=problem,
        reasons=list(DismissReason),
        back="/",
        fresh=True,
    )
    answer.headers["HX-Trigger"] = json.dumps({"said": said})
    return answer


def _load(pages: Pages, visitor: Visitor, finding: int, scene: Scene) -> Card | None:
    with reading(pages.service.database()) as session:
        found = load_finding(session, finding, visitor.reach, UTC)
        if found is None:
            return None
        settings = pages.service.settings.access
        [card] = cards_of(session, [found], scene, visitor, settings, now=now())
    return card


def _earlier(
    finding: Finding,
    history: Sequence[Decision],
    shown: dict[int, Finding],
    calls: dict[str, int],
) -> list[tuple[datetime, Finding, tuple[Shown, ...]]]:
    """What was shown when it was decided, each that differs from what is shown now once."""
    told: dict[str, tuple[datetime, Finding, tuple[Shown, ...]]] = {}
    for one in history:
        was = shown[one.id]
        if was.digest != finding.digest and one.kind is not DecisionKind.COMMENT:
            told.setdefault(was.digest, (one.at, was, shown_evidence(was, calls)))
    return list(told.values())


def _overtaken(decision: Decision | None, words: Words) -> Problem:
    if decision is None:
        return ("finding.changed_meanwhile", {})
    what = words(f"codes.decision.{decision.kind.value}")
    if decision.reason is not None:
        what = f"{what} ({words.of_code('finding.reason', decision.reason.value).lower()})"
    return ("finding.decided_meanwhile", {"who": decision.who, "what": what})


def _missing(request: Request, pages: Pages) -> Response:
    return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
