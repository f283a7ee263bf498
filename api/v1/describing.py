"""How the API is described: OpenAPI with an example of every request and answer."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel

from api.v1.problems import MEDIA_TYPE, PAGE, PROBLEMS
from api.v1.shapes import Problem
from models.vocabulary.keys import Scope

Json = dict[str, Any]
_KEY = "key"
_EVERYWHERE = (
    "no_key",
    "key_refused",
    "missing_scope",
    "not_found",
    "method_not_allowed",
    "wrong_host",
    "invalid_parameter",
    "too_many_requests",
    "unexpected",
    "unavailable",
)
_HEADERS: Json = {
    "X-Request-Id": {
        "description": "by which the log tells the request",
        "schema": {"type": "string"},
    },
    "RateLimit": {
        "description": 'how many requests are left for so many seconds: `"key";r=599;t=60`',
        "schema": {"type": "string"},
    },
}
_ETAG: Json = {"ETag": {"description": "for `If-None-Match`", "schema": {"type": "string"}}}
_RANGE: Json = {
    "name": "Range",
    "in": "header",
    "required": False,
    "description": "the bytes that are wanted; without it all of them",
    "schema": {"type": "string"},
    "example": "bytes=0-65535",
}
TAGS = [
    {"name": "calls", "description": "Calls, what was said in them and what was done."},
    {"name": "deals", "description": "Deals, where they really stand, and what was promised."},
    {"name": "flags", "description": "What a supervisor should look at, and what was decided."},
    {"name": "coverage", "description": "Whether every call was recorded and understood."},
    {"name": "pipelines", "description": "The CRM's boards, and what their stages demand."},
    {"name": "intake", "description": "Recordings, call records and CRM snapshots come in."},
    {"name": "work", "description": "Work that is to be done again."},
    {"name": "keys", "description": "Programs' keys."},
    {"name": "figures", "description": "How it stands with the service."},
    {"name": "sales", "description": "The true funnel and other figures from verified facts."},
    {"name": "health", "description": "Whether the service is alive and able to work."},
]
_ABOUT = f"""\
Times are ISO 8601 with an offset, numbers E.164. Lists come in pages: ask again with `cursor` set
to `next_cursor` until that is `null`; nothing is lost or doubled while rows are added. `fields`
chooses fields, `updated_since` what changed. Answers carry an `ETag`; with `If-None-Match` they
are `304 Not Modified` while nothing changed. Errors are problem details (RFC 9457); their codes
are stable and explained at `{PAGE}`.
"""


def told(  # noqa: PLR0913 - what an operation is described by
    scope: Scope,
    shape: Any,
    example: Json,
    *,
    status: int = 200,
    problems: Sequence[str] = (),
    etag: bool = True,
) -> Json:
    """How an operation is described: the scope it needs, what it answers, what may go wrong."""
    headers = _HEADERS | (_ETAG if etag else {})
    responses: dict[int | str, Json] = {
        status: {
            "model": shape,
            "description": "As asked.",
            "headers": headers,
            "content": {"application/json": {"example": example}},
        }
    }
    if etag:
        responses[304] = {"description": "As the program has it already.", "headers": headers}
    responses |= failing((*_EVERYWHERE, *problems))
    return {
        "responses": responses,
        "status_code": status,
        "openapi_extra": {"security": [{_KEY: [scope.value]}], "x-scope": scope.value},
    }


def told_sound(scope: Scope, *, problems: Sequence[str]) -> Json:
    """The same of an operation that answers with sound, whole or in parts."""
    about = told(scope, None, {}, problems=problems)
    whole = about["responses"][200]
    del whole["model"]
    schema = {"type": "string", "format": "binary"}
    whole["content"] = {"audio/wav": {"schema": schema, "example": "(bytes of the sound)"}}
    part = {"description": "where in the sound it lies", "schema": {"type": "string"}}
    about["responses"][206] = whole | {
        "description": "The part of it that `Range` asks for.",
        "headers": whole["headers"] | {"Content-Range": part},
    }
    about["openapi_extra"]["parameters"] = [_RANGE]
    return about


def failing(codes: Sequence[str]) -> dict[int | str, Json]:
    """How the answers of problems are described, by status; each code with an example."""
    found: dict[int | str, Json] = {}
    for code in codes:
        kind = PROBLEMS[code]
        answer = found.setdefault(kind.status, _answer())
        answer["description"] += f"`{code}`: {kind.title} "
        example = {
            "type": f"{PAGE}#{code}",
            "title": kind.title,
            "status": kind.status,
            "code": code,
            "detail": kind.remedy,
            "request_id": "6f1f2a0e8b6c4b0f",
        }
        answer["content"][MEDIA_TYPE]["examples"][code] = {"value": example}
    for answer in found.values():
        answer["description"] = answer["description"].strip()
    return found


def _answer() -> Json:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {
        "description": "",
        "headers": {"X-Request-Id": _HEADERS["X-Request-Id"]},
        "content": {MEDIA_TYPE: {"schema": schema, "examples": {}}},
    }


def shape_of(model: type[BaseModel]) -> Json:
    """The schema of something that programs send."""
    return model.model_json_schema(ref_template="#/components/schemas/{model}")


class Description:
    """The OpenAPI document of an app, and what it says of a request."""

    def __init__(self, app: FastAPI) -> None:
        self._app = app
        self._document: Json | None = None
        self._parameters: dict[tuple[str, str], frozenset[str]] = {}

    def document(self) -> Json:
        """The document; made once."""
        if self._document is None:
            self._document = self._made()
        return self._document

    def known_parameters(self, request: Request) -> frozenset[str]:
        """The query parameters of the operation that is asked for."""
        asked = (request.scope["route"].path_format, request.method.casefold())
        if asked not in self._parameters:
            operation = self.document()["paths"][asked[0]][asked[1]]
            self._parameters[asked] = frozenset(
                one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"
            )
        return self._parameters[asked]

    def _made(self) -> Json:
        app = self._app
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=_ABOUT,
            routes=app.routes,
            tags=TAGS,
        )
        parts = document.setdefault("components", {})
        schemas = parts.setdefault("schemas", {})
        problem = shape_of(Problem)
        schemas.update(problem.pop("$defs", {}))
        schemas["Problem"] = problem
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        parts["securitySchemes"] = {
            _KEY: {
                "type": "http",
                "scheme": "bearer",
                "description": "A key of `stagecheck api-key NAME --scope ...`.",
            }
        }
        return document


def describe(app: FastAPI) -> None:
    """Lets the app describe itself in this way."""
    description = Description(app)
    app.openapi = description.document  # type: ignore[method-assign] # as FastAPI's docs do it
    app.state.known_parameters = description.known_parameters
