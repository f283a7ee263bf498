"""What all lists share: pages by cursors, chosen fields, and answers that are not sent twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Path, Query, Request
from pydantic import AfterValidator, AwareDatetime, BaseModel
from starlette.responses import Response

from api.v1.cursors import Cursor, cursor_text, read_cursor, told_apart
from api.v1.problems import ProblemError
from core.clock import now

Json = dict[str, Any]
T = TypeVar("T")
LARGEST_ID = (1 << 31) - 1
_NOT_FILTERS = ("cursor", "limit", "fields", "lang")


def _in_range(value: datetime) -> datetime:
    if not 1970 <= value.year <= 2200:
        raise ValueError("a year from 1970 to 2200 is expected")
    return value


Moment = Annotated[AwareDatetime, AfterValidator(_in_range)]
Since = Annotated[
    Moment | None,
    Query(
        description="only what changed at this moment or later; take `as_of` of the first page "
        "that you read last time, less a minute",
        examples=["2026-11-20T18:00:00+03:00"],
    ),
]
Text = Annotated[str | None, Query(max_length=200)]
Id = Annotated[int | None, Query(ge=1, le=LARGEST_ID)]
CallId = Annotated[int, Path(ge=1, le=LARGEST_ID, examples=[17], description="the call's `id`")]
Fields = Annotated[
    str | None,
    Query(max_length=500, description="names of the fields that are wanted, with commas"),
]


class Order(StrEnum):
    """Which row comes first."""

    OLDEST = "oldest"
    NEWEST = "newest"


class Listing:
    """Which page of a list somebody wants."""

    def __init__(
        self,
        request: Request,
        limit: Annotated[int, Query(ge=1, le=500, description="rows of a page")] = 100,
        cursor: Annotated[
            str | None,
            Query(max_length=4000, description="`next_cursor` of the page before"),
        ] = None,
        fields: Fields = None,
    ) -> None:
        self.request, self.limit, self._cursor, self._fields = request, limit, cursor, fields

    def after(self, kinds: Sequence[type]) -> Cursor | None:
        """Where it goes on; ``None``: at its beginning.

        Raises:
            ProblemError: the cursor is none of this list.
        """
        if self._cursor is None:
            return None
        return read_cursor(self._cursor, self._asked(), kinds)

    def part(
        self,
        items: Sequence[T],
        place: Callable[[T], tuple[Any, ...]],
        after: Cursor | None,
    ) -> tuple[Sequence[T], tuple[Any, ...] | None]:
        """The page of a short list that is put together here, and behind which place it goes on.

        `place` tells where an item stands; the items are in that order.
        """
        left = items if after is None else [one for one in items if place(one) > after.place]
        shown = left[: self.limit]
        return shown, place(shown[-1]) if len(left) > len(shown) else None

    def answer(
        self,
        shape: type[BaseModel],
        items: Iterable[Json],
        last: Sequence[Any] | None,
        run: int | None = None,
    ) -> Response:
        """A page: its items, and the cursor behind `last`.

        Raises:
            ProblemError: a field is wanted that there is not.
        """
        wanted = chosen_fields(shape, self._fields)
        cursor = None
        if last is not None:
            cursor = cursor_text(Cursor(tuple(last), run), self._asked())
        body: Json = {"data": [chosen(one, wanted) for one in items], "next_cursor": cursor}
        link = {}
        if cursor is not None:
            url = self.request.url.include_query_params(cursor=cursor)
            link["Link"] = f'<{url.path}?{url.query}>; rel="next"'
        return answered(self.request, body, {"as_of": now().isoformat(timespec="seconds")}, link)

    def _asked(self) -> str:
        request = self.request
        given = {
            name: value
            for name, value in request.query_params.multi_items()
            if name not in _NOT_FILTERS
        }
        return told_apart(request.url.path, given)


Paged = Annotated[Listing, Depends()]


def chosen_fields(shape: type[BaseModel], fields: str | None) -> frozenset[str] | None:
    """The fields that are wanted; ``None``: all.

    Raises:
        ProblemError: there is none of a name.
    """
    if fields is None:
        return None
    wanted = frozenset(name.strip() for name in fields.split(",") if name.strip())
    unknown = sorted(wanted - set(shape.model_fields))
    if unknown or not wanted:
        known = ", ".join(shape.model_fields)
        named = f"`{unknown[0][:60]}` is no field" if unknown else "no field is named"
        raise ProblemError(
            "invalid_parameter",
            f"{named} (there are: {known})",
            errors=[{"where": "query.fields", "problem": f"{named}"}],
        )
    return wanted


def chosen(item: Json, wanted: frozenset[str] | None) -> Json:
    """An item with those fields alone."""
    return item if wanted is None else {name: item[name] for name in item if name in wanted}


def answered(
    request: Request,
    body: Json,
    more: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """An answer with its ETag; without a body where the program has it already.

    `more` are members that the ETag does not look at.
    """
    words = json.dumps(body, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    etag = f'W/"{hashlib.sha256(words.encode()).hexdigest()[:32]}"'
    told = {"ETag": etag, "Cache-Control": "private, no-cache", "Vary": "Accept-Language"}
    told |= headers or {}
    if has_it(request.headers.get("if-none-match", ""), etag):
        return Response(status_code=304, headers=told)
    content = json.dumps(body | dict(more or {}), ensure_ascii=False, separators=(",", ":"))
    return Response(content, media_type="application/json", headers=told)


def has_it(shown: str, etag: str) -> bool:
    """Whether a program has it already: `shown` is its `If-None-Match`.

    Source: RFC 9110, section 13.1.2; the comparison is the weak one.
    """
    plain = etag.removeprefix("W/")
    tags = (one.strip().removeprefix("W/") for one in shown.split(","))
    return shown.strip() == "*" or plain in tags
