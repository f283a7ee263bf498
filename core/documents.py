"""Reads JSON that strangers wrote: strict, and bounded in size, depth and numbers."""

from __future__ import annotations

import json
import math
import os
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

DEEPEST = 64
LONGEST_NUMBER = 30

_ODD_ESCAPES = re.compile(r"\\u(?:d[89a-f]|0000)", re.IGNORECASE)
_ODD_CHARACTERS = re.compile("[\ud800-\udfff\x00]")


class DocumentError(ValueError):
    """A file that is no usable JSON; `problem` completes "FILE ...", `remedy` is a sentence."""

    def __init__(self, problem: str, remedy: str = "Correct it or write it again.") -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(problem)


def read_document(path: Path, most_bytes: int) -> Any:
    """Gives the JSON document of a file in UTF-8.

    Half surrogates and NUL characters in its texts become U+FFFD: no database takes them.

    Raises:
        DocumentError: it is larger than `most_bytes`, or is none.
        OSError: it cannot be read.
    """
    with path.open("rb") as file:
        if os.fstat(file.fileno()).st_size > most_bytes:
            raise _too_large(most_bytes)
        return parse_document(file.read(most_bytes + 1), most_bytes)


def parse_document(data: bytes, most_bytes: int) -> Any:
    """Gives the JSON document in `data`; the same as `read_document`.

    Raises:
        DocumentError: it is larger than `most_bytes`, or is none.
    """
    if len(data) > most_bytes:
        raise _too_large(most_bytes)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DocumentError("is not UTF-8 text", "Save it with the encoding UTF-8.") from error
    del data
    try:
        document = json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_whole,
            parse_float=_fraction,
            parse_constant=_no_number,
        )
    except json.JSONDecodeError as error:
        problem = f"is not JSON: {error.msg} in line {error.lineno}, column {error.colno}"
        raise DocumentError(problem) from error
    except RecursionError as error:
        raise _too_deep() from error
    _check_depth(document)
    return _mended(document) if _ODD_ESCAPES.search(text) else document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise DocumentError(f"says {json.dumps(twice[:60])} twice in one object")
    return found


def _whole(digits: str) -> int:
    if len(digits) > LONGEST_NUMBER:
        raise DocumentError(f"holds a number of {len(digits)} digits")
    return int(digits)


def _fraction(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise DocumentError("holds a number that is too large")
    return number


def _no_number(word: str) -> None:
    raise DocumentError(f"is not JSON: {word} is no number", "Write null where there is none.")


def _too_large(most_bytes: int) -> DocumentError:
    return DocumentError(f"is larger than {most_bytes >> 20} MB", "Leave out what is not needed.")


def _too_deep() -> DocumentError:
    return DocumentError(f"is nested more than {DEEPEST} levels deep")


def _check_depth(document: object) -> None:
    level = _containers([document])
    for _ in range(DEEPEST):
        if not level:
            return
        level = [
            one
            for each in level
            for one in _containers(each.values() if isinstance(each, dict) else each)
        ]
    raise _too_deep()


def _containers(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if isinstance(value, dict | list)]


def _mended(value: Any) -> Any:
    if isinstance(value, str):
        return _ODD_CHARACTERS.sub("\ufffd", value)
    if isinstance(value, list):
        return [_mended(item) for item in value]
    if isinstance(value, dict):
        return {_mended(key): _mended(item) for key, item in value.items()}
    return value
