"""Sentences of figures: each in both languages, with numbers as people read them."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """The same sentence in Russian and in English."""

    ru: str
    en: str

    def in_language(self, language: str) -> str:
        """The sentence in a language; in Russian in any that is not English."""
        return self.en if language == "en" else self.ru

    def __add__(self, other: Told) -> Told:
        """One sentence after the other."""
        return Told(f"{self.ru} {other.ru}".strip(), f"{self.en} {other.en}".strip())


def number_ru(value: float, digits: int = 2) -> str:
    """A number as it is written in Russian: a decimal comma, no needless zeros."""
    return number_en(value, digits).replace(".", ",")


def number_en(value: float, digits: int = 2) -> str:
    """A number with at most so many digits after the point, no needless zeros."""
    text = f"{value:.{digits}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) or "0"


def down_to(value: float, digits: int = 2) -> float:
    """A number cut, not rounded, to so many digits, so that a gain is never told too high."""
    scale = float(10**digits)
    return math.floor(value * scale + 1e-9) / scale


def counted_ru(count: int, one: str, few: str, many: str) -> str:
    """A number with the form of the noun that goes with it: 1 сделка, 2 сделки, 5 сделок."""
    last, tens = count % 10, count % 100
    if last == 1 and tens != 11:
        return f"{count} {one}"
    return f"{count} {few if last in (2, 3, 4) and tens not in (12, 13, 14) else many}"


def counted_en(count: int, one: str, many: str) -> str:
    """A number with its noun."""
    return f"{count} {one if count == 1 else many}"
