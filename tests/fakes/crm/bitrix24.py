"""A fake Bitrix24 portal over real HTTP, with the limits, tokens and bad days of the real one.

A request whose parameters are not those of the table of facts is refused and remembered.
"""

from __future__ import annotations

import json
import secrets
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx2

from tests.fakes.crm.bitrix24_answers import Answered, Refusal
from tests.fakes.crm.bitrix24_batch import MOST, filled, parsed
from tests.fakes.crm.bitrix24_facts import METHODS, fault_of
from tests.fakes.crm.bitrix24_limits import Bucket, MethodTime
from tests.fakes.crm.bitrix24_methods import Methods
from tests.fakes.crm.bitrix24_office import Office
from tests.fakes.crm.bitrix24_tables import shown_time

SECRET = "1/s3cr3tofawebh00k"  # noqa: S105
CLIENT, CLIENT_SECRET = "local.68a1b2c3d4e5f6.01234567", "a key of the application"
APPLICATION_TOKEN = "an application token of tests"  # noqa: S105
_PAGE = b"<html><body><h1>502 Bad Gateway</h1></body></html>"
CUT = -1  # instead of a status: the connection breaks off


@dataclass
class Portal:
    """A portal; what tests turn, and what they look at afterwards."""

    port: int = 0
    office: Office = field(default_factory=Office)
    bucket: Bucket = field(default_factory=lambda: Bucket(limit=1e9))
    time: MethodTime = field(default_factory=MethodTime)
    webhook: str = SECRET
    access: str = "access-1"
    refresh: str = "refresh-1"
    expired: bool = False
    shut: bool = False
    gone: bool = False
    broken: int = 0  # so many requests get an error page
    flooded: int = 0  # so many are told that there were too many
    cut_writes: int = 0  # so many writes are done without an answer
    without_time: bool = False
    asked: list[str] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    renewals: int = 0
    codes: set[str] = field(default_factory=set)
    methods: Methods = field(init=False)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.methods = Methods(self.office)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def answer(self, path: str, raw: bytes) -> tuple[int, bytes]:
        """Status and body of a request by REST."""
        with self.lock:
            self.asked.append(path.rpartition("/")[2])
            if self.broken > 0:
                self.broken -= 1
                return 502, _PAGE
            if self.flooded > 0 or not self.bucket.admits():
                self.flooded = max(0, self.flooded - 1)
                return 503, _error("QUERY_LIMIT_EXCEEDED", "Too many requests")
            try:
                body = json.loads(raw or b"{}")
                method, by_webhook = self._let_in(path, body)
                answered = self._called(method, body, by_webhook=by_webhook)
            except Refusal as refusal:
                return refusal.status, self._refused(refusal)
            if self.cut_writes > 0 and METHODS[method].writes:
                self.cut_writes -= 1
                return CUT, b""
            return 200, self._told(answered)

    def tokens_for(self, asked: Mapping[str, str]) -> tuple[int, bytes]:
        """What the authorization server answers; each refresh token and code is good once."""
        with self.lock:
            if (asked.get("client_id"), asked.get("client_secret")) != (CLIENT, CLIENT_SECRET):
                return 400, _error("invalid_client", "Client not found")
            by_code = asked.get("grant_type") == "authorization_code"
            known = (
                asked.get("code") in self.codes
                if by_code
                else (asked.get("refresh_token") == self.refresh)
            )
            if not known or self.shut:
                return 400, _error("invalid_grant", "Invalid grant")
            self.codes.discard(asked.get("code", ""))
            self.access, self.refresh = secrets.token_hex(16), secrets.token_hex(16)
            self.expired = False
            self.renewals += 1
            told = {
                "access_token": self.access,
                "refresh_token": self.refresh,
                "expires_in": 3600,
                "client_endpoint": f"{self.address}/rest/",
                "domain": "oauth.bitrix24.tech",
                "member_id": "a223c6b3710f85df22e9377d6c4f7553",
                "scope": ",".join(self.methods.scopes),
                "status": "L",
            }
            return 200, json.dumps(told).encode()

    def deliver(
        self,
        url: str,
        copies: Callable[[int], int] = lambda _number: 1,
        late: Callable[[int], bool] = lambda _number: False,
    ) -> None:
        """Posts what happened to a handler: lost, doubled or kept for later as a test wants it."""
        waiting, self.office.told = self.office.told, []
        for number, (event, own) in enumerate(waiting):
            if late(number):
                self.office.told.append((event, own))
                continue
            for _ in range(copies(number)):
                httpx2.post(url, content=event_body(event, own), headers=_FORM, timeout=30)

    def _let_in(self, path: str, body: dict[str, Any]) -> tuple[str, bool]:
        """The method that is called, and whether by a web-hook."""
        place = path.removeprefix("/rest/").removesuffix(".json")
        way, _, method = place.rpartition("/")
        token = body.pop("auth", None)
        if self.shut:
            raise Refusal("NO_AUTH_FOUND", "Wrong authorization data", 401)
        if way:
            if way != self.webhook:
                raise Refusal("NO_AUTH_FOUND", "Wrong authorization data", 401)
        elif token != self.access:
            raise Refusal("NO_AUTH_FOUND", "Wrong authorization data", 401)
        elif self.expired:
            raise Refusal("expired_token", "The access token provided has expired.", 401)
        return method, bool(way)

    def _called(self, method: str, params: Mapping[str, Any], *, by_webhook: bool) -> Answered:
        if method not in METHODS:
            raise Refusal("ERROR_METHOD_NOT_FOUND", "Method not found!", 404)
        fault = fault_of(method, params)
        if fault is not None:
            self.faults.append(fault)
            raise Refusal("ERROR_ARGUMENT", fault)
        known = METHODS[method]
        if known.application and by_webhook:
            raise Refusal(
                "WRONG_AUTH_TYPE", "Current authorization type is denied for this method", 403
            )
        if known.scope and known.scope not in self.methods.scopes:
            raise Refusal("insufficient_scope", "The request requires higher privileges", 403)
        self.done[method] += 1
        if method == "batch":  # its commands count by themselves
            return self._batched(params, by_webhook=by_webhook)
        allowed, used, reset_at = self.time.take(method, self.office.clock.timestamp())
        if not allowed:
            raise Refusal("OPERATION_TIME_LIMIT", f"{used}|{reset_at}", 429)
        return self.methods.answer(method, params)

    def _batched(self, params: Mapping[str, Any], *, by_webhook: bool) -> Answered:
        results: dict[str, Any] = {}
        errors: dict[str, Any] = {}
        nexts: dict[str, int] = {}
        totals: dict[str, int] = {}
        for number, (name, command) in enumerate(params["cmd"].items()):
            method, told = parsed(command)
            try:
                _check_place(number, method)
                answered = self._called(method, filled(told, results), by_webhook=by_webhook)
            except Refusal as refusal:
                errors[name] = json.loads(self._refused(refusal))
                continue
            results[name] = answered.result
            if answered.next is not None:
                nexts[name] = answered.next
            if answered.total is not None:
                totals[name] = answered.total
        # PHP writes an empty object as a list.
        return Answered(
            {
                "result": results or [],
                "result_error": errors or [],
                "result_total": totals or [],
                "result_next": nexts or [],
                "result_time": [],
            }
        )

    def _told(self, answered: Answered) -> bytes:
        told = {"result": answered.result}
        if answered.next is not None:
            told["next"] = answered.next
        if answered.total is not None:
            told["total"] = answered.total
        if not self.without_time:
            told["time"] = self._times()
        return json.dumps(told, ensure_ascii=False).encode()

    def _refused(self, refusal: Refusal) -> bytes:
        if refusal.code != "OPERATION_TIME_LIMIT":
            return _error(refusal.code, refusal.text)
        used, _, reset_at = refusal.text.partition("|")
        told: dict[str, Any] = {
            "error": refusal.code,
            "error_description": "Method is blocked due to operation time limit.",
        }
        if not self.without_time:
            spent = {"operating": float(used), "operating_reset_at": int(float(reset_at))}
            told["time"] = {**self._times(), **spent}
        return json.dumps(told).encode()

    def _times(self) -> dict[str, Any]:
        now = self.office.clock.timestamp()
        return {
            "start": now,
            "finish": now,
            "duration": 0.05,
            "processing": 0.03,
            "date_start": shown_time(self.office.clock),
            "date_finish": shown_time(self.office.clock),
            "operating_reset_at": int(now) + 600,
            "operating": 0.05,
        }


