"""Logging in and out, and what everybody may change about themselves."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request, status
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse, Response

from api.access.gate import Asking, Gate, Visitor, address_of, check_origin
from api.access.log_in import (
    TooManyTriesError,
    WrongPasswordError,
    check_password,
    log_in,
    may_use_password,
)
from api.languages import LANGUAGES
from api.pages.pages import Pages, Rendering
from core.clock import now
from models.session import reading, transaction
from models.store.account_keeping import (
    LONGEST_PASSWORD,
    SHORTEST_PASSWORD,
    AccountError,
    hashed_password,
)
from models.store.accounts import count_accounts, end_sessions
from models.store.audit import add_to_audit
from models.store.sign_ins import sign_in, sign_out
from models.tables import AccountRow

routes = APIRouter(include_in_schema=False)


@routes.get("/login")
def ask(request: Request, pages: Rendering, back: str = "/") -> Response:
    """The form; where there is no account yet it says how to make one."""
    return log_in_page(request, pages, back=back)


@routes.post("/login")
async def answer(
    request: Request,
    pages: Rendering,
    login: Annotated[str, Form()] = "",
    password: Annotated[str, Form()] = "",
    back: Annotated[str, Form()] = "/",
) -> Response:
    """Lets in whoever knows the password."""
    check_origin(request)
    service = pages.service
    try:
        token = await run_in_threadpool(
            log_in,
            service.database(),
            service.settings.access,
            login,
            password,
            address=address_of(request),
            now=now(),
        )
    except WrongPasswordError:
        wrong = status.HTTP_401_UNAUTHORIZED
        return log_in_page(request, pages, back=back, status=wrong, problem=("login.wrong", {}))
    except TooManyTriesError as error:
        return waiting_page(request, pages, error)
    response = RedirectResponse(safe_path(back), status.HTTP_303_SEE_OTHER)
    gate_of(request).let_in(response, token)
    return response


@routes.post("/logout")
def leave(request: Request, pages: Rendering, visitor: Asking) -> Response:
    """Ends the log-in of this browser."""
    with transaction(pages.service.database()) as session:
        sign_out(session, visitor.session)
        add_to_audit(session, visitor.entry("log-out", visitor.account.login))
    farewell = "/login/provider/out" if visitor.by_provider else "/login"
    response = RedirectResponse(farewell, status.HTTP_303_SEE_OTHER)
    gate_of(request).let_out(response)
    return response


@routes.get("/me")
def me(request: Request, pages: Rendering, visitor: Asking) -> Response:
    """Language, looks and password."""
    return _me(request, pages, visitor)


@routes.post("/me/language")
def choose_language(
    pages: Rendering, visitor: Asking, language: Annotated[str, Form()]
) -> Response:
    """The language of the pages from now on."""
    if language in LANGUAGES:
        with transaction(pages.service.database()) as session:
            session.get_one(AccountRow, visitor.account.id).language = language
    return RedirectResponse("/me", status.HTTP_303_SEE_OTHER)


@routes.post("/me/password")
def change_password(
    request: Request,
    pages: Rendering,
    visitor: Asking,
    old: Annotated[str, Form()],
    new: Annotated[str, Form()],
) -> Response:
    """A new password: whoever else uses the old one is out, this browser stays in."""
    service, database = pages.service, pages.service.database()
    try:
        check_password(
            database,
            service.settings.access,
            visitor.account.login,
            old,
            address=visitor.address,
            now=now(),
            purpose="to change the password",
        )
    except WrongPasswordError:
        return _me(request, pages, visitor, "me.wrong_password")
    except TooManyTriesError as error:
        return _me(request, pages, visitor, "login.too_many", minutes=error.minutes)
    if new == old:
        return _me(request, pages, visitor, "me.same_password")
    try:
        hashed = hashed_password(new)
    except AccountError as error:
        return _me(request, pages, visitor, f"me.{error.code}")
    with transaction(database) as session:
        account = session.get_one(AccountRow, visitor.account.id)
        account.password, account.must_change = hashed, False
        end_sessions(session, visitor.account.id)
        token = sign_in(session, visitor.account.id, visitor.address, now())
        add_to_audit(session, visitor.entry("password changed", visitor.account.login))
    response = RedirectResponse("/me", status.HTTP_303_SEE_OTHER)
    gate_of(request).let_in(response, token)
    return response


def log_in_page(  # noqa: PLR0913 - what the page is to say
    request: Request,
    pages: Pages,
    *,
    back: str = "/",
    status: int = 200,
    problem: tuple[str, dict[str, object]] | None = None,
    ask_password: bool = True,
) -> Response:
    """The form, and the way to the identity provider where there is one.

    `problem` is a key of the words with its values. Without `ask_password` a form that is only for
    administrators stays folded.
    """
    service = pages.service
    provider, shut = service.settings.oidc, service.settings.access.passwords == "admins"
    with reading(service.database()) as session:
        nobody = count_accounts(session) == 0
    return pages.page(
        request,
        "login.html.j2",
        None,
        status=status,
        back=safe_path(back),
        problem=problem,
        nobody=nobody and provider.issuer is None,
        provider=provider,
        folded=shut and not (problem and ask_password),
        admins_alone=shut,
    )


def waiting_page(request: Request, pages: Pages, error: TooManyTriesError) -> Response:
    """Tells somebody to wait."""
    problem: tuple[str, dict[str, object]] = ("login.too_many", {"minutes": error.minutes})
    return log_in_page(request, pages, status=status.HTTP_429_TOO_MANY_REQUESTS, problem=problem)


def gate_of(request: Request) -> Gate:
    """The gate of this app."""
    gate: Gate = request.app.state.gate
    return gate


def safe_path(back: str) -> str:
    """A path of ours, whatever somebody put into the address."""
    if not back.startswith("/") or back.startswith(("//", "/\\")) or not back.isprintable():
        return "/"
    return back


def _me(
    request: Request,
    pages: Pages,
    visitor: Visitor,
    problem: str | None = None,
    **values: object,
) -> Response:
    """The page of somebody's own; `problem` is a key of the words, `values` go into it."""
    settings, account = pages.service.settings, visitor.account
    return pages.page(
        request,
        "me.html.j2",
        visitor,
        status=status.HTTP_422_UNPROCESSABLE_CONTENT if problem else status.HTTP_200_OK,
        problem=problem,
        values={"least": SHORTEST_PASSWORD, "most": LONGEST_PASSWORD} | values,
        own_password=account.has_password and may_use_password(settings.access, account),
        provider=settings.oidc,
    )
