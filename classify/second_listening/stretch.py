"""The utterances that are heard again: the decisive one and as many neighbours as fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.vocabulary.action import Action
from models.vocabulary.transcript import Segment, Word

LONGEST_S = 20.0  # of the 30 seconds that are heard at once: an agreement takes less


@dataclass(frozen=True, slots=True)
class Target:
    """An utterance to hear again: the segment's place, and which of its words (first, end).

    Only of an utterance too long to be heard at once are words left out.
    """

    index: int
    segment: Segment
    first: int
    end: int


def stretch_around(segments: Sequence[Segment], action: Action) -> tuple[Target, ...]:
    """The utterance of an action's quote with its neighbours, at most 20 s, in order.

    Those before weigh more than those after: what was agreed was said before it. Nothing where
    the words have no times or the quote does not stand in them.
    """
    at = _place_of(segments, action)
    if at is None or not _timed(segments[at]):
        return ()
    if _length(segments[at : at + 1]) > LONGEST_S:
        return _around_quote(at, segments[at], action.quote)
    first, last = at, at
    for step in (-1, -1, 1) * len(segments):
        wider = (first + min(step, 0), last + max(step, 0))
        if _fits(segments, *wider):
            first, last = wider
    return tuple(_whole(index, segments[index]) for index in range(first, last + 1))


def _place_of(segments: Sequence[Segment], action: Action) -> int | None:
    places = [index for index, one in enumerate(segments) if action.quote in one.text]
    exact = [index for index in places if segments[index].start == action.start]
    return next(iter(exact or places), None)


def _timed(one: Segment) -> bool:
    return one.start is not None and one.end is not None


def _fits(segments: Sequence[Segment], first: int, last: int) -> bool:
    if first < 0 or last >= len(segments):
        return False
    part = segments[first : last + 1]
    return all(map(_timed, part)) and _length(part) <= LONGEST_S


def _length(part: Sequence[Segment]) -> float:
    return max(one.end or 0.0 for one in part) - min(one.start or 0.0 for one in part)


def _whole(index: int, segment: Segment) -> Target:
    return Target(index, segment, 0, len(segment.words))


def _around_quote(index: int, segment: Segment, quote: str) -> tuple[Target, ...]:
    """The part of a long utterance that holds the quote in its middle."""
    words = segment.words
    if not words:
        return ()
    first, last = _words_of(words, quote)
    middle = (words[first].start + words[last].end) / 2
    kept = [at for at, word in enumerate(words) if abs(_centre(word) - middle) < LONGEST_S / 2 - 1]
    if not kept:
        return ()
    part = words[kept[0] : kept[-1] + 1]
    text = " ".join(word.text for word in part)
    cut = replace(segment, text=text, start=part[0].start, end=part[-1].end, words=part)
    return (Target(index, cut, kept[0], kept[-1] + 1),)


def _centre(word: Word) -> float:
    return (word.start + word.end) / 2


def _words_of(words: Sequence[Word], quote: str) -> tuple[int, int]:
    """The words of a quote, counted; all of them where it is not found."""
    wanted = quote.split()
    texts = [word.text for word in words]
    for first in range(len(texts) - len(wanted) + 1):
        if texts[first : first + len(wanted)] == wanted:
            return first, first + len(wanted) - 1
    return 0, len(texts) - 1
