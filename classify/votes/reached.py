"""Who was reached: a trained vote on a call's outcome, beside the one by wordings."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from classify.dialogue import Talk, Turn
from classify.votes.scene import MEANING, Numbers
from models.vocabulary.action import Action, Outcome
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Speaker

OUTCOMES = tuple(Outcome)
SURE = 0.5  # the chance from which the vote overrules the wordings
SURE_OF_NONE = 0.8  # the same where it would make no conversation of the call and silence it
LEAST = 3  # turns; a snatch of a call tells nothing of who was reached
LONG = 30  # turns; in so long a call somebody was spoken with, whatever was said first
FIRST, LAST = 4, 3  # turns of a side that tell who it is, and how it ended
LOUD = 3.0  # meanings are rows of length one; this makes them weigh like the signs
SIGNS = 8
FEATURES = 3 * MEANING + len(OUTCOMES) + SIGNS
Read = Callable[[Sequence[Turn]], Mapping[int, Numbers]]


@dataclass(frozen=True, slots=True)
class OutcomeVote:
    """A logistic regression: `weights` (`FEATURES`, outcomes), `base` (outcomes)."""

    weights: Numbers
    base: Numbers

    def of(self, features: Numbers) -> tuple[Outcome, float]:
        """The likeliest outcome and its chance."""
        odds = features @ self.weights + self.base
        chances = np.exp(odds - odds.max())
        best = int(chances.argmax())
        return OUTCOMES[best], float(chances[best] / chances.sum())


def overruled(
    talk: Talk, said: Outcome, actions: Sequence[Action], vote: OutcomeVote, read: Read
) -> Outcome:
    """The outcome of a call: the wordings' own, or the vote's where it is sure of another.

    Args:
        talk: the whole call.
        said: the outcome by the wordings.
        actions: what they found under this outcome.
        vote: what was trained.
        read: gives the meanings of turns by their index.
    """
    if not _open(talk, said):
        return said
    likeliest, chance = vote.of(features(talk, said, actions, read))
    sure = SURE if likeliest is Outcome.CONVERSATION else SURE_OF_NONE
    return likeliest if chance >= sure else said


def _open(talk: Talk, said: Outcome) -> bool:
    """Whether there is anything to vote on: the telephone system's word and silence stand."""
    if talk.context.direction is Direction.INTERNAL or said is Outcome.NO_ANSWER:
        return False
    heard = any(t.tokens for t in talk.turns if t.speaker is not Speaker.AGENT)
    if not heard or len(talk.turns) < LEAST:
        return False
    return said is not Outcome.CONVERSATION or len(talk.turns) <= LONG


def features(talk: Talk, said: Outcome, actions: Sequence[Action], read: Read) -> Numbers:
    """What the vote sees: how both sides began, how the other one ended, counts, `said`."""
    agent = [turn for turn in talk.turns if turn.speaker is Speaker.AGENT]
    other = [turn for turn in talk.turns if turn.speaker is not Speaker.AGENT]
    parts = (agent[:FIRST], other[:FIRST], other[-LAST:])
    told = {turn.index for part in parts for turn in part}
    meanings = read([turn for turn in talk.turns if turn.index in told])
    rows = ([meanings[turn.index] for turn in part if turn.index in meanings] for part in parts)
    means = [LOUD * _mean(some) for some in rows]
    return np.concatenate([*means, 2 * _signs(talk, said, actions, other)]).astype(np.float32)


def _mean(rows: Sequence[Numbers]) -> Numbers:
    return np.mean(rows, axis=0) if rows else np.zeros(MEANING, dtype=np.float32)


def _signs(talk: Talk, said: Outcome, actions: Sequence[Action], other: Sequence[Turn]) -> Numbers:
    words = sum(len(turn.tokens) for turn in talk.turns)
    answered = sum(len(turn.tokens) for turn in other)
    signs = (
        min(len(talk.turns), 20) / 20,
        min(words, 200) / 200,
        min(answered, 100) / 100,
        not other,
        len(talk.turns) < 5,
        min(len(actions), 20) / 10,
        any(turn.machine for turn in talk.turns),
        talk.context.direction is Direction.IN,
    )
    return np.array([*(said is one for one in OUTCOMES), *signs], dtype=np.float32)
