"""Numbers and amounts of money as people say them: «триста двадцать тысяч», «320 000 руб»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

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


_SCALES: dict[str, int] = {
    word: scale
    for scale, words in {
        100: "сотен сотни hundred",
        1_000: "тысяча тысячи тысяч тысячу тысячам тысячей тысячами тыща тыщи тыщ тыщу тыс тыр "
        "тысячь тысячных т thousand thousands k к",
        1_000_000: "миллион миллиона миллионов миллиону миллионам миллионе миллионом млн лям ляма "
        "лямов милион милиона милионов million millions mln",
        1_000_000_000: "миллиард миллиарда миллиардов миллиарду млрд billion billions",
    }.items()
    for word in words.split()
}
# «Тысяч триста», «миллиона полтора»: the scale before the number makes it a rough one.
_INVERTING = frozenset(words("тысяч тысячи тыщ тыщи миллионов миллиона лямов ляма сотен"))
_JOINTS = frozenset(words("на в до за под"))  # «тысяч на двадцать»
_ONLY_AFTER_DIGITS = frozenset({"т", "к", "k"})
_FRACTIONS = {
    "полтора": 1.5,
    "полторы": 1.5,
    "полутора": 1.5,
    "полтораста": 150.0,
    "полсотни": 50.0,
    "четверть": 0.25,
}
_HALVES = {
    "полмиллиона": 500_000.0,
    "полмиллиарда": 500_000_000.0,
    "полтыщи": 500.0,
    "полтысячи": 500.0,
}
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
_LONGEST = 16  # digits, point included; more is no sum that anybody says


@dataclass(slots=True)
class _Reading:
    value: float
    last: int
    scaled: bool = False
    inverted: bool = False
    currency: str | None = None


def parse_number(text: str, *, language: str = "ru") -> float | None:
    """The number that the whole text says («двадцать пять тысяч» is 25000.0), else ``None``."""
    tokens = tokens_of(text, english=language.startswith("en"))
    reading = _reading(tokens, 0) if tokens else None
    return reading.value if reading and reading.last == len(tokens) else None


def find_amounts(text: str, *, language: str = "ru") -> tuple[AmountMention, ...]:
    """Finds the sums said in `text`, in order.

    Numbers that count something else («восемьсот позиций», «пять процентов»), small bare
    numbers and rows of numbers (telephone numbers) are left out. Never raises on any text.
    """
    tokens = tokens_of(text, english=language.startswith("en"))
    found, index = [], 0
    while index < len(tokens):
        reading = _with_currency(tokens, index)
        if reading is None:
            index += 1
            continue
        if _is_money(tokens, index, reading):
            found.append(_mention(text, tokens, index, reading))
        index = reading.last
    return tuple(found)


def _mention(text: str, tokens: Sequence[Token], first: int, reading: _Reading) -> AmountMention:
    start, end = tokens[first].start, tokens[reading.last - 1].end
    before = {token.word for token in tokens[max(0, first - 3) : first] if token.tag != "."}
    previous = tokens[first - 1].word if first else ""
    bounds = {"от": "from", "from": "from", "до": "up_to", "to": "up_to", "максимум": "up_to"}
    return AmountMention(
        start=start,
        end=end,
        text=text[start:end],
        value=round(reading.value, 2),
        currency=reading.currency or "RUB",
        has_unit=reading.scaled or reading.currency is not None,
        approximate=reading.inverted or bool(before & _ROUGH),
        bound=bounds.get(previous),
        currency_named=reading.currency is not None,
    )


def _with_currency(tokens: Sequence[Token], first: int) -> _Reading | None:
    lead = _currency(tokens[first].word) if tokens[first].word in {"$", "€", "£", "₽"} else None
    reading = _reading(tokens, first + 1 if lead else first)
    if reading is None:
        return None
    reading.currency = lead
    if reading.last < len(tokens):
        reading.currency = _currency(tokens[reading.last].word) or lead
        reading.last += 1 if reading.currency and reading.currency != lead else 0
    return reading


def _currency(word: str) -> str | None:
    return next((code for forms, code in _CURRENCIES if re.fullmatch(forms, word)), None)


def _reading(tokens: Sequence[Token], first: int) -> _Reading | None:
    """The longest number that begins at `first`, of any scale."""
    if first >= len(tokens):
        return None
    word = tokens[first].word
    if word in _HALVES:
        return _Reading(_HALVES[word], first + 1, scaled=True)
    if word in _INVERTING:
        joint = first + 1 < len(tokens) and tokens[first + 1].word in _JOINTS
        inverted = _plain(tokens, first + 1 + joint)
        if inverted:
            value, last = inverted
            return _Reading(value * _SCALES[word], last, scaled=True, inverted=True)
    return _scaled(tokens, first)


def _scaled(tokens: Sequence[Token], first: int) -> _Reading | None:
    """«Одиннадцать миллионов двести тысяч»: groups of falling scale."""
    total, smallest, index = 0.0, float("inf"), first
    while True:
        group = _plain(tokens, index)
        after = group[1] if group else index
        scale = _scale(tokens, after, has_number=group is not None)
        if scale is None or scale[0] >= smallest:
            break
        total += (group[0] if group else 1.0) * scale[0]
        smallest, index = scale
    if group and smallest == float("inf"):
        group = _short_thousands(tokens, index, group)
        after = group[1]
    if group and (smallest == float("inf") or group[0] < smallest):
        total, index = total + group[0] * _unsaid_scale(smallest), after
    if index == first:
        return None
    glued = bool(_GLUED.fullmatch(tokens[first].word))
    return _Reading(total, index, scaled=glued or 100 < smallest < float("inf"))


def _short_thousands(
    tokens: Sequence[Token], first: int, group: tuple[float, int]
) -> tuple[float, int]:
    """«Сорок семь триста» leaves out «тысяч»; rows of more numbers are no sums."""
    value, after = group
    rest = _in_words(tokens, after)
    if not (1 <= _in_words(tokens, first) < 1000 and 100 <= rest < 1000):
        return group
    if _in_words(tokens, after + 1) or (first and _in_words(tokens, first - 1)):
        return group
    return value * 1000 + rest, after + 1


def _in_words(tokens: Sequence[Token], index: int) -> int:
    """The whole number that a token says in words, else 0."""
    token = tokens[index] if index < len(tokens) else None
    said = token is not None and token.word[:1].isalpha() and re.fullmatch(r"n\d+", token.tag)
    return int(token.tag[1:]) if token and said else 0


def _unsaid_scale(smallest: float) -> float:
    """«Миллион двести» leaves out the thousands."""
    return 1_000.0 if smallest == 1_000_000 else 1.0


def _scale(tokens: Sequence[Token], index: int, *, has_number: bool) -> tuple[float, int] | None:
    if index >= len(tokens):
        return None
    word = tokens[index].word
    if word in _ONLY_AFTER_DIGITS and not has_number:
        return None
    scale = _SCALES.get(word)
    if scale is None or (scale == 100 and not has_number):
        return None
    tail = [token.word for token in tokens[index + 1 : index + 3]]
    if word == "т" and tail == [".", "р"]:
        return float(scale), index + 3
    shortened = word in {"тыс", "млн", "млрд"} and tail[:1] == ["."]
    return float(scale), index + (2 if shortened and len(tail) > 1 and _currency(tail[1]) else 1)


_GLUED = re.compile(r"(\d{1,9})(тыс|млн|к|k|т|m|тр)")
_GLUED_SCALES = {"млн": 1e6, "m": 1e6}


def _plain(tokens: Sequence[Token], index: int) -> tuple[float, int] | None:
    """A number below a thousand or in digits, with «с половиной», and where it ends."""
    if index >= len(tokens):
        return None
    token = tokens[index]
    value = _value(token)
    if value is None:
        return None
    index += 1
    tail = tuple(t.word for t in tokens[index : index + 4])
    if tail[:2] == ("с", "половиной"):
        return value + 0.5, index + 2
    if tail[:3] == ("and", "a", "half"):
        return value + 0.5, index + 3
    if tail[:1] == ("hundred",):
        value, index = value * 100, index + 1
        joint = 1 if index < len(tokens) and tokens[index].word == "and" else 0
        rest = _value(tokens[index + joint]) if index + joint < len(tokens) else None
        if rest is not None and rest < 100:
            return value + rest, index + joint + 1
    return value, index


def _value(token: Token) -> float | None:
    if token.word in _FRACTIONS:
        return _FRACTIONS[token.word]
    glued = _GLUED.fullmatch(token.word)
    if glued:
        return float(glued[1]) * _GLUED_SCALES.get(glued[2], 1_000.0)
    if re.fullmatch(r"[nm]\d+", token.tag):
        return float(token.tag[1:])
    written = re.fullmatch(r"(\d+)[.,](\d+)", token.word)
    if written and len(token.word) <= _LONGEST and not token.tag.startswith("dash"):
        whole, rest = written.groups()
        return float(whole + rest) if len(rest) == 3 else float(f"{whole}.{rest}")
    return None


def _is_money(tokens: Sequence[Token], first: int, reading: _Reading) -> bool:
    """Whether the number is a sum and counts no other thing."""
    if reading.currency is not None:
        return True
    after = tokens[reading.last] if reading.last < len(tokens) else None
    word = after.word if after else ""
    if word == "%" or word.startswith("процент") or _counts_other(after):
        return False
    if reading.scaled:
        return not _is_year(tokens, reading)
    small = reading.value < _LEAST_BARE or not reading.value.is_integer()
    return not (small or _in_row(tokens, first, reading.last) or word.startswith(("час", "год")))


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
    return is_counted(after.word) and not _MONEY_NOUNS.match(after.word)


def _is_year(tokens: Sequence[Token], reading: _Reading) -> bool:
    """«Две тысячи двадцать шестого года»: the ordinal after the thousands gives it away."""
    after = tokens[reading.last] if reading.last < len(tokens) else None
    return after is not None and bool(re.match(r"o\d+[gx]", after.tag))
