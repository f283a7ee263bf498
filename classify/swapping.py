"""The same conversation about other people: names of another origin, the other grammatical gender.

For tests of fairness alone: what is heard must not hang on who speaks. Russian words only; of each
name and ending that is not sure to be a person's own nothing is touched, so a swap is never whole.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pymorphy3.analyzer import Parse

from classify.morphology import analyzer
from classify.text import COMMA, SENTENCE_END, WORD
from models.vocabulary.transcript import Segment

_NAMES: dict[str, dict[str, tuple[str, ...]]] = {
    "Name": {"masc": ("рустам", "ашот", "тимур", "марат"), "femn": ("гульнара", "зарина", "лейла")},
    "Patr": {"masc": ("рустамович", "тимурович"), "femn": ("рустамович", "тимурович")},
    "Surn": {"masc": ("мамедов", "рахимов"), "femn": ("мамедов", "рахимов")},
}
_COMMON = {  # names of the other gender that are as usual
    "masc": ("ирина", "светлана", "наталья"),
    "femn": ("андрей", "алексей", "сергей"),
}
_CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
_OTHER = {"masc": "femn", "femn": "masc"}
_LIKELY = 0.1
_SURE = 0.5  # of a reading, in a text without capitals
_SHORT = 3  # letters
_NEAR = 4  # words between «я» and what agrees with it
_KINDS = ("VERB", "ADJS")
_OF_PEOPLE = frozenset(
    [
        "рад",
        "готовый",
        "должный",
        "согласный",
        "уверенный",
        "занятый",
        "свободный",
        "сам",
        "благодарный",
    ]
)
Swap = Callable[[Sequence[Segment]], "Swapped"]


@dataclass(frozen=True, slots=True)
class Swapped:
    """A call's segments with `words` of their words swapped."""

    segments: tuple[Segment, ...]
    words: int


def with_other_names(segments: Sequence[Segment]) -> Swapped:
    """First names, patronymics and surnames become ones of another origin, of the same gender.

    The same name becomes the same throughout a call, in the case in which it stood.
    """
    known: dict[tuple[str, str, str], str] = {}

    def other(match: re.Match[str], text: str) -> str | None:
        found = _person(match.group(), is_inside=_is_inside(text, match.start()))
        if found is None:
            return None
        kind, gender, reading = found
        key = (kind, gender, reading.normal_form)
        names = _NAMES[kind][gender]
        used = sum(one[:2] == key[:2] for one in known)
        if key not in known:
            known[key] = names[used % len(names)]
            if known[key] == reading.normal_form:
                known[key] = names[(used + 1) % len(names)]
        return _formed(known[key], kind, gender, _case(reading))

    return _swapped(segments, other)


def with_other_gender(segments: Sequence[Segment]) -> Swapped:
    """People of the other gender: first names, verbs in the past tense, short adjectives.

    An ending is swapped where the speaker means themselves: «я» stands near in the clause, or
    nothing stands there that the word could agree with. Patronymics and surnames follow.
    """
    known: dict[tuple[str, str], str] = {}

    def other(match: re.Match[str], text: str) -> str | None:
        word = match.group()
        found = _person(word, is_inside=_is_inside(text, match.start()))
        if found is None:
            return _turned(word) if _is_of_speaker(text, match) else None
        kind, gender, reading = found
        if kind != "Name":
            return _formed(reading.normal_form, kind, _OTHER[gender], _case(reading))
        key = (gender, reading.normal_form)
        names = _COMMON[gender]
        used = sum(one[0] == gender for one in known)
        known.setdefault(key, names[used % len(names)])
        return _formed(known[key], "Name", _OTHER[gender], _case(reading))

    return _swapped(segments, other)


SWAPS: dict[str, Swap] = {"names": with_other_names, "gender": with_other_gender}


def _swapped(
    segments: Sequence[Segment], other: Callable[[re.Match[str], str], str | None]
) -> Swapped:
    words, changed = 0, []
    for segment in segments:
        pieces, end = [], 0
        for match in WORD.finditer(segment.text):
            new = other(match, segment.text)
            if new is None or new == match.group().lower():
                continue
            pieces += [segment.text[end : match.start()], _cased(new, match.group())]
            end = match.end()
            words += 1
        changed.append(replace(segment, text="".join([*pieces, segment.text[end:]])))
    return Swapped(tuple(changed), words)


