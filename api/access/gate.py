"""The gate of the pages: who is logged in, whether their form is really ours, what they may."""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable
from typing import Annotated
from urllib.parse import quote, urlsplit

from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.access.errand import LIVES, Errand, read_errand
from api.access.log_in import lifetimes
from api.service import Service
from core.clock import now
from models.session import reading, transaction
from models.store.audit import add_to_audit
from models.store.sign_ins import SignedIn, needs_note, note_seen, signed_in
from models.vocabulary.access import Account, AuditEntry, Reach, Right

CSRF_FIELD, CSRF_HEADER = "csrf", "x-csrf-token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_BEFORE_A_CHANGE = frozenset({"/me", "/me/password", "/me/language", "/logout"})


class LogInFirstError(Exception):
    """Nobody is logged in (any more); `back` is where they wanted to go."""

    def __init__(self, back: str) -> None:
        self.back = back
        super().__init__("log in first")


class ChangePasswordFirstError(Exception):
    """Whoever is logged in has a password that somebody else made: it has to be changed first."""


class ForbiddenError(Exception):
    """Whoever is logged in may not; `why` is a key of the words."""

    def __init__(self, why: str = "errors.forbidden") -> None:
        self.why = why
        super().__init__(why)


class Visitor:
    """Somebody who is logged in and asks for a page."""

    def __init__(self, service: Service, signed: SignedIn, address: str) -> None:
        self._service = service
        self.account: Account = signed.account
        self.csrf, self.session = signed.csrf, signed.digest
        self.by_provider = signed.by_provider
        self.address = address

    @property
    def reach(self) -> Reach:
        """Whose calls they see."""
        return self.account.reach

    def may(self, right: Right) -> bool:
        """Whether they may."""
        return self.account.may(right)

    def entry(self, event: str, subject: str, detail: str = "") -> AuditEntry:
        """An entry of the audit about what they do; goes with the commit of the deed."""
        account = self.account
        return AuditEntry(now(), account.login, event, subject, detail, self.address, account.id)

    def note(self, event: str, subject: str, detail: str = "") -> None:
        """Writes down what they did where nothing else is written.

        Raises:
            StagecheckError: it cannot be; then it must not be done either.
        """
        with transaction(self._service.database()) as session:
            add_to_audit(session, self.entry(event, subject, detail))


