"""Figures: metrics for Prometheus, and how it stands as JSON."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Response, status
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST

from api.guard import Reader
from api.metrics import Metrics
from api.service import Service
from core.clock import now
from models.session import reading
from models.store.standing import read_standing, standing_json
from models.vocabulary.errors import StagecheckError

_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"description": "Not from this machine, and without the token."}
}


def figure_routes(service: Service) -> APIRouter:
    """`/metrics` and `/api/v1/status`, for this machine and whoever has the token."""
    routes = APIRouter(dependencies=[Depends(Reader(service))], responses=_REFUSED)
    registry = CollectorRegistry()
    registry.register(Metrics(service))

    @routes.get("/metrics", tags=["figures"], response_class=Response)
    def metrics() -> Response:
        """Gives all figures as Prometheus reads them, from the rows as they are now."""
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    @routes.get(
        "/api/v1/status",
        tags=["figures"],
        responses={503: {"description": "The database cannot be used now."}},
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
