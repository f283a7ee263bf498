"""The real speech model hears a few seconds of a real call again."""

from __future__ import annotations

from argparse import Namespace

import numpy as np
import pytest
from rapidfuzz import fuzz

from benchmarks.recordings import ROOT, TrueCall, true_calls
from core.speech_settings import SpeechSettings
from models.vocabulary.transcript import Segment, Speaker
from transcribe.audio import CallAudio
from transcribe.engine import SecondListener
from transcribe.weights import packaged_base
from transcribe.whisper import load_transcriber

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def listener() -> SecondListener:
    base = packaged_base(SpeechSettings()).folder
    found = load_transcriber(SpeechSettings(model=str(base))).second_listener()
    assert found is not None
    return found


@pytest.fixture(scope="module")
def call() -> TrueCall:
    samples = Namespace(recordings=ROOT / "samples/recordings", truth=ROOT / "samples/truth.json")
    return next(one for one in true_calls(samples) if one.channels == 2)


def said(call: TrueCall) -> list[Segment]:
    """Neighbours of the call, as they were really said, at most twenty seconds of them."""
    turns = [turn for turn in call.turns[2:] if turn.end - call.turns[2].start <= 20.0]
    return [Segment(Speaker(t.speaker), t.text, t.start, t.end) for t in turns]


def test_the_same_utterances_come_back_in_the_words_heard_now(
    listener: SecondListener, call: TrueCall
) -> None:
    first = said(call)
    assert len(first) >= 2
    again = listener.listen_again(call.audio(), first, "ru")
    assert [(s.speaker, s.start, s.end) for s in again] == [
        (s.speaker, s.start, s.end) for s in first
    ]
    alike = [fuzz.ratio(a.text.lower(), b.text.lower()) for a, b in zip(first, again, strict=True)]
    assert np.mean(alike) > 70
    assert all(0 < one.confidence <= 1 for one in again if one.text)
    assert {one.speaker for one in first} == {Speaker.AGENT, Speaker.CLIENT}


def test_the_same_sound_gives_the_same_words(listener: SecondListener, call: TrueCall) -> None:
    first = said(call)[:2]
    audio = call.audio()
    assert listener.listen_again(audio, first, "ru") == listener.listen_again(audio, first, "ru")


def test_where_nobody_speaks_nothing_is_heard(listener: SecondListener) -> None:
    silence = CallAudio(np.zeros((1, 20 * 16_000), dtype=np.int16), 20.0, "pcm_s16le")
    somebody = Segment(Speaker.CLIENT, "Да, договорились.", 4.0, 6.0)
    [again] = listener.listen_again(silence, [somebody], "ru")
    assert (again.text, again.confidence) == ("", 0.0)
    assert (again.start, again.end, again.speaker) == (4.0, 6.0, Speaker.CLIENT)


def test_its_identity_tells_it_from_the_first_hearing() -> None:
    speech = SpeechSettings(model=str(packaged_base(SpeechSettings()).folder))
    engine = load_transcriber(speech)
    wider = load_transcriber(replace_beam(speech, 12)).second_listener()
    narrow = engine.second_listener()
    assert narrow is not None
    assert wider is not None
    assert len({engine.identity, narrow.identity, wider.identity}) == 3


def replace_beam(speech: SpeechSettings, beam: int) -> SpeechSettings:
    return speech.model_copy(update={"second_beam_size": beam})


def test_settings_switch_it_off() -> None:
    speech = SpeechSettings(second_listening=False)
    assert load_transcriber(speech).second_listener() is None
