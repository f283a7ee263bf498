"""What patterns ask of a word, numbered, so that each form is looked at once.

Thousands of patterns share some hundreds of criteria, and a call repeats its words. So the
criteria that a form meets are found once, and a pattern then compares numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from classify.morphology import Parse


@dataclass(frozen=True, slots=True)
class Choice:
    """One alternative of a criterion: a key or a stem, and the grammemes it must carry."""

    key: str
    stem: bool
    grammemes: frozenset[str]

    @property
    def lemma(self) -> str:
        """The lemma that must carry the grammemes; empty for any."""
        return self.key.lstrip("=")

    def fits(self, parses: Iterable[Parse]) -> bool:
        """Whether one of a word's readings carries the lemma and the grammemes."""
        return any(
            (not self.lemma or p.lemma == self.lemma) and self.grammemes <= p.grammemes
            for p in parses
        )


_WIDE = 1000  # any word with these grammemes
_SHORT, _COMMON = 3, 30  # «на», «без», "for": a word of few letters is said as often as so many


def _breadth(key: str) -> int:
    if not key:
        return _WIDE
    return _COMMON if len(key.lstrip("=")) <= _SHORT else 1


class Lexicon:
    """Numbers criteria, equal ones alike, and tells which of them a word meets."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[frozenset[str], tuple[Choice, ...]], int] = {}
        self._breadths: list[int] = []
        self._by_key: dict[str, list[int]] = defaultdict(list)
        self._by_lemma: dict[str, list[tuple[Choice, int]]] = defaultdict(list)
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        self._longest = 0
        self._any_lemma: list[tuple[Choice, int]] = []
        self._by_grammemes: dict[frozenset[str], tuple[int, ...]] = {}

    def number(self, keys: frozenset[str], choices: tuple[Choice, ...]) -> int:
        """The number of a criterion: one of the keys, or one of the choices."""
        criterion = (keys, choices)
        if criterion not in self._numbers:
            number = self._numbers[criterion] = len(self._numbers)
            said = (*keys, *(choice.key for choice in choices))
            self._breadths.append(sum(_breadth(key) for key in said))
            for key in keys:
                self._by_key[key].append(number)
            for choice in choices:
                self._shelve(choice, number)
        return self._numbers[criterion]

    def breadth(self, number: int) -> int:
        """How much a criterion lets in, roughly: its lemmas and forms, by their use."""
        return self._breadths[number]

    def _shelve(self, choice: Choice, number: int) -> None:
        if choice.stem:
            self._by_stem[choice.key].append(number)
            self._longest = max(self._longest, len(choice.key))
        elif choice.lemma:
            self._by_lemma[choice.lemma].append((choice, number))
        else:
            self._any_lemma.append((choice, number))
            self._by_grammemes.clear()

    def met_by(self, form: str, keys: frozenset[str], parses: tuple[Parse, ...]) -> frozenset[int]:
        """The numbers of the criteria that a word meets."""
        met = {number for key in keys for number in self._by_key.get(key, ())}
        for end in range(1, min(len(form), self._longest) + 1):
            met.update(self._by_stem.get(form[:end], ()))
        lemmas = {parse.lemma for parse in parses}
        asked = [pair for lemma in lemmas for pair in self._by_lemma.get(lemma, ())]
        met.update(n for choice, n in asked if choice.fits(parses))
        for parse in parses:
            met.update(self._carried_by(parse.grammemes))
        return frozenset(met)

    def _carried_by(self, grammemes: frozenset[str]) -> tuple[int, ...]:
        """The criteria met by any word with these grammemes."""
        if grammemes not in self._by_grammemes:
            self._by_grammemes[grammemes] = tuple(
                number for choice, number in self._any_lemma if choice.grammemes <= grammemes
            )
        return self._by_grammemes[grammemes]
