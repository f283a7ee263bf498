"""Tables as CSV: UTF-8 without a mark, commas, RFC 4180."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime

from core.batches import in_parts
from core.columns import Cell, Column

_HARMFUL = ("=", "+", "-", "@", "\t", "\r")
_LINES = 500  # of one piece


def csv_pieces(columns: Sequence[Column], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """The file in pieces, however many rows there are; its first line names the columns.

    Moments are ISO 8601 with an offset, days `2026-11-09`; what is empty is an empty cell.
    """
    yield _piece([[one.name for one in columns]])
    for some in in_parts(rows, _LINES):
        yield _piece([list(map(_shown, row)) for row in some])


def harmless(text: str) -> str:
    """A text that no table program takes for a formula.

    Source: OWASP, CSV Injection.
    """
    return f"'{text}" if text.lstrip(" ").startswith(_HARMFUL) else text


def _piece(rows: Iterable[Sequence[str]]) -> bytes:
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    return lines.getvalue().encode()


def _shown(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, datetime):
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return harmless(cell) if isinstance(cell, str) else repr(cell)
