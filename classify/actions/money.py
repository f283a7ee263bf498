"""Sums of money in a turn, with their words."""

from __future__ import annotations

from dataclasses import dataclass

from classify.dialogue import Talk, Turn, token_at
from classify.text import Token

LEAST_SUM = 1000


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of money at words `start` to `end` of a turn; `currency` is ISO 4217.

    A `bare` one was said without «тысяч» or a currency, so its scale is only guessed.
    """

    value: float
    currency: str
    turn: Turn
    start: int
    end: int
    bare: bool = False


def sums(talk: Talk, turn: Turn) -> list[Sum]:
    """The sums named in a turn: with a unit of money or beside a word of prices."""
    out = []
    for amount in talk.amounts(turn):
        start = token_at(turn, amount.start)
        end = token_at(turn, max(amount.start, amount.end - 1)) + 1
        if not amount.has_unit and not _is_money(talk, turn, start, end, float(amount.value)):
            continue
        value = float(amount.value)
        value = int(value) if value.is_integer() else value
        out.append(Sum(value, amount.currency or "RUB", turn, start, end, not amount.has_unit))
    return [s for s in out if not _counts_things(talk, turn, s)]


def bare_sums(talk: Talk, turn: Turn) -> list[Sum]:
    """Numbers of a turn without «тысяч» or a currency, as they were said: «двести десять»."""
    out = []
    for amount in talk.amounts(turn):
        value = float(amount.value)
        if amount.has_unit or not value.is_integer():
            continue
        start = token_at(turn, amount.start)
        end = token_at(turn, max(amount.start, amount.end - 1)) + 1
        out.append(Sum(int(value), amount.currency or "RUB", turn, start, end, True))
    return [s for s in out if not _counts_things(talk, turn, s)]


def _is_money(talk: Talk, turn: Turn, start: int, end: int, value: float) -> bool:
    if value < LEAST_SUM:
        return False
    near = range(max(0, start - 5), min(len(turn.tokens), end + 3))
    return any(h.start in near for h in talk.hits("money.about", turn))


def _counts_things(talk: Talk, turn: Turn, one: Sum) -> bool:
    """«Тысячи две наименований»: what follows is a thing, not money."""
    following = turn.tokens[one.end : one.end + 1]
    words = talk.book.sets.get("counted", ())
    return any(_is(token, words) for token in following)


def _is(token: Token, words: tuple[str, ...]) -> bool:
    return any(word in token.keys for word in words)
