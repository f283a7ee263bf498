"""The values of numbers of any scale as they are said: «сорок семь триста», «пара миллионов»."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from classify.timewords.numerals import words
from classify.timewords.tokens import Token

SCALES: dict[str, int] = {
    word: scale
    for scale, words in {
        100: "сотен сотни hundred",
        1_000: "тысяча тысячи тысяч тысячу тысячам тысячей тысячами тыща тыщи тыщ тыщу тыс тыр "
        "тысячь тысячных тысчонок тыщонок тысяченок тысячек косарь косаря косарей косарю т "
        "thousand thousands k к",
        1_000_000: "миллион миллиона миллионов миллиону миллионам миллионе миллионом млн лям ляма "
        "лямов лимон лимона лимонов милион милиона милионов million millions mln",
        1_000_000_000: "миллиард миллиарда миллиардов миллиарду млрд billion billions",
    }.items()
    for word in words.split()
}
# «Тысяч триста», «миллиона полтора»: the scale before the number makes it a rough one.
INVERTING = frozenset(words("тысяч тысячи тыщ тыщи миллионов миллиона лямов ляма сотен косарей"))
_JOINTS = frozenset(words("на в до за под"))  # «тысяч на двадцать»
_ONLY_AFTER_DIGITS = frozenset({"т", "к", "k"})
_ONLY_AFTER_NUMBERS = frozenset({"лимона", "лимонов", "лимон"})  # else a fruit
_FRACTIONS = {
    "полтора": 1.5,
    "полторы": 1.5,
    "полутора": 1.5,
    "полтораста": 150.0,
    "полсотни": 50.0,
    "четверть": 0.25,
    "пара": 2.0,
    "пару": 2.0,
    "парочка": 2.0,
    "парочку": 2.0,
}
# Numbers as nouns; what they number is often left out («сотка максимум»).
_NOUNS = {
    form: float(value)
    for value, forms in {
        10: "десятка десятку десятки десяткой червонец",
        15: "пятнашка пятнашку пятнарик",
        20: "двадцатка двадцатку двадцатник",
        30: "тридцатка тридцатку тридцатник",
        40: "сороковка сороковник сорокет",
        50: "полтинник полтинника полтос полтоса полтинничек",
        100: "сотка сотку сотки сотней сотню сотня соточка соточку",
    }.items()
    for form in forms.split()
}
_HALVES = {
    "полмиллиона": 500_000.0,
    "полмиллиарда": 500_000_000.0,
    "полляма": 500_000.0,
    "пол-ляма": 500_000.0,
    "полтыщи": 500.0,
    "полтысячи": 500.0,
}
_LONGEST = 16  # digits, point included; more is no sum that anybody says


@dataclass(slots=True)
class Reading:
    """A number and where it ends; `currency` is ISO 4217 where one was said."""

    value: float
    last: int
    scaled: bool = False
    inverted: bool = False
    currency: str | None = None


def reading(tokens: Sequence[Token], first: int) -> Reading | None:
    """The longest number that begins at `first`, of any scale."""
    if first >= len(tokens):
        return None
    word = tokens[first].word
    if not _begins_number(word, tokens[first].tag):
        return None
    if word in _HALVES:
        return Reading(_HALVES[word], first + 1, scaled=True)
    if word in INVERTING:
        joint = first + 1 < len(tokens) and tokens[first + 1].word in _JOINTS
        inverted = _plain(tokens, first + 1 + joint)
        if inverted:
            value, last = inverted
            return Reading(value * SCALES[word], last, scaled=True, inverted=True)
    return _joined_decimals(tokens, first) or _scaled(tokens, first)


@lru_cache(maxsize=20_000)
def _begins_number(word: str, tag: str) -> bool:
    """Whether a number may begin with a word: most words begin none."""
    known = (_HALVES, INVERTING, SCALES, _FRACTIONS, _NOUNS)
    return (
        any(word in some for some in known)
        or bool(_GLUED.fullmatch(word) or re.fullmatch(r"[nm]\d+", tag))
        or bool(re.fullmatch(r"\d+[.,]\d+", word))
    )


def _joined_decimals(tokens: Sequence[Token], first: int) -> Reading | None:
    """«Один и тридцать пять миллиона», «две целых пять десятых миллиона»."""
    whole = _whole(tokens, first)
    joint = tokens[first + 1].word if first + 1 < len(tokens) else ""
    rest = _whole(tokens, first + 2) if joint in _POINTS else None
    if whole is None or rest is None or not (whole < 1000 and 0 < rest < 100):
        return None
    after = first + 3
    if after < len(tokens) and tokens[after].word in _TENTHS:
        after += 1
    scale = SCALES.get(tokens[after].word) if after < len(tokens) else None
    if scale is None or scale < 1_000 or (joint == "и" and scale < 1_000_000):
        return None
    value = whole + rest / 10 ** len(str(rest))
    return Reading(value * scale, after + 1, scaled=True)


_POINTS = frozenset(words("и целых целая запятая точка"))
_TENTHS = frozenset(words("десятых десятая сотых десятой"))


def _whole(tokens: Sequence[Token], index: int) -> int | None:
    token = tokens[index] if index < len(tokens) else None
    return int(token.tag[1:]) if token and re.fullmatch(r"[nm]\d+", token.tag) else None


def _scaled(tokens: Sequence[Token], first: int) -> Reading | None:
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
    return Reading(total, index, scaled=glued or 100 < smallest < float("inf"))


def _short_thousands(
    tokens: Sequence[Token], first: int, group: tuple[float, int]
) -> tuple[float, int]:
    """«Сорок семь триста» leaves out «тысяч»; rows of more numbers are no sums."""
    value, after = group
    rest = _said(tokens, after)
    if not (1 <= _said(tokens, first) < 1000 and 100 <= rest < 1000):
        return group
    if not (_in_words(tokens, first) or _in_words(tokens, after)):
        return group
    if _said(tokens, after + 1) or (first and _said(tokens, first - 1)):
        return group
    return value * 1000 + rest, after + 1


def _said(tokens: Sequence[Token], index: int) -> int:
    """The whole number of a token, in words or digits, else 0."""
    token = tokens[index] if 0 <= index < len(tokens) else None
    return int(token.tag[1:]) if token and re.fullmatch(r"n\d+", token.tag) else 0


def _in_words(tokens: Sequence[Token], index: int) -> bool:
    return tokens[index].word[:1].isalpha()


def _unsaid_scale(smallest: float) -> float:
    """«Миллион двести» leaves out the thousands."""
    return 1_000.0 if smallest == 1_000_000 else 1.0


def _scale(tokens: Sequence[Token], index: int, *, has_number: bool) -> tuple[float, int] | None:
    if index >= len(tokens):
        return None
    word = tokens[index].word
    if word in _ONLY_AFTER_DIGITS | _ONLY_AFTER_NUMBERS and not has_number:
        return None
    scale = SCALES.get(word)
    if scale is None or (scale == 100 and not has_number):
        return None
    tail = [token.word for token in tokens[index + 1 : index + 3]]
    if word == "т" and tail == [".", "р"]:
        return float(scale), index + 3
    shortened = word in {"тыс", "млн", "млрд"} and tail[:1] == ["."]
    return float(scale), index + (2 if shortened and len(tail) > 1 and _rouble(tail[1]) else 1)


def _rouble(word: str) -> bool:
    return bool(re.fullmatch(r"руб\w*|р|рэ|₽", word))


_GLUED = re.compile(r"(\d{1,9})(тыс|тысяч|тыщ|млн|к|k|т|m|тр)")
_GLUED_SCALES = {"млн": 1e6, "m": 1e6}


def _plain(tokens: Sequence[Token], index: int) -> tuple[float, int] | None:
    """A number below a thousand or in digits, with «с половиной», and where it ends."""
    if index >= len(tokens):
        return None
    value = _value(tokens[index])
    if value is None:
        return None
    index += 1
    tail = tuple(t.word for t in tokens[index : index + 4])
    for part, words_of_it in _PARTS:
        if tail[: len(words_of_it)] == words_of_it:
            return value + part, index + len(words_of_it)
    return _english_hundred(tokens, value, index) if tail[:1] == ("hundred",) else (value, index)


_PARTS = (
    (0.5, ("с", "половиной")),
    (0.5, ("с", "полтиной")),
    (0.25, ("с", "четвертью")),
    (0.5, ("and", "a", "half")),
)


def _english_hundred(tokens: Sequence[Token], value: float, index: int) -> tuple[float, int]:
    """«Two hundred and ten», `index` at «hundred»."""
    value, index = value * 100, index + 1
    joint = 1 if index < len(tokens) and tokens[index].word == "and" else 0
    rest = _value(tokens[index + joint]) if index + joint < len(tokens) else None
    if rest is not None and rest < 100:
        return value + rest, index + joint + 1
    return value, index


def _value(token: Token) -> float | None:
    if token.word in _FRACTIONS:
        return _FRACTIONS[token.word]
    if token.word in _NOUNS:
        return _NOUNS[token.word]
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