class Gate:
    """Gives the visitor of a request, or refuses."""

    def __init__(self, service: Service) -> None:
        self._service = service

    async def visitor(self, request: Request) -> Visitor:
        """Who is logged in; a request that changes something must come from a page of ours.

        Raises:
            LogInFirstError: nobody is.
            ForbiddenError: the request comes from elsewhere, or its page is too old.
            ChangePasswordFirstError: nothing else is open before their password is changed.
            StagecheckError: the database cannot be used.
        """
        token = request.cookies.get(self.cookie)
        found = await run_in_threadpool(self._signed_in, token) if token else None
        if found is None:
            raise LogInFirstError(_wanted(request))
        if request.method not in _SAFE:
            check_origin(request)
            shown = request.headers.get(CSRF_HEADER) or await _csrf_of_form(request)
            if not hmac.compare_digest(shown.encode(), found.csrf.encode()):
                raise ForbiddenError("errors.old_page")
        must_change = found.account.must_change and not found.by_provider
        if must_change and request.url.path not in _BEFORE_A_CHANGE:
            raise ChangePasswordFirstError
        return Visitor(self._service, found, address_of(request))

    def _signed_in(self, token: str) -> SignedIn | None:
        at, settings = now(), self._service.settings.access
        database = self._service.database()
        with reading(database) as session:
            found = signed_in(session, token, at, **lifetimes(settings))
            due = found is not None and needs_note(session, found.digest, at)
        if found is not None and due:
            with transaction(database) as session:
                note_seen(session, found.digest, at)
        return found

    def still(self, token: str) -> Account | None:
        """Whose log-in goes on, without its being prolonged by the question.

        Raises:
            StagecheckError: the database cannot be used.
        """
        with reading(self._service.database()) as session:
            found = signed_in(session, token, now(), **lifetimes(self._service.settings.access))
        return found.account if found is not None else None

    @property
    def secure(self) -> bool:
        """Whether the cookie is only sent over HTTPS."""
        settings, plan = self._service.settings, self._service.plan
        if settings.access.secure_cookie is not None:
            return settings.access.secure_cookie
        return not plan.only_this_machine or (settings.oidc.pages or "").startswith("https:")

    @property
    def cookie(self) -> str:
        """The cookie's name; a browser lets no other host set one with this prefix."""
        return "__Host-stagecheck" if self.secure else "stagecheck"

    def let_in(self, response: Response, token: str) -> None:
        """Gives the browser what it shows from now on."""
        self._set(response, self.cookie, token)

    def let_out(self, response: Response) -> None:
        """Takes it away."""
        self._drop(response, self.cookie)

    def send_off(self, response: Response, errand: Errand) -> None:
        """Gives the browser what it comes back from the identity provider with."""
        self._set(response, self._errand_cookie, errand.cookie(), round(LIVES.total_seconds()))

    def errand(self, request: Request) -> Errand | None:
        """The errand that a browser comes back from; ``None``: it was sent on none."""
        return read_errand(request.cookies.get(self._errand_cookie, ""))

    def end_errand(self, response: Response) -> None:
        """Takes away what the browser came back with."""
        self._drop(response, self._errand_cookie)

    @property
    def _errand_cookie(self) -> str:
        return f"{self.cookie}-errand"

    def _set(self, response: Response, name: str, value: str, seconds: int | None = None) -> None:
        response.set_cookie(
            name, value, seconds, path="/", secure=self.secure, httponly=True, samesite="lax"
        )

    def _drop(self, response: Response, name: str) -> None:
        response.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="lax")


async def visitor_of(request: Request) -> Visitor:
    """A dependency: whoever is logged in.

    Raises:
        LogInFirstError, ForbiddenError, StagecheckError: see `Gate.visitor`.
    """
    gate: Gate = request.app.state.gate
    return await gate.visitor(request)


Asking = Annotated[Visitor, Depends(visitor_of)]


def having(*rights: Right) -> Callable[[Visitor], Awaitable[Visitor]]:
    """A dependency: whoever is logged in and has one of these rights."""

    async def check(visitor: Asking) -> Visitor:
        if not any(visitor.may(right) for right in rights):
            raise ForbiddenError
        return visitor

    return check


def check_origin(request: Request) -> None:
    """Refuses what a page of another site sends.

    Raises:
        ForbiddenError: it comes from elsewhere.
    """
    site = request.headers.get("sec-fetch-site")
    if site not in (None, "same-origin", "none"):
        raise ForbiddenError("errors.elsewhere")
    origin = request.headers.get("origin")
    if origin == "null" and site == "same-origin":
        return  # so browsers write it for pages that are to send no referrer, as ours are
    if origin is not None and urlsplit(origin).netloc != request.headers.get("host"):
        raise ForbiddenError("errors.elsewhere")


def address_of(request: Request) -> str:
    """From where somebody asks."""
    return request.client.host if request.client else ""


async def _csrf_of_form(request: Request) -> str:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().casefold()
    if kind not in ("application/x-www-form-urlencoded", "multipart/form-data"):
        return ""
    form = await request.form()
    shown = form.get(CSRF_FIELD, "")
    return shown if isinstance(shown, str) else ""


def _wanted(request: Request) -> str:
    """Where to go after logging in: only ever a page of ours."""
    if request.method not in _SAFE:
        return "/"
    query = f"?{request.url.query}" if request.url.query else ""
    return quote(request.url.path, safe="/") + query
