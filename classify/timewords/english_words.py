"""English words cut where a time ends in them: «Tuesday's fine», «ten-ish», «four'd do»."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from classify.timewords.lexicon import ENGLISH_WEEKDAYS
from classify.timewords.numerals import english_numerals, words
from classify.timewords.tokens import Token

_ENDED = re.compile(r"(?P<base>.+?)(?P<ending>['’](?:s|d|ll|ve|re))$")
_UNITS = frozenset(
    words(
        "today tomorrow tonight yesterday week month year hour day fortnight morning afternoon "
        "evening noon midday"
    )
)
_ISH = re.compile(r"(?P<base>\d{1,2}|[a-z]+)ish$")
# What follows a weekday whose «'s» a recogniser left out: «thursdays fine».
_TOLD = frozenset(
    words(
        "fine good great ok okay no not out bad perfect better best tricky busy full ideal my the "
        "a tomorrow today clear free off gone hopeless"
    )
)


def cut(tokens: Sequence[Token]) -> Iterator[Token]:
    """The tokens with the endings of words of time as tokens of their own."""
    for token, following in zip(tokens, (*tokens[1:], None), strict=False):
        word = token.word
        ended = _ENDED.match(word)
        if ended and _of_time(ended["base"]):
            yield from _halves(token, len(ended["base"]), "'" + ended["ending"][1:])
        elif word.endswith("s") and word[:-1] in ENGLISH_WEEKDAYS and _told(following):
            yield from _halves(token, len(word) - 1, "'s")
        elif (ish := _ISH.match(word)) and _number(ish["base"]):
            yield from _halves(token, len(ish["base"]), "ish")
        elif word in {"o’clock", "oclock"}:
            yield replace(token, word="o'clock", tag="o'clock")
        else:
            yield token


def _of_time(base: str) -> bool:
    return base in ENGLISH_WEEKDAYS or base in _UNITS or base in english_numerals()


def _told(following: Token | None) -> bool:
    return following is not None and following.word in _TOLD


def _number(base: str) -> bool:
    return base.isdigit() or base in english_numerals()


def _halves(token: Token, at: int, ending: str) -> tuple[Token, Token]:
    base, middle = token.word[:at], token.start + at
    tag = f"n{int(base)}" if base.isdigit() else base
    return (
        Token(token.start, middle, base, tag),
        Token(middle, token.end, ending, ending),
    )
