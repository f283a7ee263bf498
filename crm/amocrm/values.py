"""Single values as amoCRM writes them: ids, times, empty lists of every kind."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import BeforeValidator

from crm.values import parse_amount, parse_id

_YEARS = range(1970, 2200)


def stamp(value: object) -> datetime | None:
    """A moment from seconds since 1970, which may be a text; nothing for 0 and null.

    Raises:
        ValueError: no moment of our time.
    """
    if value in (None, "", 0, "0", False):
        return None
    if isinstance(value, str) and not value.strip().isdigit():
        moment = datetime.fromisoformat(value.strip())
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    elif isinstance(value, str | int) and not isinstance(value, bool):
        try:
            moment = datetime.fromtimestamp(int(value), UTC)
        except (OverflowError, OSError) as error:
            raise ValueError("expected seconds since 1970") from error
    else:
        raise ValueError("expected seconds since 1970")
    if moment.year not in _YEARS:
        raise ValueError("expected a moment of our time")
    return moment


def some_id(value: object) -> str | None:
    """An id; nothing for 0, null and blank, which amoCRM writes for "nobody".

    Raises:
        ValueError: neither a text nor a whole number.
    """
    if value in (None, "", 0, "0", False):
        return None
    return parse_id(value) or None


def must_id(value: object) -> str:
    """An id that is there.

    Raises:
        ValueError: it is not.
    """
    found = some_id(value)
    if found is None:
        raise ValueError("expected an id")
    return found


def plain(value: object) -> str:
    """A text; numbers stand in text fields too, and empty objects are empty lists."""
    if isinstance(value, str):
        return value.strip().replace("\x00", "")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return ""


def money(value: object) -> float | None:
    """An amount; nothing where none can be read."""
    try:
        return parse_amount(value)
    except ValueError:
        return None


def flag(value: object) -> bool:
    """A yes or no, which may be a number or a text."""
    return value in (True, 1) or plain(value).lower() in ("1", "true", "y", "yes", "да")


def rows(value: object) -> list[dict[str, Any]]:
    """The objects of a list; null, ``[]``, ``{}`` and ``""`` are none, one keyed by ids is one."""
    if isinstance(value, Mapping):
        value = list(value.values())
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def object_(value: object) -> dict[str, Any]:
    """An object; PHP writes an empty one as ``[]``."""
    return value if isinstance(value, dict) else {}


Id = Annotated[str, BeforeValidator(must_id)]
MaybeId = Annotated[str | None, BeforeValidator(some_id)]
Stamp = Annotated[datetime | None, BeforeValidator(stamp)]
Text = Annotated[str, BeforeValidator(plain)]
Money = Annotated[float | None, BeforeValidator(money)]
Flag = Annotated[bool, BeforeValidator(flag)]
Rows = Annotated[list[dict[str, Any]], BeforeValidator(rows)]
Object = Annotated[dict[str, Any], BeforeValidator(object_)]
