"""Cursors: where a list goes on, as programs carry it. What is in them is nobody's business."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.v1.problems import ProblemError

_LARGEST = (1 << 31) - 1


@dataclass(frozen=True, slots=True)
class Cursor:
    """Behind which place a list goes on; `run` is whose verdicts were listed, where it matters."""

    place: tuple[Any, ...]
    run: int | None = None


def cursor_text(cursor: Cursor, asked: str) -> str:
    """A cursor as a program gets it; `asked` tells lists and filters apart."""
    body = json.dumps([asked, cursor.run, *cursor.place], ensure_ascii=False)
    return base64.urlsafe_b64encode(body.encode()).decode().rstrip("=")


def read_cursor(text: str, asked: str, kinds: Sequence[type]) -> Cursor:
    """What a program brought back; `kinds` are the types of a place.

    Raises:
        ProblemError: it is no cursor, or one of another list.
    """
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        of, run, *place = found
    except (binascii.Error, ValueError, TypeError, RecursionError):
        raise ProblemError("invalid_cursor", "this is no cursor") from None
    if of != asked:
        raise ProblemError("invalid_cursor", "the cursor was given for another list or filters")
    numbers = [run] if run is not None else []
    right = len(place) == len(kinds) and all(map(_is, place, kinds))
    if not (right and all(_is(number, int) for number in numbers)):
        raise ProblemError("invalid_cursor", "this is no cursor of this list")
    return Cursor(tuple(place), run)


def told_apart(path: str, parameters: Mapping[str, str]) -> str:
    """Tells lists and their filters apart."""
    words = json.dumps([path, sorted(parameters.items())], ensure_ascii=True)
    return hashlib.sha256(words.encode()).hexdigest()[:12]


def _is(value: object, kind: type) -> bool:
    if kind is int:
        return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= _LARGEST
    return isinstance(value, kind) and "\0" not in str(value)
