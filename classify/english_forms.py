"""What an English word form may be: its lemma and, for a verb, its form; by lists and endings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from core.packaged import read_packaged

CONTRACTED = ("'ll", "'s", "'ve", "'re", "'d", "'m")
PAST_NEGATION = frozenset(["haven't", "hasn't", "hadn't", "didn't", "wasn't", "weren't"])
LEAST_VERB, LEAST_STEM = 2, 3  # letters left of a verb, of any word, that an ending is taken from

BASE = frozenset({"VERB", "INFN"})
PRESENT = frozenset({"VERB", "pres"})
PAST = frozenset({"VERB", "past"})
PARTICIPLE = frozenset({"VERB", "past", "part"})
GOING_ON = frozenset({"VERB", "ing"})
PLAIN: frozenset[str] = frozenset()


class Reading(NamedTuple):
    """A lemma and what the form says of it (`VERB` with `INFN`, `pres`, `past`, `part`, `ing`)."""

    lemma: str
    grammemes: frozenset[str]


def readings(form: str) -> tuple[Reading, ...]:
    """Every reading of a lower-case English form, the likeliest first; the form itself is one.

    «Sent» is the past of «send», «bookings» and «booked» belong to «book»; an unknown word keeps
    what its ending suggests.
    """
    found = dict.fromkeys(_readings(form))
    if not any(reading.lemma == form for reading in found):
        found[Reading(form, PLAIN)] = None
    return tuple(found)


def _readings(form: str) -> Iterator[Reading]:
    words = _words()
    if form in words.verbs:
        yield Reading(form, BASE)
    yield from words.bent.get(form, ())
    bare = next((form.removesuffix(c) for c in CONTRACTED if form.endswith(c)), "")
    if bare:
        yield Reading(form, PLAIN)
        yield Reading(bare, PLAIN)
    if form.endswith("n't") and form not in PAST_NEGATION:
        yield Reading(form, PLAIN)
        yield Reading("not", PLAIN)
    if not bare and form not in words.bent and form not in words.verbs:
        yield from _by_ending(form)


def _by_ending(form: str) -> Iterator[Reading]:
    words = _words()
    for ending, said in (("ing", GOING_ON), ("ed", PARTICIPLE), ("s", PRESENT)):
        stem = form.removesuffix(ending)
        if stem == form or len(stem) < LEAST_VERB:
            continue
        stems = list(_stems(stem, ending))
        known = [lemma for lemma in stems if lemma in words.verbs]
        if known:
            yield from (Reading(lemma, said) for lemma in known[:1])
        elif len(stem) >= LEAST_STEM:
            yield Reading(form, PLAIN)
            yield from (Reading(lemma, PLAIN) for lemma in stems)
        return


def _stems(stem: str, ending: str) -> Iterator[str]:
    """What may stand before an ending: «plann», «plan»; «decid», «decide»; «tri», «try»."""
    if ending != "ing" and stem.endswith("i" if ending == "ed" else "ie"):
        yield stem[: -1 if ending == "ed" else -2] + "y"
    yield stem
    if ending == "s":
        if stem.endswith(("se", "xe", "che", "she", "ze", "oe")):
            yield stem[:-1]
        return
    yield stem + "e"
    if stem[-1] == stem[-2] and stem[-1] not in "aeiou":
        yield stem[:-1]


class _Words(NamedTuple):
    verbs: frozenset[str]
    bent: Mapping[str, tuple[Reading, ...]]


@cache
def _words() -> _Words:
    data: dict[str, Any] = read_packaged(files("classify") / "english_forms.yaml")
    verbs = set(data["regular"].split())
    bent: dict[str, list[Reading]] = {}

    def bend(forms: str, lemma: str, said: frozenset[str]) -> None:
        for form in forms.split(","):
            bent.setdefault(form, []).append(Reading(lemma, said))

    for line in data["irregular"].split():
        base, past, *participle = line.split("/")
        verbs.add(base)
        bend(past, base, PAST if participle else PARTICIPLE)
        if participle:
            bend(participle[0], base, PARTICIPLE)
    for kind, said in (("present", PRESENT), ("participle", GOING_ON), ("nouns", PLAIN)):
        for line in data[kind].split():
            base, forms = line.split("/")
            bend(forms, base, said)
    return _Words(frozenset(verbs), {form: tuple(found) for form, found in bent.items()})
