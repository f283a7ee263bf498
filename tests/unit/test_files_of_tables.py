"""Tables as files: what is in them is what was put in, and computes nothing elsewhere."""

from __future__ import annotations

import csv
import io
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from core.columns import Cell, Column, ColumnKind
from core.csv_lines import csv_pieces
from core.parquet import write_parquet
from tests.fakes.parquet_reader import read

KINDS = ColumnKind
COLUMNS = (
    Column("who", KINDS.TEXT, "a text"),
    Column("many", KINDS.WHOLE, "a number"),
    Column("much", KINDS.NUMBER, "a number"),
    Column("is", KINDS.YES, "yes or no"),
    Column("at", KINDS.MOMENT, "a moment"),
    Column("day", KINDS.DAY, "a day"),
)
AT = datetime(2026, 11, 9, 7, 12, 40, tzinfo=UTC)
ROWS: list[tuple[Cell, ...]] = [
    ('Ирина «А», "б"\nв', 3, -1.5, True, AT, date(2026, 11, 9)),
    ("=HYPERLINK(1)", -2, 0.1 + 0.2, False, AT, date(2026, 1, 5)),
    (None, None, None, None, None, None),
]


def test_a_csv_file_says_what_was_put_in_and_holds_no_formula() -> None:
    text = b"".join(csv_pieces(COLUMNS, ROWS)).decode()
    header, first, evil, empty = csv.reader(io.StringIO(text, newline=""))
    assert header == ["who", "many", "much", "is", "at", "day"]
    assert first == [
        "Ирина «А», \"б\"\nв", "3", "-1.5", "true", "2026-11-09T07:12:40+00:00", "2026-11-09",
    ]  # fmt: skip
    assert evil[0] == "'=HYPERLINK(1)"
    assert evil[1] == "-2"
    assert float(evil[2]) == 0.1 + 0.2
    assert empty == [""] * 6


def test_a_long_csv_file_comes_in_pieces() -> None:
    def endless() -> object:
        while True:
            yield ROWS[0]

    pieces = csv_pieces(COLUMNS, endless())  # type: ignore[arg-type]
    assert [len(next(pieces)) > 0 for _ in range(3)] == [True] * 3


def test_a_parquet_file_gives_back_each_cell_with_its_type(tmp_path: Path) -> None:
    file = tmp_path / "t.parquet"
    write_parquet(file, COLUMNS, iter(ROWS * 4000))
    asked = f'SELECT who, many, much, "is", epoch("at"), day FROM \'{file}\' LIMIT 3'  # noqa: S608
    found = read(asked)
    assert found == [
        (*row[:4], row[4].timestamp() if isinstance(row[4], datetime) else None, row[5])
        for row in ROWS
    ]
    kinds = [row[1] for row in read(f"DESCRIBE SELECT * FROM '{file}'")]  # noqa: S608
    assert kinds == ["VARCHAR", "BIGINT", "DOUBLE", "BOOLEAN", "TIMESTAMP WITH TIME ZONE", "DATE"]
    [(rows,)] = read(f"SELECT count(*) FROM '{file}'")  # noqa: S608
    assert rows == 12_000
    assert [one.name for one in tmp_path.iterdir()] == ["t.parquet"]


def test_a_table_without_a_row_is_a_file_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "t.parquet"
    write_parquet(file, COLUMNS, [])
    assert read(f"SELECT * FROM '{file}'") == []  # noqa: S608
    described = read(f"DESCRIBE SELECT * FROM '{file}'")  # noqa: S608
    assert [row[0] for row in described] == [one.name for one in COLUMNS]


def test_a_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").mkdir()
    with pytest.raises(OSError, match=r"t\.parquet"):
        write_parquet(tmp_path / "t.parquet", COLUMNS, ROWS)
