"""A small language for wordings: lemmas, forms, sets, grammemes, gaps.

A pattern is a line of elements separated by spaces:

========== =====================================================================
``слово``   the lemma or the form itself
``=форма``  this form only
``~основа`` a word that begins so
``@имя``    one of a named set (`sets` in the data files)
``a|b|@c``  one of these; ``_`` ties several words of one alternative (``у_вас``)
``a:past``  with this grammeme (``:past``: any word with it); ``+`` joins several
``?a``      may be missing
``*``       up to three words of the same sentence; ``*6`` up to six
``^``       the beginning of the sentence, fillers aside; ``$`` its end
``!a``      the next word is not this (nothing is consumed)
``<!a``     the word before is not this
========== =====================================================================
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from classify.morphology import parses
from classify.phrases.lexicon import Choice, Lexicon
from classify.text import FILLERS, Token

DEFAULT_GAP = 3


@dataclass(frozen=True, slots=True)
class Element:
    """One step of a pattern; `word` is the number of its criterion in the lexicon."""

    kind: str  # word | gap | begin | end | not_next | not_before
    word: int = -1
    optional: bool = False
    gap: int = 0

    def fits(self, token: Token) -> bool:
        """Whether the word meets the criterion."""
        return self.word in token.meets


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled wording and the line it came from; `needed` are criteria it cannot do without."""

    source: str
    elements: tuple[Element, ...]
    needed: frozenset[int]


def compile_line(
    source: str, sets: Mapping[str, Sequence[str]], lexicon: Lexicon
) -> tuple[Pattern, ...]:
    """Compiles one line; one with tied alternatives gives a pattern for each of them.

    Raises:
        KeyError: the line names a set that nobody defined.
        ValueError: the line ties words in what must not stand there.
    """
    variants = [""]
    for part in source.split():
        variants = [f"{before} {choice}" for before in variants for choice in _untied(part)]
    return tuple(_compiled(variant.strip(), sets, lexicon) for variant in variants)


def _untied(part: str) -> list[str]:
    if not any(_tied(c) for c in part.split("|")):
        return [part]
    if part.startswith(("!", "<!")):
        raise ValueError(f"`{part}`: `_` ties words, but only one word can be forbidden at a place")
    mark = "?" if part.startswith("?") else ""
    choices = part.removeprefix("?").split("|")
    plain = "|".join(c for c in choices if not _tied(c))
    tied = [c.replace("_", " ") for c in choices if _tied(c)]
    if mark:
        tied.append("")
    return ([mark + plain] if plain else []) + tied


def _tied(choice: str) -> bool:
    return "_" in choice and not choice.lstrip("?!<").startswith("@")


def _compiled(source: str, sets: Mapping[str, Sequence[str]], lexicon: Lexicon) -> Pattern:
    elements = tuple(_element(part, sets, lexicon) for part in source.split())
    needed = frozenset(e.word for e in elements if e.kind == "word" and not e.optional)
    return Pattern(source, elements, needed)


def _element(part: str, sets: Mapping[str, Sequence[str]], lexicon: Lexicon) -> Element:
    if part == "^":
        return Element("begin")
    if part == "$":
        return Element("end")
    if part.startswith("*"):
        return Element("gap", gap=int(part[1:] or DEFAULT_GAP))
    kind, optional = "word", False
    if part.startswith("<!"):
        kind, part = "not_before", part[2:]
    elif part.startswith("!"):
        kind, part = "not_next", part[1:]
    elif part.startswith("?"):
        optional, part = True, part[1:]
    plain: set[str] = set()
    choices: list[Choice] = []
    for alternative in part.split("|"):
        _add(alternative, sets, frozenset(), plain, choices)
    return Element(kind, lexicon.number(frozenset(plain), tuple(choices)), optional)


# pymorphy3 writes parts of speech in capitals.
_PARTS = {"infn": "INFN", "verb": "VERB", "noun": "NOUN", "prts": "PRTS"}


