"""A report as an XLSX workbook: a sheet for each section, numbers as numbers. All of XlsxWriter."""

from __future__ import annotations

import io
import re
from datetime import datetime
from typing import Any

import xlsxwriter

from figures.report.document import Cell, Document, Kind, Section, Table
from figures.report.harmless import is_formula
from figures.report.page import as_of_said, coverage_said, period_said
from figures.report.words import word

_LOOKS: dict[Kind, str] = {
    "count": "#,##0",
    "number": "#,##0.0",
    "share": "0%",
    "hours": "#,##0.0",
    "money": "#,##0.00",
}
_LONGEST_NAME = 31  # of a sheet


def xlsx_of(document: Document) -> bytes:
    """The workbook; the same document gives the same bytes."""
    out = io.BytesIO()
    plain = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, plain | {"strings_to_numbers": False}) as book:
        at = datetime.fromisoformat(document["as_of"]).replace(tzinfo=None)
        book.set_properties({"title": document["title"], "created": at})
        looks = _Looks(book)
        names: set[str] = set()
        _first(book.add_worksheet(_sheet_name(word("findings", document["language"]), names)),
               document, looks)  # fmt: skip
        for part in document["sections"]:
            if part["tables"]:
                _sheet(book.add_worksheet(_sheet_name(part["title"], names)), part, looks)
    return out.getvalue()


class _Looks:
    """How cells look; texts that look like formulas are marked to be texts."""

    def __init__(self, book: Any) -> None:
        self.bold = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        self.text = book.add_format({"valign": "top", "text_wrap": True})
        self.quoted = book.add_format({"valign": "top", "text_wrap": True, "quote_prefix": True})
        self.kinds = {
            kind: book.add_format({"num_format": form, "valign": "top"})
            for kind, form in _LOOKS.items()
        }


def _first(sheet: Any, document: Document, looks: _Looks) -> None:
    sheet.set_column(0, 0, 60)
    sheet.set_column(1, 2, 30)
    _text(sheet, 0, 0, document["title"], looks, bold=True)
    place = 1
    for said in (period_said(document), as_of_said(document), coverage_said(document)):
        _text(sheet, place, 0, said, looks)
        place += 1
    for one in document["tiles"]:
        for column, said in enumerate((one["label"], one["value"], one["fine"])):
            _text(sheet, place, column, said, looks)
        place += 1
    notes = [note for part in document["sections"] if part["id"] == "how" for note in part["notes"]]
    for said in (*document["findings"], *notes):
        _text(sheet, place, 0, said, looks)
        place += 1


def _sheet(sheet: Any, part: Section, looks: _Looks) -> None:
    sheet.set_column(0, 0, 36)
    sheet.set_column(1, 12, 16)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    place = 0
    for note in part["notes"]:
        _text(sheet, place, 0, note, looks)
        place += 1
    for table in part["tables"]:
        place = _table(sheet, place + 1, table, looks)


def _table(sheet: Any, place: int, table: Table, looks: _Looks) -> int:
    """Writes a table from a row on; gives the row after it."""
    _text(sheet, place, 0, table["title"], looks, bold=True)
    for column, one in enumerate(table["columns"]):
        _text(sheet, place + 1, column, one["name"], looks, bold=True)
    for down, row in enumerate(table["rows"], place + 2):
        for column, (cell, one) in enumerate(zip(row, table["columns"], strict=True)):
            _cell(sheet, down, column, cell, one["kind"], looks)
    return place + 2 + len(table["rows"])


def _cell(  # noqa: PLR0913, PLR0917 - what stands where
    sheet: Any, row: int, column: int, cell: Cell, kind: Kind, looks: _Looks
) -> None:
    if cell is None:
        return
    if isinstance(cell, str):
        _text(sheet, row, column, cell, looks)
    else:
        sheet.write_number(row, column, cell, looks.kinds.get(kind))


def _text(  # noqa: PLR0913 - what stands where
    sheet: Any, row: int, column: int, said: str, looks: _Looks, *, bold: bool = False
) -> None:
    look = looks.bold if bold else looks.quoted if is_formula(said) else looks.text
    sheet.write_string(row, column, said, look)


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that Excel takes and that no other sheet has, whatever the case of its letters."""
    base = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip(" '")[:_LONGEST_NAME] or "-"
    name, number = base, 1
    while name.casefold() in taken:
        number += 1
        name = f"{base[: _LONGEST_NAME - 4]} {number}"
    taken.add(name.casefold())
    return name
