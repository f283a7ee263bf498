"""What verdicts and flags say, in both languages of the product: sentences with slots, by code.

The sentences themselves stand in ``sentences.yaml``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Protocol, TypeVar

from core.packaged import read_packaged
from models.vocabulary.verdict import Flag, RequirementVerdict

Told = TypeVar("Told", Flag, RequirementVerdict)

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class InBoth(Protocol):
    """Anything that is said in both languages."""

    @property
    def ru(self) -> str:
        """In Russian."""

    @property
    def en(self) -> str:
        """In English."""


@dataclass(frozen=True, slots=True)
class Said:
    """One thing said in both languages."""

    ru: str
    en: str

    def __add__(self, other: Said) -> Said:
        return Said(self.ru + other.ru, self.en + other.en)


NOTHING = Said("", "")


class _Slot(str):
    """Words for a slot; the form ``low`` starts them with a small letter, names aside."""

    __slots__ = ()

    def __format__(self, form: str) -> str:
        head = self.split(" ", 1)[0]
        is_abbreviation = head.isupper() and len(head) > 1
        return str(self) if form != "low" or is_abbreviation else self[:1].lower() + self[1:]


def say(code: str, **slots: InBoth | str | int) -> Said:
    """The sentence of a code, with the slots put in; what is no pair is the same in both."""
    sentence = _table()["sentences"][code]
    return Said(
        sentence.ru.format(**{name: _Slot(_russian(value)) for name, value in slots.items()}),
        sentence.en.format(**{name: _Slot(_english(value)) for name, value in slots.items()}),
    )


def thing_said(promised: str) -> Said:
    """What somebody promised, by the type of the action."""
    return _table()["things"][promised]


def field_said(name: str) -> Said:
    """A field of the CRM; one that nobody named is called as the CRM has it."""
    return _table()["fields"].get(name, Said(name, name))


def joined(parts: Iterable[Said], between: str) -> Said:
    """Several things one after the other."""
    told = list(parts)
    return Said(between.join(one.ru for one in told), between.join(one.en for one in told))


def moment_said(at: datetime) -> Said:
    """A moment, in the zone that it is given in."""
    day, clock = day_said(at), f"{at:%H:%M}"
    return Said(f"{day.ru} {clock}", f"{day.en}, {clock}")


def day_said(at: datetime) -> Said:
    """The day of a moment."""
    return Said(f"{at:%d.%m.%Y}", f"{at.day} {_MONTHS[at.month - 1]} {at.year}")


def figure_said(number: float) -> Said:
    """A figure with two places behind the point."""
    return Said(f"{number:.2f}".replace(".", ","), f"{number:.2f}")


def with_more(told: Told, more: Said) -> Told:
    """A verdict or a flag whose explanation goes on."""
    return replace(
        told,
        explanation=told.explanation + more.ru,
        explanation_en=told.explanation_en + more.en,
    )


@cache
def _table() -> Mapping[str, Mapping[str, Said]]:
    groups = read_packaged(files("classify.verification").joinpath("sentences.yaml"))
    return {
        group: {code: Said(**both) for code, both in told.items()} for group, told in groups.items()
    }


def _russian(value: InBoth | str | int) -> str:
    return str(value) if isinstance(value, str | int) else value.ru


def _english(value: InBoth | str | int) -> str:
    return str(value) if isinstance(value, str | int) else value.en
