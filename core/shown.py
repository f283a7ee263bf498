"""Names that strangers gave, as text that a terminal, a page, a database and JSON can carry."""

from __future__ import annotations

import unicodedata

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def shown_name(name: str) -> str:
    r"""A file's name or path with undecodable bytes replaced by U+FFFD.

    Characters that end a line, steer a terminal or turn the direction of text around
    are written as escapes (``\x1b``, ``\u202e``), so that a name only ever shows as itself.
    """
    text = name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
    if text.isprintable():
        return text
    return "".join(_escaped(character) if _steers(character) else character for character in text)


def shorten(text: str, most: int) -> str:
    """The beginning of a text: at most so many characters."""
    return text if len(text) <= most else f"{text[: most - 3]}..."


def is_plain(text: str) -> bool:
    """Whether `text` holds nothing that `shown_name` would write otherwise."""
    return shown_name(text) == text


def _steers(character: str) -> bool:
    return character in _BIDI or unicodedata.category(character) in {"Cc", "Zl", "Zp"}


def _escaped(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")
