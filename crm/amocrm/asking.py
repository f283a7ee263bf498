"""Asks amoCRM: tokens that are renewed once for all, errors in our words."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from core.logs import get_logger
from crm.amocrm.oauth import renewed
from crm.amocrm.values import object_, rows
from crm.errors import (
    CrmBusyError,
    CrmError,
    CrmExpiredError,
    CrmRefusedError,
    CrmShutError,
)
from crm.http import CrmAnswer, CrmHttp, is_json
from crm.port import CrmAccess
from models.vocabulary.crm import Tokens

API = "/api/v4"
_MOST_COMPLAINTS = 5
_PAUSE_S = 1.0
_log = get_logger("crm.amocrm")
Params = Mapping[str, Any]
Found = TypeVar("Found")


class Asking:
    """Asks one account; several threads may use it at once."""

    def __init__(self, access: CrmAccess) -> None:
        self.access = access
        self._lock = threading.Lock()
        self._tokens: Tokens | None = None
        self._http = self._at(access.address)
        self._left: list[CrmHttp] = []  # other threads may still be asking there

    @property
    def base(self) -> str:
        """The account's address; another than in the beginning once it was moved."""
        return self._http.base

    def get(self, path: str, params: Params | None = None) -> CrmAnswer:
        """Reads a path below ``/api/v4``; nothing found is an empty answer.

        Raises:
            CrmError: it came to nothing.
        """
        return self._let_in(lambda http: http.get(API + path, params))

    def send(self, method: str, path: str, body: Any) -> CrmAnswer:
        """Writes once; a token that was over is renewed first, since it kept the write out.

        Raises:
            CrmUncertainError: nobody knows whether it was done.
            CrmError: it was not done.
        """
        try:
            return self._let_in(lambda http: http.send(method, API + path, body))
        except CrmBusyError as error:  # nobody asks again at once, also not for something else
            self.access.pace.hold(error.wait_s or _PAUSE_S)
            raise

    def close(self) -> None:
        """Ends the connections."""
        for one in (self._http, *self._left):
            one.close()

    def _at(self, base: str) -> CrmHttp:
        return CrmHttp(
            self.access.name,
            base,
            self.access.pace,
            self.access.rules,
            headers=lambda: {"authorization": f"Bearer {self._now().access}"},
            judge=lambda status, body: judged(self.access.name, status, body),
        )

    def _now(self) -> Tokens:
        if self._tokens is None:
            self._tokens = self.access.keeper.tokens()
        return self._tokens

    def _let_in(self, ask: Callable[[CrmHttp], CrmAnswer]) -> CrmAnswer:
        stale = self._now()
        try:
            return ask(self._http)
        except CrmExpiredError:
            self._renew(stale)
        return ask(self._http)

    def _renew(self, stale: Tokens) -> None:
        with self._lock:
            if self._now() == stale:
                self._tokens = self.access.keeper.renewed(stale, self._renewed)

    def _renewed(self, stale: Tokens) -> Tokens:
        tokens, base = renewed(self.access, self.base, stale)
        if base != self.base:
            _log.warning("the account has another address now", crm=self.access.name, address=base)
            self._left.append(self._http)
            self._http = self._at(base)
        return tokens


def judged(name: str, status: int, body: Any) -> CrmError | None:
    """The error that an answer is in amoCRM's words, if it is one that statuses alone do not tell.

    Args:
        name: of the connection.
        status: of HTTP.
        body: JSON, or what `crm.http.is_json` denies (pages of a proxy).
    """
    if status == 401:
        return CrmExpiredError(f"{name}: amoCRM does not take the token (401).")
    if status == 402:
        return CrmShutError(f"{name}: the account in amoCRM is not paid for (402). Have it paid.")
    if status == 403:
        return _shut(name, body)
    if status in (301, 302, 303, 307, 308):
        return CrmShutError(
            f"{name}: amoCRM sends us to another address ({status}): the account was renamed. "
            "Connect it under its new address."
        )
    if status in (400, 422):
        return CrmRefusedError(f"{name}: amoCRM refuses it: {_complaints(body)} ({status}).")
    return None


def _shut(name: str, body: Any) -> CrmError:
    """Without JSON it is the guard in front of amoCRM, which shuts out addresses."""
    if not is_json(body) or not isinstance(body, dict):
        return CrmShutError(
            f"{name}: amoCRM has shut out this server's address (403), as it does after too many "
            "requests. Lower `crm.requests_per_s`, wait an hour; its support lifts it sooner."
        )
    return CrmShutError(
        f"{name}: the token's user may not do that (403). Give them the right in amoCRM, or "
        "connect it with a token of an administrator."
    )


def _complaints(body: Any) -> str:
    """What amoCRM says is wrong with a request: codes and places, never values."""
    found = [
        f"{error.get('path') or '?'}: {error.get('code') or '?'}"
        for one in rows(object_(body).get("validation-errors"))
        for error in rows(one.get("errors"))
    ]
    if found:
        return ", ".join(map(_short, dict.fromkeys(found[:_MOST_COMPLAINTS])))
    told = object_(body).get("title")
    return _short(told) if isinstance(told, str) else "it does not say why"


def _short(text: str) -> str:
    return text[:100]
