"""Serves one HTML page on this machine only, so that a browser can keep it open."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from core.logs import get_logger
from models.vocabulary.errors import StagecheckError

LOOPBACK = "127.0.0.1"
_log = get_logger("flow.page_server")


@contextmanager
def serving(page: Path, port: int) -> Iterator[str]:
    """Serves `page` at the address given back; nobody outside this machine reaches it.

    Raises:
        StagecheckError: the port is taken or not ours to use.
    """
    try:
        server = ThreadingHTTPServer((LOOPBACK, port), _handler_for(page))
    except (OSError, OverflowError) as error:
        raise StagecheckError(
            f"port {port}: the page cannot be served there ({error}). Name another with --port."
        ) from error
    thread = threading.Thread(target=server.serve_forever, name="page", daemon=True)
    thread.start()
    try:
        yield f"http://{LOOPBACK}:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler_for(page: Path) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        server_version = "stagecheck"
        sys_version = ""

        def do_GET(self) -> None:
            # A foreign name that resolves to this machine (DNS rebinding) gets nothing.
            host = self.headers.get("Host", "").rsplit(":", 1)[0]
            if host not in {LOOPBACK, "localhost"}:
                self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
            elif self.path != "/":
                self.send_error(HTTPStatus.NOT_FOUND)
            else:
                self._send_page()

        def _send_page(self) -> None:
            try:
                body = page.read_bytes()
            except OSError:
                body = "Ещё нет отчёта: первый разбор идёт. Обновите страницу позже.".encode()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("X-Frame-Options", "DENY")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
            _log.info("page asked for", client=self.client_address[0], request=format % args)

    return Handler