def _add(
    alternative: str,
    sets: Mapping[str, Sequence[str]],
    inherited: frozenset[str],
    plain: set[str],
    choices: list[Choice],
) -> None:
    word, _, tags = alternative.partition(":")
    grammemes = inherited | frozenset(_PARTS.get(tag, tag) for tag in tags.split("+") if tag)
    word = word.replace("ё", "е")
    if word.startswith("@"):
        for member in sets[word[1:]]:
            _add(member, sets, grammemes, plain, choices)
    elif word.startswith("~"):
        choices.append(Choice(word[1:], stem=True, grammemes=frozenset()))
    elif grammemes:
        choices.append(Choice(word, stem=False, grammemes=grammemes))
    else:
        plain.add(word)
        if not word.startswith("="):
            plain.add(f"={word}")
            plain.update(_adjective(word))


def _adjective(word: str) -> set[str]:
    """The lemma of an adjective written in another gender («наша», «вчерашняя»)."""
    first = parses(word)[0].grammemes if word.isalpha() else frozenset()
    return {parses(word)[0].lemma} if {"ADJF", "nomn"} <= first else set()


def find_all(pattern: Pattern, tokens: Sequence[Token]) -> list[tuple[int, int]]:
    """Every place of the pattern: (first word, one past the last word), left to right."""
    found = []
    first = pattern.elements[0]
    sure = first.kind == "word" and not first.optional
    for start in range(len(tokens)):
        if sure and not first.fits(tokens[start]):
            continue
        end = _match(pattern.elements, 0, tokens, start, start)
        if end is not None and end > start:
            found.append((start, end))
    return found


def _at_begin(tokens: Sequence[Token], at: int) -> bool:
    while at > 0 and tokens[at - 1].sentence == tokens[at].sentence:
        if tokens[at - 1].form not in _OPENERS:
            return False
        at -= 1
    return True


_OPENERS = FILLERS | frozenset(
    [
        "а",
        "и",
        "ой",
        "ох",
        "так",
        "но",
        "алло",
        "слушайте",
        "знаете",
        "смотрите",
        "oh",
        "well",
        "so",
        "and",
        "but",
    ]
)


def _at_end(tokens: Sequence[Token], at: int) -> bool:
    return at >= len(tokens) or (at > 0 and tokens[at].sentence != tokens[at - 1].sentence)


def _match(
    elements: tuple[Element, ...], step: int, tokens: Sequence[Token], at: int, start: int
) -> int | None:
    if step == len(elements):
        return at
    element = elements[step]
    here = tokens[at] if at < len(tokens) else None
    if here is not None and at > start and here.sentence != tokens[start].sentence:
        here = None
    if element.kind == "word":
        if here is not None and element.fits(here):
            end = _match(elements, step + 1, tokens, at + 1, start)
            if end is not None:
                return end
        return _match(elements, step + 1, tokens, at, start) if element.optional else None
    if element.kind == "gap":
        return _gap(element, elements, step, tokens, at, start)
    return (
        _match(elements, step + 1, tokens, at, start) if _holds(element, tokens, at, here) else None
    )


def _gap(  # noqa: PLR0913, PLR0917 - the state of one match, passed on at every step
    element: Element,
    elements: tuple[Element, ...],
    step: int,
    tokens: Sequence[Token],
    at: int,
    start: int,
) -> int | None:
    for skip in range(element.gap + 1):
        if skip and (
            at + skip - 1 >= len(tokens) or tokens[at + skip - 1].sentence != tokens[start].sentence
        ):
            return None
        end = _match(elements, step + 1, tokens, at + skip, start)
        if end is not None:
            return end
    return None


def _holds(element: Element, tokens: Sequence[Token], at: int, here: Token | None) -> bool:
    if element.kind == "begin":
        return here is not None and _at_begin(tokens, at)
    if element.kind == "end":
        return _at_end(tokens, at)
    if element.kind == "not_next":
        return here is None or not element.fits(here)
    before = tokens[at - 1] if at > 0 else None
    if before is None or (here is not None and before.sentence != here.sentence):
        return True
    return not element.fits(before)
