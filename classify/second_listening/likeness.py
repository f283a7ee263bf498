"""Whether two hearings of an utterance say the same, though not letter by letter."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz

from classify.dates import find_times
from classify.dialogue import CallContext
from classify.numbers import find_amounts
from classify.text import WORD
from classify.timewords.numerals import words
from models.vocabulary.transcript import Segment

ALIKE = 80.0  # likeness of letters, 0..100, from which words are the same, a little misheard
LEAST_SUM = 1000
_NEGATIONS = frozenset(
    words("не нет ни нельзя никак незачем not no never don't can't cannot won't")
)
_UNDOING = ("отмен", "откаж", "отказ", "cancel", "refus")


@dataclass(frozen=True, slots=True)
class Pair:
    """An utterance as it was heard first and again."""

    first: Segment
    again: Segment


def alike(pair: Pair, context: CallContext) -> bool:
    """Whether both hearings sound alike and agree on every no, time and sum."""
    first, again = pair.first.text, pair.again.text
    return (
        alike_words(first, again)
        and _negations(first) == _negations(again)
        and _times(first, context) == _times(again, context)
        and _sums(first, context) == _sums(again, context)
    )


def alike_words(first: str, again: str) -> bool:
    """Whether two texts sound alike."""
    return fuzz.ratio(" ".join(_plain(first)), " ".join(_plain(again))) >= ALIKE


def _plain(text: str) -> list[str]:
    return [word.lower().replace("ё", "е") for word in WORD.findall(text)]


def _negations(text: str) -> int:
    """How often something is denied or undone; a no said twice in a row is one."""
    forms = ["", *_plain(text)]
    return sum(
        form in _NEGATIONS or form.startswith(_UNDOING)
        for before, form in pairwise(forms)
        if form != before
    )


def _times(text: str, context: CallContext) -> set[tuple[object, object]]:
    found = find_times(text, context.started_at, language=context.language)
    return {(one.date, one.time) for one in found if one.date or one.time}


def _sums(text: str, context: CallContext) -> set[float]:
    """Sums of money; bare numbers below a thousand are hours and pieces."""
    found = find_amounts(text, language=context.language)
    return {float(one.value) for one in found if one.has_unit or one.value >= LEAST_SUM}
