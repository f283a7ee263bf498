"""Days that somebody types into a filter, as moments."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from api.pages.typed import day_in
from api.pages.weeks import begin


def between(
    since: str | None, until: str | None, zone: tzinfo
) -> tuple[datetime | None, datetime | None]:
    """From the beginning of one day to the end of another; ``None``: not said."""
    first, last = day_in(since), day_in(until)
    return (
        begin(first, zone) if first else None,
        begin(last + timedelta(days=1), zone) if last else None,
    )
