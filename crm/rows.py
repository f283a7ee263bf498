"""Objects, lists and texts of a CRM's answers: what is not what it should be counts as missing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Row = Mapping[str, Any]

_LONGEST = 20_000


def row_of(value: object) -> Row:
    """An object; an empty one for whatever is none (PHP writes `[]` for an empty object)."""
    return value if isinstance(value, Mapping) else {}


def rows_of(value: object) -> list[Row]:
    """The objects of a list; nothing for whatever is none."""
    items = value if isinstance(value, list) else []
    return [item for item in items if isinstance(item, Mapping)]


def text_of(value: object) -> str | None:
    """A text that says something; ``None`` for an empty one and for what is none."""
    if isinstance(value, str):
        # NUL is no character for a database.
        return value.replace("\0", "").strip()[:_LONGEST] or None
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return None


def joined(*parts: object) -> str:
    """Names in one, without those that are missing."""
    return " ".join(text for part in parts if (text := text_of(part)) is not None)
