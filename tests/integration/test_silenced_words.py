"""What is silenced in the played sound cannot be heard any more, not even by the recogniser."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.recordings import true_calls
from classify.dictation import dictated
from classify.personal.find import Place
from classify.personal.masking import seconds_of
from core.speech_settings import SpeechSettings
from models.vocabulary.transcript import HiddenSpan, PersonalKind, Transcript
from transcribe.audio import load_audio
from transcribe.engine import Hints
from transcribe.silenced import write_silenced
from transcribe.weights import packaged_base
from transcribe.whisper import load_transcriber

pytestmark = pytest.mark.slow
NEAR_S = 0.2


def numbers_of(transcript: Transcript) -> Iterator[tuple[str, HiddenSpan]]:
    """Every number that was heard, as if it were a card's, and its seconds."""
    for index, segment in enumerate(transcript.segments):
        for one in dictated(segment.text):
            place = Place(index, one.start, one.end, PersonalKind.CARD, len(one.digits))
            seconds = seconds_of(segment, place)
            assert seconds is not None
            yield one.digits, HiddenSpan(*seconds, PersonalKind.CARD, segment.speaker)


def test_numbers_are_gone_and_the_other_words_are_there(tmp_path: Path) -> None:
    base = packaged_base(SpeechSettings()).folder
    engine = load_transcriber(SpeechSettings(model=str(base), language="ru"))
    hints = Hints(language="ru")
    found, words, kept = 0, 0, 0
    left: list[tuple[str, HiddenSpan]] = []
    for call in list(true_calls(Namespace(recordings=None, truth=None)))[:4]:
        before = engine.transcribe(load_audio([call.path]), hints)
        numbers = list(numbers_of(before))
        spans = [span for _, span in numbers]
        played = write_silenced([call.path], spans, tmp_path, sha256=call.path.stem)
        after = engine.transcribe(load_audio([played]), hints)
        found += len(numbers)
        left += [
            (digits, span)
            for digits, span in numbers_of(after)
            for hidden_digits, hidden in numbers
            if digits == hidden_digits
            and abs((span.start + span.end) - (hidden.start + hidden.end)) < 2 * NEAR_S
        ]
        words += sum(len(one.text.split()) for one in before.segments)
        kept += sum(len(one.text.split()) for one in after.segments)
    assert found >= 8
    assert left == []
    assert kept > 0.7 * words
