"""Which channels of a call are worth hearing: dual mono and dropped channels are noticed."""

from __future__ import annotations

import numpy as np

from core.speech_settings import SpeechSettings
from tests.unit.transcribe.recorded_files import LEFT_HZ, RIGHT_HZ, tone
from transcribe.audio import CallAudio, is_dual_mono, silent_channels
from transcribe.tracks import listen

NOISE = np.random.default_rng(1)


def call(left: np.ndarray, right: np.ndarray) -> CallAudio:
    samples = np.stack([left, right]).astype(np.int16)
    return CallAudio(samples, samples.shape[1] / 16_000, "pcm_s16le")


def hiss(samples: np.ndarray) -> np.ndarray:
    return samples + NOISE.normal(0, 60, len(samples))


def test_a_mono_call_copied_to_both_channels_is_heard_once() -> None:
    mixed = tone(LEFT_HZ, 4.0, 16_000)
    audio = call(hiss(mixed), hiss(mixed * 0.5))
    assert is_dual_mono(audio)
    assert [track.channel for track in listen(audio, SpeechSettings())] == [0]


def test_two_parties_with_echo_stay_two() -> None:
    client, agent = tone(LEFT_HZ, 4.0, 16_000), tone(RIGHT_HZ, 4.0, 16_000)
    assert not is_dual_mono(call(client + agent * 0.2, agent + client * 0.2))


def test_a_dropped_channel_is_named() -> None:
    audio = call(np.zeros(64_000), tone(LEFT_HZ, 4.0, 16_000, level=0.9))
    assert silent_channels(audio) == (0,)
    assert not is_dual_mono(audio)
    assert [track.channel for track in listen(audio, SpeechSettings())] == [1]


def test_a_loud_channel_is_not_silent() -> None:
    audio = call(tone(RIGHT_HZ, 1.0, 16_000, level=1.0), tone(LEFT_HZ, 1.0, 16_000, level=1.0))
    assert silent_channels(audio) == ()


def test_a_silent_call_is_heard_and_holds_no_speech() -> None:
    audio = call(np.zeros(64_000), np.zeros(64_000))
    tracks = listen(audio, SpeechSettings())
    assert [track.speech_s for track in tracks] == [0]
