"""A call as the votes see it: numbers for every turn, and who stands beside whom."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from classify.citation import holders
from classify.dialogue import Talk, Turn
from classify.votes.kinds import COLUMN, KINDS
from models.vocabulary.action import Action
from models.vocabulary.transcript import Speaker

Numbers = NDArray[np.float32]
Places = NDArray[np.int64]
MEANING = 512  # numbers that the encoder gives a text
LONGEST = 50  # words of a turn that are read
SIGNS = 7
AWAY = 10  # turns from the call's start or end that are told apart
WORDS = 40  # of a turn that are told apart
STEPS = (-1, 1, -2, 2)  # the turns around one that are looked at


@dataclass(frozen=True, slots=True)
class Scene:
    """One call: its turns of known sides, and a row of numbers for each.

    `meanings` are what the encoder makes of a turn (zeros: not read), `signs` its side, question
    mark, place and length, `found` which of `KINDS` the wordings found in it.
    """

    turns: tuple[Turn, ...]
    meanings: Numbers
    signs: Numbers
    found: Numbers


def voting_turns(talk: Talk) -> tuple[Turn, ...]:
    """The turns that may carry a vote; machines have no say."""
    return tuple(t for t in talk.turns if not t.machine and t.speaker is not Speaker.UNKNOWN)


def scene_of(
    turns: Sequence[Turn],
    meanings: Mapping[int, Numbers],
    actions: Iterable[Action],
    *,
    trusted: bool = True,
) -> Scene:
    """The numbers of a call.

    Args:
        turns: the turns that vote.
        meanings: what the encoder made of some of them, by the turn's index.
        actions: what the wordings found.
        trusted: whether to believe the wordings; where they were written on this very call
            they are too good to learn from.
    """
    rows = np.zeros((len(turns), MEANING), dtype=np.float32)
    for row, turn in zip(rows, turns, strict=True):
        if turn.index in meanings:
            row[:] = meanings[turn.index]
    found = np.zeros((len(turns), len(KINDS)), dtype=np.float32)
    for action in actions if trusted else ():
        column = COLUMN.get((action.type, action.status))
        if column is not None:
            found[holders(action, turns), column] = 1.0
    return Scene(tuple(turns), rows, _signs(turns, trusted=trusted), found)


def _signs(turns: Sequence[Turn], *, trusted: bool) -> Numbers:
    last = len(turns) - 1
    rows = [
        (
            turn.speaker is Speaker.AGENT,
            turn.speaker is Speaker.CLIENT,
            "?" in turn.text,
            min(at, AWAY) / AWAY,
            min(last - at, AWAY) / AWAY,
            min(len(turn.tokens), WORDS) / WORDS,
            trusted,
        )
        for at, turn in enumerate(turns)
    ]
    return np.array(rows, dtype=np.float32).reshape(len(turns), SIGNS)


@dataclass(frozen=True, slots=True)
class Near:
    """Which row stands beside which, for the rows of several calls under each other.

    `beside` holds a column for each of `STEPS`; a place outside its call is one past the last
    row, where zeros stand. `call` numbers the call of each row, `starts` are the calls' first rows.
    """

    beside: Places
    call: Places
    starts: Places

    @classmethod
    def of(cls, lengths: Sequence[int]) -> Near:
        """The neighbours in calls of so many turns each; none may be empty."""
        sizes = np.array(lengths, dtype=np.int64)
        ends = np.cumsum(sizes)
        starts = ends - sizes
        call = np.repeat(np.arange(len(sizes)), sizes)
        rows = np.arange(int(ends[-1]))
        places = rows[:, None] + np.array(STEPS)
        inside = (places >= starts[call][:, None]) & (places < ends[call][:, None])
        return cls(np.where(inside, places, int(ends[-1])), call, starts)

    def mean(self, rows: Numbers) -> Numbers:
        """The mean row of each call."""
        sums = np.add.reduceat(rows, self.starts, axis=0)
        return np.asarray(sums / np.bincount(self.call)[:, None], dtype=np.float32)


def around(rows: Numbers, near: Near, steps: int) -> Numbers:
    """The rows of the first `steps` neighbours, side by side; zeros where there is none."""
    ended = np.vstack([rows, np.zeros((1, rows.shape[1]), dtype=np.float32)])
    return np.asarray(ended[near.beside[:, :steps]].reshape(len(rows), -1), dtype=np.float32)
