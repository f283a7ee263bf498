"""What somebody corrects in a call; what the machine heard stays, and stands beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request, status
from sqlalchemy import select
from sqlalchemy.orm import Session
from starlette.responses import PlainTextResponse, Response

from api.access.gate import Visitor, having
from api.pages.call import (
    Around,
    actions_context,
    around_of,
    not_found,
)
from api.pages.call_slots import NonsenseError, Typed, other_slots, slots_of
from api.pages.call_view import (
    action_there,
    shown_segment,
    speaker_there,
    stamp_of,
    word_there,
)
from api.pages.pages import Pages, Rendering
from api.pages.typed import RowId, Text
from api.pages.wording import Words
from classify.corrected import action_correction, machine_action
from core.clock import now
from models.session import reading, transaction
from models.store.audit import add_to_audit
from models.store.call_page import CallOnPage, load_call_page
from models.store.corrections import add_correction
from models.store.jobs import ask_for, judge_soon
from models.tables import CallRow
from models.vocabulary.access import Right
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.correction import (
    MISSED,
    Correction,
    CorrectionKind,
    in_force,
    is_missed,
)
from models.vocabulary.transcript import Speaker
from models.vocabulary.work import JobKind, Lane, Want

routes = APIRouter(include_in_schema=False)
Deciding = Annotated[Visitor, Depends(having(Right.DECIDE))]
LONGEST = 500


@routes.get("/calls/{call}/segments/{place}/edit")
def edit_segment(
    call: RowId, place: int, request: Request, pages: Rendering, visitor: Deciding
) -> Response:
    """The form with which an utterance is corrected."""
    around = around_of(pages)
    with reading(pages.service.database()) as session:
        page = load_call_page(session, call, visitor.reach, around.zone)
    with suppress(LookupError):
        if page is not None:
            segment = shown_segment(page, place, in_force(page.corrections))
            context: dict[str, Any] = {"page": page, "segment": segment}
            context["speakers"] = [one.value for one in Speaker]
            return pages.page(request, "_segment_form.html.j2", visitor, **context)
    return not_found(pages, request)


@routes.post("/calls/{call}/segments/{place}")
def correct_segment(  # noqa: PLR0913, PLR0917 - a form's fields
    call: RowId,
    place: int,
    request: Request,
    pages: Rendering,
    visitor: Deciding,
    word: Annotated[int | None, Form()] = None,
    text: Text = "",
    speaker: Text = "",
) -> Response:
    """Another word, or another speaker; what the machine has already takes a correction back."""

    def told(page: CallOnPage) -> Correction:
        if word is not None:
            machine, said = word_there(page, place, word), text.strip()[:LONGEST]
            right = {} if said in ("", machine["text"]) else {"text": said}
            return correction(page, visitor, CorrectionKind.WORD, (place, word), machine, right)
        machine = speaker_there(page, place)
        right = {} if speaker == machine["speaker"] else {"speaker": _known(Speaker, speaker)}
        return correction(page, visitor, CorrectionKind.SPEAKER, (place,), machine, right)

    return _changed(request, pages, visitor, call, told, "_segment.html.j2", place)


@routes.post("/calls/{call}/actions/{place}")
def correct_action(  # noqa: PLR0913, PLR0917 - a form's fields
    call: RowId,
    place: int,
    request: Request,
    pages: Rendering,
    visitor: Deciding,
    said: Text = "",
    stamp: Text = "",
    day: Text = "",
    clock: Text = "",
    amount: Text = "",
) -> Response:
    """Wrong, of another status, with other slots, or as the machine heard it (nothing said).

    `stamp` tells the action that was shown; without one it is not compared.
    """

    def told(page: CallOnPage) -> Correction:
        action = action_there(page, place)
        if stamp not in ("", stamp_of(action)):
            raise NonsenseError("call.other_actions")
        right = _right(page, action, said, Typed(day, clock, amount))
        machine = machine_action(action)
        return correction(page, visitor, CorrectionKind.ACTION, (place,), machine, right)

    return _changed(request, pages, visitor, call, told, "_actions.html.j2")


@routes.post("/calls/{call}/missed")
def add_missed(  # noqa: PLR0913, PLR0917 - a form's fields
    call: RowId,
    request: Request,
    pages: Rendering,
    visitor: Deciding,
    type: Text = "",  # noqa: A002 - the field's name
    action_status: Annotated[Text, Form(alias="status")] = "",
    speaker: Text = "",
    start: Text = "",
    note: Text = "",
    day: Text = "",
    clock: Text = "",
    amount: Text = "",
) -> Response:
    """An action that only people heard."""

    def told(page: CallOnPage) -> Correction:
        kind = _known(ActionType, type)
        right = {
            "type": kind,
            "status": _known(ActionStatus, action_status),
            "speaker": _known(Speaker, speaker),
            "start": _seconds(start),
            "note": note.strip()[:LONGEST],
            "slots": slots_of(
                ActionType(kind), Typed(day, clock, amount), page.call.started_at.tzinfo
            ),
        }
        known = [one.place[1] for one in page.corrections if is_missed(one)]
        number = max(known, default=-1) + 1
        return correction(page, visitor, CorrectionKind.ACTION, (MISSED, number), {}, right)

    return _changed(request, pages, visitor, call, told, "_actions.html.j2")


@routes.post("/calls/{call}/missed/{number}")
def take_missed_back(
    call: RowId, number: int, request: Request, pages: Rendering, visitor: Deciding
) -> Response:
    """Takes such an action back."""

    def told(page: CallOnPage) -> Correction:
        subject = CorrectionKind.ACTION, (MISSED, number)
        if subject not in in_force(page.corrections):
            raise LookupError(number)
        return correction(page, visitor, *subject, {}, {})

    return _changed(request, pages, visitor, call, told, "_actions.html.j2")


def _right(page: CallOnPage, action: Action, said: str, typed: Typed) -> dict[str, Any]:
    """What is right of an action beside what was said of it before; nothing: as it was heard."""
    before = action_correction(in_force(page.corrections), action)
    right = dict(before.corrected) if before is not None else {}
    right.pop("wrong", None)
    if said == "wrong":
        return {"wrong": True}
    if said == "slots":
        slots = slots_of(action.type, typed, page.call.started_at.tzinfo)
        right["slots"] = other_slots(action, slots)
    elif said:
        right["status"] = _known(ActionStatus, said)
    else:
        return {}
    heard = {"status": action.status.value, "slots": dict(action.slots)}
    return {name: value for name, value in right.items() if value != heard[name]}


def _changed(  # noqa: PLR0913, PLR0917 - what is changed, by whom, how it is shown then
    request: Request,
    pages: Pages,
    visitor: Visitor,
    call: RowId,
    told: Callable[[CallOnPage], Correction],
    template: str,
    place: int | None = None,
) -> Response:
    """Writes a correction down and gives the part of the page that it changed."""
    around = around_of(pages)
    try:
        with transaction(pages.service.database()) as session:
            page = locked(session, call, visitor, around)
            if page is None:
                return not_found(pages, request)
            made = told(page)
            add_correction(session, made)
            _count(session, pages, page, made)
            detail = f"{made.kind.value} {'.'.join(map(str, made.place))}"
            add_to_audit(session, visitor.entry("corrected", f"call:{call}", detail))
            page = load_call_page(session, call, visitor.reach, around.zone)
            if page is None:
                return not_found(pages, request)
            context = _part(session, page, around, place)
    except LookupError:
        return not_found(pages, request)
    except NonsenseError as error:
        return refused(pages, request, visitor, error.key)
    return answered(pages, request, visitor, template, context)


def _count(session: Session, pages: Pages, page: CallOnPage, made: Correction) -> None:
    """Asks for the verdicts that count a correction; other words are heard anew before."""
    limit_s = pages.service.settings.service.limit_s
    if made.kind is CorrectionKind.ACTION:
        judge_soon(session, page.source, limit_s, made.at)
    else:
        want = Want(JobKind.CALL, str(page.id), Lane.FRESH, made.at, limit_s, revive=True)
        ask_for(session, [want], made.at)


def _part(session: Session, page: CallOnPage, around: Around, place: int | None) -> dict[str, Any]:
    if place is None:
        return actions_context(session, page, around)
    return {"page": page, "segment": shown_segment(page, place, in_force(page.corrections))}


def locked(session: Session, call: int, visitor: Visitor, around: Around) -> CallOnPage | None:
    """The call, kept from others who would correct it at the same moment."""
    session.execute(select(CallRow.id).where(CallRow.id == call).with_for_update())
    return load_call_page(session, call, visitor.reach, around.zone)


def correction(  # noqa: PLR0913, PLR0917 - a correction has this many parts
    page: CallOnPage,
    visitor: Visitor,
    kind: CorrectionKind,
    place: tuple[int, ...],
    machine: Mapping[str, Any],
    corrected: Mapping[str, Any],
) -> Correction:
    """What the visitor says is right at a place of a call."""
    account = visitor.account
    return Correction(page.id, kind, place, machine, corrected, now(), account.login, account.id)


def answered(
    pages: Pages, request: Request, visitor: Visitor, template: str, context: Mapping[str, Any]
) -> Response:
    """A part of the page as it is after a change."""
    response = pages.page(request, template, visitor, **context)
    response.headers["HX-Trigger-After-Settle"] = "corrected"
    return response


def refused(pages: Pages, request: Request, visitor: Visitor, key: str) -> Response:
    """Says why not; htmx leaves the page as it is."""
    words = Words(pages.language(request, visitor))
    return PlainTextResponse(words(key), status.HTTP_422_UNPROCESSABLE_CONTENT)


def _known(words: type[StrEnum], text: str) -> str:
    try:
        return words(text).value
    except ValueError:
        raise NonsenseError from None


def _seconds(text: str) -> float | None:
    if not text.strip():
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise NonsenseError from None
    if not 0 <= value < 100_000:
        raise NonsenseError
    return round(value, 2)
