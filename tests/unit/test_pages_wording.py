"""The words of the pages: the same in both languages, and none that nobody wrote."""

from __future__ import annotations

import re
from importlib.resources import files
from string import Formatter

import pytest

from api.languages import LANGUAGES
from api.pages.wording import Words, plural_form, words_of

_USED = re.compile(r'words(?:\.plural)?\("([\w.]+)"[,)]')


def _places(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_both_languages_say_the_same_things() -> None:
    russian, english = (words_of(language) for language in LANGUAGES)
    only_in_one = {key for key in russian.keys() ^ english.keys() if not key.endswith(".few")}
    # Deeds are named in English: what has no other name there needs none.
    assert not {key for key in only_in_one if not key.startswith("audit.events.")}
    for key in russian.keys() & english.keys():
        assert _places(russian[key]) == _places(english[key]), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_templates_use_words_that_there_are(language: str) -> None:
    known = words_of(language)
    folder = files("api.pages") / "templates"
    for template in folder.iterdir():
        for key in _USED.findall(template.read_text(encoding="utf-8")):
            forms = {f"{key}.one", f"{key}.many"}
            assert key in known or forms <= known.keys(), f"{template.name}: {key}"


@pytest.mark.parametrize(
    ("language", "count", "form"),
    [
        ("ru", 1, "one"), ("ru", 2, "few"), ("ru", 5, "many"), ("ru", 11, "many"),
        ("ru", 12, "many"), ("ru", 21, "one"), ("ru", 22, "few"), ("ru", 111, "many"),
        ("en", 1, "one"), ("en", 2, "many"), ("en", 0, "many"), ("en", 21, "many"),
    ],
)  # fmt: skip
def test_nouns_take_the_form_of_their_number(language: str, count: int, form: str) -> None:
    assert plural_form(language, count) == form


def test_a_code_that_nobody_named_is_shown_as_it_is() -> None:
    assert Words("ru").of_code("base.role", "admin") == "администратор"
    assert Words("en").of_code("base.role", "wizard") == "wizard"
