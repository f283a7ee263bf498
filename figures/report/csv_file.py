"""A report as CSV: one value a line, so that any program can read it without knowing its tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from figures.report.document import Document
from figures.report.harmless import harmless
from figures.report.words import word

_HEADS = ("csv_section", "csv_table", "csv_row", "csv_name", "csv_column", "csv_value", "csv_unit")


def csv_of(document: Document) -> str:
    """The tables' values: section, table, number of the row, its name, measure, value, kind.

    Numbers are as they are counted (shares from 0 to 1, hours), with a decimal point; what is not
    known is empty. It begins with a byte order mark, by which Excel knows the letters.
    """
    out = io.StringIO()
    write = csv.writer(out, lineterminator="\r\n")
    write.writerow([word(one, document["language"]) for one in _HEADS])
    write.writerows([_cell(one) for one in line] for line in _lines(document))
    return "\ufeff" + out.getvalue()


def _lines(document: Document) -> Iterator[list[str | int | float | None]]:
    for name in ("week", "whom", "as_of", "heard", "answered"):
        yield ["report", "report", 1, document["title"], name, document[name], ""]
    for part in document["sections"]:
        for table in part["tables"]:
            for number, row in enumerate(table["rows"], 1):
                for column, cell in zip(table["columns"], row, strict=True):
                    yield [
                        part["title"],
                        table["title"],
                        number,
                        str(row[0]),
                        column["name"],
                        cell,
                        column["kind"],
                    ]


def _cell(value: str | float | None) -> str:
    if value is None:
        return ""
    return harmless(value) if isinstance(value, str) else repr(value)
