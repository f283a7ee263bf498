"""The real speech model on real recordings: words, speakers, order, and nothing from nothing."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.recordings import ROOT, TrueCall, true_calls
from benchmarks.wer import heard_words, hints_of, kept_order, places
from core.speech_settings import SpeechSettings
from transcribe.audio import CallAudio
from transcribe.engine import Hints, Transcriber
from transcribe.weights import packaged_base
from transcribe.whisper import load_transcriber

pytestmark = pytest.mark.slow


def _calls(channels: int, most: int) -> list[TrueCall]:
    calls = [
        call
        for call in true_calls(Namespace(recordings=None, truth=None))
        if call.channels == channels
    ]
    return calls[:most]


@pytest.fixture(scope="module")
def transcriber() -> Transcriber:
    base = packaged_base(SpeechSettings()).folder
    return load_transcriber(SpeechSettings(model=str(base)))


@pytest.fixture(scope="module")
def stereo() -> TrueCall:
    return _calls(2, 1)[0]


def test_a_stereo_call_is_heard_in_order_and_by_the_right_people(
    transcriber: Transcriber, stereo: TrueCall
) -> None:
    shares: list[float] = []
    transcript = transcriber.transcribe(
        stereo.audio(), hints_of(stereo, blind=True, language=None), shares.append
    )
    assert transcript.language == "ru"
    assert transcript.model == transcriber.identity
    for speaker in ("agent", "client"):
        heard = heard_words(stereo, transcript, speaker)
        assert heard.errors / heard.words < 0.3
    kept, pairs = kept_order(places(stereo, transcript))
    assert kept == pairs >= len(stereo.turns) - 2
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert all(0 < segment.confidence <= 1 for segment in transcript.segments)


def test_both_parties_of_a_mono_call_are_told_apart(transcriber: Transcriber) -> None:
    calls = _calls(1, 3)
    if not calls:
        pytest.skip("no mono recording with truth is here")
    for call in calls:
        transcript = transcriber.transcribe(call.audio(), hints_of(call))
        found = places(call, transcript)
        assert found.count(None) <= len(found) // 5


@pytest.mark.parametrize("sound", ["silence", "ring-back", "noise"])
def test_nothing_is_heard_where_nobody_speaks(transcriber: Transcriber, sound: str) -> None:
    time = np.arange(20 * 16_000) / 16_000
    chance = np.random.default_rng(11)
    wave = {
        "silence": np.zeros(len(time)),
        "ring-back": 8000 * np.sin(2 * np.pi * 425 * time) * (time % 5 < 1),
        "noise": chance.normal(0, 600, len(time)),
    }[sound]
    audio = CallAudio(wave.astype(np.int16)[np.newaxis], 20.0, "pcm_s16le")
    assert transcriber.transcribe(audio, Hints()).segments == ()


def test_a_call_copied_to_both_channels_is_heard_once(
    transcriber: Transcriber, stereo: TrueCall
) -> None:
    audio = stereo.audio()
    mixed = np.clip(audio.samples.sum(axis=0, dtype=np.int32), -32768, 32767).astype(np.int16)
    short = mixed[: 30 * 16_000]
    once = transcriber.transcribe(CallAudio(short[np.newaxis], 30.0, "x"), Hints(language="ru"))
    twice = transcriber.transcribe(
        CallAudio(np.stack([short, short]), 30.0, "x"), Hints(language="ru")
    )
    assert [s.text for s in twice.segments] == [s.text for s in once.segments]
    assert len({s.speaker for s in once.segments}) == 2


def test_the_samples_say_what_their_truth_says() -> None:
    truth = json.loads((ROOT / "samples/truth.json").read_text(encoding="utf-8"))
    folder: Path = ROOT / "samples/recordings"
    assert all((folder / call["recording"]).is_file() for call in truth["calls"])
