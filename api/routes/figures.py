"""Figures: metrics for Prometheus, and how it stands as JSON."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Response, status
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from api.guard import Reader
from api.metrics import Metrics
from api.service import Service
from api.v1.describing import failing
from core.clock import now
from models.session import reading
from models.store.standing import read_standing, standing_json
from models.vocabulary.errors import StagecheckError

_METRICS: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "As Prometheus reads them.",
        "content": {
            "text/plain": {
                "schema": {"type": "string"},
                "example": 'stagecheck_waiting_calls{lane="fresh"} 3.0\n',
            }
        },
    },
    401: {"description": "Not from this machine, and without the token."},
}
_STANDING: dict[str, Any] = {
    "at": "2026-11-20T15:00:00+00:00",
    "lanes": {
        lane: {"calls_waiting": 3, "waiting": 3, "lag_s": 12.5, "queued": None}
        for lane in ("fresh", "backlog")
    },
    "running": 1,
    "workers": {"here:7": "2026-11-20T14:59:58+00:00"},
    "last_hour": {"calls": 40, "audio_s": 4800.0, "took_s": 600.0, "times_real_time": 8.0},
    "recordings": {"transcribed": 1200, "arrived": 3},
    "set_aside": [],
}
_STATUS: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/json": {"example": _STANDING}}},
    **failing(("no_key", "method_not_allowed", "wrong_host", "unavailable")),
}


def figure_routes(service: Service) -> APIRouter:
    """`/metrics` and `/api/v1/status`, for this machine and whoever has the token."""
    routes = APIRouter(dependencies=[Depends(Reader(service))])
    registry = CollectorRegistry()
    registry.register(Metrics(service))

    @routes.get("/metrics", tags=["figures"], response_class=Response, responses=_METRICS)
    def metrics() -> Response:
        """Gives all figures as Prometheus reads them, from the rows as they are now."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    @routes.get(
        "/api/v1/status",
        tags=["figures"],
        responses=_STATUS,
    )
    def read_status() -> dict[str, Any]:
        """Gives how it stands: what `stagecheck status --json` shows."""
        try:
            queued = service.queued_if_reached()
            with reading(service.database()) as session:
                return standing_json(read_standing(session, queued, now()))
        except StagecheckError as error:
            raise HTTPException(
                status.HTTP_503_SERVICE_UNAVAILABLE, "the database or the broker cannot be used"
            ) from error

    return routes
