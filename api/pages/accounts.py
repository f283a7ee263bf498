"""The pages of accounts: who may log in, as what, and seeing whose calls."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request, status
from pydantic import AfterValidator
from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from api.access.gate import Visitor, having
from api.access.log_in import lifetimes
from api.pages.failing import failed
from api.pages.pages import Pages, Rendering
from api.pages.typed import RowId, plain
from core.clock import now
from models.session import reading, transaction
from models.store.account_keeping import (
    AccountError,
    Wishes,
    change_account,
    hashed_password,
    make_account,
    one_time_password,
    told_account,
)
from models.store.accounts import account_of, end_sessions, load_accounts
from models.store.audit import add_to_audit
from models.store.deals import load_people, newest_crm
from models.store.sign_ins import count_sign_ins
from models.tables import AccountRow
from models.vocabulary.access import Identity, Right, Role
from models.vocabulary.errors import InvalidInputError

routes = APIRouter(include_in_schema=False)
Keeping = Annotated[Visitor, Depends(having(Right.ACCOUNTS))]
Text = Annotated[str, Form(max_length=200), AfterValidator(plain)]
Several = Annotated[list[str], Form(default_factory=list)]


def _wishes(
    roles: Several,
    team: Several,
    name: Text = "",
    crm_user: Text = "",
    language: Text = "ru",
) -> Wishes:
    """What the form says an account is to be."""
    return Wishes(
        frozenset(Role(one) for one in roles if one in list(Role)),
        name.strip() or None,
        crm_user,
        frozenset(team),
        language,
    )


Wishing = Annotated[Wishes, Depends(_wishes)]


@routes.get("/accounts")
def accounts(request: Request, pages: Rendering, visitor: Keeping) -> Response:
    """Everybody who may log in, and a form for somebody new."""
    return _list(request, pages, visitor)


@routes.post("/accounts")
def make(
    request: Request, pages: Rendering, visitor: Keeping, wishes: Wishing, login: Text = ""
) -> Response:
    """A new account; its one-time password is shown on the answer and nowhere else."""
    password = one_time_password()
    hashed = hashed_password(password)
    try:
        with transaction(pages.service.database()) as session:
            made = make_account(
                session, login, wishes, password=hashed, now=now(), must_change=True
            )
            add_to_audit(session, visitor.entry("account made", made.login, told_account(made)))
    except InvalidInputError as error:
        asked = {"login": login, "name": wishes.name or "", "wishes": wishes}
        return _list(request, pages, visitor, problem=_code(error), asked=asked)
    return _list(request, pages, visitor, given=(made.login, password))


@routes.get("/accounts/{account}")
def one(request: Request, pages: Rendering, visitor: Keeping, account: RowId) -> Response:
    """One account, to be changed."""
    return _one(request, pages, visitor, account)


@routes.post("/accounts/{account}")
def change(  # noqa: PLR0913, PLR0917 - who asks, and the fields of the form
    request: Request,
    pages: Rendering,
    visitor: Keeping,
    account: RowId,
    wishes: Wishing,
    subject: Annotated[str, Form()] = "",
) -> Response:
    """Changes roles, name, CRM user, team, language and who they are at the provider."""
    if not wishes.roles:
        return _one(request, pages, visitor, account, problem="no_role")
    issuer = pages.service.settings.oidc.issuer
    if issuer is not None:
        wishes = replace(wishes, identity=Identity(issuer, subject.strip()))
    return _changed(request, pages, visitor, account, "account changed", wishes)


@routes.post("/accounts/{account}/password")
def give_password(request: Request, pages: Rendering, visitor: Keeping, account: RowId) -> Response:
    """A new one-time password, shown on the answer and nowhere else; the old one ends at once."""
    password = one_time_password()
    hashed = hashed_password(password)

    def renew(session: Session, row: AccountRow) -> None:
        change_account(session, row, Wishes(), now=now(), password=hashed, must_change=True)

    answer = _done(request, pages, visitor, account, "password given", renew)
    if answer.status_code != status.HTTP_303_SEE_OTHER:
        return answer
    return _one(request, pages, visitor, account, given=password)


@routes.post("/accounts/{account}/disable")
def disable(request: Request, pages: Rendering, visitor: Keeping, account: RowId) -> Response:
    """Keeps somebody out, at once."""
    return _changed(request, pages, visitor, account, "account disabled", Wishes(shut=True))


@routes.post("/accounts/{account}/enable")
def enable(request: Request, pages: Rendering, visitor: Keeping, account: RowId) -> Response:
    """Lets somebody in again."""
    return _changed(request, pages, visitor, account, "account enabled", Wishes(shut=False))


@routes.post("/accounts/{account}/log-out")
def log_out(request: Request, pages: Rendering, visitor: Keeping, account: RowId) -> Response:
    """Logs somebody out of every browser."""

    def end(session: Session, row: AccountRow) -> None:
        end_sessions(session, row.id)

    return _done(request, pages, visitor, account, "logged out everywhere", end)


def _changed(  # noqa: PLR0913, PLR0917 - what is changed at whom by whom
    request: Request, pages: Pages, visitor: Visitor, account: int, event: str, wishes: Wishes
) -> Response:
    def make_so(session: Session, row: AccountRow) -> None:
        change_account(session, row, wishes, now=now())

    return _done(request, pages, visitor, account, event, make_so)


def _done(  # noqa: PLR0913, PLR0917 - what is done to whom by whom
    request: Request,
    pages: Pages,
    visitor: Visitor,
    account: int,
    event: str,
    deed: Callable[[Session, AccountRow], None],
) -> Response:
    """Does something to an account and writes it down, in one transaction."""
    try:
        with transaction(pages.service.database()) as session:
            row = session.get(AccountRow, account)
            if row is None:
                return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
            deed(session, row)
            told = told_account(account_of(row)) if event == "account changed" else ""
            add_to_audit(session, visitor.entry(event, row.login, told))
    except InvalidInputError as error:
        return _one(request, pages, visitor, account, problem=_code(error))
    return RedirectResponse(f"/accounts/{account}?done=1", status.HTTP_303_SEE_OTHER)


def _list(  # noqa: PLR0913 - what the page is to say
    request: Request,
    pages: Pages,
    visitor: Visitor,
    *,
    problem: str | None = None,
    asked: dict[str, object] | None = None,
    given: tuple[str, str] | None = None,
) -> Response:
    with reading(pages.service.database()) as session:
        everybody = load_accounts(session)
        here = _here(pages, session)
        people = _people(session)
    return pages.page(
        request,
        "accounts.html.j2",
        visitor,
        section="accounts",
        status=status.HTTP_422_UNPROCESSABLE_CONTENT if problem else status.HTTP_200_OK,
        accounts=everybody,
        here=here,
        people=people,
        roles=list(Role),
        problem=problem,
        asked=asked or {"login": "", "name": "", "wishes": Wishes()},
        given=given,
    )


def _one(  # noqa: PLR0913 - what the page is to say
    request: Request,
    pages: Pages,
    visitor: Visitor,
    account: int,
    *,
    problem: str | None = None,
    given: str | None = None,
) -> Response:
    with reading(pages.service.database()) as session:
        row = session.get(AccountRow, account)
        if row is None:
            return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
        known, here = account_of(row), _here(pages, session).get(account, 0)
        people = _people(session)
    return pages.page(
        request,
        "account.html.j2",
        visitor,
        section="accounts",
        status=status.HTTP_422_UNPROCESSABLE_CONTENT if problem else status.HTTP_200_OK,
        account=known,
        wishes=known,
        here=here,
        people={id_: id_ for id_ in sorted(known.team)} | people,
        roles=list(Role),
        problem=problem,
        given=given,
        done="done" in request.query_params,
        provider=pages.service.settings.oidc,
    )


def _here(pages: Pages, session: Session) -> dict[int, int]:
    """By account, in how many browsers they are logged in."""
    return count_sign_ins(session, now(), **lifetimes(pages.service.settings.access))


def _people(session: Session) -> dict[str, str]:
    crm = newest_crm(session)
    return load_people(session, crm) if crm is not None else {}


def _code(error: InvalidInputError) -> str:
    return error.code if isinstance(error, AccountError) else "taken"