_FORM = {"content-type": "application/x-www-form-urlencoded"}


def event_body(event: str, own: int) -> bytes:
    """An event as a portal posts it (api-reference/events/index.md)."""
    told = {
        "event": event,
        "event_handler_id": "7",
        "data[FIELDS][ID]": str(own),
        "ts": str(int(time.time())),
        "auth[domain]": "portal.bitrix24.ru",
        "auth[client_endpoint]": "https://portal.bitrix24.ru/rest/",
        "auth[server_endpoint]": "https://oauth.bitrix24.tech/rest/",
        "auth[member_id]": "a223c6b3710f85df22e9377d6c4f7553",
        "auth[application_token]": APPLICATION_TOKEN,
    }
    return urlencode(told).encode()


@contextmanager
def portal(office: Office | None = None) -> Iterator[Portal]:
    """A portal on this machine until the end."""
    made = Portal(office=office or Office())

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    server = Server(("127.0.0.1", 0), _handler_of(made))
    made.port = server.server_port
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)


def _check_place(number: int, method: str) -> None:
    if number >= MOST:
        raise Refusal("ERROR_BATCH_LENGTH_EXCEEDED", "Max batch length exceeded")
    if method == "batch":
        raise Refusal("ERROR_BATCH_METHOD_NOT_ALLOWED", "Method is not allowed", 405)


def _error(code: str, text: str) -> bytes:
    return json.dumps({"error": code, "error_description": text}, ensure_ascii=False).encode()


def _handler_of(portal: Portal) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 30  # a client that sends no more is given up
        wbufsize = -1  # head and body in one packet

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length", "0")))
            if portal.gone:
                self._cut()
                return
            status, body = portal.answer(urlsplit(self.path).path, raw)
            if status == CUT:
                self._cut()
                return
            self._send(status, body)

        def do_GET(self) -> None:
            place = urlsplit(self.path)
            if portal.gone or place.path != "/oauth/token/":
                self._cut()
                return
            self._send(*portal.tokens_for(dict(parse_qsl(place.query))))

        def _send(self, status: int, body: bytes) -> None:
            self.send_response(status)
            kind = "text/html" if body == _PAGE else "application/json; charset=utf-8"
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _cut(self) -> None:
            self.close_connection = True
            with suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)

        def date_time_string(self, timestamp: float | None = None) -> str:  # noqa: ARG002
            return format_datetime(portal.office.clock, usegmt=True)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    return Handler
