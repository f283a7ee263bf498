"""Sends one event to one endpoint: resolved once, checked, signed, and never waited for long."""

from __future__ import annotations

import asyncio
import json
import ssl
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Any

import httpx2

from core.outward import OutwardError, Resolve, Rules, Target, target_of, trusted_certificates
from core.pauses import doubled_s
from core.signing import signed_headers
from models.vocabulary.event import VERSION, Event

GONE = 410
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 5.0, 6 * 3600.0
_ADDRESSES = 3  # of a host that are tried one after the other


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: a status, or a code that says why none did; and how long it took.

    `begun`: the request was on its way, so that it may have arrived although nobody answered.
    """

    status: int | None
    error: str | None
    took_ms: int
    begun: bool = True

    @property
    def taken(self) -> bool:
        """Whether the endpoint took it."""
        return self.error is None

    @property
    def unreachable(self) -> bool:
        """Whether nobody answered at all, so that others would not fare better now."""
        return self.status is None


def send(  # noqa: PLR0913 - what goes where, by which rules
    url: str,
    event: Event,
    body: bytes,
    secrets: Sequence[str],
    *,
    rules: Rules,
    timeout_s: float,
    at: datetime,
    resolve: Resolve | None = None,
) -> Answer:
    """Sends an event once. Whatever goes wrong is told by the answer."""
    try:
        headers = signed_headers(secrets, event.uid, at, body)
    except ValueError as failure:
        return Answer(None, _code_of(failure), 0, begun=False)
    return post(url, headers, body, rules=rules, timeout_s=timeout_s, resolve=resolve)


def post(  # noqa: PLR0913 - what goes where, by which rules
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    *,
    rules: Rules,
    timeout_s: float,
    resolve: Resolve | None = None,
) -> Answer:
    """Posts JSON once, where the rules allow it. Whatever goes wrong is told by the answer."""
    began = time.monotonic()
    status: int | None = None
    on_its_way: list[str] = []
    try:
        target = target_of(url, rules, resolve)
        status = asyncio.run(_post(target, headers, body, timeout_s, on_its_way))
        error = None if 200 <= status < 300 else f"status_{status}"
    except OutwardError as refusal:
        error = str(refusal)
    except TimeoutError:
        error = "timeout"
    except (httpx2.HTTPError, httpx2.InvalidURL, OSError, ValueError) as failure:
        error = _code_of(failure)
    took_ms = round(1000 * (time.monotonic() - began))
    return Answer(status, error, took_ms, begun=bool(on_its_way))


def body_of(event: Event, evidence: Sequence[dict[str, Any]] | None = None) -> bytes:
    """What is sent of an event; with `evidence` what a flag rests on as well."""
    data = dict(event.payload)
    if evidence is not None:
        data["evidence"] = list(evidence)
    told = {
        "type": event.type.value,
        "version": VERSION,
        "timestamp": event.at.isoformat(timespec="seconds"),
        "data": data,
    }
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def pause_after(tries: int, chance: float) -> timedelta:
    """How long to wait after so many failed tries; `chance` is from 0 to 1.

    From 5 s on twice as long each time, six hours at most, up to a quarter more or less.
    """
    pause_s = doubled_s(_FIRST_PAUSE_S, tries, _LONGEST_PAUSE_S)
    return timedelta(seconds=pause_s * (0.75 + 0.5 * chance))


async def _post(
    target: Target,
    headers: Mapping[str, str],
    body: bytes,
    timeout_s: float,
    on_its_way: list[str],
) -> int:
    """The status of an answer; its body is not read. `on_its_way` gets what was begun to be sent.

    Raises:
        TimeoutError: it took too long, whatever it did meanwhile.
        httpx2.HTTPError: it could not be sent.
    """

    async def note(name: str, _info: Mapping[str, Any]) -> None:
        if name.endswith("send_request_headers.started"):
            on_its_way.append(name)

    sent = dict(headers) | {
        "host": _host_header(target),
        "content-type": "application/json",
        "user-agent": f"stagecheck/{version('stagecheck')}",
    }
    async with asyncio.timeout(timeout_s):
        client = httpx2.AsyncClient(
            verify=trusted_certificates(),
            trust_env=False,
            follow_redirects=False,
            timeout=timeout_s,
        )
        async with client:
            addresses = target.addresses[:_ADDRESSES]
            for place, address in enumerate(addresses):
                request = client.build_request(
                    "POST",
                    _url_of(target, address),
                    content=body,
                    headers=sent,
                    # The name is asked for and checked, though the address is connected to.
                    extensions={"sni_hostname": target.host, "trace": note},
                )
                try:
                    answer = await client.send(request, stream=True)
                except (httpx2.ConnectError, httpx2.ConnectTimeout):
                    if place + 1 == len(addresses):
                        raise
                    continue
                await answer.aclose()
                return answer.status_code
    raise OutwardError("no_such_host")


def _url_of(target: Target, address: str) -> str:
    host = f"[{address}]" if ":" in address else address
    return f"{target.scheme}://{host}:{target.port}{target.path}"


def _host_header(target: Target) -> str:
    host = f"[{target.host}]" if ":" in target.host else target.host
    usual = {"https": 443, "http": 80}[target.scheme]
    return host if target.port == usual else f"{host}:{target.port}"


def _code_of(failure: Exception) -> str:
    """What went wrong as a code, without addresses."""
    cause: BaseException | None = failure
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return "certificate"
        if isinstance(cause, ssl.SSLError):
            return "tls"
        cause = cause.__cause__ or cause.__context__
    if isinstance(failure, httpx2.TimeoutException):
        return "timeout"
    if isinstance(failure, httpx2.ConnectError):
        return "no_connection"
    return "broken_off" if isinstance(failure, httpx2.TransportError) else "cannot_send"
