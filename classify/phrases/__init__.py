"""The wordings that stagecheck knows, as data: one file per family and language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from classify.morphology import forms_of
from classify.phrases.lexicon import Lexicon
from classify.phrases.pattern import Pattern, compile_line, find_all
from classify.repairs import Repairs, sound
from classify.text import Reader, Token
from core.packaged import read_packaged

LANGUAGES = ("ru", "en")
NEAR = 8  # words; an exclusion farther away speaks of something else


@dataclass(frozen=True, slots=True)
class Cue:
    """A notion and its wordings.

    A place counts unless one of `unless` stands near it in its sentence.
    """

    name: str
    wordings: Shelf
    unless: Shelf

    def find(
        self,
        tokens: Sequence[Token],
        met: frozenset[int],
        patterns: Iterable[Pattern] | None = None,
    ) -> list[tuple[int, int, str]]:
        """Every place of the notion: (first word, one past the last, the wording), in order.

        Args:
            tokens: the words.
            met: the criteria that some of the words meets.
            patterns: the wordings that the words could fit, where they are known already
                (`Phrasebook.possible`).
        """
        patterns = self.wordings.possible(met) if patterns is None else patterns
        hits = [
            (start, end, pattern.source)
            for pattern in patterns
            for start, end in find_all(pattern, tokens)
        ]
        if not hits:
            return []
        spoilers = [
            place for pattern in self.unless.possible(met) for place in find_all(pattern, tokens)
        ]
        return sorted({hit for hit in hits if not _spoilt(hit, spoilers, tokens)})


class Shelf:
    """Patterns, each under one criterion that it cannot do without, the most particular one."""

    def __init__(self, patterns: Iterable[Pattern], lexicon: Lexicon) -> None:
        self.always: list[Pattern] = []
        self.under: dict[int, list[Pattern]] = {}
        for pattern in patterns:
            if pattern.needed:
                least = min(pattern.needed, key=lambda number: (lexicon.breadth(number), number))
                self.under.setdefault(least, []).append(pattern)
            else:
                self.always.append(pattern)
        self._criteria = frozenset(self.under)

    def possible(self, met: frozenset[int]) -> list[Pattern]:
        """The patterns that words which meet these criteria could fit."""
        under = [pattern for number in self._criteria & met for pattern in self.under[number]]
        return [*self.always, *(pattern for pattern in under if pattern.needed <= met)]


def _spoilt(
    hit: tuple[int, int, str], spoilers: Sequence[tuple[int, int]], tokens: Sequence[Token]
) -> bool:
    return any(
        tokens[start].sentence == tokens[hit[0]].sentence
        and start - hit[1] < NEAR
        and hit[0] - end < NEAR
        for start, end in spoilers
    )


class _Index(NamedTuple):
    always: dict[str, list[Pattern]]
    under: dict[int, list[tuple[str, Pattern]]]
    criteria: frozenset[int]


@dataclass(frozen=True)
class Phrasebook:
    """All notions of one language, its named sets and its reader."""

    language: str
    cues: Mapping[str, Cue]
    sets: Mapping[str, tuple[str, ...]]
    reader: Reader
    _words: dict[tuple[str, ...], frozenset[str]] = field(default_factory=dict)

    def possible(self, met: frozenset[int]) -> dict[str, list[Pattern]]:
        """The patterns, by notion, that words which meet these criteria could fit: few of all."""
        always, under, criteria = self._index
        found = {name: list(patterns) for name, patterns in always.items()}
        for number in criteria & met:
            for name, pattern in under[number]:
                if pattern.needed <= met:
                    found.setdefault(name, []).append(pattern)
        return found

    @cached_property
    def _index(self) -> _Index:
        """The patterns that need no criterion, by notion, and the others by theirs."""
        under: dict[int, list[tuple[str, Pattern]]] = {}
        for name, cue in self.cues.items():
            for number, patterns in cue.wordings.under.items():
                under.setdefault(number, []).extend((name, pattern) for pattern in patterns)
        always = {n: cue.wordings.always for n, cue in self.cues.items() if cue.wordings.always}
        return _Index(always, under, frozenset(under))

    def words(self, *names: str) -> frozenset[str]:
        """The members of some named sets together; none of a set that the language lacks."""
        if names not in self._words:
            members = (self.sets.get(name, ()) for name in names)
            self._words[names] = frozenset().union(*members)
        return self._words[names]


@lru_cache(maxsize=len(LANGUAGES))
def phrasebook(language: str = "ru") -> Phrasebook:
    """The phrasebook of a language, read once per process; Russian for a language we have none of.

    Raises:
        KeyError: a data file uses a set that no file defines.
        ValueError: two data files define the same set or notion.
    """
    language = language if language in LANGUAGES else "ru"
    documents = _documents(language)
    sets: dict[str, tuple[str, ...]] = {}
    for name, document in documents.items():
        for key, words in (document.get("sets") or {}).items():
            if key in sets:
                raise ValueError(f"phrases/{language}/{name}: the set `{key}` is defined twice")
            sets[key] = tuple(str(words).split())
    cues: dict[str, Cue] = {}
    lexicon = Lexicon()
    for name, document in documents.items():
        family = name.removesuffix(".yaml")
        for key, body in (document.get("cues") or {}).items():
            cues[f"{family}.{key}"] = _cue(f"{family}.{key}", body, sets, lexicon)
    noise = documents.get("asr.yaml", {})
    reader = Reader(language, _repairs(noise, sets, language), lexicon.met_by)
    return Phrasebook(language, cues, sets, reader)


def _documents(language: str) -> dict[str, dict[str, Any]]:
    folder = files("classify.phrases").joinpath(language)
    return {
        entry.name: read_packaged(entry) or {}
        for entry in sorted(folder.iterdir(), key=lambda e: e.name)
        if entry.name.endswith(".yaml")
    }


def _cue(name: str, body: Any, sets: Mapping[str, Sequence[str]], lexicon: Lexicon) -> Cue:
    lines, unless = (body, []) if isinstance(body, list) else (body["any"], body.get("unless", []))

    def shelf(chosen: Sequence[Any]) -> Shelf:
        patterns = [p for line in chosen for p in compile_line(str(line), sets, lexicon)]
        return Shelf(patterns, lexicon)

    return Cue(name, shelf(lines), shelf(unless))


def _repairs(
    noise: Mapping[str, Any], sets: Mapping[str, tuple[str, ...]], language: str
) -> Repairs:
    sounds: dict[str, str] = {}
    whole: set[str] = set()
    if language == "ru":
        lemmas = {
            word
            for words in sets.values()
            for word in words
            if len(word) >= 4 and word.replace("ё", "е").isalpha()
        }
        for lemma in sorted(lemmas | set(noise.get("heard") or ())):
            for form in sorted(forms_of(lemma.replace("ё", "е")) | {lemma}):
                sounds.setdefault(sound(form), form)
                whole.add(form)
    return Repairs(
        joins={tuple(k.split()): v for k, v in (noise.get("joins") or {}).items()},
        splits={k: tuple(v.split()) for k, v in (noise.get("splits") or {}).items()},
        also={k: tuple(v.split()) for k, v in (noise.get("also") or {}).items()},
        sounds=sounds,
        whole=frozenset(whole),
    )
