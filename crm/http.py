"""Requests to a CRM: paced, never longer or larger than they may be, with errors in our words."""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from typing import Any
from urllib.parse import urlsplit

import httpx2

from core.logs import get_logger
from core.outward import OutwardError, Rules, check_url, target_of, trusted_certificates
from core.pauses import doubled_s
from crm.errors import (
    CrmAnswerError,
    CrmAwayError,
    CrmBusyError,
    CrmError,
    CrmExpiredError,
    CrmGoneError,
    CrmRefusedError,
    CrmShutError,
    CrmUncertainError,
)
from crm.port import Pace

_CONNECT_S, _ANSWER_S = 5.0, 30.0
_MOST_BYTES = 64 << 20
_TRIES = 5
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 1.0, 30.0
_log = get_logger("crm.http")
Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CrmAnswer:
    """A CRM's answer: `body` is its JSON, ``None`` where it is empty; `at` its clock."""

    status: int
    body: Any
    at: datetime


@dataclass(slots=True)
class CrmHttp:
    """Asks one CRM; several threads may use it at once.

    `base` is its address without a secret; `secret_path` stands between it and the path of each
    request and is never told. Reading is tried several times, writing once.

    `judge` looks at an answer's status and body and gives the error that it is in this CRM's
    words, if it is one; what it leaves to us is judged by the status alone.
    """

    name: str
    base: str
    pace: Pace
    rules: Rules
    headers: Callable[[], Headers] = dict
    judge: Callable[[int, Any], CrmError | None] = lambda _status, _body: None
    secret_path: str = field(default="", repr=False)
    sleep: Callable[[float], None] = time.sleep
    answer_s: float = _ANSWER_S
    _client: httpx2.Client | None = field(default=None, init=False, repr=False)
    _opening: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> CrmAnswer:
        """Reads; what is only busy or away for a moment is asked again.

        Raises:
            CrmError: it came to nothing.
        """
        return self._patiently(lambda: self._once("GET", path, params=params))

    def ask(self, path: str, body: Any) -> CrmAnswer:
        """Reads by a POST that changes nothing (as Bitrix24's methods are); tried like `get`.

        Raises:
            CrmError: it came to nothing.
        """
        return self._patiently(lambda: self._once("POST", path, body=body))

    def send(self, method: str, path: str, body: Any) -> CrmAnswer:
        """Writes, once.

        Raises:
            CrmUncertainError: nobody knows whether it was done.
            CrmError: it was not done.
        """
        try:
            return self._once(method, path, body=body)
        except CrmAnswerError as error:
            raise CrmUncertainError(str(error)) from error

    def close(self) -> None:
        """Ends the connections."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _patiently(self, ask: Callable[[], CrmAnswer]) -> CrmAnswer:
        for tries in range(1, _TRIES + 1):
            try:
                return ask()
            except CrmAwayError as error:
                if tries == _TRIES:
                    raise
                pause_s = doubled_s(_FIRST_PAUSE_S, tries, _LONGEST_PAUSE_S)
                pause_s *= 0.75 + 0.5 * random.random()  # noqa: S311 - spreads, hides nothing
                if isinstance(error, CrmBusyError):
                    self.pace.hold(error.wait_s or pause_s)
                    continue
                self.sleep(pause_s)
        raise AssertionError("unreachable")

    def _once(
        self, method: str, path: str, *, params: Mapping[str, Any] | None = None, body: Any = None
    ) -> CrmAnswer:
        self.pace.wait()
        url = f"{self.base}{self.secret_path}{path}"
        content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
        headers = {**self.headers(), "accept": "application/json"}
        if content is not None:
            headers["content-type"] = "application/json"
        try:
            client = self._opened()
            with client.stream(
                method, url, params=params, content=content, headers=headers
            ) as answer:
                raw = _limited(answer)
                return self._judged(answer, raw)
        except OutwardError as error:
            raise CrmShutError(
                f"{self.name}: {self.base} is no address that may be asked ({error}). Networks of "
                "your own are allowed by the setting `crm.allow_networks`."
            ) from error
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            raise CrmAwayError(
                f"{self.name}: cannot be reached ({type(error).__name__})."
            ) from error
        except (httpx2.HTTPError, httpx2.InvalidURL, OSError) as error:
            sentence = f"{self.name}: gave no answer ({type(error).__name__})."
            raise (
                CrmUncertainError(sentence) if method != "GET" else CrmAwayError(sentence)
            ) from error

    def _opened(self) -> httpx2.Client:
        with self._opening:
            if self._client is None:
                target_of(self.base, self.rules)
                self._client = httpx2.Client(
                    verify=trusted_certificates(),
                    trust_env=False,
                    follow_redirects=False,
                    timeout=httpx2.Timeout(self.answer_s, connect=_CONNECT_S),
                    headers={"user-agent": f"stagecheck/{version('stagecheck')}"},
                )
            return self._client

    def _judged(self, answer: httpx2.Response, raw: bytes) -> CrmAnswer:
        status, body, at = answer.status_code, _json(raw), _clock(answer)
        known = self.judge(status, body)
        if known is not None:
            raise known
        if status == httpx2.codes.NO_CONTENT or (200 <= status < 300 and not raw.strip()):
            return CrmAnswer(status, None, at)
        if 200 <= status < 300:
            if body is _NO_JSON:
                raise CrmAnswerError(
                    f"{self.name}: answered {status} with something else than JSON."
                )
            return CrmAnswer(status, body, at)
        raise error_of(self.name, status, retry_after(answer))


def error_of(name: str, status: int, wait_s: float | None = None) -> CrmError:
    """The error that a status is, where the CRM has no word of its own for it."""
    if status == 429:
        return CrmBusyError(f"{name}: asks us to slow down (429).", wait_s)
    if status == 401:
        return CrmExpiredError(f"{name}: does not take the token (401).")
    if status in (402, 403):
        return CrmShutError(f"{name}: does not let us in ({status}).")
    if status in (404, 410):
        return CrmGoneError(f"{name}: has no such thing ({status}).")
    if status >= 500 or status == 408:
        return CrmAnswerError(f"{name}: is out of order ({status}).")
    return CrmRefusedError(f"{name}: refuses it ({status}).")


def check_base(address: str, rules: Rules) -> str:
    """A CRM's address as it is kept: scheme, host and port.

    Raises:
        OutwardError: nothing may be sent there.
    """
    parts = urlsplit(address.strip().rstrip("/"))
    base = f"{parts.scheme or 'https'}://{parts.netloc or parts.path.partition('/')[0]}"
    check_url(base, rules)
    return base


def retry_after(answer: httpx2.Response) -> float | None:
    """The seconds that `Retry-After` asks for, where it does."""
    text = answer.headers.get("retry-after", "").strip()
    return min(float(text), 3600.0) if text.isdigit() else None


class _NoJson:
    """Stands for an answer that is no JSON."""


_NO_JSON = _NoJson()


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw) if raw.strip() else None
    except (ValueError, RecursionError):
        return _NO_JSON


def is_json(body: Any) -> bool:
    """Whether an answer's body was JSON (an error page of a proxy is none)."""
    return body is not _NO_JSON


def _limited(answer: httpx2.Response) -> bytes:
    pieces, size = [], 0
    for piece in answer.iter_bytes():
        size += len(piece)
        if size > _MOST_BYTES:
            raise CrmAnswerError(f"the answer is larger than {_MOST_BYTES >> 20} MB.")
        pieces.append(piece)
    return b"".join(pieces)


def _clock(answer: httpx2.Response) -> datetime:
    """The CRM's clock; ours where it does not tell."""
    try:
        return parsedate_to_datetime(answer.headers["date"]).astimezone(UTC)
    except (KeyError, ValueError, TypeError):
        return datetime.now(UTC)
