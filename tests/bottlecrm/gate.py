"""Stands before the real server as networks and proxies do: counts, loses answers, is out of order."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

_PATIENCE_S = 30.0
_PASSED_ON = ("authorization", "content-type", "accept", "user-agent")


@dataclass
class Gate:
    """One gate. `broken` and `busy` are how many requests are still answered so."""

    server: str
    asked: int = 0
    broken: int = 0
    busy: int = 0
    loses_answer: bool = False
    port: int = 0
    _http: ThreadingHTTPServer | None = None
    _thread: threading.Thread | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def open(self) -> None:
        """Begins to listen; at the same port as before, if it did before."""
        gate = self

        class Handler(BaseHTTPRequestHandler):
            def handle_one_request(self) -> None:
                self.raw_requestline = self.rfile.readline(65537)
                if self.raw_requestline and self.parse_request():
                    gate.answer(self)
                self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._http.server_address[1]
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def shut(self) -> None:
        """Listens no longer."""
        if self._http is not None and self._thread is not None:
            self._http.shutdown()
            self._http.server_close()
            self._thread.join(_PATIENCE_S)
            assert not self._thread.is_alive()
        self._http = self._thread = None

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Passes a request on, or does not."""
        body = request.rfile.read(int(request.headers.get("content-length") or 0))
        with self._lock:
            self.asked += 1
            wrong = 503 if self.broken else 429 if self.busy else 0
            if self.broken:
                self.broken -= 1
            elif self.busy:
                self.busy -= 1
            loses = self.loses_answer and request.command != "GET"
            self.loses_answer = self.loses_answer and not loses
        if wrong:
            _send(request, wrong, b"<html>not now</html>", "text/html")
            return
        there = HTTPConnection(str(urlsplit(self.server).netloc), timeout=_PATIENCE_S)
        try:
            headers = {n: request.headers[n] for n in _PASSED_ON if n in request.headers}
            there.request(request.command, request.path, body or None, headers)
            answer = there.getresponse()
            content = answer.read()
        finally:
            there.close()
        if not loses:
            _send(request, answer.status, content, answer.getheader("content-type") or "")


def _send(request: BaseHTTPRequestHandler, status: int, content: bytes, kind: str) -> None:
    request.send_response(status)
    request.send_header("content-type", kind)
    request.send_header("content-length", str(len(content)))
    request.send_header("connection", "close")
    request.end_headers()
    request.wfile.write(content)


@contextmanager
def gate_before(server: str) -> Iterator[Gate]:
    """A gate as long as the block lasts."""
    gate = Gate(server)
    gate.open()
    try:
        yield gate
    finally:
        gate.shut()
