"""An OpenAI-compatible service on a real socket, which can also misbehave."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Behaviour = Callable[["_Handler"], None]


@dataclass
class JudgeService:
    """What the service does, request by request (`queue`, then `usual`), and what it was sent."""

    address: str = ""
    usual: Behaviour = lambda handler: handler.reply(500, "{}")
    queue: list[Behaviour] = field(default_factory=list)
    documents: list[dict[str, Any]] = field(default_factory=list)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    hanging: threading.Event = field(default_factory=threading.Event)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def endpoint(self) -> str:
        """Where the service is, as the settings name it."""
        return f"{self.address}/v1"

    @property
    def forms(self) -> list[str]:
        """How each request asked for its answer."""
        return [one.get("response_format", {}).get("type", "text") for one in self.documents]


def says(text: str | None, *, finish: str = "stop", usage: Any = 1000) -> Behaviour:
    """Answers with a chat completion of that text."""
    document = {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "choices": [
            {
                "index": 0,
                "finish_reason": finish,
                "message": {"role": "assistant", "content": text},
            }
        ],
        "usage": {"total_tokens": usage},
    }
    return replies(200, json.dumps(document))


def replies(status: int, body: str = "{}", **headers: str) -> Behaviour:
    """Answers with any status, body and headers."""
    return lambda handler: handler.reply(status, body, headers)


def refuses(message: str, status: int = 400) -> Behaviour:
    """Refuses a request with a sentence, as services do."""
    return replies(status, json.dumps({"error": {"message": message, "type": "bad"}}))


def hangs(handler: _Handler) -> None:
    """Says nothing until the service is closed."""
    handler.service.hanging.set()
    handler.service.closing.wait(120)


def drips(handler: _Handler) -> None:
    """Sends a byte every twentieth of a second and never comes to an end."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while not handler.service.closing.wait(0.05):
        handler.wfile.write(b" ")


def hangs_up(handler: _Handler) -> None:
    """Closes the connection without a word."""
    handler.close_connection = True


class _Handler(BaseHTTPRequestHandler):
    service: JudgeService
    timeout = 60

    def do_POST(self) -> None:
        """Notes the request and does what its turn is."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.service.documents.append(json.loads(body))
        self.service.headers.append(dict(self.headers.items()))
        self.service.paths.append(self.path)
        behaviour = self.service.queue.pop(0) if self.service.queue else self.service.usual
        behaviour(self)

    def reply(self, status: int, body: str, headers: Mapping[str, str] | None = None) -> None:
        """Sends a whole response; `_` in a header's name is read as `-`."""
        raw = body.encode()
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Keeps quiet."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is what some tests are about."""


@contextmanager
def judge_service() -> Iterator[JudgeService]:
    """Runs a service of its own for one test."""
    service = JudgeService()
    handler = type("Handler", (_Handler,), {"service": service})
    with _Server(("127.0.0.1", 0), handler) as server:
        service.address = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield service
        finally:
            service.closing.set()
            server.shutdown()
            thread.join(30)
