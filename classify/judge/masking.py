"""Finds telephone numbers and e-mail addresses in spoken words, to keep them in the house."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

PHONE, MAIL = "[phone]", "[e-mail]"


@dataclass(frozen=True, slots=True)
class Hidden:
    """What stands instead of the characters `start` to `end` of a text."""

    start: int
    end: int
    mark: str


_DOT = r"(?:точка|dot)"
_JOINT = r"(?:точка|тире|дефис|нижнее\s+подч[её]ркивание|dot|dash|underscore)"
_LOCAL = rf"(?<![\w.+-])[\w.+-]{{1,64}}(?:\s+{_JOINT}\s+[\w+-]{{1,64}}){{0,5}}"
_DOMAIN = (
    rf"[\w-]{{1,64}}(?:\s+{_JOINT}\s+[\w-]{{1,64}}|\.[\w-]{{1,64}}){{0,5}}"
    rf"(?:\s+{_DOT}\s+|\.)[^\W\d]{{2,24}}"
)
_MAIL = re.compile(rf"{_LOCAL}(?:\s?@\s?|\s+(?:собака|собачка|at)\s+){_DOMAIN}", re.IGNORECASE)
_DIGITS = re.compile(r"\+?\d(?:[\s().\-‐‑–—]{0,3}\d){6,}")
_THOUSANDS = re.compile(r"\d{1,3}(?:[\s.]\d{3})+")
_CITY = re.compile(r"\d{3}[\s\-‐‑–—]\d{2}[\s\-‐‑–—]\d{2}")

_NUMBERS: dict[str, int] = {
    word: digits
    for digits, words in {
        1: "ноль нуль один одна раз два две три четыре пять шесть семь восемь девять zero oh one "
        "two three four five six seven eight nine double triple",
        2: "десять одиннадцать двенадцать тринадцать четырнадцать пятнадцать шестнадцать "
        "семнадцать восемнадцать девятнадцать двадцать тридцать сорок пятьдесят шестьдесят "
        "семьдесят восемьдесят девяносто ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety",
        3: "сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот",
    }.items()
    for word in words.split()
}
_ZEROS = frozenset({"ноль", "нуль", "zero", "oh"})
_TEENS = frozenset(
    word
    for word in _NUMBERS
    if word.endswith(("надцать", "teen")) or word in ("десять", "ten", "eleven", "twelve")
)
_WORD = re.compile(r"\w+")
_FEWEST_DIGITS = 7


def hidden_places(text: str) -> tuple[Hidden, ...]:
    """Every number and address in `text` that would reach a person, left to right.

    Numbers of seven digits and more count, written or spoken; sums grouped in thousands or
    said with «тысяча», «миллион» do not.
    """
    found = sorted(
        (*_mails(text), *_written_phones(text), *_spoken_phones(text)),
        key=lambda one: (one.start, -one.end),
    )
    kept: list[Hidden] = []
    for one in found:
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return tuple(kept)


def masked(text: str, places: tuple[Hidden, ...]) -> str:
    """`text` with a mark instead of each hidden place."""
    parts, at = [], 0
    for place in places:
        parts += [text[at : place.start], place.mark]
        at = place.end
    return "".join([*parts, text[at:]])


def _mails(text: str) -> Iterator[Hidden]:
    for match in _MAIL.finditer(text):
        yield Hidden(match.start(), match.end(), MAIL)


def _written_phones(text: str) -> Iterator[Hidden]:
    for match in _DIGITS.finditer(text):
        run = match.group()
        digits = sum(c.isdigit() for c in run)
        short = digits < 10 and not run.startswith("+") and not _CITY.fullmatch(run)
        if not short and not _THOUSANDS.fullmatch(run):
            yield Hidden(match.start(), match.end(), PHONE)


def _spoken_phones(text: str) -> Iterator[Hidden]:
    """Runs of number words that dictate enough digits; digits said as figures count as well."""
    run: list[re.Match[str]] = []
    for word in (*_WORD.finditer(text), None):
        if word is not None and _width(word.group()):
            run.append(word)
            continue
        scaled = word is not None and word.group().lower().startswith(("тыс", "миллион", "млн"))
        words = [one.group() for one in run]
        figures = all(one.isdecimal() for one in words)
        if not (scaled or figures) and _digits(words) >= _FEWEST_DIGITS:
            yield Hidden(run[0].start(), run[-1].end(), PHONE)
        run = []


def _digits(words: Sequence[str]) -> int:
    """How many digits were dictated: «сто двадцать три сорок» are the five of 123 and 40."""
    digits, room = 0, 0
    for word in words:
        width = _width(word)
        if word.isdecimal() or word.lower() in _ZEROS or width > room:
            digits += width
        tens = width > 1 and not word.isdecimal() and word.lower() not in _TEENS
        room = width - 1 if tens else 0
    return digits


def _width(word: str) -> int:
    """How many digits a word alone stands for, 0 where it is no number."""
    return len(word) if word.isdecimal() and len(word) <= 4 else _NUMBERS.get(word.lower(), 0)
