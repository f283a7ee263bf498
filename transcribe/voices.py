"""How a voice sounds, as a vector: Resemblyzer's speaker encoder without torch.

Source: resemble-ai/Resemblyzer (Apache-2.0), after Wan et al., "Generalized End-to-End Loss for
Speaker Verification" (2018): 40 mel bands (25 ms, 10 ms step), three LSTM layers of 256, a
linear layer, ReLU, unit length. Its wheel ships the weights in torch's old file format; they
are read here with an unpickler that knows three names, and only if their SHA-256 is the known one.
"""

from __future__ import annotations

import hashlib
import io
import pickle
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from models.vocabulary.errors import StagecheckError
from transcribe.audio import SAMPLE_RATE, Waveform

ENCODER_SHA256 = "39373b86598fa3da9fcddee6142382efe09777e8d37dc9c0561f41f0070f134e"
WINDOW_S = 1.6
_FRAMES = 160
_HOP = 160
_FFT = 400
_LEVEL_DB = -30.0
_BATCH = 64

Matrix = npt.NDArray[np.float32]


class VoiceWeightsError(StagecheckError):
    """The speaker encoder's weights are missing or not what they should be."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One LSTM layer: weights for the input and for the state (transposed), and their bias."""

    of_input: Matrix
    of_state: Matrix
    bias: Matrix


@dataclass(frozen=True, slots=True)
class Encoder:
    """The speaker encoder's weights."""

    layers: tuple[Layer, ...]
    linear: Matrix
    bias: Matrix


def voice_vectors(waves: Iterable[Waveform]) -> Matrix:
    """Gives one unit vector of 256 numbers per piece of sound (16 kHz).

    Pieces shorter than 1.6 seconds are repeated to that length, of longer ones windows of
    1.6 seconds, one after the other, are averaged.

    Raises:
        VoiceWeightsError: the encoder's weights are not installed or damaged.
    """
    counts = []
    encoded: list[Matrix] = []
    waiting: list[Matrix] = []
    for wave in waves:
        windows = _windows(_mel(_normalised(wave)))
        counts.append(len(windows))
        waiting += windows
        if len(waiting) >= _BATCH:
            encoded.append(_encode(np.stack(waiting)))
            waiting = []
    if waiting:
        encoded.append(_encode(np.stack(waiting)))
    if not counts:
        return np.zeros((0, 256), dtype=np.float32)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
    vectors = np.add.reduceat(np.concatenate(encoded), starts, axis=0)
    unit: Matrix = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-6)
    return unit


def _normalised(wave: Waveform) -> Waveform:
    power = float(np.mean(wave**2)) + 1e-12
    gain = 10 ** (_LEVEL_DB / 20) / float(np.sqrt(power))
    return wave * np.float32(max(gain, 1.0))