def _person(word: str, *, is_inside: bool) -> tuple[str, str, Parse] | None:
    """What kind of a person's name a word is, of which gender, by its likeliest such reading.

    A word that is as well something else («вера», «роман») is a name only where it is written
    with a capital inside a sentence. Without a capital a word of three letters is more often one
    cut short («ден»). What may be a man's name as well as a woman's («Ярослава») is left alone.
    """
    if word.islower() and len(word) <= _SHORT:
        return None
    readings = _readings(word.lower())
    named = [one for one in readings if _kind(one) is not None]
    if not named or (word.islower() and named[0] is not readings[0]):
        return None
    share = sum(one.score for one in named)
    if share < _SURE and not (is_inside and word[:1].isupper()):
        return None
    best = next((one for one in named if _kind(one) == "Name"), named[0])
    kind = _kind(best)
    if kind is None or len({str(one.tag.gender) for one in named if _kind(one) == kind}) > 1:
        return None
    return kind, str(best.tag.gender), best


def _kind(reading: Parse) -> str | None:
    if reading.tag.gender not in _OTHER or reading.tag.number != "sing":
        return None
    if not reading.is_known or reading.tag.case not in _CASES:
        return None
    return next((kind for kind in _NAMES if kind in reading.tag), None)


@lru_cache(maxsize=20_000)
def _readings(form: str) -> tuple[Parse, ...]:
    return tuple(analyzer().parse(form))


def _case(reading: Parse) -> str:
    return str(reading.tag.case)


@lru_cache(maxsize=5_000)
def _formed(name: str, kind: str, gender: str, case: str) -> str | None:
    """A name in a case and gender; ``None`` where the dictionary cannot form it."""
    for reading in _readings(name):
        if kind in reading.tag:
            formed = reading.inflect({"sing", gender, case} if kind != "Name" else {"sing", case})
            return str(formed.word) if formed is not None else None
    return None


@lru_cache(maxsize=20_000)
def _turned(word: str) -> str | None:
    """A verb in the past tense or a short adjective in the other gender; ``None``: it is none."""
    for reading in _readings(word.lower())[:2]:
        tag = reading.tag
        if tag.POS not in _KINDS or tag.number != "sing" or tag.gender not in _OTHER:
            continue
        if tag.POS == "VERB" and tag.tense != "past":
            continue
        if tag.POS == "ADJS" and reading.normal_form not in _OF_PEOPLE:
            continue
        turned = reading.inflect({"sing", _OTHER[str(tag.gender)]})
        return str(turned.word) if turned is not None else None
    return None


def _is_of_speaker(text: str, match: re.Match[str]) -> bool:
    """Whether what agrees in gender speaks of who says it."""
    before, after = _clause(text, match)
    near = [*before[-_NEAR:], *after[:_NEAR]]
    if "я" in near:
        return True
    return not any(_may_be_subject(word) for word in (*before, *after))


def _clause(text: str, match: re.Match[str]) -> tuple[list[str], list[str]]:
    """The words before and after a word within its clause, in lower case."""
    marks = [*SENTENCE_END.finditer(text), *COMMA.finditer(text)]
    start = max((one.end() for one in marks if one.end() <= match.start()), default=0)
    end = min((one.start() for one in marks if one.start() >= match.end()), default=len(text))
    before, after = text[start : match.start()], text[match.end() : end]
    found = [[one.group().lower() for one in WORD.finditer(part)] for part in (before, after)]
    return found[0], found[1]


def _may_be_subject(word: str) -> bool:
    """Whether a verb or an adjective could agree with a word."""
    return word != "я" and any(
        one.score >= _LIKELY and one.tag.POS in {"NOUN", "NPRO"} and one.tag.case == "nomn"
        for one in _readings(word)
    )


def _is_inside(text: str, start: int) -> bool:
    """Whether a word begins no sentence."""
    before = text[:start].rstrip()
    return bool(before) and before[-1] not in ".?!…;"


def _cased(new: str, old: str) -> str:
    if len(old) > 1 and old.isupper():
        return new.upper()
    return new.capitalize() if old[:1].isupper() else new
