"""A fake amoCRM behind real HTTP: answers, refuses and fails as the real one does."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

from tests.fakes.crm.amocrm_door import Limit, Tokens
from tests.fakes.crm.amocrm_hooks import HookSender
from tests.fakes.crm.amocrm_lists import Lists, parsed_query
from tests.fakes.crm.amocrm_paths import Answer, Paths
from tests.fakes.crm.amocrm_store import AmoStore, Many

_PATIENCE_S = 30.0
_API = "/api/v4"
_HTML = b"<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
_BLOCKED = b"<html><body><h1>403 Forbidden</h1></body></html>"
CUT, CUT_AFTER, HANG_AFTER = -1, -2, -3  # instead of a status
_WRITES = ("POST", "PATCH", "DELETE")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, list[str]]
    body: Any
    authorization: str


@dataclass
class FakeAmo:
    """An account of amoCRM.

    `store` is what it holds, `tokens` who is let in, `limit` how often. `any_fail` and
    `writes_fail` hold what the next requests are answered instead: a status (its page is HTML),
    `CUT` (nothing), for a write also `CUT_AFTER` and `HANG_AFTER` (it is done, no answer comes).
    `renewals_fail` is the same for new tokens.
    """

    store: AmoStore = field(default_factory=AmoStore)
    tokens: Tokens = field(default_factory=Tokens)
    limit: Limit = field(default_factory=Limit)
    asked: list[Asked] = field(default_factory=list)
    any_fail: list[int] = field(default_factory=list)
    writes_fail: list[int] = field(default_factory=list)
    renewals_fail: list[int] = field(default_factory=list)
    gone_to: str | None = None  # where the account was moved
    latency_s: float = 0.0
    unpaid: bool = False
    away: bool = False
    base: str = ""
    broken: list[Exception] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.lists = Lists(self.store)
        self.paths = Paths(self.store, self.lists)
        self.hooks = HookSender(self.store)
        self.store.told = self.hooks.told
        self._lock = threading.Lock()

    @property
    def domain(self) -> str:
        """Host and port."""
        return urlsplit(self.base).netloc

    def forward(self, seconds: float) -> None:
        """Moves the clock on."""
        self.store.now += round(seconds)

    def now(self) -> datetime:
        """The clock."""
        return datetime.fromtimestamp(self.store.now, UTC)

    def next_write(self, *fates: str) -> None:
        """What becomes of the next writes: ``lost_answer``, ``hang``, ``cut`` or a status."""
        known = {"lost_answer": CUT_AFTER, "hang": HANG_AFTER, "cut": CUT}
        self.writes_fail += [known[one] if one in known else int(one) for one in fates]

    def wrote(self) -> list[Asked]:
        """The requests that were writes to the API."""
        return [one for one in self.asked if one.method in _WRITES and one.path.startswith(_API)]

    def answer(self, asked: Asked) -> Answer | int:
        """A status and JSON; a page of HTML; or one of `CUT`, `CUT_AFTER`, `HANG_AFTER`."""
        refused = self._refused(asked)
        if refused is not None:
            return refused
        if asked.path.startswith("/oauth2/"):
            return self._oauth(asked)
        if self.gone_to is not None or not self.tokens.lets_in(asked.authorization, self.store.now):
            detail = {"title": "Unauthorized", "status": 401, "detail": "Указан неверный токен"}
            return 401, detail
        if self.unpaid:
            return 402, {"title": "Payment Required", "status": 402}
        with self.store.lock:
            return self._failing_late(asked)

    def _failing_late(self, asked: Asked) -> Answer | int:
        fate = self.writes_fail.pop(0) if asked.method in _WRITES and self.writes_fail else None
        if fate is not None and fate not in (CUT_AFTER, HANG_AFTER):
            return fate
        path = asked.path.removeprefix(_API)
        found = self.paths.answer(asked.method, path, asked.query, asked.body)
        return fate if fate is not None else found

    def _refused(self, asked: Asked) -> int | None:
        if self.away:
            return CUT
        with self._lock:
            self.asked.append(asked)
            if self.any_fail:
                return self.any_fail.pop(0)
        return self.limit.passes()

    def _oauth(self, asked: Asked) -> Answer | int:
        if asked.path == "/oauth2/account/current/subdomain":
            return self._subdomain(asked)
        if self.renewals_fail:
            return self.renewals_fail.pop(0)
        body = asked.body if isinstance(asked.body, dict) else {}
        found = None
        if self.gone_to is None:
            with self.store.lock:
                found = self.tokens.granted(body, self.store.now, self.domain)
        if found is not None:
            return 200, found
        hint = {"hint": "Token has been revoked", "title": "Некорректный запрос", "status": 401}
        return 401, hint

    def _subdomain(self, asked: Asked) -> Answer:
        if asked.authorization != self.tokens.refresh or not self.tokens.refresh:
            return 401, {"title": "Unauthorized", "status": 401}
        domain = urlsplit(self.gone_to or self.base).netloc
        return 200, {"id": 31727418, "subdomain": "moved", "domain": domain}


@contextmanager
def amo_running(fake: FakeAmo | None = None) -> Iterator[FakeAmo]:
    """A fake amoCRM on a port of this machine, as long as the block lasts."""
    fake = fake if fake is not None else FakeAmo()
    server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"fake": fake}))
    fake.base = f"http://127.0.0.1:{server.server_port}"
    fake.paths.base = fake.base
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True, name="fake amoCRM"
    )
    thread.start()
    fake.hooks.start()
    try:
        yield fake
    finally:
        fake.ended.set()
        fake.hooks.stop()
        server.shutdown()
        server.server_close()
        thread.join(_PATIENCE_S)
        assert not thread.is_alive(), "the fake amoCRM did not end"
    if fake.broken:
        raise fake.broken[0]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, request: object, client_address: object) -> None:
        pass


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    wbufsize = 1 << 16
    disable_nagle_algorithm = True
    fake: FakeAmo

    def _answer(self) -> None:
        asked = self._asked()
        if self.fake.latency_s:
            self.fake.ended.wait(self.fake.latency_s)
        try:
            found = self.fake.answer(asked)
        except Exception as error:  # told at the end of the test
            self.fake.broken.append(error)
            raise
        if isinstance(found, tuple):
            status, body = found
            content = b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
            kind = "application/hal+json" if status < 400 else "application/problem+json"
            self._send(status, content, kind)
        elif found < 0:
            self._misbehave(found)
        else:
            self._send(found, _BLOCKED if found == 403 else _HTML, "text/html")

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_PATCH(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def _asked(self) -> Asked:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = urlsplit(self.path)
        return Asked(
            self.command,
            parts.path,
            parsed_query(parts.query),
            json.loads(raw) if raw else None,
            self.headers.get("X-Refresh-Token") or self.headers.get("Authorization") or "",
        )

    def _send(self, status: int, content: bytes, kind: str) -> None:
        self.send_response_only(status)
        self.send_header("Date", format_datetime(self.fake.now(), usegmt=True))
        self.send_header("Content-Type", kind)
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _misbehave(self, how: int) -> None:
        self.close_connection = True
        if how == HANG_AFTER:
            self.fake.ended.wait(20)
        with suppress(OSError):
            self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def large_account(leads: int) -> FakeAmo:
    """An account with so many leads, which takes no memory."""
    return FakeAmo(AmoStore(many=Many(leads)))
