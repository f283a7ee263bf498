"""Calls the methods of a portal: one by one, or up to fifty in one request."""

from __future__ import annotations

import logging
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, TypeVar

from crm.bitrix24.encoding import command
from crm.bitrix24.errors import BlockedMethodError, UnknownTokenError, error_in, judge
from crm.bitrix24.oauth import TOKEN_SERVER, renewed_tokens
from crm.bitrix24.values import number_of, rows_of
from crm.errors import (
    CrmAnswerError,
    CrmAwayError,
    CrmBusyError,
    CrmError,
    CrmExpiredError,
    CrmUncertainError,
)
from crm.http import CrmAnswer, CrmHttp
from crm.port import CrmAccess
from crm.rows import row_of
from models.vocabulary.crm import Tokens

MOST_COMMANDS = 50
PAGE = 50
_TRIES = 5
_LONGEST_WAIT_S = 30.0  # for a method's time; who waits longer is better asked again later
_ANSWER_S = 60.0  # what the portal gives itself
# It would tell each address, in which the secret of a web-hook stands.
logging.getLogger("httpx2").setLevel(logging.WARNING)

_WEBHOOK = re.compile(r"\d{1,10}/[A-Za-z0-9]{4,100}")

_Answer = TypeVar("_Answer")
Commands = Mapping[str, tuple[str, Mapping[str, Any]]]


@dataclass(frozen=True, slots=True)
class Told:
    """What a method answered, and the portal's clock."""

    result: Any
    at: datetime
    next: int | None = None
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Batched:
    """What the commands of a batch answered, by their names; `crm` is whose answers they are."""

    crm: str
    told: Mapping[str, Told]
    errors: Mapping[str, CrmError]
    at: datetime

    def result(self, name: str) -> Any:
        """What a command answered.

        Raises:
            CrmError: that it failed.
        """
        if name in self.errors:
            raise self.errors[name]
        if name not in self.told:
            raise CrmAnswerError(f"{self.crm}: left out the answer to `{name}`.")
        return self.told[name].result


