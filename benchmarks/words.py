"""Texts as word lists that can be compared: lower case, no punctuation, ё as е, digits spelled."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

_UNITS = ["ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять"]
_TEENS = [
    "десять",
    "одиннадцать",
    "двенадцать",
    "тринадцать",
    "четырнадцать",
    "пятнадцать",
    "шестнадцать",
    "семнадцать",
    "восемнадцать",
    "девятнадцать",
]
_TENS = [
    "двадцать",
    "тридцать",
    "сорок",
    "пятьдесят",
    "шестьдесят",
    "семьдесят",
    "восемьдесят",
    "девяносто",
]
_HUNDREDS = [
    "сто",
    "двести",
    "триста",
    "четыреста",
    "пятьсот",
    "шестьсот",
    "семьсот",
    "восемьсот",
    "девятьсот",
]
_POWERS = (
    (10**9, ("миллиард", "миллиарда", "миллиардов")),
    (10**6, ("миллион", "миллиона", "миллионов")),
    (10**3, ("тысяча", "тысячи", "тысяч")),
)


def _below_thousand(number: int, *, feminine: bool = False) -> list[str]:
    words = [_HUNDREDS[number // 100 - 1]] if number >= 100 else []
    rest = number % 100
    if 10 <= rest < 20:
        return [*words, _TEENS[rest - 10]]
    if rest >= 20:
        words.append(_TENS[rest // 10 - 2])
    unit = rest % 10
    if unit:
        words.append({1: "одна", 2: "две"}.get(unit, _UNITS[unit]) if feminine else _UNITS[unit])
    return words


def _form(number: int, forms: tuple[str, str, str]) -> str:
    if number % 10 == 1 and number % 100 != 11:
        return forms[0]
    if number % 10 in {2, 3, 4} and number % 100 not in {12, 13, 14}:
        return forms[1]
    return forms[2]


def spelled_number(digits: str) -> list[str]:
    """Gives the Russian cardinal of a run of digits; leading zeros are said one by one."""
    zeros = len(digits) - len(digits.lstrip("0"))
    words = ["ноль"] * zeros
    number = int(digits)
    if number >= 10**12:
        return [_UNITS[int(digit)] for digit in digits]
    for power, forms in _POWERS:
        count, number = divmod(number, power)
        if count:
            words += [*_below_thousand(count, feminine=power == 10**3), _form(count, forms)]
    return words + _below_thousand(number)


def normalised_words(text: str) -> list[str]:
    """Gives the words of `text` as the word error rate compares them."""
    text = text.lower().replace("ё", "е")
    text = re.sub(r"(?<=\d)[   .](?=\d{3}(?!\d))", "", text)
    text = re.sub(r"\d+", lambda match: f" {' '.join(spelled_number(match[0]))} ", text)
    return re.findall(r"[a-zа-я]+", text)


def word_errors(reference: Sequence[str], heard: Sequence[str]) -> int:
    """Counts substitutions, deletions and insertions that turn `heard` into `reference`."""
    if not heard:
        return len(reference)
    spots = np.arange(len(heard) + 1)
    row = spots.copy()
    for index, word in enumerate(reference, start=1):
        wrong = np.fromiter((other != word for other in heard), dtype=np.int64)
        best = np.minimum(row[1:] + 1, row[:-1] + wrong)
        costs = np.concatenate(([index], best)) - spots
        row = np.minimum.accumulate(costs) + spots
    return int(row[-1])