def _mel(wave: Waveform) -> Matrix:
    padded = np.pad(wave, (_FFT // 2, _FFT // 2))
    count = max(1, 1 + (len(padded) - _FFT) // _HOP)
    padded = np.pad(padded, (0, max(0, _FFT + (count - 1) * _HOP - len(padded))))
    frames = np.lib.stride_tricks.sliding_window_view(padded, _FFT)[::_HOP][:count]
    hann = np.hanning(_FFT + 1)[:-1].astype(np.float32)
    power = np.abs(np.fft.rfft(frames * hann, axis=1)) ** 2
    mel: Matrix = (power @ _filters().T).astype(np.float32)
    return mel


def _windows(mel: Matrix) -> list[Matrix]:
    if len(mel) < _FRAMES:
        mel = np.tile(mel, (-(-_FRAMES // len(mel)), 1))
    starts = [*range(0, len(mel) - _FRAMES, _FRAMES), len(mel) - _FRAMES]
    return [mel[start : start + _FRAMES] for start in starts]


def _encode(batch: Matrix) -> Matrix:
    """Runs the LSTM over (n, 160, 40) and gives (n, 256) unit vectors."""
    encoder = _encoder()
    sequence = batch
    for layer in encoder.layers:
        sequence = _run_layer(layer, sequence)
    raw = np.maximum(sequence[:, -1] @ encoder.linear + encoder.bias, 0.0)
    unit: Matrix = raw / np.maximum(np.linalg.norm(raw, axis=1, keepdims=True), 1e-6)
    return unit


def _run_layer(layer: Layer, sequence: Matrix) -> Matrix:
    """One LSTM layer; the gates stand in torch's order: input, forget, cell, output."""
    count, steps, _ = sequence.shape
    size = layer.of_state.shape[0]
    from_input = sequence @ layer.of_input + layer.bias
    state = np.zeros((count, size), dtype=np.float32)
    cell = np.zeros((count, size), dtype=np.float32)
    out = np.empty((count, steps, size), dtype=np.float32)
    for step in range(steps):
        gates = from_input[:, step] + state @ layer.of_state
        opened = _sigmoid(gates)
        cell = opened[:, size : 2 * size] * cell + opened[:, :size] * np.tanh(
            gates[:, 2 * size : 3 * size]
        )
        state = opened[:, 3 * size :] * np.tanh(cell)
        out[:, step] = state
    return out


def _sigmoid(value: Matrix) -> Matrix:
    half: Matrix = np.tanh(value * np.float32(0.5)) * np.float32(0.5) + np.float32(0.5)
    return half


@cache
def _filters() -> Matrix:
    from faster_whisper.feature_extractor import FeatureExtractor

    filters = FeatureExtractor.get_mel_filters(SAMPLE_RATE, _FFT, 40)
    return np.asarray(filters, dtype=np.float32)


@cache
def _encoder() -> Encoder:
    spec = find_spec("resemblyzer")
    if spec is None or spec.origin is None:
        raise VoiceWeightsError(
            "the speaker encoder is not installed; install the wheel `resemblyzer` "
            "(its dependencies are not needed)"
        )
    data = (Path(spec.origin).parent / "pretrained.pt").read_bytes()
    if hashlib.sha256(data).hexdigest() != ENCODER_SHA256:
        raise VoiceWeightsError(
            "the speaker encoder's weights are not the known ones; install `resemblyzer` 0.1.4"
        )
    state = _read_state(data)
    layers = tuple(
        Layer(
            np.ascontiguousarray(state[f"lstm.weight_ih_l{index}"].T),
            np.ascontiguousarray(state[f"lstm.weight_hh_l{index}"].T),
            state[f"lstm.bias_ih_l{index}"] + state[f"lstm.bias_hh_l{index}"],
        )
        for index in range(3)
    )
    return Encoder(layers, np.ascontiguousarray(state["linear.weight"].T), state["linear.bias"])


@dataclass(frozen=True, slots=True)
class _Tensor:
    storage: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]


class _StateUnpickler(pickle.Unpickler):
    """Knows ordered dictionaries and float tensors, and nothing that could run."""

    def find_class(self, module: str, name: str) -> Any:
        known = {
            ("collections", "OrderedDict"): OrderedDict,
            ("torch._utils", "_rebuild_tensor_v2"): _rebuild,
            ("torch", "FloatStorage"): "FloatStorage",
        }
        if (module, name) not in known:
            raise VoiceWeightsError(f"the speaker encoder's weights ask for {module}.{name}")
        return known[module, name]

    def persistent_load(self, pid: Any) -> str:
        return str(pid[2])


def _rebuild(
    storage: str, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> _Tensor:
    return _Tensor(storage, offset, shape, strides)


def _read_state(data: bytes) -> dict[str, Matrix]:
    """Reads torch's old format: three pickles of preamble, tensors, keys, then raw storages."""
    file = io.BytesIO(data)
    for _ in range(3):
        _StateUnpickler(file).load()
    tensors = _StateUnpickler(file).load()["model_state"]
    storages: dict[str, Matrix] = {}
    for key in _StateUnpickler(file).load():
        count = int.from_bytes(file.read(8), "little")
        storages[key] = np.frombuffer(file.read(4 * count), dtype="<f4")
    return {name: _tensor(tensor, storages) for name, tensor in tensors.items()}


def _tensor(tensor: _Tensor, storages: dict[str, Matrix]) -> Matrix:
    flat = storages[tensor.storage][tensor.offset :]
    strides = tuple(4 * stride for stride in tensor.strides)
    return np.lib.stride_tricks.as_strided(flat, tensor.shape, strides, writeable=False)
