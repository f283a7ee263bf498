"""The web app: made from the settings and what `stagecheck serve` was told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version

from fastapi import FastAPI
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.guard import HostGuard, SafeHeaders, answered_hosts, check_token
from api.hooks import hook_routes
from api.pages.wiring import add_pages
from api.playback import Playback
from api.routes.figures import figure_routes
from api.routes.health import health_routes
from api.service import Service
from api.v1.frame import RequestIds
from api.v1.problems import is_api, problem_answer
from api.v1.wiring import add_api
from core.logs import get_logger
from core.serving import ServePlan, told_plan
from core.settings import Settings, load_settings
from ingest.sftp.tally import AuditTally

_log = get_logger("api")


def make_app() -> FastAPI:
    """The app of this process; the server calls it.

    Raises:
        SettingsError: a setting is unknown or wrong.
        InvalidInputError: the file of a token or secret is wrong.
    """
    return app_for(told_plan(), load_settings())


def app_for(plan: ServePlan, settings: Settings) -> FastAPI:
    """The app for a plan and settings.

    Raises:
        InvalidInputError: the file of a token or secret is wrong.
    """
    service = Service(plan, settings, AuditTally(plan.state / "sftp" / "audit.jsonl"))
    check_token(service)

    playback = Playback(service)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        sweeping = asyncio.create_task(playback.keep_swept())
        yield
        sweeping.cancel()
        with suppress(asyncio.CancelledError):
            await sweeping
        service.close()

    # FastAPI's pages that describe the API would fetch scripts from elsewhere; /api/docs does not.
    app = FastAPI(
        title="stagecheck",
        version=version("stagecheck"),
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.playback = playback
    app.include_router(health_routes(service))
    app.include_router(figure_routes(service))
    app.include_router(hook_routes(service))
    add_pages(app, service)
    add_api(app, service)
    app.add_middleware(HostGuard, hosts=answered_hosts(service))
    app.add_middleware(SafeHeaders)
    app.add_middleware(RequestLog)
    app.add_middleware(RequestIds)
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
            await _sorry(scope)(scope, receive, send_and_note)
        finally:
            route = scope.get("route")
            _log.info(
                "answered",
                method=scope["method"],
                route=getattr(route, "path", None),
                status=answer,
                took_ms=round(1000 * (time.monotonic() - began)),
            )


def _sorry(scope: Scope) -> JSONResponse:
    said = "an unexpected error; the log says more"
    if is_api(scope):
        return problem_answer(scope, "unexpected", said)
    return JSONResponse({"detail": said}, 500)
