"""The speaker encoder runs without torch, and two voices are told apart."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from transcribe.speakers import two_voices
from transcribe.voices import VoiceWeightsError, _read_state, voice_vectors

CHANCE = np.random.default_rng(5)


def buzz(pitch: float, seconds: float) -> np.ndarray:
    """A voice-like sound: harmonics of a pitch that wavers, with some hiss."""
    time = np.arange(round(seconds * 16_000)) / 16_000
    phase = 2 * np.pi * pitch * time + 0.5 * np.sin(2 * np.pi * 3 * time)
    sound = sum(np.sin(n * phase) / n for n in range(1, 20))
    return np.asarray(0.1 * sound + CHANCE.normal(0, 0.002, len(time)), dtype=np.float32)


def test_vectors_are_unit_long_and_told_apart_by_pitch() -> None:
    vectors = voice_vectors([buzz(110, 2.0), buzz(112, 1.0), buzz(230, 2.0), buzz(226, 0.7)])
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1.0, abs=1e-4)
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2]
    assert vectors[2] @ vectors[3] > vectors[1] @ vectors[3]


def vectors_around(directions: list[int], spread: float) -> np.ndarray:
    made = np.eye(256, dtype=np.float32)[directions] + CHANCE.normal(
        0, spread, (len(directions), 256)
    ).astype(np.float32)
    unit: np.ndarray = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit


def test_two_voices_in_turn() -> None:
    who = [0, 1, 0, 0, 1, 1, 0, 1]
    found = two_voices(
        vectors_around(who, 0.02), np.array([2.0, 1.0, 3.0, 0.4, 2.0, 0.3, 1.0, 1.5])
    )
    assert found in (who, [1 - voice for voice in who])


def test_one_voice_stays_one() -> None:
    assert two_voices(vectors_around([0] * 6, 0.01), np.ones(6)) == [0] * 6


def test_a_single_stretch_is_one_voice() -> None:
    assert two_voices(vectors_around([0], 0.01), np.ones(1)) == [0]


def test_weights_that_would_run_code_are_refused() -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, ...]:
            return (print, ("run",))

    data = b"".join(pickle.dumps(part) for part in (1, 2, 3)) + pickle.dumps(Evil())
    with pytest.raises(VoiceWeightsError, match=r"builtins\.print"):
        _read_state(data)
