"""What a report is made of: plain JSON, so that a page, a file and a spreadsheet tell the same.

A cell is a number, a text or ``None`` (not known); how it is shown follows from its column's kind.
Shares lie within 0..1, durations are hours, moments are ISO 8601 with their zone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypedDict

from figures.report.words import word

FORM = 1  # the version of this form; a change that readers would stumble over raises it
Kind = Literal["text", "count", "number", "share", "hours", "money", "moment"]
Cell = str | int | float | None


class Column(TypedDict):
    """A column: the word that heads it, and what its cells are."""

    name: str
    kind: Kind


class Table(TypedDict):
    """Rows under their columns; `id` names it in files."""

    id: str
    title: str
    columns: list[Column]
    rows: list[list[Cell]]


class Section(TypedDict):
    """A part of a report. `charts` are inputs of `figures.charts` with their kind."""

    id: str
    title: str
    notes: list[str]
    charts: list[dict[str, Any]]
    tables: list[Table]


class Tile(TypedDict):
    """A number to begin with; `share` within 0..1 where it is one."""

    label: str
    value: str
    fine: str


class Document(TypedDict):
    """A whole report. `week` is like ``2026-W46``; `rules` and `plans` are versions (hashes)."""

    form: int
    kind: str
    language: str
    title: str
    whom: str
    week: str
    since: str
    until: str
    as_of: str
    heard: int
    answered: int
    rules: list[str]
    plans: list[str]
    tiles: list[Tile]
    findings: list[str]
    sections: list[Section]


def table(
    name: str,
    language: str,
    columns: Mapping[str, Kind],
    rows: Sequence[Sequence[Cell]],
    title: str | None = None,
) -> Table:
    """A table whose columns are headed by words of ours."""
    return {
        "id": name,
        "title": word(name, language) if title is None else title,
        "columns": [{"name": word(key, language), "kind": kind} for key, kind in columns.items()],
        "rows": [list(row) for row in rows],
    }


def section(
    name: str,
    title: str,
    *,
    notes: Sequence[str] = (),
    charts: Sequence[dict[str, Any]] = (),
    tables: Sequence[Table] = (),
) -> Section:
    """A section without the tables that have no row."""
    return {
        "id": name,
        "title": title,
        "notes": [one for one in notes if one],
        "charts": list(charts),
        "tables": [one for one in tables if one["rows"]],
    }
