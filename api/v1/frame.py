"""What goes with every request: an id by which the log tells it, and how many more may come."""

from __future__ import annotations

import re
import uuid

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars

_SANE = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestIds:
    """Gives each request an id: the one that it brings (`X-Request-Id`), or a new one."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on with an id, which also stands in all that is logged meanwhile."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        brought = Headers(scope=scope).get("x-request-id", "")
        request_id = brought if _SANE.fullmatch(brought) else uuid.uuid4().hex
        state = scope.setdefault("state", {})
        state["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                for name, value in state.get("rate_headers", {}).items():
                    headers.setdefault(name, value)
            await send(message)

        with bound_contextvars(request_id=request_id):
            await self._app(scope, receive, send_with_id)
