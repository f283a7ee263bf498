"""Where something may be voted on, and the numbers that describe such a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classify.dialogue import Talk, Turn
from models.vocabulary.transcript import Speaker

Numbers = NDArray[np.float32]
MEANING = 512  # numbers that the encoder gives a text
LONGEST = 50  # words of a turn that are read
FROM_START, FROM_END = 7, 5
PARTS = {"said here": 3.0, "said before": 2.0, "said after": 2.0}
WIDTH = len(PARTS) * MEANING + FROM_START + FROM_END + 1


@dataclass(frozen=True, slots=True)
class Place:
    """A turn of a side with the other side's nearest turns before and after it."""

    turn: Turn
    before: Turn | None
    after: Turn | None
    left: int

    @property
    def around(self) -> tuple[Turn, ...]:
        """The turns whose meaning describes the place."""
        return tuple(turn for turn in (self.turn, self.before, self.after) if turn is not None)


def places(talk: Talk) -> list[Place]:
    """Every turn of a side that is known, in order; machines have no say."""
    turns = [t for t in talk.turns if not t.machine and t.speaker is not Speaker.UNKNOWN]
    return [
        Place(
            turn,
            _first_other(turns[:at][::-1], turn),
            _first_other(turns[at + 1 :], turn),
            len(talk.turns) - 1 - turn.index,
        )
        for at, turn in enumerate(turns)
    ]


def _first_other(turns: Sequence[Turn], turn: Turn) -> Turn | None:
    return next((other for other in turns if other.speaker is not turn.speaker), None)


def read_text(turn: Turn) -> str:
    """The words of a turn as the encoder gets them: lower case, the first fifty."""
    end = turn.tokens[LONGEST].start if len(turn.tokens) > LONGEST else len(turn.text)
    return turn.text[:end].lower()


def described(some: Sequence[Place], meanings: Mapping[int, Numbers]) -> Numbers:
    """The places as rows of `WIDTH` numbers.

    Args:
        some: the places to describe.
        meanings: what the encoder made of each turn around them, by the turn's index.
    """
    rows = np.zeros((len(some), WIDTH), dtype=np.float32)
    for row, place in zip(rows, some, strict=True):
        said = (place.turn, place.before, place.after)
        for part, (turn, weight) in enumerate(zip(said, PARTS.values(), strict=True)):
            if turn is not None:
                row[part * MEANING : (part + 1) * MEANING] = weight * meanings[turn.index]
        signs = row[len(PARTS) * MEANING :]
        signs[min(place.turn.index, FROM_START - 1)] = 0.5
        signs[FROM_START + min(place.left, FROM_END - 1)] = 0.5
        signs[-1] = "?" in place.turn.text
    return rows
