"""Keeps what strangers typed from being worked out as a formula by a spreadsheet."""

from __future__ import annotations

# What spreadsheets take for the beginning of a formula, also after a blank or full-width.
# https://owasp.org/www-community/attacks/CSV_Injection
_BEGINNINGS = tuple("=+-@\t\r\n＝＋－＠")


def is_formula(text: str) -> bool:
    """Whether a spreadsheet could take a text for a formula."""
    return text.startswith(_BEGINNINGS) or text.lstrip().startswith(_BEGINNINGS)


def harmless(text: str) -> str:
    """A text that stays one: an apostrophe stands before what looks like a formula."""
    return f"'{text}" if is_formula(text) else text
