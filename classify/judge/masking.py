"""Finds telephone numbers and e-mail addresses in spoken words, to keep them in the house."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classify.dictation import Dictated, dictated

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
    run: list[Dictated] = []
    for number in dictated(text):
        goes_on = run and not _WORD.search(text, run[-1].end, number.start)
        if not goes_on:
            if _is_phone(text, run):
                yield Hidden(run[0].start, run[-1].end, PHONE)
            run = []
        run.append(number)
    if _is_phone(text, run):
        yield Hidden(run[0].start, run[-1].end, PHONE)


def _is_phone(text: str, run: Sequence[Dictated]) -> bool:
    scaled = bool(run) and run[-1].measured
    figures = all(text[one.start : one.end].isdecimal() for one in run)
    return not (scaled or figures) and sum(len(one.digits) for one in run) >= _FEWEST_DIGITS
