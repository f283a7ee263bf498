"""What people type into addresses and forms, kept to what the databases and the calendar can hold.

What makes no sense counts as not typed: a row of no number, no day, text without a NUL.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Annotated

from fastapi import Form
from pydantic import AfterValidator

LARGEST_ID = 2**31 - 1
_YEARS = range(1970, 9000)  # so that any zone and the day after stay within the calendar


def _row(number: int) -> int:
    return number if 0 < number <= LARGEST_ID else 0


def plain(text: str) -> str:
    """A text that every database takes."""
    return text.replace("\0", "")


def day_in(text: str | None) -> date | None:
    """The day that a text names."""
    with suppress(ValueError):
        day = date.fromisoformat(text or "")
        return day if day.year in _YEARS else None
    return None


RowId = Annotated[int, AfterValidator(_row)]
Said = Annotated[str, AfterValidator(plain)]
Text = Annotated[str, Form(), AfterValidator(plain)]
