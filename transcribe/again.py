"""A second hearing of a few seconds: the same sound, cut and decoded otherwise.

The first hearing packs speech into short windows, leaves the silence out and tells the model
which names to expect. Here the span is heard as it was spoken, pauses included, in the
30 seconds that Whisper was trained on, without hot words, at temperature 0 (a beam search,
which draws no lots) with another beam and, where the settings name one, with another model. What
both hearings agree on does not hang on how the sound was cut.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.speech_settings import SpeechSettings
from models.vocabulary.transcript import Segment, Word
from transcribe.audio import SAMPLE_RATE, CallAudio, Waveform
from transcribe.inventions import is_invention, is_repetitive
from transcribe.speech import is_speech, listen_for_speech
from transcribe.tracks import own_channels
from transcribe.utterances import Utterance, segment

if TYPE_CHECKING:
    from transcribe.whisper import FasterWhisper

VERSION = 2
WINDOW_S = 30.0
_EDGE_S = 0.25  # of sound beyond the utterances, so that no word is cut
_WORD_S = 0.2  # from a word's end back to where it is surely spoken
_STRAY_S = 0.6  # a word farther than this from every utterance was made up in a pause


class SecondWhisper:
    """Hears utterances anew with a Whisper model (see `SecondListener`)."""

    def __init__(self, engine: FasterWhisper, speech: SpeechSettings) -> None:
        self._engine = engine
        self._beam_size = speech.second_beam_size
        self._vad_threshold = speech.vad_threshold

    @property
    def identity(self) -> str:
        """Weights and every setting that changes words, in one line."""
        weights, device = self._engine.weights, self._engine.device
        return (
            f"whisper-{weights.name}@{weights.fingerprint} {device} beam={self._beam_size} "
            f"window=30 unpacked again-v{VERSION}"
        )

    def listen_again(
        self, audio: CallAudio, utterances: Sequence[Segment], language: str
    ) -> tuple[Segment, ...]:
        """Gives the utterances in the words heard now (see `SecondListener`)."""
        channels = own_channels(audio)
        sides = [_loudest(audio, one, channels) for one in utterances]
        start, end = _span(utterances, audio.duration_s)
        heard = self._heard(audio, sorted(set(sides)), (start, end), language)
        shares: list[list[Word]] = [[] for _ in utterances]
        for channel, words in heard.items():
            own = [index for index, side in enumerate(sides) if side == channel]
            for word in words:
                index = min(own, key=lambda at: _distance(word, utterances[at]))
                if _distance(word, utterances[index]) <= _STRAY_S:
                    shares[index].append(word)
        return tuple(
            _retold(one, side, words)
            for one, side, words in zip(utterances, sides, shares, strict=True)
        )

    def _heard(
        self, audio: CallAudio, channels: Sequence[int], span: tuple[float, float], language: str
    ) -> dict[int, list[Word]]:
        """The words of a span on each channel, the channels side by side."""
        with self._engine.alone(), ThreadPoolExecutor(len(channels)) as pool:
            found = pool.map(lambda side: self._words(audio, side, span, language), channels)
            return dict(zip(channels, found, strict=True))

    def _words(
        self, audio: CallAudio, channel: int, span: tuple[float, float], language: str
    ) -> list[Word]:
        """The words of a span of one channel, in call time; none where nobody speaks."""
        engine, (start, end) = self._engine, span
        cut = _cut(audio, channel, start, end)
        if not is_speech(listen_for_speech(cut, 0), self._vad_threshold).any():
            return []
        wave = cut.waveform(0)
        encoded = engine.model.encode(self._features(wave))
        tokenizer = engine.tokenizer(language)
        prompt = engine.prompt(tokenizer, ())
        tokens = engine.generate(encoded, prompt, 1, beam_size=self._beam_size)
        text = tokenizer.decode(tokens[0])
        if is_repetitive(text) or is_invention(text):
            return []
        [words] = engine.align(encoded, tokenizer, tokens, [end - start])
        return [
            Word(start + word.start, start + word.end, word.text, word.confidence) for word in words
        ]

    def _features(self, wave: Waveform) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        extractor = self._engine.model.feature_extractor
        whole = np.zeros(round(WINDOW_S * SAMPLE_RATE), dtype=np.float32)
        whole[: len(wave)] = wave[: len(whole)]
        mel = extractor(whole)[:, : extractor.nb_max_frames]
        return np.ascontiguousarray(mel[np.newaxis], dtype=np.float32)


def _span(utterances: Sequence[Segment], duration_s: float) -> tuple[float, float]:
    """From the first utterance to the last, a little wider, at most a window long."""
    start = min(one.start or 0.0 for one in utterances)
    end = max(one.end or 0.0 for one in utterances)
    start, end = max(0.0, start - _EDGE_S), min(duration_s, end + _EDGE_S)
    return start, min(end, start + WINDOW_S)


def _cut(audio: CallAudio, channel: int, start: float, end: float) -> CallAudio:
    """A span of one channel as a sound of its own."""
    first, last = round(start * SAMPLE_RATE), round(end * SAMPLE_RATE)
    return CallAudio(audio.samples[channel : channel + 1, first:last], end - start, audio.codec)


def _loudest(audio: CallAudio, one: Segment, channels: Sequence[int]) -> int:
    """The channel on which an utterance was spoken: its speaker's is the louder one."""
    if len(channels) == 1:
        return channels[0]
    first, last = round((one.start or 0.0) * SAMPLE_RATE), round((one.end or 0.0) * SAMPLE_RATE)
    return max(channels, key=lambda channel: _power(audio.waveform(channel, first, last)))


def _power(wave: Waveform) -> float:
    return float(np.dot(wave, wave))


def _distance(word: Word, one: Segment) -> float:
    """Seconds from a word to an utterance, 0 inside it.

    The model lets a word after a pause begin with the pause, so that its end is what counts.
    """
    spoken = max((word.start + word.end) / 2, word.end - _WORD_S)
    return max(0.0, (one.start or 0.0) - spoken, spoken - (one.end or 0.0))


def _retold(one: Segment, side: int, words: Sequence[Word]) -> Segment:
    told = Utterance(side, one.start or 0.0, one.end or 0.0, tuple(words))
    return segment(replace(told, words=()) if is_invention(told.text) else told, one.speaker)
