"""Numbers and amounts of money as people say them: «триста двадцать тысяч», «320 000 руб»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from classify.numberwords import Reading, reading
from classify.timewords.lexicon import is_counted
from classify.timewords.numerals import words
from classify.timewords.tokens import Token, tokens_of


@dataclass(frozen=True, slots=True)
class AmountMention:
    """An amount said in a text, from character `start` to `end`.

    `value` is in units of `currency` (ISO 4217, RUB where none was named). `has_unit` tells
    whether a scale or a currency was said; a bare «двести восемьдесят» may be thousands.
    `bound` is ``from`` («от девяноста тысяч») or ``up_to`` («до двухсот тысяч»).
    """

    start: int
    end: int
    text: str
    value: float
    currency: str
    has_unit: bool
    approximate: bool
    bound: str | None = None
    currency_named: bool = False


_CURRENCIES: tuple[tuple[str, str], ...] = (
    (r"руб\w*|рэ|р|₽|rub|rubles?|roubles?", "RUB"),
    (r"евро|€|euros?|eur", "EUR"),
    (r"доллар\w*|бакс\w*|\$|dollars?|usd|bucks", "USD"),
    (r"юан\w+|yuan|cny", "CNY"),
    (r"тенге|kzt", "KZT"),
    (r"фунт\w* стерлингов|£|pounds?|gbp", "GBP"),
    (r"дирхам\w*", "AED"),
    (r"лир(?:а|ы|у|ах)?", "TRY"),
    (r"сум(?:ов|ами)", "UZS"),
)
_ROUGH = frozenset(
    words(
        "около примерно порядка приблизительно где-то то где плюс-минус примерная наверное "
        "about around roughly approximately"
    )
)
_MONEY_NOUNS = re.compile(
    r"предоплат|аванс|бюджет|оплат|долг|остат|налог|ндс|деньг|сумм|платеж|предел|налич|чист|итог"
    r"|стоимост|цен|тысяч|миллион"
)
_LEAST_BARE = 10


def parse_number(text: str, *, language: str = "ru") -> float | None:
    """The number that the whole text says («двадцать пять тысяч» is 25000.0), else ``None``."""
    tokens = tokens_of(text, english=language.startswith("en"))
    number = reading(tokens, 0) if tokens else None
    return number.value if number and number.last == len(tokens) else None


def find_amounts(text: str, *, language: str = "ru") -> tuple[AmountMention, ...]:
    """Finds the sums said in `text`, in order.

    Numbers that count something else («восемьсот позиций», «пять процентов»), small bare
    numbers and rows of numbers (telephone numbers) are left out. Never raises on any text.
    """
    tokens = tokens_of(text, english=language.startswith("en"))
    found, index = [], 0
    while index < len(tokens):
        number = _with_currency(tokens, index)
        if number is None:
            index += 1
            continue
        if _is_money(tokens, index, number):
            found.append(_mention(text, tokens, index, number))
        index = number.last
    return tuple(found)


def _mention(text: str, tokens: Sequence[Token], first: int, number: Reading) -> AmountMention:
    start, end = tokens[first].start, tokens[number.last - 1].end
    before = {token.word for token in tokens[max(0, first - 3) : first] if token.tag != "."}
    previous = tokens[first - 1].word if first else ""
    bounds = {"от": "from", "from": "from", "до": "up_to", "to": "up_to", "максимум": "up_to"}
    return AmountMention(
        start=start,
        end=end,
        text=text[start:end],
        value=round(number.value, 2),
        currency=number.currency or "RUB",
        has_unit=number.scaled or number.currency is not None,
        approximate=number.inverted or bool(before & _ROUGH),
        bound=bounds.get(previous),
        currency_named=number.currency is not None,
    )


def _with_currency(tokens: Sequence[Token], first: int) -> Reading | None:
    lead = _currency(tokens[first].word) if tokens[first].word in {"$", "€", "£", "₽"} else None
    number = reading(tokens, first + 1 if lead else first)
    if number is None:
        return None
    number.currency = lead
    if number.last < len(tokens):
        number.currency = _currency(tokens[number.last].word) or lead
        number.last += 1 if number.currency and number.currency != lead else 0
    return number


@lru_cache(maxsize=20_000)
def _currency(word: str) -> str | None:
    return next((code for forms, code in _CURRENCIES if re.fullmatch(forms, word)), None)


def _is_money(tokens: Sequence[Token], first: int, number: Reading) -> bool:
    """Whether the number is a sum and counts no other thing."""
    if number.currency is not None:
        return True
    after = tokens[number.last] if number.last < len(tokens) else None
    word = after.word if after else ""
    if word == "%" or word.startswith("процент") or _counts_other(after):
        return False
    if number.scaled:
        return not _is_year(tokens, number)
    small = number.value < _LEAST_BARE or not number.value.is_integer()
    return not (small or _in_row(tokens, first, number.last) or word.startswith(("час", "год")))


_ROW = re.compile(r"[nm]\d|o\d|[czd]\d|half|dash")


def _in_row(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether other numbers stand beside: a telephone number, a size, a clock time."""
    beside = [list(tokens[max(0, first - 2) : first][::-1]), list(tokens[last : last + 2])]
    for side in beside:
        if len(side) > 1 and side[0].tag in {",", "-", "на", "х", "x"}:
            side.pop(0)
        if side and _ROW.match(side[0].tag):
            return True
    return False


def _counts_other(after: Token | None) -> bool:
    if after is None or not after.word[:1].isalpha() or after.tag != after.word:
        return bool(after and after.tag.startswith("mo"))
    return after.word == "раз" or (is_counted(after.word) and not _MONEY_NOUNS.match(after.word))


def _is_year(tokens: Sequence[Token], number: Reading) -> bool:
    """«Две тысячи двадцать шестого года»: the ordinal after the thousands gives it away."""
    after = tokens[number.last] if number.last < len(tokens) else None
    return after is not None and bool(re.match(r"o\d+[gx]", after.tag))
