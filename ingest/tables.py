"""CSV files as telephone systems and spreadsheets write them: encodings, delimiters, lines."""

from __future__ import annotations

import csv
import re
from pathlib import Path

_DELIMITERS = ",;\t|"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


def read_text(path: Path) -> str:
    """The text of a table in UTF-8 (with or without a mark), UTF-16 with a mark or CP1251.

    Raises:
        ValueError: the bytes are no text.
        OSError: the file cannot be read.
    """
    data = path.read_bytes()
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1251")  # what Russian spreadsheets write
    if _CONTROL.search(text):
        raise ValueError("the bytes are no text")
    return text


def delimiter_of(line: str) -> str:
    """The delimiter of a table by one of its lines: the one that gives the most fields."""
    return max(_DELIMITERS, key=lambda mark: (len(split_line(line, mark)), mark == ","))


def split_line(line: str, delimiter: str) -> list[str]:
    """The fields of one line; a broken quote never eats the next line.

    Raises:
        ValueError: a quote is not closed.
    """
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=False), [])
    except csv.Error as error:
        raise ValueError(str(error)) from error
