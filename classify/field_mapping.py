"""Guesses which custom field of a CRM is one that rules ask for, for a person to confirm."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from rapidfuzz import fuzz

from classify.verification.check_kinds import FieldCheck
from classify.verification.rules import PipelineRules
from classify.verification.ties import name_stems
from core.packaged import read_packaged
from models.vocabulary.crm import CustomField, Thing

_ENOUGH = 85.0
_OWNERS = {"deal": Thing.DEAL, "company": Thing.COMPANY, "contact": Thing.CONTACT}
# What every CRM has, or every adapter reads by itself.
_BUILT_IN = frozenset(
    {"amount", "source", "company", "responsible", "created_at", "name", "phone", "email"}
)


@dataclass(frozen=True, slots=True)
class FieldGuess:
    """A field that rules ask for, and which of the CRM's may be it (``None``: none is like it)."""

    ours: str
    of: Thing
    field: CustomField | None


def asked_fields(rules: Iterable[PipelineRules]) -> list[tuple[Thing, str]]:
    """The custom fields that rules ask for, and whose they are, in the order of the rules."""
    found = {
        (_OWNERS[check.of], name): None
        for one in rules
        for _, _, requirement in one.requirements()
        for check in _field_checks(requirement.check)
        for name in (*check.filled, *check.any_filled, *check.among)
        if name not in _BUILT_IN
    }
    return list(found)


def guess_fields(
    asked: Sequence[tuple[Thing, str]], fields: Sequence[CustomField]
) -> list[FieldGuess]:
    """For each field that is asked for the custom field that is called most like it."""
    return [FieldGuess(name, of, _most_like(name, of, fields)) for of, name in asked]


def _most_like(name: str, of: Thing, fields: Sequence[CustomField]) -> CustomField | None:
    said = [name_stems(one) for one in (*_words().get(name, ()), name)]
    scored = [
        (max(fuzz.token_sort_ratio(name_stems(field.name), one) for one in said), field)
        for field in fields
        if field.of is of
    ]
    score, field = max(scored, key=lambda one: one[0], default=(0.0, None))
    return field if score >= _ENOUGH else None


def _field_checks(check: Any) -> Iterator[FieldCheck]:
    """The checks of fields in a check, however deep."""
    if isinstance(check, FieldCheck):
        yield check
        return
    for name in ("of", "since", "after", "first", "then"):
        part = getattr(check, name, None)
        if part is not None and not isinstance(part, str):
            yield from _field_checks(part)
    for part in getattr(check, "checks", ()):
        yield from _field_checks(part)


@cache
def _words() -> dict[str, tuple[str, ...]]:
    body = read_packaged(files("classify") / "field_words.yaml")
    return {name: tuple(words) for name, words in body.items()}
