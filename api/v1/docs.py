"""The page of the API, made by us from its OpenAPI document: no script, nothing from elsewhere."""

from __future__ import annotations

import json
from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from api.pages.pages import Rendering
from api.v1.problems import PROBLEMS

routes = APIRouter(include_in_schema=False)
Json = dict[str, Any]
_METHODS = ("get", "head", "post", "put", "delete")


@routes.get("/api/docs")
def page_of_api(request: Request, pages: Rendering) -> Response:
    """The API, operation by operation."""
    document = request.app.openapi()
    groups = [
        {
            "name": tag["name"],
            "description": tag["description"],
            "operations": _operations(document, tag["name"]),
        }
        for tag in document["tags"]
    ]
    return pages.page(
        request,
        "api_docs.html.j2",
        None,
        version=document["info"]["version"],
        groups=[group for group in groups if group["operations"]],
        shapes=_shapes(document),
        base=str(request.base_url).rstrip("/"),
    )


@routes.get("/api/docs/problems")
def page_of_problems(request: Request, pages: Rendering) -> Response:
    """What each code of a problem means, and what to do."""
    return pages.page(request, "api_problems.html.j2", None, problems=PROBLEMS)


def _operations(document: Json, tag: str) -> list[Json]:
    return [
        _operation(path, method, operation, document["components"]["schemas"])
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
        if method in _METHODS and tag in operation.get("tags", ())
    ]


def _operation(path: str, method: str, operation: Json, schemas: Json) -> Json:
    about, _, more = operation.get("description", "").partition("\n\n")
    answers = [
        {
            "status": status,
            "description": answer["description"],
            "example": _example(answer.get("content", {})),
        }
        for status, answer in sorted(operation["responses"].items())
    ]
    body = operation.get("requestBody", {}).get("content", {})
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "about": about,
        "more": more,
        "scope": operation.get("x-scope"),
        "parameters": [_parameter(one, schemas) for one in operation.get("parameters", ())],
        "kind": next(iter(body), None),
        "body": _example(body),
        "answers": [one for one in answers if one["status"] < "4"],
        "problems": [one for one in answers if one["status"] >= "4"],
    }


def _parameter(one: Json, schemas: Json) -> Json:
    schema = one.get("schema", {})
    return {
        "name": one["name"],
        "place": one["in"],
        "required": one.get("required", False),
        "kind": _kind(schema, schemas).removesuffix(" | null"),
        "description": one.get("description", ""),
        "default": schema.get("default"),
    }


def _shapes(document: Json) -> list[Json]:
    """What the answers are made of, field by field."""
    schemas: Json = document["components"]["schemas"]
    return [
        {
            "name": name,
            "about": schema.get("description", ""),
            "fields": [
                {
                    "name": field,
                    "kind": _kind(of, schemas),
                    "description": of.get("description", ""),
                }
                for field, of in schema["properties"].items()
            ],
        }
        for name, schema in sorted(schemas.items())
        if "properties" in schema and not name.startswith("Page_")
    ]


def _kind(schema: Json, schemas: Json) -> str:
    """A type in words, as `string | null`; of a closed set all that there is in it."""
    if "$ref" in schema:
        name = str(schema["$ref"].rpartition("/")[2])
        named: Json = schemas.get(name, {})
        return _kind(named, schemas) if "enum" in named else name
    if "anyOf" in schema:
        return " | ".join(_kind(one, schemas) for one in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return ", ".join(map(str, schema.get("enum", [schema.get("const")])))
    if schema.get("type") == "array":
        return f"[{_kind(schema.get('items', {}), schemas)}]"
    return str(schema.get("format", schema.get("type", "")))


def _example(content: Json) -> str | None:
    """An example as it is sent or answered."""
    for body in content.values():
        if "example" in body:
            return _shown(body["example"])
        for one in body.get("examples", {}).values():
            return _shown(one["value"])
    return None


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=2)
