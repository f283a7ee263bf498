"""The web app: made from the settings and what `stagecheck serve` was told."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.guard import HostGuard, SafeHeaders, answered_hosts, check_token
from api.routes.figures import figure_routes
from api.routes.health import health_routes
from api.routes.ledger import ledger_routes
from api.service import Service
from core.logs import get_logger
from core.serving import ServePlan, told_plan
from core.settings import Settings, load_settings
from ingest.sftp.tally import AuditTally

_log = get_logger("api")


def make_app() -> FastAPI:
    """The app of this process; the server calls it.

    Raises:
        SettingsError: a setting is unknown or wrong.
        InvalidInputError: the token's file is wrong.
    """
    return app_for(told_plan(), load_settings())


def app_for(plan: ServePlan, settings: Settings) -> FastAPI:
    """The app for a plan and settings.

    Raises:
        InvalidInputError: the token's file is wrong.
    """
    service = Service(plan, settings, AuditTally(plan.state / "sftp" / "audit.jsonl"))
    check_token(service)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        service.close()

    # The pages that describe the API would fetch scripts from elsewhere; /openapi.json says it all.
    app = FastAPI(
        title="stagecheck",
        version=version("stagecheck"),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.include_router(health_routes(service))
    app.include_router(figure_routes(service))
    app.include_router(ledger_routes(service))
    app.add_middleware(HostGuard, hosts=answered_hosts(service))
    app.add_middleware(SafeHeaders)
    app.add_middleware(RequestLog)
    return app


class RequestLog:
    """Logs what was answered: the route, never what was asked for in it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on and logs."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, answer = time.monotonic(), 0

        async def send_and_note(message: Message) -> None:
            nonlocal answer
            if message["type"] == "http.response.start":
                answer = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except Exception as error:
            # The server would log its words, which may be those of a call.
            _log.error("failed", exc_info=error)
            if answer:
                raise
            sorry = JSONResponse({"detail": "an unexpected error; the log says more"}, 500)
            await sorry(scope, receive, send_and_note)
        finally:
            route = scope.get("route")
            _log.info(
                "answered",
                method=scope["method"],
                route=getattr(route, "path", None),
                status=answer,
                took_ms=round(1000 * (time.monotonic() - began)),
            )
