"""Our key in what we write: an unobtrusive last line, by which it is found again."""

from __future__ import annotations

import re

_LINE = "· stagecheck {key}"
_FOUND = re.compile(r"(?:\A|\n)· stagecheck (\S+)\s*\Z")


def signed(text: str, key: str) -> str:
    """A text with our key in its last line."""
    return f"{text.rstrip()}\n\n{_LINE.format(key=key)}"


def key_of(text: str) -> str | None:
    """The key of a text that we wrote; ``None`` for those of others."""
    found = _FOUND.search(text)
    return found.group(1) if found else None
