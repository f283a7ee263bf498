"""The trained network: how likely every turn of a call carries every kind of action."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from classify.dialogue import Turn
from classify.text import Token
from classify.votes.scene import Near, Numbers, Scene, around
from models.vocabulary.transcript import Speaker

FILE = "weights.npz"
LOUD = 4.0  # meanings are rows of length one; this makes their numbers about one half
LAYERS = ("meaning", "hidden", "out")


@dataclass(frozen=True, slots=True)
class Network:
    """Two layers over a window of turns.

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


def window(meant: Numbers, signs: Numbers, found: Numbers, near: Near) -> Numbers:
    """What the hidden layer sees of each turn.

    Its own numbers, those of two turns on either side and of the whole call; the signs and the
    findings of the turn and of its neighbours; the kinds found anywhere in the call.
    """
    anywhere = np.maximum.reduceat(found, near.starts, axis=0)[near.call]
    return np.hstack(
        [
            meant,
            around(meant, near, 4),
            near.mean(meant)[near.call],
            signs,
            around(signs, near, 2),
            found,
            around(found, near, 2),
            anywhere,
        ]
    )


def sign(token: Token, side: Speaker) -> str:
    """A word of a side as the network's list has it: the likeliest lemma, numbers as one."""
    if any(letter.isdigit() for letter in token.form):
        return f"{side}:#"
    return f"{side}:{token.parses[0].lemma if token.parses else token.form}"


@cache
def network() -> Network:
    """The network that the package carries."""
    with as_file(files("classify.votes").joinpath(FILE)) as path:
        return read(path)


def read(path: Path) -> Network:
    """Reads a network that `write` wrote."""
    with np.load(path, allow_pickle=False) as kept:
        weights = {
            layer: kept[layer].astype(np.float32) * kept[f"{layer}_scale"] for layer in LAYERS
        }
        bases = {layer: kept[f"{layer}_base"] for layer in LAYERS}
        words = zip(map(str, kept["words"]), kept["telling"].tolist(), strict=True)
        return Network(weights, bases, dict(words))


def write(trained: Network, path: Path) -> None:
    """Writes a network, one byte a weight with a scale for each column, the words by alphabet."""
    parts: dict[str, object] = {}
    for layer in LAYERS:
        scale = np.abs(trained.weights[layer]).max(axis=0) / 127
        scale = np.where(scale == 0, 1, scale).astype(np.float32)
        parts[layer] = np.round(trained.weights[layer] / scale).astype(np.int8)
        parts[f"{layer}_scale"] = scale
        parts[f"{layer}_base"] = trained.bases[layer].astype(np.float32)
    words = sorted(trained.words)
    parts["words"] = np.array(words)
    parts["telling"] = np.array([trained.words[word] for word in words], dtype=np.float32)
    np.savez_compressed(path, **parts)  # type: ignore[arg-type]  # its stub takes no names
