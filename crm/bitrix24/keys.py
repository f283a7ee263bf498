"""Our key in what we write: an unobtrusive last line, by which it is found again."""

from __future__ import annotations

import re

from crm.rows import text_of

_MARK = "stagecheck #"
_OURS = re.compile(r"stagecheck #\S+\s*(?:<[^<>]*>\s*)*\Z")


def signed(text: str, key: str) -> str:
    """A text with our key in its last line."""
    return f"{text.rstrip()}\n\n{_MARK}{key}"


def has_key(value: object, key: str) -> bool:
    """Whether our key stands in a text; a longer key that begins so is another one."""
    text, wanted = text_of(value), re.escape(f"{_MARK}{key}")
    return text is not None and re.search(rf"{wanted}(?![\w:./-])", text) is not None


def is_ours(value: object) -> bool:
    """Whether a text is one that we wrote, under whatever key."""
    text = text_of(value)
    return text is not None and _OURS.search(text) is not None
