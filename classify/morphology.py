"""What a word form may be: lemma and grammemes; English by `english_forms`, else pymorphy3."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import NamedTuple

from pymorphy3 import MorphAnalyzer

from classify import english_forms

LEAST_SCORE = 0.05
MOST_READINGS = 5


class Parse(NamedTuple):
    """One reading of a word: lemma («ё» as «е»), grammemes, whether the dictionary knows it."""

    lemma: str
    grammemes: frozenset[str]
    known: bool


@cache
def analyzer() -> MorphAnalyzer:
    """The morphological dictionary, loaded once per process (about 0.2 s)."""
    return MorphAnalyzer()


@lru_cache(maxsize=50_000)
def parses(form: str, language: str = "ru") -> tuple[Parse, ...]:
    """Every likely reading of a lower-case form.

    Russian readings follow OpenCorpora's tag set (https://opencorpora.org/dict.php?act=gram).
    English ones are told by lists of verbs and by endings (`english_forms`).
    """
    if language != "ru" or not any("а" <= letter <= "я" for letter in form):
        return tuple(Parse(lemma, tags, True) for lemma, tags in english_forms.readings(form))
    readings = analyzer().parse(form)[:MOST_READINGS]
    known = analyzer().word_is_known(form)
    likely = [r for r in readings if r.score >= LEAST_SCORE] or readings[:1]
    return tuple(
        Parse(r.normal_form.replace("ё", "е"), frozenset(r.tag.grammemes), known) for r in likely
    )


@lru_cache(maxsize=20_000)
def first_name(form: str) -> bool:
    """Whether a form is in the dictionary as a first name in the nominative, however rarely."""
    return analyzer().word_is_known(form) and any(
        {"Name", "nomn", "sing"} <= reading.tag.grammemes for reading in analyzer().parse(form)
    )


def forms_of(lemma: str) -> frozenset[str]:
    """All inflected forms of a Russian lemma, «ё» as «е»."""
    readings = [r for r in analyzer().parse(lemma) if r.normal_form.replace("ё", "е") == lemma]
    return frozenset(form.word.replace("ё", "е") for r in readings[:1] for form in r.lexeme)
