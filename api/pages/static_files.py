"""Scripts and styles of the pages: our own, and those that came with packages.

Each has its hash in its address, so that browsers may keep it for ever.
"""

from __future__ import annotations

import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from importlib.util import find_spec
from pathlib import Path

from fastapi import APIRouter, Response, status

_KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"}
# Names under which files of packages are served. These packages are installed for the files alone.
_OF_PACKAGES = {
    "htmx.js": ("django_htmx", "static/django_htmx/htmx-2.min.js"),
    "htmx-sse.js": ("django_htmx", "static/django_htmx/ext/hx-sse-2.min.js"),
    "wavesurfer.js": ("wavesurfer", "js/wavesurfer.min.js"),
    "wavesurfer-regions.js": ("wavesurfer", "js/plugins/regions.min.js"),
}


routes = APIRouter(include_in_schema=False)


def static_url(name: str) -> str:
    """The address of a file: ``static_url("base.css")``."""
    return f"/static/{_digest(name)}/{name}"


@routes.get("/static/{digest}/{name}")
def static_file(digest: str, name: str) -> Response:
    """A file, for everybody: there is nothing of anybody in it."""
    if name not in _names() or digest != _digest(name):
        return Response(status_code=status.HTTP_404_NOT_FOUND)
    return Response(
        _file(name).read_bytes(),
        media_type=_KINDS[name.rpartition(".")[2]],
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


@cache
def _names() -> frozenset[str]:
    own = (files("api.pages") / "static").iterdir()
    return frozenset({*_OF_PACKAGES, *(file.name for file in own)})


@cache
def _digest(name: str) -> str:
    return hashlib.sha256(_file(name).read_bytes()).hexdigest()[:16]


def _file(name: str) -> Traversable:
    if name in _OF_PACKAGES:
        package, path = _OF_PACKAGES[name]
        return package_file(package, path)
    return files("api.pages") / "static" / name


def package_file(package: str, path: str) -> Traversable:
    """A file of an installed package, which is not imported: it is wanted for the file alone."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"{package} is not installed: `make setup` installs it")
    return Path(spec.submodule_search_locations[0]) / path
