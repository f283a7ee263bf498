"""Numbers as they are dictated: «четыре тысячи двести семьдесят шесть, тридцать восемь», «0-3».

A telephone number or a card is no amount: what counts are its digits, whatever words or figures
carry them. Offsets point into the text as it was given.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from classify.numberwords import SCALES
from classify.timewords.numerals import (
    Form,
    Numeral,
    english_numerals,
    fold,
    may_follow,
    russian_numerals,
)


@dataclass(frozen=True, slots=True)
class Dictated:
    """One number of a dictation: its digits and its place in the text.

    `measured` tells that it counts something (roubles, minutes, pieces), `ordinal` that it was
    said as an order («седьмого»), `glued` that it is part of something written together: a date,
    an hour, a decimal, a number with a plus, a name with figures.
    """

    start: int
    end: int
    digits: str
    measured: bool = False
    ordinal: bool = False
    glued: bool = False


_TOKEN = re.compile(r"\d+|[^\W\d_]+")
_GLUED = re.compile(r"(?<![\d.:,])\d{1,3}(?:[.:,]\d{1,3}){1,2}(?:[.:]\d{2,4})?(?![\d.:,]?\d)")
_UNIT_AFTER = re.compile(
    r"\s?(?:%|₽|\$|€|£|процент|руб|р\.|тыс|млн|миллион|миллиард|т\.\s?р|евро|долл|секунд|минут"
    r"|час|дн[яей]|тонн|литр|день|недел|месяц|лет\b|год|штук|шт\b|человек|метр|кг\b|позици|рабочих"
    r"|dollars?\b|pounds?\b|euros?\b|percent|thousand|hundred|million|seconds?\b|minutes?\b"
    r"|hours?\b|days?\b|weeks?\b|months?\b|years?\b|units?\b|people\b|tonnes?\b|tons?\b)",
    re.IGNORECASE,
)
_UNIT_BEFORE = re.compile(r"[$€£₽]\s?$")
_LONGEST_PART_OF_SUM = 3
_ZEROS = {"ноль", "нуль", "нолик", "zero", "nought", "oh", "o", "о"}
_ZEROS_BESIDE_NUMBERS = {"oh", "o", "о"}
_DIGIT_NOUNS = {
    word: value
    for value, forms in {
        0: "ноля нуля нолика ноли нули нолей нулей zeros zeroes",
        1: "единица единичка единицу единицы единички ones",
        2: "двойка двойку двойки twos",
        3: "тройка тройку тройки threes",
        4: "четверка четверку четверки fours",
        5: "пятерка пятерку пятерки fives",
        6: "шестерка шестерку шестерки sixes",
        7: "семерка семерку семерки sevens",
        8: "восьмерка восьмерку восьмерки eights",
        9: "девятка девятку девятки nines",
    }.items()
    for word in forms.split()
}
_PLURAL = re.compile(r"(?:[аяи]|ы|ей|s)$")
_TIMES = {"double": 2, "triple": 3}
_LARGE_TENS = {"sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90}
_NO_DIGITS = frozenset({"сотня", "сотню", "сотни"})


def dictated(text: str) -> tuple[Dictated, ...]:
    """Every number of a text with the digits that it stands for, left to right.

    «Сто двадцать три сорок» is 123 and 40, «четыре тысячи пять» 4005, «два нуля» 00; a number
    over ten thousand is an amount and none of these.
    """
    tokens = list(_TOKEN.finditer(text))
    glued = [match.span() for match in _GLUED.finditer(text)]
    found: list[Dictated] = []
    at = 0
    while at < len(tokens):
        digits, after, ordinal = _digits_at(tokens, at)
        if digits:
            start, end = tokens[at].start(), tokens[after - 1].end()
            found.append(
                Dictated(
                    start,
                    end,
                    digits,
                    measured=bool(
                        _UNIT_AFTER.match(text, end) or _UNIT_BEFORE.search(text, 0, start)
                    ),
                    ordinal=ordinal,
                    glued=_is_beside_letter(text, start, end)
                    or any(first <= start < last for first, last in glued),
                )
            )
        at = max(after, at + 1)
    return tuple(_sums_whole(text, found))


def _digits_at(tokens: Sequence[re.Match[str]], at: int) -> tuple[str, int, bool]:
    """The digits that begin at a token, where they end, and whether they are an order."""
    word = fold(tokens[at].group())
    if word.isdecimal():
        return word, at + 1, False
    if word in _TIMES:
        following = _word(tokens, at + 1)
        digit = following if len(following) == 1 and following.isdecimal() else _unit(following)
        return (digit * _TIMES[word], at + 2, False) if digit else ("", at + 1, False)
    if word in _ZEROS:
        beside = word not in _ZEROS_BESIDE_NUMBERS or _by_numbers(tokens, at)
        return ("0" if beside else ""), at + 1, False
    if word in _DIGIT_NOUNS:
        return str(_DIGIT_NOUNS[word]), at + 1, False
    return _number_words(tokens, at)


def _number_words(tokens: Sequence[re.Match[str]], at: int) -> tuple[str, int, bool]:
    first = _numeral(_word(tokens, at))
    if first is None or first.value == 0:
        alone = _word(tokens, at) == "тысяча"
        return _after_thousand(tokens, at + 1, 1) if alone else ("", at + 1, False)
    value, last, at = first.value, first, at + 1
    while (following := _numeral(_word(tokens, at))) and may_follow(last, following):
        value, last, at = value + following.value, following, at + 1
    if last.form is not Form.CARDINAL:
        return str(value), at, True
    if _is_thousand(_word(tokens, at)):
        return _after_thousand(tokens, at + 1, value) if value < 10 else ("", at + 1, False)
    noun = _word(tokens, at)
    if 2 <= value <= 4 and noun in _DIGIT_NOUNS and _PLURAL.search(noun):
        return str(_DIGIT_NOUNS[noun]) * value, at + 1, False
    return str(value), at, False


def _after_thousand(
    tokens: Sequence[re.Match[str]], at: int, thousands: int
) -> tuple[str, int, bool]:
    """«Четыре тысячи двести семьдесят шесть» as the four digits of a dictation."""
    rest, last = 0, None
    while following := _numeral(_word(tokens, at)):
        if following.value == 0 or (last is not None and not may_follow(last, following)):
            break
        rest, last, at = rest + following.value, following, at + 1
    ordinal = last is not None and last.form is not Form.CARDINAL
    return f"{thousands * 1000 + rest:04d}", at, ordinal


def _sums_whole(text: str, found: Sequence[Dictated]) -> list[Dictated]:
    """A sum in groups of three figures («1 250 рублей») is measured from its beginning."""
    whole: list[Dictated] = []
    for one in reversed(found):
        after = whole[-1] if whole else None
        belongs = (
            after is not None
            and after.measured
            and len(one.digits) <= len(after.digits) == _LONGEST_PART_OF_SUM
            and text[one.end : after.start] in {" ", "\xa0"}
            and text[one.end - 1].isdecimal()
            and text[after.start].isdecimal()
        )
        whole.append(_measured(one) if belongs else one)
    return whole[::-1]


def _measured(one: Dictated) -> Dictated:
    return Dictated(one.start, one.end, one.digits, True, one.ordinal, one.glued)


def _is_beside_letter(text: str, start: int, end: int) -> bool:
    """Whether the figures are part of a name («ivanov1985») or of a number with a plus."""
    before, after = text[start - 1 : start], text[end : end + 1]
    return text[start].isdecimal() and (before == "+" or (before + after).strip("_-").isalpha())


def _word(tokens: Sequence[re.Match[str]], at: int) -> str:
    return fold(tokens[at].group()) if 0 <= at < len(tokens) else ""


def _unit(word: str) -> str:
    if word in _ZEROS:
        return "0"
    numeral = _numeral(word)
    return str(numeral.value) if numeral and numeral.value < 10 else ""


def _by_numbers(tokens: Sequence[re.Match[str]], at: int) -> bool:
    sides = (_word(tokens, at - 1), _word(tokens, at + 1))
    return any(side.isdecimal() or _numeral(side) is not None for side in sides if side)


def _is_thousand(word: str) -> bool:
    return SCALES.get(word) == 1_000 and word.startswith(("тыс", "тыщ"))


def _numeral(word: str) -> Numeral | None:
    return _numerals().get(word)


@cache
def _numerals() -> dict[str, Numeral]:
    """Every word that may stand in a dictation; oblique forms count things and are left out."""
    large = {word: Numeral(value, Form.CARDINAL, 10) for word, value in _LARGE_TENS.items()}
    table = english_numerals() | large | russian_numerals()
    return {
        word: numeral
        for word, numeral in table.items()
        if numeral.form is not Form.OBLIQUE and word not in _NO_DIGITS
    }
