"""The report's own words in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from core.packaged import read_packaged


def word(name: str, language: str, /, **values: object) -> str:
    """A word or a sentence with its values put in."""
    said = _words()[name]["en" if language == "en" else "ru"]
    return said.format(**values) if values else said


@cache
def _words() -> Mapping[str, Mapping[str, str]]:
    words: Mapping[str, Mapping[str, str]] = read_packaged(
        files("figures.report").joinpath("words.yaml")
    )
    return words