@dataclass(slots=True)
class Portal:
    """A portal; may be used by several threads at once."""

    access: CrmAccess
    token_server: str = TOKEN_SERVER
    sleep: Callable[[float], None] = time.sleep
    _http: CrmHttp | None = field(default=None, init=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False)

    @property
    def by_webhook(self) -> bool:
        """Whether it is reached by an incoming web-hook: user and secret in one."""
        return _is_webhook(self.access.keeper.tokens())

    def call(self, method: str, params: Mapping[str, Any] | None = None) -> Told:
        """Reads; what is only busy or away for a moment is asked again.

        Raises:
            CrmError: it came to nothing.
        """
        try:
            return self._unblocked(lambda: self._once(CrmHttp.ask, method, params or {}))
        except CrmUncertainError as error:  # reading leaves nothing uncertain
            raise CrmAwayError(str(error)) from error

    def write(self, method: str, params: Mapping[str, Any]) -> Told:
        """Writes, once; only what the portal surely did not do is sent again.

        Raises:
            CrmUncertainError: nobody knows whether it was done.
            CrmError: it was not done.
        """
        for tries in range(1, _TRIES + 1):
            try:
                return self._unblocked(lambda: self._once(_send, method, params))
            except CrmBusyError as error:
                wait_s = error.wait_s or _LONGEST_WAIT_S
                if tries == _TRIES or wait_s > _LONGEST_WAIT_S:
                    raise
                self.access.pace.hold(wait_s)
        raise AssertionError("unreachable")

    def batch(self, commands: Commands) -> Batched:
        """Reads by many commands, fifty in a request; one may use ``$result[name]`` of another.

        Names must not be numbers: PHP would answer with a list.

        Raises:
            CrmError: a request came to nothing, or a limit stopped some command.
        """
        told: dict[str, Told] = {}
        errors: dict[str, CrmError] = {}
        at = datetime.now(UTC)
        names = list(commands)
        for start in range(0, len(names), MOST_COMMANDS):
            some = {name: commands[name] for name in names[start : start + MOST_COMMANDS]}
            one = self._unblocked(partial(self._batch_once, some))
            told.update(one.told)
            errors.update(one.errors)
            at = one.at if start == 0 else at
        return Batched(self.access.name, told, errors, at)

    def close(self) -> None:
        """Ends the connections."""
        with self._lock:
            if self._http is not None:
                self._http.close()
                self._http = None

    def _batch_once(self, commands: Commands) -> Batched:
        written = {name: command(*one) for name, one in commands.items()}
        answer = self.call("batch", {"halt": 0, "cmd": written})
        said = row_of(answer.result)
        errors = self._errors(said.get("result_error"), written, row_of(said.get("result")))
        stopping = (CrmAwayError, CrmExpiredError, BlockedMethodError)
        busy = next((one for one in errors.values() if isinstance(one, stopping)), None)
        if busy is not None:
            raise busy
        nexts, totals = row_of(said.get("result_next")), row_of(said.get("result_total"))
        told = {
            name: Told(result, answer.at, _whole(nexts.get(name)), _whole(totals.get(name)))
            for name, result in row_of(said.get("result")).items()
        }
        return Batched(self.access.name, told, errors, answer.at)

    def _errors(
        self, said: object, written: Mapping[str, str], done: Mapping[str, Any]
    ) -> dict[str, CrmError]:
        name = self.access.name
        if isinstance(said, Mapping):
            return {key: error_in(name, row_of(one)) for key, one in said.items()}
        # A list of errors does not say whose they are: in the order of those that failed.
        failed = [key for key in written if key not in done]
        return {key: error_in(name, one) for key, one in zip(failed, rows_of(said), strict=False)}

    def _unblocked(self, ask: Callable[[], _Answer]) -> _Answer:
        """Waits for a method's time, which holds nobody who asks for another method."""
        for tries in range(1, _TRIES + 1):
            try:
                return ask()
            except BlockedMethodError as error:
                if tries == _TRIES or error.wait_s > _LONGEST_WAIT_S:
                    raise CrmBusyError(str(error), error.wait_s) from error
                self.sleep(error.wait_s)
        raise AssertionError("unreachable")

    def _once(
        self,
        how: Callable[[CrmHttp, str, Any], CrmAnswer],
        method: str,
        params: Mapping[str, Any],
    ) -> Told:
        tokens = self.access.keeper.tokens()
        try:
            return self._sent(how, tokens, method, params)
        except CrmExpiredError:
            renewed = self.access.keeper.renewed(tokens, self._renew)
        except UnknownTokenError as error:
            if _is_webhook(tokens):
                raise
            # Maybe somebody else renewed it while ours was under way; it is not renewed for this.
            renewed = self.access.keeper.renewed(tokens, partial(_refused, error))
        return self._sent(how, renewed, method, params)

    def _renew(self, stale: Tokens) -> Tokens:
        return renewed_tokens(self.access.name, stale, self.access.rules, self.token_server)

    def _sent(
        self,
        how: Callable[[CrmHttp, str, Any], CrmAnswer],
        tokens: Tokens,
        method: str,
        params: Mapping[str, Any],
    ) -> Told:
        by_webhook = _is_webhook(tokens)
        secret_path = f"/rest/{tokens.access}" if by_webhook else "/rest"
        body = dict(params) if by_webhook else {**params, "auth": tokens.access}
        answer = how(self._connected(secret_path), f"/{method}.json", body)
        said = row_of(answer.body)
        return Told(
            said.get("result"), answer.at, _whole(said.get("next")), _whole(said.get("total"))
        )

    def _connected(self, secret_path: str) -> CrmHttp:
        with self._lock:
            if self._http is None or self._http.secret_path != secret_path:
                name = self.access.name
                self._http = CrmHttp(
                    name,
                    self.access.address,
                    self.access.pace,
                    self.access.rules,
                    judge=lambda status, body: judge(name, status, body),
                    secret_path=secret_path,
                    answer_s=_ANSWER_S,
                )
            return self._http


def _send(http: CrmHttp, path: str, body: Any) -> CrmAnswer:
    return http.send("POST", path, body)


def _refused(error: CrmError, _stale: Tokens) -> Tokens:
    raise error


def _is_webhook(tokens: Tokens) -> bool:
    """Whether we are let in by the secret of a web-hook, and not by a token."""
    return tokens.refresh is None and _WEBHOOK.fullmatch(tokens.access) is not None


def _whole(value: object) -> int | None:
    found = number_of(value)
    return int(found) if found is not None else None
