"""Every route that an app has, as its requests find it."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter, FastAPI
from starlette.routing import Route


def routes_of(app: FastAPI) -> Iterator[tuple[str, str]]:
    """Method and path of each."""
    for one in app.routes:
        router = getattr(one, "original_router", None)
        for route in router.routes if isinstance(router, APIRouter) else (one,):
            if isinstance(route, Route):
                yield from ((method, route.path) for method in sorted(route.methods or ()))
