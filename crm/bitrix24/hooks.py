"""Reads the events that a portal posts: forms with keys in PHP's brackets.

Source: api-reference/events/index.md and _includes/auth-params-in-events.md of
bitrix-tools/b24-rest-docs.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

from crm.bitrix24.events import thing_of
from crm.rows import row_of, text_of
from models.vocabulary.crm import Rung

_MOST_BYTES = 256 << 10
_MOST_FIELDS = 2000
_DEEPEST = 8
_FORM = "application/x-www-form-urlencoded"


def read_hook(body: bytes, content_type: str) -> tuple[Rung, str | None]:
    """What an event says is to be read again, and the `application_token` that it proves itself by.

    An event about something that we do not read rings for nothing.

    Raises:
        ValueError: it is no event of Bitrix24, or larger than one can be.
    """
    if content_type.partition(";")[0].strip().lower() != _FORM:
        raise ValueError("expected a form, as Bitrix24 sends its events")
    if len(body) > _MOST_BYTES:
        raise ValueError("the event is larger than an event can be")
    try:
        pairs = parse_qsl(
            body.decode("utf-8", "strict"), keep_blank_values=True, max_num_fields=_MOST_FIELDS
        )
    except UnicodeDecodeError as error:
        raise ValueError("the event is no UTF-8") from error
    told = _nested(pairs)
    event = told.get("event")
    if not isinstance(event, str) or not event.strip():
        raise ValueError("the form has no `event`")
    token = text_of(row_of(told.get("auth")).get("application_token"))
    thing = thing_of(event.strip(), row_of(told.get("data")))
    return Rung((thing,) if thing is not None else ()), token


def _nested(pairs: list[tuple[str, str]]) -> dict[str, Any]:
    """``data[FIELDS][ID]=7`` as objects in each other; what does not fit together is left out."""
    found: dict[str, Any] = {}
    for key, value in pairs:
        path = key.replace("]", "").split("[")
        if len(path) > _DEEPEST:
            continue
        place: Any = found
        for part in path[:-1]:
            place = place.setdefault(part, {}) if isinstance(place, dict) else None
        if isinstance(place, dict):
            place[path[-1]] = value
    return found
