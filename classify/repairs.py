"""What a recogniser meant by what it wrote: words joined, split or cut, and likeness of sound."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

Span = tuple[str, int, int]  # a form, and the offsets of its first letter and past its last
PREFIXES = frozenset(
    [
        "в",
        "во",
        "вы",
        "до",
        "за",
        "из",
        "на",
        "о",
        "об",
        "от",
        "пере",
        "по",
        "под",
        "пре",
        "пред",
        "при",
        "про",
        "раз",
        "рас",
        "с",
        "со",
        "у",
        "здравствуй",
        "с",
    ]
)
HALF = 3  # sounds; words shorter than two halves are too like each other to be guessed
_VOICELESS = str.maketrans("бвгджз", "пфктшс")
_SILENT = str.maketrans("", "", "ъь")
_VOWELS = str.maketrans("оеэияыю", "аиииииу")
# «тц» first, or the «ц» of «тс» would be joined once more.
_MERGED = (
    *((pair, "щ") for pair in ("сч", "зч", "жч", "шч")),
    *((pair, "ц") for pair in ("тц", "тс", "дс")),
    *(("вств", "ств"), ("здн", "зн"), ("стн", "сн")),
)
_GENITIVE = re.compile(r"(?:ага|ава|ига|ива)\b")
_DOUBLED = re.compile(r"(.)\1+")
_VOICED = re.compile(r"[бвгджз](?=[пфктшсцчщх]|$)")


@lru_cache(maxsize=20_000)
def sound(form: str) -> str:
    """A rough phonetic key: two spellings of one pronunciation share it."""
    key = form.translate(_SILENT)
    for written, said in _MERGED:
        key = key.replace(written, said)
    key = _GENITIVE.sub("ава", key.translate(_VOWELS))
    key = _DOUBLED.sub(r"\1", key)
    key = _VOICED.sub(lambda found: found.group().translate(_VOICELESS), key)
    return _DOUBLED.sub(r"\1", key)


_PRONOUNS = frozenset(
    ["ним", "ней", "ними", "них", "нее", "него", "нас", "вас", "нам", "вам", "мной"]
)


@dataclass(frozen=True)
class Repairs:
    """What recognisers write for what was said.

    `joins` maps several words to one (``("вот", "сап")`` to ``ватсап``), `splits` one to
    several, `also` gives a word further lemmas it may stand for, `sounds` maps a phonetic key to
    the form that it most likely is, `whole` are the forms that a recogniser may have cut in two.
    """

    joins: Mapping[tuple[str, ...], str]
    splits: Mapping[str, tuple[str, ...]]
    also: Mapping[str, tuple[str, ...]]
    sounds: Mapping[str, str]
    whole: frozenset[str] = frozenset()

    @cached_property
    def _longest(self) -> int:
        return max((len(words) for words in self.joins), default=1)

    @cached_property
    def _first_words(self) -> frozenset[str]:
        return frozenset(words[0] for words in self.joins)

    @cached_property
    def _by_ends(self) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
        """The places of the phonetic keys by how they begin and by how they end."""
        begins: dict[str, list[int]] = {}
        ends: dict[str, list[int]] = {}
        for at, key in enumerate(self.sounds):
            begins.setdefault(key[:HALF], []).append(at)
            ends.setdefault(key[-HALF:], []).append(at)
        return begins, ends

    @cached_property
    def _keys(self) -> tuple[str, ...]:
        return tuple(self.sounds)

    def sounds_like(self, form: str) -> str | None:
        """The cue word that an unknown form most likely is: it sounds the same, or nearly.

        One sound changed, lost or added leaves one half of a word as it was.
        """
        key = sound(form)
        if key in self.sounds or len(key) < 2 * HALF:
            return self.sounds.get(key)
        begins, ends = self._by_ends
        places = sorted({*begins.get(key[:HALF], ()), *ends.get(key[-HALF:], ())})
        likely = [self._keys[at] for at in places]
        near = process.extractOne(key, likely, scorer=Levenshtein.distance, score_cutoff=1)
        if near is None or key.startswith(near[0]):
            return None  # one more sound at the end makes another word: «стеклами», «стекломир»
        return self.sounds[near[0]]

    def of(self, spans: Sequence[Span]) -> list[Span]:
        """The words of an utterance, each as it was meant."""
        out: list[Span] = []
        at = 0
        while at < len(spans):
            most = min(self._longest, len(spans) - at) if spans[at][0] in self._first_words else 1
            for size in range(most, 1, -1):
                words = tuple(form for form, _, _ in spans[at : at + size])
                if words in self.joins:
                    out.append((self.joins[words], spans[at][1], spans[at + size - 1][2]))
                    at += size
                    break
            else:
                if at + 1 < len(spans) and self._cut(spans[at][0], spans[at + 1][0]):
                    out.append((spans[at][0] + spans[at + 1][0], spans[at][1], spans[at + 1][2]))
                    at += 2
                    continue
                form, start, end = spans[at]
                out += [(part, start, end) for part in self.splits.get(form, (form,))]
                at += 1
        return out

    def _cut(self, first: str, second: str) -> bool:
        """«под пишу»: whether two words are one that was cut after its prefix.

        «Вы берёте» is two, and so is a preposition with its pronoun: «с ними» is no «сними».
        """
        if (first == "вы" and second.endswith("ете")) or second in _PRONOUNS:
            return False
        return first in PREFIXES and len(second) > 2 and first + second in self.whole


NO_REPAIRS = Repairs({}, {}, {}, {})
