"""What training left behind: the votes, and what it changed in the packaged encoder.

Whatever is a matrix is kept at one byte a number, with a scale for each column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np

from classify.votes.network import LAYERS, Network
from classify.votes.reached import OutcomeVote
from classify.votes.scene import Numbers

FILE = "weights.npz"
BYTE = 127


@dataclass(frozen=True, slots=True)
class Trained:
    """The network, the vote on outcomes and the encoder that both read with.

    `tuned` is what is added to an array of the packaged encoder, by the array's name there: a
    vector as it is, a matrix as the two narrow ones whose product it is.
    """

    network: Network
    outcome: OutcomeVote
    tuned: Mapping[str, tuple[Numbers, ...]]


@cache
def packaged() -> Trained:
    """What the package carries."""
    with as_file(files("classify.votes").joinpath(FILE)) as path:
        return read(path)


def read(path: Path) -> Trained:
    """Reads what `write` wrote."""
    with np.load(path, allow_pickle=False) as kept:
        arrays = {name: _whole(kept, name) for name in kept.files if not name.endswith(" scale")}
    words = zip(map(str, arrays["words"]), arrays["telling"].tolist(), strict=True)
    weights = {layer: arrays[f"{layer} weights"] for layer in LAYERS}
    bases = {layer: arrays[f"{layer} base"] for layer in LAYERS}
    tuned: dict[str, tuple[Numbers, ...]] = {}
    for name in sorted(arrays):
        if name.startswith("encoder "):
            array = name.split()[1]
            tuned[array] = (*tuned.get(array, ()), arrays[name])
    outcome = OutcomeVote(arrays["outcome weights"], arrays["outcome base"])
    return Trained(Network(weights, bases, dict(words)), outcome, tuned)


def _whole(kept: Mapping[str, Numbers], name: str) -> Numbers:
    """An array as it was written: one of bytes times its scale."""
    array = kept[name]
    return array.astype(np.float32) * kept[f"{name} scale"] if array.dtype == np.int8 else array


def write(trained: Trained, path: Path) -> None:
    """Writes the weights, the words by alphabet."""
    parts: dict[str, object] = {}
    network = trained.network
    for layer in LAYERS:
        parts |= _in_bytes(f"{layer} weights", network.weights[layer])
        parts[f"{layer} base"] = network.bases[layer].astype(np.float32)
    parts |= _in_bytes("outcome weights", trained.outcome.weights)
    parts["outcome base"] = trained.outcome.base.astype(np.float32)
    for array, change in trained.tuned.items():
        for at, one in enumerate(change):
            name = f"encoder {array} {at}"
            parts |= _in_bytes(name, one) if len(change) > 1 else {name: one.astype(np.float32)}
    words = sorted(network.words)
    parts["words"] = np.array(words)
    parts["telling"] = np.array([network.words[word] for word in words], dtype=np.float32)
    np.savez_compressed(path, **parts)  # type: ignore[arg-type]  # its stub takes no names


def _in_bytes(name: str, matrix: Numbers) -> dict[str, Numbers | np.ndarray]:
    scale = np.abs(matrix).max(axis=0) / BYTE
    scale = np.where(scale == 0, 1, scale).astype(np.float32)
    return {name: np.round(matrix / scale).astype(np.int8), f"{name} scale": scale}
