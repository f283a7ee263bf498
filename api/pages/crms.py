"""`/system/crm`: which CRMs are connected, how it stands with each, and a form for a new one."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, status
from pydantic import BaseModel, Field
from starlette.responses import RedirectResponse, Response

from api.access.gate import Visitor, having
from api.pages.crm_asking import asked_rules, asking_crm, desk_of, known_connection
from api.pages.failing import failed
from api.pages.pages import Pages, Rendering
from api.pages.typed import RowId, plain
from classify.stage_mapping import guess_pipeline, keep_choices
from crm.entry import read_entry
from crm.errors import CrmError
from crm.hook_address import HookState, hook_there
from crm.limits import limits_in
from crm.opening import Met, base_of, meet, tokens_by_code
from crm.registry import hook_reader
from models.connections import free_name
from models.session import reading
from models.store.connection_figures import figures_of
from models.store.connections import load_connections
from models.store.crm_writes import writes_of_connection
from models.vocabulary.access import Right
from models.vocabulary.crm import Connection, CrmKind, Tokens
from models.vocabulary.crm_write import NotesWanted, WriteKind, WriteState, write_options
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.outbox import STAYED

HOME = "/system/crm"
MOST_WRITES = 30
_SAID = frozenset(
    {"connected", "mapped", "fields", "made", "on", "off", "paused", "resumed", "retried"}
    | {"undoing", "token", "hook_off", "disconnected", "previewing"}
)
routes = APIRouter(include_in_schema=False, prefix=HOME)
Operator = Annotated[Visitor, Depends(having(Right.SYSTEM))]


class Wish(BaseModel):
    """What somebody types to connect a CRM, or to give it a new token."""

    kind: CrmKind = CrmKind.AMOCRM
    name: str = Field(default="", max_length=40)
    address: str = Field(default="", max_length=2000)
    token: str = Field(default="", max_length=8000, repr=False)
    client_id: str = Field(default="", max_length=200)
    client_secret: str = Field(default="", max_length=400, repr=False)
    redirect: str = Field(default="", max_length=2000)
    code: str = Field(default="", max_length=4000, repr=False)


@dataclass(frozen=True, slots=True)
class NewHook:
    """A new address for web-hooks, whether the CRM has it, and `why` it does not."""

    url: str
    is_there: bool
    why: str = ""


Wished = Annotated[Wish, Form()]


@routes.get("")
def crms(request: Request, pages: Rendering, visitor: Operator, said: str = "") -> Response:
    """All connected CRMs, and the form for a new one."""
    return show_all(request, pages, visitor, said=said if said in _SAID else "")


@routes.post("")
def connect(request: Request, pages: Rendering, visitor: Operator, wish: Wished) -> Response:
    """Connects a CRM that lets us in; its stages are asked about on the next page."""
    desk = desk_of(pages, visitor)
    database = pages.service.database()
    with reading(database) as session:
        taken = [one.name for one in load_connections(session)]
    name = wish.name.strip() or free_name(wish.kind, taken)
    try:
        base = _base(pages, wish)
        desk.check_new(name, wish.kind, base)
        met = met_crm(pages, wish, name, base)
        rules = asked_rules(pages)
        guesses = [guess_pipeline(one, rules) for one in met.shape.pipelines]
        stages = keep_choices(guesses, {}, sure=False)
        made = desk.connect(name, wish.kind, met.account, met.tokens, stages=stages, options={})
    except (CrmError, InvalidInputError) as error:
        return show_all(request, pages, visitor, problem=str(error), wish=_without_secret(wish))
    return RedirectResponse(f"{HOME}/{made.id}/stages?said=connected", status.HTTP_303_SEE_OTHER)


@routes.get("/{number}")
def one_crm(  # noqa: PLR0913, PLR0917 - what is shown of it
    request: Request,
    pages: Rendering,
    visitor: Operator,
    number: RowId,
    said: str = "",
    state: str = "",
    before: Annotated[int | None, Query(ge=1, le=2**31 - 1)] = None,
    check: bool = False,
) -> Response:
    """How it stands with one; `check`: the CRM is asked whether it lets us in and sends hooks."""
    shown = said if said in _SAID else ""
    return show_one(
        request, pages, visitor, number, said=shown, state=state, before=before, check=check
    )


def show_one(  # noqa: PLR0913 - what is shown of it
    request: Request,
    pages: Pages,
    visitor: Visitor,
    number: int,
    *,
    said: str = "",
    problem: str = "",
    hook: NewHook | None = None,
    left: str = "",
    state: str = "",
    before: int | None = None,
    check: bool = False,
) -> Response:
    """The page of one connection.

    `hook` is a new address for web-hooks, shown this once; `left` is why the CRM could not be told
    to send no more of them.
    """
    found = known_connection(pages, number)
    if found is None:
        return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
    wanted = None
    with suppress(ValueError):
        wanted = WriteState(state)
    with reading(pages.service.database()) as session:
        figures = figures_of(session, found)
        lines = writes_of_connection(
            session, found.id, state=wanted, before=before, most=MOST_WRITES + 1
        )
    language = pages.language(request, visitor)
    now_there = _ask(pages, found, language) if check else None
    service = pages.service
    return pages.page(
        request,
        "crm.html.j2",
        visitor,
        status=status.HTTP_422_UNPROCESSABLE_CONTENT if problem else status.HTTP_200_OK,
        section="system",
        crm=found,
        figures=figures,
        said=said,
        problem=problem,
        hook=hook,
        left=left,
        takes_hooks=hook_reader(found.kind) is not None,
        hooks_at=service.settings.crm.pages or service.settings.oidc.pages,
        there=now_there,
        writing=write_options(found.options.get("write")),
        previewed_at=_moment(found.preview.get("at")),
        notes=list(NotesWanted),
        kinds=list(WriteKind),
        states=WriteState,
        wanted=wanted,
        stayed=STAYED,
        writes=lines[:MOST_WRITES],
        further=lines[MOST_WRITES - 1].id if len(lines) > MOST_WRITES else None,
        confirmed=sum(1 for one in found.stages.values() if one.get("confirmed")),
    )


def met_crm(pages: Pages, wish: Wish, name: str, base: str) -> Met:
    """The CRM as it is met with what somebody typed: a token, or a code of OAuth.

    Raises:
        CrmError: it does not let us in, or cannot be asked.
        InvalidInputError: what was typed is no token.
    """
    service = pages.service
    if wish.code.strip():
        client = Tokens(
            "",
            client_id=wish.client_id.strip(),
            client_secret=wish.client_secret.strip(),
            redirect=wish.redirect.strip() or None,
        )
        tokens = tokens_by_code(
            service.database(), name, wish.kind, base, client, wish.code, service.settings.crm
        )
    else:
        tokens = Tokens(read_entry(wish.kind, wish.address, plain(wish.token)).token)
        if not tokens.access:
            raise InvalidInputError("the token", "is missing", "Paste it into its field.")
    return meet(service.database(), name, wish.kind, base, tokens, service.settings.crm)


def _without_secret(wish: Wish) -> Wish:
    """What may be shown again on the form: an address may have been pasted with its secret."""
    shown = ""
    with suppress(InvalidInputError, ValueError):
        shown = read_entry(wish.kind, plain(wish.address), "").address
    return wish.model_copy(update={"address": shown})


def _moment(text: object) -> datetime | None:
    with suppress(ValueError):
        return datetime.fromisoformat(str(text))
    return None


def _base(pages: Pages, wish: Wish) -> str:
    entry = read_entry(wish.kind, plain(wish.address), plain(wish.token))
    return base_of(entry.address, pages.service.settings.crm)


def _ask(pages: Pages, found: Connection, language: str) -> dict[str, str]:
    """Whether the CRM lets us in now, and whether it sends us its web-hooks."""
    try:
        with asking_crm(pages, found) as adapter:
            account = adapter.account()
            hook = hook_there(adapter, found.hook) if found.hook else HookState.UNKNOWN
    except CrmError as error:
        return {"error": str(error)}
    return {"user": account.user, "limits": limits_in(account, language), "hook": hook.value}


def show_all(  # noqa: PLR0913 - what is shown
    request: Request,
    pages: Pages,
    visitor: Visitor,
    *,
    problem: str = "",
    wish: Wish | None = None,
    said: str = "",
    left: str = "",
) -> Response:
    """The page of all of them; `left` as on the page of one."""
    with reading(pages.service.database()) as session:
        found = [(one, figures_of(session, one)) for one in load_connections(session)]
    return pages.page(
        request,
        "crms.html.j2",
        visitor,
        status=status.HTTP_422_UNPROCESSABLE_CONTENT if problem else status.HTTP_200_OK,
        section="system",
        crms=found,
        kinds=list(CrmKind),
        states=WriteState,
        problem=problem,
        form=wish or Wish(),
        said=said,
        left=left,
    )
