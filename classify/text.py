"""Words of an utterance: where they stand and what they may mean.

Offsets always point into the text as it was given, so that a quote cut by them is verbatim.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from classify.morphology import Parse, parses
from classify.repairs import NO_REPAIRS, Repairs, Span

WORD = re.compile(r"[A-Za-zА-Яа-яЁё]+(?:[-'’][A-Za-zА-Яа-яЁё]+)*|\d+(?:[.,:]\d+)*")
SENTENCE_END = re.compile(r"[.?!…;]+|\n")
COMMA = re.compile(r"[,:—–]| - ")
SPACES = ("", " ")
NOISE = re.compile(r"\[[^\]]*\]")
FILLERS = frozenset(
    [
        "э",
        "ээ",
        "эээ",
        "э-э",
        "мм",
        "м",
        "эм",
        "хм",
        "гм",
        "ну",
        "вот",
        "это",
        "значит",
        "типа",
        "короче",
        "то",
        "есть",
    ]
)


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its plain form, every reading of it and its place.

    `form` is lower case with «ё» as «е». `keys` holds the form (as ``=form``) and every lemma
    it may have. `start` and `end` are offsets into the raw text, `sentence` the number of the
    sentence within it, `comma` whether a comma, a dash or a colon follows, `closes` what mark
    ended the sentence here. `meets` numbers the criteria of the phrasebook that the word meets.
    """

    form: str
    keys: frozenset[str]
    parses: tuple[Parse, ...]
    start: int
    end: int
    sentence: int
    raw: str
    comma: bool = False
    closes: str = ""
    meets: frozenset[int] = frozenset()

    def has(self, *grammemes: str) -> bool:
        """Whether one reading carries all the grammemes at once."""
        return any(parse.grammemes.issuperset(grammemes) for parse in self.parses)


Criteria = Callable[[str, frozenset[str], tuple[Parse, ...]], frozenset[int]]
MOST_FORMS = 50_000


def normal(word: str) -> str:
    """The word in lower case, «ё» as «е»."""
    return word.lower().replace("ё", "е").replace("’", "'")


def _spans(text: str) -> list[Span]:
    blanked = NOISE.sub(lambda m: " " * len(m.group()), text)
    return [(normal(m.group()), m.start(), m.end()) for m in WORD.finditer(blanked)]


def _twin(form: str) -> str | None:
    """«Встретится» sounds like «встретиться»: recognisers (and people) write one for the other."""
    if form.endswith("ться"):
        return f"{form[:-4]}тся"
    return f"{form[:-3]}ться" if form.endswith("тся") else None


PARTICLES = ("-то", "-ка", "-таки", "-с")


def _without_particle(form: str) -> str | None:
    """«Договор-то», «подпишите-ка»: the word before the particle."""
    for particle in PARTICLES:
        if form.endswith(particle) and len(form) > len(particle) + 1:
            return form[: -len(particle)]
    return None


class Meaning(NamedTuple):
    """What a form may be: its readings, its keys and the criteria that it meets."""

    parses: tuple[Parse, ...]
    keys: frozenset[str]
    meets: frozenset[int]


class Reader:
    """Turns texts of one language into words; remembers every form it has met."""

    def __init__(
        self,
        language: str = "ru",
        repairs: Repairs = NO_REPAIRS,
        meets: Criteria = lambda *_: frozenset(),
    ) -> None:
        self.language = language
        self._repairs = repairs
        self._meets = meets
        self._met: dict[str, Meaning] = {}

    def read(self, text: str) -> tuple[Token, ...]:
        """The words of one utterance in order, repaired where a recogniser misspelt them."""
        spans = self._repairs.of(_spans(text))
        tokens: list[Token] = []
        sentence = 0
        for index, (form, start, end) in enumerate(spans):
            following = spans[index + 1][1] if index + 1 < len(spans) else len(text)
            between = text[end:following] if following >= end else ""
            mark = None if between in SPACES else SENTENCE_END.search(between)
            meaning = self._meaning(form)
            tokens.append(
                Token(
                    form=form,
                    keys=meaning.keys,
                    parses=meaning.parses,
                    start=start,
                    end=end,
                    sentence=sentence,
                    raw=text[start:end],
                    comma=between not in SPACES and bool(COMMA.search(between)),
                    closes=mark.group() if mark else "",
                    meets=meaning.meets,
                )
            )
            sentence += bool(mark)
        return tuple(tokens)

    def _meaning(self, form: str) -> Meaning:
        if form not in self._met:
            if len(self._met) >= MOST_FORMS:
                self._met.clear()
            self._met[form] = self._looked_up(form)
        return self._met[form]

    def _looked_up(self, form: str) -> Meaning:
        found = parses(form, self.language)
        spelt = {f"={form}"}
        if not any(parse.known for parse in found) and len(form) >= 4:
            likely = self._repairs.sounds_like(form)
            if likely and likely != form:
                found = parses(likely, self.language) + found
                spelt.add(f"={likely}")
        base = _without_particle(form) if self.language == "ru" else None
        if base and not any(parse.known for parse in found):
            found = parses(base, "ru") + found
            spelt.add(f"={base}")
        twin = _twin(form) if self.language == "ru" else None
        if twin and parses(twin, "ru")[0].known:
            found += parses(twin, "ru")
            spelt.add(f"={twin}")
        for lemma in self._repairs.also.get(form, ()):
            found += (Parse(lemma, frozenset({"NOUN"}), True),)
        keys = frozenset(spelt | {parse.lemma for parse in found})
        return Meaning(found, keys, self._meets(form, keys, found))
