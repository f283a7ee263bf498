"""Single values as people write them into a CRM: ids, phones, amounts, times."""

from __future__ import annotations

import math
import re
from datetime import datetime
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ValidationInfo

_MONEY_WORDS = re.compile(r"(₽|руб(лей|ля|ль)?\.?|р\.|rub)$", re.IGNORECASE)
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_LONGEST_AMOUNT = 40
_YEARS = range(1900, 2200)
_DECIMAL = re.compile(r"[+-]?\d+([.,]\d+)?")


def without_empty(value: object) -> object:
    """The same JSON without nulls and blank texts: missing, null and blank say the same."""
    if isinstance(value, dict):
        cleaned = ((key, without_empty(item)) for key, item in value.items())
        return {key: item for key, item in cleaned if item is not None}
    if isinstance(value, list):
        return [item for item in map(without_empty, value) if item is not None]
    if isinstance(value, str) and not value.strip():
        return None
    return value


def parse_id(value: object) -> str:
    """An id as text; CRMs write them as texts or as whole numbers.

    Raises:
        ValueError: neither of the two.
    """
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise ValueError("expected an id (text or whole number)")


def parse_texts(value: object) -> list[str]:
    """A list of texts (phones, extensions, e-mails), of which a CRM may write one alone.

    Raises:
        ValueError: neither a list nor a text or whole number.
    """
    items = value if isinstance(value, list) else [value]
    try:
        return [parse_id(item) for item in items]
    except ValueError:
        raise ValueError("expected a list of texts, or one text") from None


def parse_amount(value: object) -> float:
    """Money as a number: ``418000``, ``"418 000,50"``, ``"1,200,000.00 ₽"``.

    Raises:
        ValueError: no finite number stands there.
    """
    if isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value):
        return float(value)
    if isinstance(value, str):
        text = _MONEY_WORDS.sub("", "".join(value.split()))
        if len(text) <= _LONGEST_AMOUNT and _THOUSANDS.fullmatch(text):
            return float(text.replace(",", ""))
        if len(text) <= _LONGEST_AMOUNT and _DECIMAL.fullmatch(text):
            return float(text.replace(",", "."))
    raise ValueError("expected an amount of money such as 418000 or 418000.50")


def parse_time(value: object, info: ValidationInfo) -> datetime:
    """A moment; one without an offset is in the snapshot's zone (`timezone` of the context).

    Raises:
        ValueError: not ISO 8601, or far from our time.
    """
    moment = value if isinstance(value, datetime) else _from_iso(value)
    if moment.year not in _YEARS:
        raise ValueError(f"expected a year from {_YEARS[0]} to {_YEARS[-1]}")
    if moment.tzinfo is not None:
        return moment
    zone = (info.context or {}).get("timezone")
    if not isinstance(zone, ZoneInfo):
        raise ValueError("expected a time with an offset, since `timezone` is missing")  # noqa: TRY004 - pydantic only understands ValueError
    return moment.replace(tzinfo=zone)


def _from_iso(value: object) -> datetime:
    try:
        if isinstance(value, str):
            return datetime.fromisoformat(value.strip())
    except ValueError:
        pass
    raise ValueError("expected a time in ISO 8601 such as 2026-11-20T18:00:00+03:00")


Id = Annotated[str, BeforeValidator(parse_id)]
Texts = Annotated[list[str], BeforeValidator(parse_texts)]
Amount = Annotated[float, BeforeValidator(parse_amount)]
Moment = Annotated[datetime, BeforeValidator(parse_time)]
