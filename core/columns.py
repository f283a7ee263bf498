"""Columns of tables that leave the house as files: their names, kinds and what they say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

Cell = str | int | float | bool | datetime | date | None


class ColumnKind(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    WHOLE = "whole number"
    NUMBER = "number"
    YES = "yes or no"
    MOMENT = "moment"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Column:
    """One column; any of its cells may be empty."""

    name: str
    kind: ColumnKind
    about: str
