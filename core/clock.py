"""The one place that asks the machine for the time."""

from __future__ import annotations

from datetime import UTC, datetime


def now() -> datetime:
    """Gives the present moment, aware, in UTC."""
    return datetime.now(UTC)
