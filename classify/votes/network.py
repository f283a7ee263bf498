"""A trained network: how likely every turn of a call carries every kind of action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import numpy as np
from threadpoolctl import ThreadpoolController

from classify.dialogue import Turn
from classify.text import Token
from classify.votes.people import names_somebody
from classify.votes.scene import STEPS, Near, Numbers, Scene, around
from models.vocabulary.transcript import Speaker

LOUD = 4.0  # meanings are rows of length one; this makes their numbers about one half
LAYERS = ("meaning", "hidden", "out")


@dataclass(frozen=True, slots=True)
class Network:
    """Three layers over a window of turns.

    `weights` and `bases` by layer: `meaning` makes few numbers of a turn's meaning, `hidden` looks
    at those of five turns, at the whole call and at what the wordings found, `out` has one number
    for each kind. `words` says how much a word of a side (`client:оплатить`) promises a vote in
    its turn.
    """

    weights: Mapping[str, Numbers]
    bases: Mapping[str, Numbers]
    words: Mapping[str, float]

    def chances(self, scene: Scene) -> Numbers:
        """The chance 0..1 of each of `KINDS` in each turn: (turns, kinds)."""
        near = Near.of([len(scene.turns)])
        with _blas().limit(limits=1, user_api="blas"):  # so small that threads only wait
            meant = np.tanh(self._through("meaning", LOUD * scene.meanings))
            seen = window(meant, scene.signs, scene.found, near)
            hidden = np.maximum(self._through("hidden", seen), 0)
            odds = self._through("out", np.hstack([hidden, scene.found]))
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))), dtype=np.float32)

    def _through(self, layer: str, rows: Numbers) -> Numbers:
        return np.asarray(rows @ self.weights[layer] + self.bases[layer], dtype=np.float32)

    def telling(self, turn: Turn, start: int = 0, end: int | None = None) -> float:
        """How much the words of a turn (or some of them) promise that it carries a vote."""
        said = {sign(token, turn.speaker) for token in turn.tokens[start:end]}
        return sum(self.words.get(word, 0.0) for word in sorted(said))


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


def window(meant: Numbers, signs: Numbers, found: Numbers, near: Near) -> Numbers:
    """What the hidden layer sees of each turn.

    Its own numbers, those of two turns on either side and of the whole call; the signs and the
    findings of the turn and of its neighbours; the kinds found anywhere in the call.
    """
    anywhere = np.maximum.reduceat(found, near.starts, axis=0)[near.call]
    return np.hstack(
        [
            meant,
            around(meant, near, len(STEPS)),
            near.mean(meant)[near.call],
            signs,
            around(signs, near, 2),
            found,
            around(found, near, 2),
            anywhere,
        ]
    )


def sign(token: Token, side: Speaker) -> str:
    """A word of a side as the network lists it: the likeliest lemma; numbers and names as one."""
    if any(letter.isdigit() for letter in token.form):
        return f"{side}:#"
    if names_somebody(token):
        return f"{side}:@"
    return f"{side}:{token.parses[0].lemma if token.parses else token.form}"
