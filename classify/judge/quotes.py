"""Finds the judge's quotes in the call, word for word, and gives the call's own letters."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classify.dialogue import Turn
from classify.judge.masking import MAIL, PHONE, Hidden
from classify.judge.question import Question
from classify.judge.refusals import Refusal, RefusedError
from models.vocabulary.transcript import Segment, Speaker

_WORD = re.compile(rf"{re.escape(PHONE)}|{re.escape(MAIL)}|\w+")
_Word = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a quote stands: its turn, its first character there, its words and their segment."""

    turn: Turn
    start: int
    words: str
    segment: Segment


def find_quote(question: Question, quote: str, speaker: Speaker, turn: int | None) -> Place:
    """Gives the place whose words are those of `quote`, in the named turn or another of its side.

    The words must be the same in the same order; letters' case, «ё» and marks between them are the
    transcript's. A mark that hid a number stands for what it hid.

    Raises:
        RefusedError: nobody said it, or the other side did.
    """
    wanted = [word for word, _, _ in _words(quote, ())]
    if not wanted:
        raise RefusedError(Refusal.INVENTED_QUOTE)
    talk = question.talk
    order = sorted(talk.turns, key=lambda one: (one.index != turn, one.index))
    elsewhere = False
    for candidate in order:
        span = _span(list(_words(candidate.text, question.hidden[candidate.index])), wanted)
        if span and candidate.speaker in (speaker, Speaker.UNKNOWN):
            return _place(candidate, *span)
        elsewhere = elsewhere or span is not None
    raise RefusedError(Refusal.WRONG_SPEAKER if elsewhere else Refusal.INVENTED_QUOTE)


def _words(text: str, hidden: Sequence[Hidden]) -> Iterator[_Word]:
    """The words of a text with their first and last characters, hidden places as their marks."""
    at = 0
    for place in hidden:
        yield from _open_words(text, at, place.start)
        yield place.mark, place.start, place.end
        at = place.end
    yield from _open_words(text, at, len(text))


def _open_words(text: str, start: int, end: int) -> Iterator[_Word]:
    for match in _WORD.finditer(text, start, end):
        yield match.group().casefold().replace("ё", "е"), match.start(), match.end()


def _span(words: Sequence[_Word], wanted: Sequence[str]) -> tuple[int, int] | None:
    keys = [word for word, _, _ in words]
    for first in range(len(keys) - len(wanted) + 1):
        if keys[first : first + len(wanted)] == wanted:
            return words[first][1], words[first + len(wanted) - 1][2]
    return None


def _place(turn: Turn, start: int, end: int) -> Place:
    """A place that runs over a segment's end is cut to the segment that holds most of it."""
    cuts = [
        (max(start, offset), min(end, offset + len(segment.text)), offset, segment)
        for offset, segment in turn.pieces
    ]
    low, high, offset, segment = max(cuts, key=lambda cut: cut[1] - cut[0])
    return Place(turn, low, segment.text[low - offset : high - offset].strip(), segment)
