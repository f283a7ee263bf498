"""Health: is the process alive, can the service work."""

from __future__ import annotations

from typing import Any

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Response, status
from pydantic import BaseModel

from api.readiness import Hindrance, hindrances
from api.service import Service

_PATIENCE_S = 10.0
_SLOW = Hindrance(
    "database", f"it did not answer within {_PATIENCE_S:.0f} s", "Look at the database's load."
)


class Alive(BaseModel):
    """The process answers."""

    status: str


class Reason(BaseModel):
    """Why the service is not ready."""

    part: str
    problem: str
    remedy: str


class Ready(BaseModel):
    """Whether the service can work; empty `reasons` say that it can."""

    ready: bool
    reasons: list[Reason]


def _shown(example: dict[str, Any]) -> dict[str, Any]:
    return {"content": {"application/json": {"example": example}}}


_ALIVE: dict[int | str, dict[str, Any]] = {200: _shown({"status": "alive"})}
_NOT_READY = {"part": _SLOW.part, "problem": _SLOW.problem, "remedy": _SLOW.remedy}
_READY: dict[int | str, dict[str, Any]] = {
    200: _shown({"ready": True, "reasons": []}),
    503: {
        "model": Ready,
        "description": "It cannot.",
        **_shown({"ready": False, "reasons": [_NOT_READY]}),
    },
}


def health_routes(service: Service) -> APIRouter:
    """`/healthz` and `/readyz`, which everybody may ask."""
    routes = APIRouter(tags=["health"])

    @routes.get("/healthz", responses=_ALIVE)
    async def healthz() -> Alive:
        """Says that the process is alive; nothing else is looked at."""
        return Alive(status="alive")

    @routes.get("/readyz", responses=_READY)
    async def readyz(response: Response) -> Ready:
        """Says whether database, broker, scheduler and disk are as they have to be."""
        found = [_SLOW]
        with anyio.move_on_after(_PATIENCE_S):
            found = await run_sync(hindrances, service, abandon_on_cancel=True)
        if found:
            response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
        reasons = [Reason(part=o.part, problem=o.problem, remedy=o.remedy) for o in found]
        return Ready(ready=not found, reasons=reasons)

    return routes
