"""Whose deal a call is, said by hand; workers keep to it and the deals are judged anew."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api.access.gate import Visitor, having
from api.pages.call import around_of, deal_context, machines_match, not_found
from api.pages.call_changes import LONGEST, answered, correction, locked, refused
from api.pages.pages import Rendering
from api.pages.typed import RowId, Said, Text
from models.session import reading, transaction
from models.store.audit import add_to_audit
from models.store.call_page import CallOnPage, deals_within, load_call_page, search_deals
from models.store.corrections import add_correction
from models.store.hearing import save_match
from models.store.jobs import judge_soon
from models.store.mapping import plain, word_of
from models.vocabulary.access import Right
from models.vocabulary.correction import (
    BY_HAND,
    ChosenDeal,
    Correction,
    CorrectionKind,
    matched_by_hand,
)
from models.vocabulary.verdict import DealMatch

routes = APIRouter(include_in_schema=False)
Deciding = Annotated[Visitor, Depends(having(Right.DECIDE))]


@routes.get("/calls/{call}/deals")
def find_deals(
    call: RowId, request: Request, pages: Rendering, visitor: Deciding, q: Said = ""
) -> Response:
    """Deals to choose from, within reach."""
    around = around_of(pages)
    words = q.strip()[:LONGEST]
    with reading(pages.service.database()) as session:
        found = search_deals(session, around.crm_source, visitor.reach, words) if words else []
    context: dict[str, Any] = {"call_id": call, "found": found, "asked": bool(words)}
    context["zone"] = around.zone
    return pages.page(request, "_deals_found.html.j2", visitor, **context)


@routes.post("/calls/{call}/deal")
def choose_deal(  # noqa: PLR0913, PLR0917 - a form's fields
    call: RowId,
    request: Request,
    pages: Rendering,
    visitor: Deciding,
    deal: Text = "",
    undo: Text = "",
) -> Response:
    """Says whose deal a call is (none: of no deal), or leaves it to the machine again.

    The verdicts are asked for anew.
    """
    around = around_of(pages)
    with transaction(pages.service.database()) as session:
        page = locked(session, call, visitor, around)
        if page is None:
            return not_found(pages, request)
        if deal and not deals_within(session, around.crm_source, visitor.reach, [deal]):
            return refused(pages, request, visitor, "call.deal.unknown")
        machine = _machines(page)
        right: dict[str, Any] = {} if undo else {"deal_id": deal or None}
        made = correction(page, visitor, CorrectionKind.DEAL, (), {"match": machine}, right)
        add_correction(session, made)
        save_match(session, call, _match_after(made))
        before = page.match.deal_id if page.match is not None else None
        detail = f"deal {before or '-'} -> {'machine' if undo else deal or '-'}"
        add_to_audit(session, visitor.entry("corrected", f"call:{call}", detail))
        judge_soon(session, page.source, pages.service.settings.service.limit_s, made.at)
        session.flush()
        session.expire_all()
        page = load_call_page(session, call, visitor.reach, around.zone)
        if page is None:
            return not_found(pages, request)
        context = deal_context(session, page, around, visitor)
    return answered(pages, request, visitor, "_deal.html.j2", context | {"zone": around.zone})


def _machines(page: CallOnPage) -> dict[str, Any] | None:
    """What the machine says about the deal, also where somebody chose before."""
    if page.match is not None and page.match.method == BY_HAND:
        return machines_match(page)
    told: dict[str, Any] | None = plain(page.match)
    return told


def _match_after(made: Correction) -> DealMatch | None:
    if made.corrected:
        return matched_by_hand(ChosenDeal(made.corrected["deal_id"], made.who, made.at))
    machine: Mapping[str, Any] | None = made.machine["match"]
    return None if machine is None else word_of(DealMatch, machine, UTC)
