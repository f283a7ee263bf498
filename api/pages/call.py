"""The page of one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, tzinfo
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, status
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.access.gate import Visitor, having
from api.pages.call_slots import DATED, SUMS, typed_of
from api.pages.call_view import shown_actions, shown_segments
from api.pages.cues import cue_in_words
from api.pages.failing import failed
from api.pages.looks import money
from api.pages.pages import Pages, Rendering, current_run
from api.pages.typed import RowId
from models.session import reading
from models.store.call_list import users_within
from models.store.call_page import (
    CallOnPage,
    DealWithin,
    deals_within,
    findings_of_call,
    load_call_page,
    proofs_of_call,
)
from models.vocabulary.access import Right
from models.vocabulary.action import ActionStatus, ActionType, SlotValue
from models.vocabulary.correction import BY_HAND, CorrectionKind
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import RequirementVerdict

routes = APIRouter(include_in_schema=False)
Seeing = Annotated[Visitor, Depends(having(Right.SEE))]


@dataclass(frozen=True, slots=True)
class Around:
    """What a page of a call is shown with: the current run and the zone of the times."""

    run: int | None
    crm_source: str | None
    zone: tzinfo


def around_of(pages: Pages) -> Around:
    """The current run and zone."""
    run = current_run(pages.service.database())
    return Around(run[0] if run else None, run[2] if run else None, pages.zone())


@routes.get("/calls/{call}")
def call(call: RowId, request: Request, pages: Rendering, visitor: Seeing) -> Response:
    """All of a call: its sound, words, actions and deal."""
    around = around_of(pages)
    with reading(pages.service.database()) as session:
        page = load_call_page(session, call, visitor.reach, around.zone)
        if page is None:
            return not_found(pages, request)
        users = users_within(session, around.crm_source, visitor.reach)
        found = findings_of_call(session, page.source, page.call.call_id, visitor.reach)
        context = actions_context(session, page, around) | deal_context(
            session, page, around, visitor
        )
    return pages.page(
        request,
        "call.html.j2",
        visitor,
        section="calls",
        zone=around.zone,
        segments=shown_segments(page),
        users=users,
        findings=found,
        **context,
    )


def not_found(pages: Pages, request: Request) -> Response:
    """The answer for a call that is not there, or not within reach."""
    return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")


def actions_context(session: Session, page: CallOnPage, around: Around) -> dict[str, Any]:
    """What `_actions.html.j2` shows."""
    proofs: Mapping[str, Sequence[RequirementVerdict]] = {}
    match = page.match
    if around.run is not None and match is not None and match.deal_id is not None:
        call_id = page.call.call_id
        proofs = proofs_of_call(session, around.run, match.deal_id, call_id, around.zone)
    return {
        "page": page,
        "actions": shown_actions(page, proofs),
        "types": [one.value for one in ActionType],
        "statuses": [one.value for one in ActionStatus],
        "speakers": [one.value for one in Speaker],
        "slot": partial(shown_slot, around.zone),
        "cue_in_words": cue_in_words,
        "typed": partial(typed_of, zone=around.zone),
        "dated": DATED,
        "sums": SUMS,
    }


def shown_slot(zone: tzinfo, name: str, value: SlotValue) -> str:
    """What an action says further, moments and numbers as people write them."""
    if isinstance(value, str) and len(value) > len("2026-11-17"):
        with suppress(ValueError):
            return f"{datetime.fromisoformat(value).astimezone(zone):%d.%m.%Y %H:%M}"
    if name == "amount" and isinstance(value, int | float):
        return money(float(value), None)
    return str(value)


def deal_context(
    session: Session, page: CallOnPage, around: Around, visitor: Visitor
) -> dict[str, Any]:
    """What `_deal.html.j2` shows: the deal, and what the machine had to choose from."""
    match = page.match
    by_hand = match is not None and match.method == BY_HAND
    machine = machines_match(page) if by_hand else _plain_match(page)
    candidates = _candidates(machine)
    ids = [id_ for id_, _ in candidates]
    if match is not None and match.deal_id is not None:
        ids.append(match.deal_id)
    deals: dict[str, DealWithin] = deals_within(session, around.crm_source, visitor.reach, ids)
    return {
        "page": page,
        "by_hand": by_hand,
        "machine": machine,
        "candidates": candidates,
        "deals": deals,
    }


def machines_match(page: CallOnPage) -> dict[str, Any] | None:
    """The match that the machine had when somebody chose another, as a correction keeps it."""
    chosen = [one for one in page.corrections if one.kind is CorrectionKind.DEAL]
    kept: dict[str, Any] | None = chosen[-1].machine.get("match") if chosen else None
    return kept


def _plain_match(page: CallOnPage) -> dict[str, Any] | None:
    match = page.match
    if match is None:
        return None
    return {
        "deal_id": match.deal_id,
        "score": match.score,
        "method": match.method,
        "reasons": list(match.reasons),
        "alternatives": [list(one) for one in match.alternatives],
    }


def _candidates(machine: Mapping[str, Any] | None) -> list[tuple[str, float]]:
    """Deals and scores, the best first."""
    if machine is None:
        return []
    own = [(machine["deal_id"], machine["score"])] if machine["deal_id"] else []
    return [*own, *((str(id_), float(score)) for id_, score in machine["alternatives"])]
