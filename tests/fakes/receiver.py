"""A real receiver of web-hooks: an HTTP server that answers as a test wants it to."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

HANG, CUT, DRIP, MIDWAY = (
    -1,
    -2,
    -3,
    -4,
)  # instead of a status: never answers, ends the connection...


@dataclass(frozen=True, slots=True)
class Got:
    """One request: headers, body as it came, and what was answered."""

    headers: dict[str, str]
    raw: bytes
    answered: int

    @property
    def body(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.raw)
        return found

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]


@dataclass
class Receiver:
    """What came; `answer` decides what each request is answered, 200 by default."""

    port: int
    answer: Callable[[Got], int] = lambda _got: 200
    got: list[Got] = field(default_factory=list)
    location: str = ""
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def taken(self) -> list[Got]:
        """What was answered with 2xx."""
        return [one for one in self.got if 200 <= one.answered < 300]

    def told(self, kind: str) -> list[dict[str, Any]]:
        """The bodies of that type, whatever was answered."""
        return [one.body for one in self.got if one.body["type"] == kind]


def verified(secret: str, got: Got) -> bool:
    """Checks a signature as the specification of Standard Webhooks says, not as our code does.

    Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
    """
    kind, _, encoded = secret.partition("_")
    assert kind == "whsec"
    key = base64.b64decode(encoded)
    content = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.{got.raw.decode()}"
    expected = base64.b64encode(
        hmac.new(key, content.encode("utf-8"), hashlib.sha256).digest()
    ).decode()
    for versioned in got.headers["webhook-signature"].split(" "):
        version, _, signature = versioned.partition(",")
        if version == "v1" and hmac.compare_digest(signature, expected):
            return True
    return False


@contextmanager
def receiving(port: int = 0) -> Iterator[Receiver]:
    """Receives on this machine until the end."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 30  # a client that sends no more is given up

        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            asked = Got(headers, raw, 0)
            status = receiver.answer(asked)
            receiver.got.append(Got(headers, raw, status))
            if status > 0:
                self.send_response(status)
                if receiver.location:
                    self.send_header("Location", receiver.location)
                self.send_header("Content-Length", "0")
                self.end_headers()
                return
            self.close_connection = True
            with suppress(OSError):
                self._misbehave(status)
                self.connection.shutdown(socket.SHUT_RDWR)

        def _misbehave(self, how: int) -> None:
            if how == HANG:
                receiver.ended.wait(20)
            while how == DRIP and not receiver.ended.wait(0.05):
                self.wfile.write(b"H")
            if how == MIDWAY:
                self.wfile.write(b"HTTP/1.1 20")

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            pass

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    server = Server(("127.0.0.1", port), Handler)
    receiver = Receiver(server.server_port)
    thread = threading.Thread(
        target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
    )
    thread.start()
    try:
        yield receiver
    finally:
        receiver.ended.set()
        server.shutdown()
        server.server_close()
        thread.join(30)
