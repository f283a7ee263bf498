"""Names that clients send: what they mean inside a box, and which are refused."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from ingest.listing import is_uploading

LONGEST_NAME, LONGEST_PATH, DEEPEST = 255, 1024, 16
ROOT = PurePosixPath("/")
SHELVED = re.compile(r"\.~\d{10,}$")  # how an earlier file of the same name is kept
_BAD = re.compile(r"[\x00-\x1f\x7f\\]")


class BadNameError(Exception):
    """A name that nothing here may have; the message says why."""


def place_of(path: bytes) -> PurePosixPath:
    """The absolute path that a client means, seen from the root of its box.

    `.` and `..` are settled here, and nothing leads above the root. Bytes that are no UTF-8 (names
    in CP1251) are kept as Python's surrogates.

    Raises:
        BadNameError: the name holds control characters or backslashes, or is too long.
    """
    text = path.decode("utf-8", "surrogateescape")
    if _BAD.search(text):
        raise BadNameError("a name may not hold control characters or backslashes")
    parts: list[str] = []
    for part in text.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    place = ROOT.joinpath(*parts)
    if len(parts) > DEEPEST or len(as_bytes(place)) > LONGEST_PATH:
        raise BadNameError(f"a path may have {DEEPEST} folders and {LONGEST_PATH} bytes")
    if any(len(part.encode("utf-8", "surrogateescape")) > LONGEST_NAME for part in parts):
        raise BadNameError(f"a name may have {LONGEST_NAME} bytes")
    if any(SHELVED.search(part) for part in parts):
        raise BadNameError("names that end like .~1786518930 are ours")
    return place


def as_bytes(place: PurePosixPath) -> bytes:
    """A path as the client is told it."""
    return str(place).encode("utf-8", "surrogateescape")


def is_temporary(place: PurePosixPath) -> bool:
    """Whether the client will rename the file once it is whole."""
    return is_uploading(place.name)


def is_allowed(place: PurePosixPath, suffixes: frozenset[str]) -> bool:
    """Whether a file of this name may come; a temporary name is judged when it gets its own."""
    return is_temporary(place) or place.suffix.casefold() in suffixes
