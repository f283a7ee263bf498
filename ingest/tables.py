"""CSV files as telephone systems and spreadsheets write them: encodings, delimiters, lines."""

from __future__ import annotations

import csv
import re
from pathlib import Path

MOST_BYTES = 256 << 20
LONGEST_LINE = 1 << 16
MOST_FIELDS = 1000

_DELIMITERS = ",;\t|"
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


def read_text(path: Path) -> str:
    """The text of a table in UTF-8 (with or without a mark), UTF-16 with a mark or CP1251.

    Raises:
        ValueError: the bytes are no text, or more than 256 MB.
        OSError: the file cannot be read.
    """
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(f"it is larger than {MOST_BYTES >> 20} MB; split it by years")
    with path.open("rb") as file:
        data = file.read(MOST_BYTES)
    try:
        text = _decoded(data)
    except UnicodeDecodeError as error:
        raise ValueError("the bytes are no text") from error
    if _CONTROLS.search(text):
        raise ValueError("the bytes are no text")
    return text


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1251")  # what Russian spreadsheets write


def delimiter_of(line: str) -> str:
    """The delimiter of a table by one of its lines: the one that gives the most fields."""
    return max(_DELIMITERS, key=lambda mark: (len(split_line(line, mark)), mark == ","))


def split_line(line: str, delimiter: str) -> list[str]:
    """The fields of one line; a broken quote never eats the next line.

    Raises:
        ValueError: a quote is not closed, or the line is too long.
    """
    if len(line) > LONGEST_LINE:
        raise ValueError(f"a line has {len(line)} characters, more than {LONGEST_LINE}")
    try:
        fields = next(csv.reader([line], delimiter=delimiter, strict=False), [])
    except csv.Error as error:
        raise ValueError(str(error)) from error
    if len(fields) > MOST_FIELDS:
        raise ValueError(f"a line has {len(fields)} fields, more than {MOST_FIELDS}")
    return fields
