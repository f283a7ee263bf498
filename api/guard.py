"""Who may ask what: names of this host, this machine or a token, and headers for browsers."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from fastapi import HTTPException, Request, status
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.service import Service
from api.v1.problems import is_api, problem_answer
from core.serving import is_loopback
from models.places import secret_in
from models.vocabulary.errors import InvalidInputError

SHORTEST_TOKEN = 16
_OURS = ("localhost", "127.0.0.1", "::1")
_FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class HostGuard:
    """Answers only to names that are ours.

    A page elsewhere whose name is made to lead to this machine (DNS rebinding) gets nothing.
    """

    def __init__(self, app: ASGIApp, hosts: Sequence[str] | None) -> None:
        """`hosts`: the names that are answered to; ``None``: any."""
        self._app = app
        self._hosts = None if hosts is None else frozenset(name.casefold() for name in hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what is meant for us."""
        if scope["type"] == "http" and self._hosts is not None:
            host = _name_of(Headers(scope=scope).get("host", ""))
            if host not in self._hosts:
                await _refusal(scope)(scope, receive, send)
                return
        await self._app(scope, receive, send)


class SafeHeaders:
    """Adds to every answer what keeps browsers from misusing it; what is set already stays."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on with headers."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_safely if scope["type"] == "http" else send)


def answered_hosts(service: Service) -> list[str] | None:
    """The names that the app answers to; ``None``: any."""
    named = service.settings.service.hosts
    if named or service.plan.only_this_machine:
        return [*_OURS, *named]
    return None


def check_token(service: Service) -> None:
    """Looks whether the token's file is right, so that the app does not start with a wrong one.

    Raises:
        InvalidInputError: it cannot be read, or is too short to be a secret.
    """
    token, path = _token(service), service.settings.service.token_file
    if token is not None and len(token) < SHORTEST_TOKEN:
        raise InvalidInputError(
            str(path),
            f"holds fewer than {SHORTEST_TOKEN} characters",
            "Make a token: head -c 32 /dev/urandom | base64 > FILE; chmod 600 FILE",
        )


class Reader:
    """Lets those in who may read figures: this machine, or whoever shows the token."""

    def __init__(self, service: Service) -> None:
        self._service = service

    def __call__(self, request: Request) -> None:
        """Refuses everybody else.

        Raises:
            HTTPException: 401.
        """
        if _from_here(request) or self._shows_token(request):
            return
        raise HTTPException(
            status.HTTP_401_UNAUTHORIZED,
            "only from the machine itself, or with the token of service.token_file",
            {"WWW-Authenticate": "Bearer"},
        )

    def _shows_token(self, request: Request) -> bool:
        scheme, _, shown = request.headers.get("authorization", "").partition(" ")
        try:
            token = _token(self._service)
        except InvalidInputError:
            return False
        if scheme.casefold() != "bearer" or token is None or len(token) < SHORTEST_TOKEN:
            return False
        return hmac.compare_digest(_digest(shown.strip()), _digest(token))


def _refusal(scope: Scope) -> JSONResponse:
    said = "this is not the host that you asked for (service.hosts)"
    if is_api(scope):
        return problem_answer(scope, "wrong_host", said)
    return JSONResponse({"detail": said}, status.HTTP_421_MISDIRECTED_REQUEST)


def _token(service: Service) -> str | None:
    return secret_in(service.settings.service.token_file, "service.token_file")


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def _from_here(request: Request) -> bool:
    """Whether a program on this machine asks, for itself: a proxy asks for others."""
    if any(name in request.headers for name in _FORWARDED):
        return False
    return request.client is not None and is_loopback(request.client.host)


def _name_of(host: str) -> str:
    """A Host header without its port."""
    if host.startswith("["):
        return host[1:].partition("]")[0].casefold()
    return host.rpartition(":")[0].casefold() if host.count(":") == 1 else host.casefold()
