"""Words with times become utterances: one per turn, in the order in which people spoke.

The model's word times are good to some tenths of a second, the voice activity's are better:
words are laid on the stretches of speech (islands) that the voice activity found, and an
utterance takes its times from its islands. It ends where the other party speaks in the pause,
and at a long pause.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from models.vocabulary.transcript import Segment, Speaker, Word
from transcribe.inventions import is_invention
from transcribe.speech import Span

LONG_PAUSE_S = 1.6
_SENTENCE_END = (".", "!", "?", "…")
_SENTENCE_BONUS_S = 0.25


@dataclass(frozen=True, slots=True)
class Island:
    """One stretch of speech of one side and the words in it."""

    side: int
    span: Span
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Utterance:
    """What one side said in one turn; `side` is a channel or a voice."""

    side: int
    start: float
    end: float
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        """The words as the model wrote them."""
        return "".join(word.text for word in self.words).strip()

    @property
    def confidence(self) -> float:
        """Geometric mean of the words' confidences, 0..1."""
        logs = [math.log(max(word.confidence, 1e-4)) for word in self.words]
        return round(math.exp(sum(logs) / len(logs)), 3) if logs else 0.0


def islands(side: int, spans: Sequence[Span], words: Sequence[Word]) -> list[Island]:
    """Lays the words of a side on its stretches of speech; stretches without words are left out.

    Words keep their order. A sentence's end draws the border: the cut between two stretches
    goes after the word whose end is nearest to the pause, a finished sentence counting as
    a quarter of a second nearer.
    """
    if not spans:
        return [Island(side, Span(word.start, word.end), (word,)) for word in words]
    found = []
    rest = list(words)
    for span, following in zip(spans, [*spans[1:], None], strict=True):
        count = len(rest) if following is None else _border(rest, span, following)
        inside, rest = rest[:count], rest[count:]
        if inside:
            found.append(Island(side, span, tuple(inside)))
    return found


def _border(words: Sequence[Word], span: Span, following: Span) -> int:
    """How many of the words belong before the pause between two stretches."""
    pause = (span.end + following.start) / 2
    costs = [abs(pause - words[0].start) if words else 0.0]
    for index, word in enumerate(words):
        after = words[index + 1].start if index + 1 < len(words) else word.end
        bonus = _SENTENCE_BONUS_S if word.text.rstrip().endswith(_SENTENCE_END) else 0.0
        costs.append(abs(pause - (word.end + after) / 2) - bonus)
        if word.start > following.end:
            break
    return costs.index(min(costs))


def utterances(sides: Iterable[Sequence[Island]]) -> list[Utterance]:
    """Joins islands to turns and sorts the turns of all sides by their beginning."""
    everything = sorted(
        (island for side in sides for island in side), key=lambda island: island.span.start
    )
    turns: list[list[Island]] = []
    latest: dict[int, int] = {}
    for island in everything:
        index = latest.get(island.side)
        if index is not None and _goes_on(turns[index], island, everything):
            turns[index].append(island)
            continue
        latest[island.side] = len(turns)
        turns.append([island])
    return [utterance for utterance in map(_utterance, turns) if not is_invention(utterance.text)]


def _goes_on(turn: Sequence[Island], island: Island, everything: Sequence[Island]) -> bool:
    """Whether nobody else spoke in the pause between a turn and the next island of its side."""
    before, after = turn[-1].span.end, island.span.start
    if after - before > LONG_PAUSE_S:
        return False
    return not any(
        other.side != island.side and before < _middle(other.span) < after for other in everything
    )


def _middle(span: Span) -> float:
    return (span.start + span.end) / 2


def _utterance(turn: Sequence[Island]) -> Utterance:
    words = tuple(word for island in turn for word in island.words)
    start, end = turn[0].span.start, turn[-1].span.end
    within = tuple(
        replace(word, start=_within(word.start, start, end), end=_within(word.end, start, end))
        for word in words
    )
    return Utterance(turn[0].side, round(start, 2), round(end, 2), within)


def _within(value: float, low: float, high: float) -> float:
    return round(min(max(value, low), high), 2)


def segment(utterance: Utterance, speaker: Speaker) -> Segment:
    """Gives an utterance its speaker."""
    words = tuple(replace(word, text=word.text.strip()) for word in utterance.words)
    return Segment(
        speaker,
        utterance.text,
        utterance.start,
        utterance.end,
        utterance.confidence,
        words,
    )
