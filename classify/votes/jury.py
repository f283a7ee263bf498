"""The jury: several networks of one training whose chances are averaged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from threadpoolctl import ThreadpoolController

from classify.dialogue import Turn
from classify.text import Token
from classify.votes.network import LAYERS, Network
from classify.votes.scene import Numbers, Scene
from models.vocabulary.transcript import Speaker

FILE = "weights.npz"


@dataclass(frozen=True, slots=True)
class Jury:
    """Networks that differ in nothing but the chance with which their training began.

    `words` says how much a word of a side (`client:оплатить`) promises a vote in its turn.
    """

    members: tuple[Network, ...]
    words: Mapping[str, float]

    def chances(self, scene: Scene) -> Numbers:
        """The chance 0..1 of each kind in each turn, (turns, kinds): the mean of the members'."""
        with _blas().limit(limits=1, user_api="blas"):  # so small that threads only wait
            each = [member.chances(scene) for member in self.members]
        return np.asarray(np.mean(each, axis=0), dtype=np.float32)

    def telling(self, turn: Turn, start: int = 0, end: int | None = None) -> float:
        """How much the words of a turn (or some of them) promise that it carries a vote."""
        said = {sign(token, turn.speaker) for token in turn.tokens[start:end]}
        return sum(self.words.get(word, 0.0) for word in sorted(said))


@cache
def _blas() -> ThreadpoolController:
    return ThreadpoolController()


def sign(token: Token, side: Speaker) -> str:
    """A word of a side as the jury's list has it: the likeliest lemma, numbers as one."""
    if any(letter.isdigit() for letter in token.form):
        return f"{side}:#"
    return f"{side}:{token.parses[0].lemma if token.parses else token.form}"


@cache
def jury() -> Jury:
    """The jury that the package carries."""
    with as_file(files("classify.votes").joinpath(FILE)) as path:
        return read(path)


def read(path: Path) -> Jury:
    """Reads a jury that `write` wrote."""
    with np.load(path, allow_pickle=False) as kept:
        members: list[Network] = []
        while f"{len(members)} out" in kept:
            names = {layer: f"{len(members)} {layer}" for layer in LAYERS}
            weights = {
                layer: kept[name].astype(np.float32) * kept[f"{name} scale"]
                for layer, name in names.items()
            }
            bases = {layer: kept[f"{name} base"] for layer, name in names.items()}
            members.append(Network(weights, bases))
        words = zip(map(str, kept["words"]), kept["telling"].tolist(), strict=True)
        return Jury(tuple(members), dict(words))


def write(trained: Jury, path: Path) -> None:
    """Writes a jury, one byte a weight with a scale for each column, the words by alphabet."""
    parts: dict[str, object] = {}
    for at, member in enumerate(trained.members):
        for layer in LAYERS:
            scale = np.abs(member.weights[layer]).max(axis=0) / 127
            scale = np.where(scale == 0, 1, scale).astype(np.float32)
            parts[f"{at} {layer}"] = np.round(member.weights[layer] / scale).astype(np.int8)
            parts[f"{at} {layer} scale"] = scale
            parts[f"{at} {layer} base"] = member.bases[layer].astype(np.float32)
    words = sorted(trained.words)
    parts["words"] = np.array(words)
    parts["telling"] = np.array([trained.words[word] for word in words], dtype=np.float32)
    np.savez_compressed(path, **parts)  # type: ignore[arg-type]  # its stub takes no names
