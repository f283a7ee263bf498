"""A trained network: how likely every turn of a call carries every kind of action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from classify.votes.scene import STEPS, Near, Numbers, Scene, around

LOUD = 4.0  # meanings are rows of length one; this makes their numbers about one half
LAYERS = ("meaning", "hidden", "out")


@dataclass(frozen=True, slots=True)
class Network:
    """Three layers over a window of turns.

    `weights` and `bases` by layer: `meaning` makes few numbers of a turn's meaning, `hidden` looks
    at those of five turns, at the whole call and at what the wordings found, `out` has one number
    for each kind.
    """

    weights: Mapping[str, Numbers]
    bases: Mapping[str, Numbers]

    def chances(self, scene: Scene) -> Numbers:
        """The chance 0..1 of each of `KINDS` in each turn: (turns, kinds)."""
        near = Near.of([len(scene.turns)])
        meant = np.tanh(self._through("meaning", LOUD * scene.meanings))
        seen = window(meant, scene.signs, scene.found, near)
        hidden = np.maximum(self._through("hidden", seen), 0)
        odds = self._through("out", np.hstack([hidden, scene.found]))
        return np.asarray(1 / (1 + np.exp(-np.clip(odds, -30, 30))), dtype=np.float32)

    def _through(self, layer: str, rows: Numbers) -> Numbers:
        return np.asarray(rows @ self.weights[layer] + self.bases[layer], dtype=np.float32)


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
