"""What is done with a connected CRM on its page: switched, tried again, taken back, left."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request, status
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from api.access.gate import Visitor
from api.pages.crm_asking import asking_crm, desk_of, known_connection
from api.pages.crms import HOME, NewHook, Operator, Wish, met_crm, show_all, show_one
from api.pages.failing import failed
from api.pages.pages import Pages, Rendering
from api.pages.typed import RowId, plain
from core.clock import now
from crm.entry import read_entry
from crm.errors import CrmError
from crm.hook_address import send_no_more, send_to
from crm.opening import base_of
from crm.own_fields import NAMES
from models.connections import ConnectionDesk, NoConnectionError
from models.session import transaction
from models.store.connections import change_connection
from models.store.crm_writes import mark_undoing, retry_writes, writes_to_undo
from models.store.jobs import ask_for
from models.store.mapping import plain as as_json
from models.vocabulary.crm import Connection
from models.vocabulary.crm_write import NotesWanted, WriteKind, WriteOptions
from models.vocabulary.errors import InvalidInputError, StagecheckError
from models.vocabulary.work import JobKind, Lane, Want

routes = APIRouter(include_in_schema=False, prefix=HOME)


class Writing(BaseModel):
    """What is to be written; a box that is not ticked does not come."""

    fields: bool = False
    notes: NotesWanted = NotesWanted.OFF
    tasks: bool = False
    tag: str = Field(default="", max_length=60)
    transcripts: bool = False
    unknown: bool = False


class Picked(BaseModel):
    """What a deed is about."""

    write: RowId | None = None
    deal: str = Field(default="", max_length=64)
    kind: WriteKind | None = None
    forget: bool = False
    sure: bool = False
    application_token: str = Field(default="", max_length=400, repr=False)


@routes.post("/{number}/write-on")
def write_on(
    request: Request,
    pages: Rendering,
    visitor: Operator,
    number: RowId,
    wish: Annotated[Writing, Form()],
) -> Response:
    """Switches writing on, or changes what is written."""
    options = WriteOptions(
        fields=wish.fields,
        notes=wish.notes,
        tasks=wish.tasks,
        tag=plain(wish.tag).strip() or None,
        transcripts=wish.transcripts,
        unknown=wish.unknown,
    )
    try:
        desk_of(pages, visitor).switch_writing(number, as_json(options), on=True)
    except NoConnectionError:
        return _missing(request, pages)
    return _back(number, "on")


@routes.post("/{number}/token")
def token(
    request: Request,
    pages: Rendering,
    visitor: Operator,
    number: RowId,
    wish: Annotated[Wish, Form()],
) -> Response:
    """Gives a CRM another token."""
    found = known_connection(pages, number)
    if found is None:
        return _missing(request, pages)
    wish = wish.model_copy(update={"kind": found.kind, "address": wish.address or found.address})
    try:
        entry = read_entry(found.kind, plain(wish.address), plain(wish.token))
        base = base_of(entry.address, pages.service.settings.crm)
        met = met_crm(pages, wish, found.name, base)
        desk_of(pages, visitor).give_tokens(found.id, met.account, met.tokens)
    except (CrmError, InvalidInputError) as error:
        return show_one(request, pages, visitor, number, problem=str(error))
    except NoConnectionError:
        return _missing(request, pages)
    return _back(number, "token")


@routes.post("/{number}/hook")
def hook(request: Request, pages: Rendering, visitor: Operator, number: RowId) -> Response:
    """Makes the address for web-hooks anew; it is shown on this answer and never again."""
    found = known_connection(pages, number)
    if found is None:
        return _missing(request, pages)
    service = pages.service
    home = service.settings.crm.pages or service.settings.oidc.pages or _origin(request)
    try:
        url = f"{home.rstrip('/')}{desk_of(pages, visitor).new_hook(number)}"
    except NoConnectionError:
        return _missing(request, pages)
    is_there, why = False, ""
    try:
        with asking_crm(pages, found) as adapter:
            is_there = send_to(adapter, url, found.hook)
    except StagecheckError as error:  # also where the key to its tokens is lost
        why = str(error)
    return show_one(request, pages, visitor, number, hook=NewHook(url, is_there, why))


@routes.post("/{number}/hook-off")
def hook_off(request: Request, pages: Rendering, visitor: Operator, number: RowId) -> Response:
    """Takes no web-hooks any more, and has the CRM send none where it lets us."""
    found = known_connection(pages, number)
    if found is None:
        return _missing(request, pages)
    left = _send_no_more(pages, found)
    try:
        desk_of(pages, visitor).drop_hook(number)
    except NoConnectionError:
        return _missing(request, pages)
    if left:
        return show_one(request, pages, visitor, number, said="hook_off", left=left)
    return _back(number, "hook_off")


@routes.post("/{number}/disconnect")
def disconnect(
    request: Request,
    pages: Rendering,
    visitor: Operator,
    number: RowId,
    picked: Annotated[Picked, Form()],
) -> Response:
    """Takes the web-hook back while there are tokens for it, then removes the connection."""
    found = known_connection(pages, number)
    if found is None:
        return _missing(request, pages)
    if not picked.sure:
        return _back(number, "")
    left = _send_no_more(pages, found)
    try:
        desk_of(pages, visitor).disconnect(number, forget=picked.forget)
    except NoConnectionError:
        return _missing(request, pages)
    if left:
        return show_all(request, pages, visitor, said="disconnected", left=left)
    return RedirectResponse(f"{HOME}?said=disconnected", status.HTTP_303_SEE_OTHER)


@routes.post("/{number}/{deed}")
def do(  # noqa: PLR0913, PLR0917 - what with which
    request: Request,
    pages: Rendering,
    visitor: Operator,
    number: RowId,
    deed: str,
    picked: Annotated[Picked, Form()],
) -> Response:
    """Does one of the deeds below."""
    found, does = known_connection(pages, number), _DEEDS.get(deed)
    if found is None or does is None:
        return _missing(request, pages)
    try:
        said = does(pages, visitor, found, picked)
    except CrmError as error:
        return show_one(request, pages, visitor, number, problem=str(error))
    except NoConnectionError:
        return _missing(request, pages)
    return _back(number, said)


def _simple(
    does: Callable[[ConnectionDesk, int], None], said: str
) -> Callable[[Pages, Visitor, Connection, Picked], str]:
    def deed(pages: Pages, visitor: Visitor, found: Connection, _picked: Picked) -> str:
        does(desk_of(pages, visitor), found.id)
        return said

    return deed


def _retry(pages: Pages, visitor: Visitor, found: Connection, picked: Picked) -> str:
    with transaction(pages.service.database()) as session:
        again = retry_writes(session, found.id, picked.write, now())
    desk_of(pages, visitor).note(found, "crm writes retried", f"{again} writes")
    return "retried"


def _undo(pages: Pages, visitor: Visitor, found: Connection, picked: Picked) -> str:
    """Asks for writes to be taken back, which the service does soon."""
    deal = plain(picked.deal).strip() or None
    with transaction(pages.service.database()) as session:
        asked, _ = writes_to_undo(session, found.id, deal=deal, kind=picked.kind)
        if picked.write is not None:
            asked = [one for one in asked if one == picked.write]
        mark_undoing(session, asked, now())
    detail = f"{len(asked)} writes" + (f" of deal {deal}" if deal else "")
    desk_of(pages, visitor).note(found, "crm undo", detail)
    return "undoing"


def _preview(pages: Pages, visitor: Visitor, found: Connection, _picked: Picked) -> str:
    """Asks a worker for what would be written; the page shows it when it is there."""
    at, limit_s = now(), pages.service.settings.service.limit_s
    with transaction(pages.service.database()) as session:
        want = Want(JobKind.CRM_PREVIEW, str(found.id), Lane.FRESH, at, limit_s, revive=True)
        ask_for(session, [want], at)
        change_connection(session, found.id, preview={"asked": at.isoformat()})
    desk_of(pages, visitor).note(found, "crm preview asked")
    return "previewing"


def _make_fields(pages: Pages, visitor: Visitor, found: Connection, _picked: Picked) -> str:
    with asking_crm(pages, found) as adapter:
        made = adapter.make_fields(NAMES[pages.service.settings.crm.language])
    names = {one.value: theirs for one, theirs in made.items()}
    desk_of(pages, visitor).keep_own_fields(found.id, names)
    return "made"


def _hook_token(pages: Pages, visitor: Visitor, found: Connection, picked: Picked) -> str:
    shown = plain(picked.application_token).strip()
    if shown:
        desk_of(pages, visitor).keep_hook_token(found.id, shown)
    return "token"


def _send_no_more(pages: Pages, found: Connection) -> str:
    """Has the CRM send no web-hooks any more; why it still does, or nothing."""
    if found.hook is None:
        return ""
    try:
        with asking_crm(pages, found) as adapter:
            send_no_more(adapter, found.hook)
    except StagecheckError as error:  # also where the key to its tokens is lost
        return str(error)
    return ""


_DEEDS: dict[str, Callable[[Pages, Visitor, Connection, Picked], str]] = {
    "write-off": _simple(lambda desk, one: desk.switch_writing(one, None, on=False), "off"),
    "pause": _simple(ConnectionDesk.pause, "paused"),
    "resume": _simple(ConnectionDesk.resume, "resumed"),
    "hook-token": _hook_token,
    "make-fields": _make_fields,
    "preview": _preview,
    "retry": _retry,
    "undo": _undo,
}


def _origin(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}"


def _back(number: int, said: str) -> Response:
    return RedirectResponse(f"{HOME}/{number}?said={said}", status.HTTP_303_SEE_OTHER)


def _missing(request: Request, pages: Pages) -> Response:
    return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
