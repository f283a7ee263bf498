"""Single values as BottleCRM writes them: ids are UUIDs, money is text, a due date has no time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import UTC, date, datetime, time
from uuid import UUID
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_YEARS = range(1990, 2200)


def id_of(value: object) -> str | None:
    """An id, also that of an object (`{"id": ...}`); ``None`` for whatever is no UUID."""
    text = value.get("id") if isinstance(value, Mapping) else value
    if not isinstance(text, str):
        return None
    try:
        return str(UUID(text.strip()))
    except ValueError:
        return None


def number_of(value: object) -> float | None:
    """A number, also one written as a text (``"24797.00"``)."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        found = float(value[:40] if isinstance(value, str) else value)
    except (ValueError, OverflowError):
        return None
    return found if math.isfinite(found) else None


def moment_of(value: object) -> datetime | None:
    """A moment with its offset (``2026-11-23T18:34:58.642756Z``)."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip()[:40])
    except ValueError:
        return None
    if found.year not in _YEARS:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def end_of_day(value: object, zone: ZoneInfo) -> datetime | None:
    """The last second of a date (``2026-11-30``) where the office is: until then it is due."""
    if not isinstance(value, str):
        return None
    try:
        day = date.fromisoformat(value.strip()[:10])
    except ValueError:
        return None
    if day.year not in _YEARS:
        return None
    return datetime.combine(day, time(23, 59, 59), zone)


def zone_of(value: object) -> ZoneInfo:
    """A time zone by its name; UTC where there is none of it."""
    try:
        return ZoneInfo(value) if isinstance(value, str) and value else ZoneInfo("UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return ZoneInfo("UTC")
