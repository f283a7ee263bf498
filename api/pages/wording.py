"""The words of the pages in each language: one file for each part of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Protocol

from markupsafe import Markup, escape

from api.languages import LANGUAGES
from core.packaged import read_packaged
from models.vocabulary.verdict import Explained, explained_in


class Named(Protocol):
    """Has a name in both languages."""

    @property
    def name_ru(self) -> str:
        """In Russian."""

    @property
    def name_en(self) -> str:
        """In English."""


class Titled(Protocol):
    """Has a title in both languages."""

    @property
    def title_ru(self) -> str:
        """In Russian."""

    @property
    def title_en(self) -> str:
        """In English."""


class Paired(Protocol):
    """The same words in both languages."""

    @property
    def ru(self) -> str:
        """In Russian."""

    @property
    def en(self) -> str:
        """In English."""


@cache
def words_of(language: str) -> Mapping[str, str]:
    """All words of a language, by ``file.key``; keys of a mapping in a file are joined by dots."""
    found: dict[str, str] = {}
    folder = files("api.pages") / "words" / language
    for file in sorted(folder.iterdir(), key=lambda one: one.name):
        if file.name.endswith(".yaml"):
            body = read_packaged(file)
            found.update(_flat(file.name.removesuffix(".yaml"), body))
    return found


class Words:
    """Says things in one language: ``words("inbox.left", minutes=5)``."""

    def __init__(self, language: str) -> None:
        self.language = language if language in LANGUAGES else LANGUAGES[0]
        self._words = words_of(self.language)

    def __call__(self, key: str, **values: object) -> str:
        """The words of a key, with values put in.

        Raises:
            KeyError: nobody wrote them.
        """
        return self._words[key].format(**values) if values else self._words[key]

    def plural(self, key: str, count: int, **values: object) -> str:
        """The words of a key for a number: ``key.one``, ``key.few`` and ``key.many``."""
        return self(f"{key}.{plural_form(self.language, count)}", count=count, **values)

    def of_code(self, group: str, code: str) -> str:
        """What a code of the vocabulary is called; the code itself where nobody named it."""
        return self._words.get(f"{group}.{code}", code)

    def named(self, one: Named) -> str:
        """What something is called that has its name in both languages."""
        return one.name_en if self.language == "en" else one.name_ru

    def titled(self, one: Titled) -> str:
        """The title of something that has one in both languages."""
        return one.title_en if self.language == "en" else one.title_ru

    def paired(self, one: Paired) -> str:
        """The words of a pair in this language."""
        return one.en if self.language == "en" else one.ru

    def explanation(self, one: Explained) -> str:
        """Why something was judged so; in Russian where it is not told otherwise."""
        return explained_in(one, self.language)

    def explain(self, one: Explained) -> Markup:
        """The same for a page, which says so where that is not its own language."""
        told = escape(self.explanation(one))
        is_foreign = self.language != "ru" and not one.explanation_en
        return Markup('<span lang="ru">{}</span>').format(told) if is_foreign else told


def plural_form(language: str, count: int) -> str:
    """Which form of a noun goes with a number.

    Source: Unicode CLDR, plural rules.
    """
    if language == "en":
        return "one" if count == 1 else "many"
    last, tens = count % 10, count % 100
    if last == 1 and tens != 11:
        return "one"
    return "few" if last in (2, 3, 4) and tens not in (12, 13, 14) else "many"


def _flat(prefix: str, body: Mapping[str, object]) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in body.items():
        name = f"{prefix}.{key}"
        found.update(_flat(name, value) if isinstance(value, Mapping) else {name: str(value)})
    return found
