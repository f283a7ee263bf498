"""The words that are written into a CRM; they never hold a telephone number or an e-mail address.

The words themselves stand in ``crm_words.yaml``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

from classify.judge.masking import hidden_places, masked
from classify.verification.sentences import day_said, moment_said

Language = Literal["ru", "en"]
# Dates and times look like numbers to who looks for numbers.
_MOMENT = re.compile(
    r"(?<!\d)(?:[0-3]?\d\.[01]?\d\.20\d\d|20\d\d-[01]\d-[0-3]\d)(?:,?[ T][0-2]?\d:[0-5]\d)?(?!\d)"
)


def phrase(group: str, code: str, language: Language, **slots: str) -> str:
    """The words of a code, with the slots put in."""
    return _table()[group][code][language].format(**slots)


def discreet(text: str, language: Language) -> str:
    """A text without telephone numbers and e-mail addresses, written or dictated."""
    told, at = [], 0
    for moment in _MOMENT.finditer(text):
        told += [_hidden(text[at : moment.start()], language), moment.group()]
        at = moment.end()
    return "".join([*told, _hidden(text[at:], language)])


def moment_in(at: datetime, language: Language) -> str:
    """A moment, in the zone that it is given in."""
    said = moment_said(at)
    return said.en if language == "en" else said.ru


def day_in(at: datetime, language: Language) -> str:
    """The day of a moment, in the zone that it is given in."""
    said = day_said(at)
    return said.en if language == "en" else said.ru


def second_of(start: float) -> str:
    """Seconds from the start of a call as «1:02»."""
    minutes, seconds = divmod(int(max(start, 0.0)), 60)
    return f"{minutes}:{seconds:02d}"


def _hidden(text: str, language: Language) -> str:
    clean = masked(text, hidden_places(text))
    for mark, told in _table()["hidden"].items():
        clean = clean.replace(mark, told[language])
    return clean


@cache
def _table() -> Mapping[str, Mapping[str, Mapping[str, str]]]:
    text = files("flow.live").joinpath("crm_words.yaml").read_text(encoding="utf-8")
    words: Mapping[str, Mapping[str, Mapping[str, str]]] = yaml.safe_load(text)
    return words
