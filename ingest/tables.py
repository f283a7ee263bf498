"""CSV files as telephone systems and spreadsheets write them: encodings, delimiters, lines."""

from __future__ import annotations

import csv
import re
from pathlib import Path

MOST_BYTES = 256 << 20
LONGEST_LINE = 1 << 16
MOST_FIELDS = 1000
_DELIMITERS = ",;\t|"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f]")


def read_text(path: Path) -> str:
    """The text of a table in UTF-8 (with or without a mark), UTF-16 or CP1251.

    Raises:
        ValueError: the bytes are no text, or too many.
        OSError: the file cannot be read.
    """
    return text_of(read_bytes(path))


def read_bytes(path: Path) -> bytes:
    """The bytes of a table.

    Raises:
        ValueError: there are too many.
        OSError: the file cannot be read.
    """
    if path.stat().st_size > MOST_BYTES:
        raise ValueError(_TOO_LARGE)
    return path.read_bytes()


def text_of(data: bytes) -> str:
    """The text that bytes of a table hold; see `read_text`.

    Raises:
        ValueError: the bytes are no text, or too many.
    """
    text = _decoded(data)
    if has_control(text):
        raise ValueError("the bytes are no text")
    return text


def lines_of(data: bytes) -> list[str]:
    """The lines that bytes of a table hold; a broken one further down spoils only itself.

    Raises:
        ValueError: the bytes are no text, or too many.
    """
    lines = _decoded(data).splitlines()
    if lines and has_control(lines[0]):
        raise ValueError("the bytes are no text")
    return lines


def has_control(text: str) -> bool:
    """Whether a text holds characters that none has (NUL, bell...)."""
    return _CONTROL.search(text) is not None


def delimiter_of(line: str) -> str:
    """The delimiter of a table by one of its lines: the one that gives the most fields."""
    head = line[:LONGEST_LINE]
    return max(_DELIMITERS, key=lambda mark: (len(_fields(head, mark)), mark == ","))


def split_line(line: str, delimiter: str) -> list[str]:
    """The fields of one line; a broken quote never eats the next line.

    Raises:
        ValueError: a quote is not closed, or the line is too long.
    """
    if len(line) > LONGEST_LINE:
        raise ValueError(f"a line has {len(line)} characters, more than {LONGEST_LINE}")
    fields = _fields(line, delimiter)
    if len(fields) > MOST_FIELDS:
        raise ValueError(f"a line has {len(fields)} fields, more than {MOST_FIELDS}")
    return fields


def _fields(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=False), [])
    except csv.Error as error:
        raise ValueError(str(error)) from error


_TOO_LARGE = f"it is larger than {MOST_BYTES >> 20} MB; split it"


def _decoded(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise ValueError(_TOO_LARGE)
    try:
        return _text(data)
    except UnicodeDecodeError as error:
        raise ValueError("the bytes are no text") from error


def _text(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    if len(data) > 1 and 0 in data[:2] and data[0] != data[1]:  # UTF-16 without its mark
        return data.decode("utf-16-be" if data[0] == 0 else "utf-16-le", "strict")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1251")  # what Russian spreadsheets write
