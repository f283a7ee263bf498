"""Single values as Bitrix24 writes them: numbers as texts, "Y" and "N", `{}` for a date."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime

from crm import rows
from crm.rows import Row, text_of

_YEARS = range(1990, 2200)
_DIGITS = re.compile(r"\d{1,18}")
_RUSSIAN_TIME = re.compile(r"(\d\d)\.(\d\d)\.(\d{4})(?: (\d\d):(\d\d)(?::(\d\d))?)?")
_SPACES = re.compile(r"[ \t\u00a0]+")
_TAG = re.compile(r"\[/?[A-Za-z*][A-Za-z0-9]*(?:=[^\]\n]*)?\]|<[^<>\n]{1,300}>")


def rows_of(value: object) -> list[Row]:
    """A list of objects; PHP writes one with gaps as an object with numbers for keys."""
    return rows.rows_of(list(value.values()) if isinstance(value, Mapping) else value)


def id_of(value: object) -> str | None:
    """An id as text; ``0``, ``"0"``, empty and null are none."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return str(value) if 0 < value < 10**18 else None
    if isinstance(value, str) and _DIGITS.fullmatch(value.strip()):
        return str(int(value)) if int(value) > 0 else None
    return None


def ids_of(value: object) -> tuple[str, ...]:
    """Ids from a list (or an object with numbers for keys), each once."""
    items = list(value.values()) if isinstance(value, Mapping) else value
    found = (id_of(item) for item in items) if isinstance(items, list) else iter(())
    return tuple(dict.fromkeys(one for one in found if one is not None))


def number_of(value: object) -> float | None:
    """A number, also one written as a text (``"19999.99"``, ``"100|RUB"``)."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value) if math.isfinite(value) else None
    if isinstance(value, str):
        try:
            found = float(value.partition("|")[0].strip()[:40])
        except ValueError:
            return None
        return found if math.isfinite(found) else None
    return None


def code_of(value: object) -> str:
    """A short code such as ``WON``, ``2`` or ``VOXIMPLANT_CALL``, written as text or number."""
    if isinstance(value, str):
        return value.strip()[:200]
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return ""


def plain_text(value: object) -> str | None:
    """A text without the marks of BB code and HTML."""
    text = text_of(value)
    return text_of(_SPACES.sub(" ", _TAG.sub(" ", text))) if text else None


def flag_of(value: object) -> bool:
    """``"Y"``, ``true``, ``1`` and ``"1"`` are yes; everything else is no."""
    return value is True or (
        not isinstance(value, bool) and code_of(value).upper() in ("Y", "1", "TRUE")
    )


def moment_of(value: object) -> datetime | None:
    """A moment with its offset; ``None`` for ``""``, ``{}``, ``false`` and what is no date.

    One without an offset (a portal's own format) is taken as UTC.
    """
    if not isinstance(value, str) or not value.strip():
        return None
    text = value.strip()[:40]
    russian = _RUSSIAN_TIME.fullmatch(text)
    try:
        if russian:
            day, month, year, hour, minute, second = (int(part or 0) for part in russian.groups())
            found = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        else:
            found = datetime.fromisoformat(text)
    except ValueError:
        return None
    if found.year not in _YEARS:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def multi_of(row: Row, kind: str) -> tuple[str, ...]:
    """The values of a multi-field (`PHONE`, `EMAIL`), as `fm` or under its own name."""
    own = [one.get("VALUE") for one in rows_of(row.get(kind))]
    mixed = [
        one.get("value") for one in rows_of(row.get("fm")) if code_of(one.get("typeId")) == kind
    ]
    found = (text_of(value) for value in (*own, *mixed))
    return tuple(dict.fromkeys(one for one in found if one is not None))
