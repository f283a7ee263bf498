"""The faster-whisper adapter: packed windows of speech in, words with times out.

What makes it fast on a CPU: only speech is sent; windows of both channels share batches; the
encoder gets windows as long as their speech, not the 30 seconds that Whisper pads to (its cost
per second of sound grows with the window's length, so that short windows are cheaper twice);
batches are small and as many are decoded at once as there are threads.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from core.speech_settings import SpeechSettings
from models.vocabulary.transcript import Transcript, Word
from transcribe.audio import CallAudio, Waveform
from transcribe.device import (
    Batching,
    Device,
    choose_batching,
    choose_device,
    count_cores,
    count_gpus,
    gpu_trouble_told,
)
from transcribe.dialogue import Heard, as_transcript
from transcribe.engine import Hints, SecondListener
from transcribe.inventions import is_repetitive
from transcribe.speech import Window
from transcribe.tracks import Decoded, listen, shared_windows, words_of
from transcribe.weights import Weights, find_weights

if TYPE_CHECKING:
    from faster_whisper import WhisperModel
    from faster_whisper.tokenizer import Tokenizer

PIPELINE_VERSION = 2
_TAIL_S = 1.0
_LANGUAGES = ("ru", "en")
_MOST_HOTWORD_TOKENS = 60
_DETECTED_BATCHES = 2


class FasterWhisper:
    """Transcribes with a CTranslate2 Whisper model, which it loads when first needed."""

    def __init__(self, speech: SpeechSettings) -> None:
        self._speech = speech
        self._lock = threading.Lock()

    @cached_property
    def weights(self) -> Weights:
        """The weights that the settings ask for; found without loading them."""
        return find_weights(self._speech)

    @property
    def identity(self) -> str:
        """Weights and every setting that changes words, in one line."""
        speech = self._speech
        return (
            f"whisper-{self.weights.name}@{self.weights.fingerprint} {self.device} "
            f"beam={speech.beam_size} batch={self.batching.size} window={speech.window_s:g} "
            f"vad={speech.vad_threshold:g}/{speech.vad_min_silence_s:g} v{PIPELINE_VERSION}"
        )

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know about the chosen weights."""
        return self.weights.warnings

    @cached_property
    def device(self) -> Device:
        """Where the model runs."""
        return choose_device(self._speech, count_gpus())

    @cached_property
    def batching(self) -> Batching:
        """How many windows are decoded together, and on how many threads."""
        return choose_batching(self._speech, self.device, count_cores())

    @cached_property
    def model(self) -> WhisperModel:
        """The loaded model."""
        from faster_whisper import WhisperModel

        with gpu_trouble_told():
            return WhisperModel(
                str(self.weights.folder),
                device=self.device.name,
                compute_type=self.device.compute_type,
                cpu_threads=self.batching.threads,
                num_workers=self.batching.workers,
                local_files_only=True,
            )

    def transcribe(
        self,
        audio: CallAudio,
        hints: Hints,
        progress: Callable[[float], None] | None = None,
    ) -> Transcript:
        """Gives the words of a call (see `Transcriber`). One call at a time per process."""
        tracks = listen(audio, self._speech)
        windows = shared_windows(tracks, self._speech)
        with self.alone():
            language, decoded = self._decode(audio, windows, hints, progress)
        heard = [Heard(track, words_of(track, windows, decoded)) for track in tracks]
        return as_transcript(audio, heard, hints, language, self.identity)

    def second_listener(self) -> SecondListener | None:
        """Gives the same or a larger model with other settings (see `Transcriber`)."""
        from transcribe.again import SecondWhisper

        speech = self._speech
        if not speech.second_listening:
            return None
        if speech.second_model is None:
            return SecondWhisper(self, speech)
        other = load_transcriber(speech.model_copy(update={"model": speech.second_model}))
        return SecondWhisper(other, speech)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Holds the model for one piece of work; names what is wrong with a GPU."""
        with self._lock, gpu_trouble_told():
            yield

    def _decode(
        self,
        audio: CallAudio,
        windows: Sequence[Window],
        hints: Hints,
        progress: Callable[[float], None] | None,
    ) -> tuple[str, list[Decoded]]:
        """Decodes the windows, the longest first, in batches of windows of like length."""
        order = sorted(range(len(windows)), key=lambda index: -windows[index].length)
        batches = self.batching.cut(order)
        language = hints.language or self._detect(audio, windows, batches)

        def read(batch: Sequence[int]) -> list[Decoded]:
            encoded = self._encode([windows[index].waveform(audio) for index in batch])
            return self._read(encoded, language, hints, [windows[index].length for index in batch])

        decoded: dict[int, Decoded] = {}
        pool = ThreadPoolExecutor(self.batching.workers)
        try:
            for batch, results in zip(batches, pool.map(read, batches), strict=True):
                decoded.update(zip(batch, results, strict=True))
                if progress is not None:
                    progress(len(decoded) / len(windows))
        finally:
            pool.shutdown(cancel_futures=True)
        return language, [decoded[index] for index in range(len(windows))]

    def _encode(self, waves: Sequence[Waveform]) -> Any:
        """Encodes a batch, padded with silence to a second after the longest."""
        extractor = self.model.feature_extractor
        mels = [extractor(wave, padding=round(_TAIL_S * 16_000)) for wave in waves]
        frames = min(extractor.nb_max_frames, max(mel.shape[1] for mel in mels))
        frames += frames % 2
        batch = np.empty((len(mels), mels[0].shape[0], frames), dtype=np.float32)
        for row, mel in zip(batch, mels, strict=True):
            row[:] = mel.min()
            row[:, : mel.shape[1]] = mel[:, :frames]
        return self.model.encode(batch)

    def _detect(
        self, audio: CallAudio, windows: Sequence[Window], batches: Sequence[Sequence[int]]
    ) -> str:
        """The likelier of Russian and English over the longest windows of a call."""
        votes = dict.fromkeys(_LANGUAGES, 0.0)
        for batch in batches[:_DETECTED_BATCHES]:
            encoded = self._encode([windows[index].waveform(audio) for index in batch])
            found = self.model.model.detect_language(encoded)
            for index, likely in zip(batch, found, strict=True):
                chances = {token[2:-2]: chance for token, chance in likely}
                for code in _LANGUAGES:
                    chance = chances.get(code, 0.0) + 1e-6
                    votes[code] += windows[index].length * float(np.log(chance))
        return max(votes, key=lambda code: votes[code])

    def _read(
        self, encoded: Any, language: str, hints: Hints, lengths: Sequence[float]
    ) -> list[Decoded]:
        tokenizer = self.tokenizer(language)
        tokens = self.generate(encoded, self.prompt(tokenizer, hints.hotwords), len(lengths))
        texts = [tokenizer.decode(sequence) for sequence in tokens]
        if any(map(is_repetitive, texts)):
            again = self.generate(
                encoded, self.prompt(tokenizer, ()), len(lengths), no_repeat_ngram_size=3
            )
            tokens = [
                second if is_repetitive(text) else first
                for first, second, text in zip(tokens, again, texts, strict=True)
            ]
            texts = [tokenizer.decode(sequence) for sequence in tokens]
        words = self.align(encoded, tokenizer, tokens, lengths)
        return [Decoded(tuple(some), text) for some, text in zip(words, texts, strict=True)]

    def tokenizer(self, language: str) -> Tokenizer:
        """The model's tokenizer for a language."""
        from faster_whisper.tokenizer import Tokenizer

        multilingual = self.model.model.is_multilingual
        return Tokenizer(
            self.model.hf_tokenizer, multilingual, task="transcribe", language=language
        )

    def prompt(self, tokenizer: Tokenizer, hotwords: Sequence[str]) -> list[int]:
        """The decoder's beginning; names that end with a full stop keep it punctuating."""
        names = ", ".join(_fitting(tokenizer, hotwords))
        prompt: list[int] = self.model.get_prompt(
            tokenizer,
            previous_tokens=[],
            without_timestamps=True,
            hotwords=f"{names}." if names else None,
        )
        return prompt

    def generate(
        self, encoded: Any, prompt: list[int], count: int, **options: int
    ) -> list[list[int]]:
        """The likeliest tokens of each encoded window; `options` go over the settings."""
        results = self.model.model.generate(
            encoded,
            [prompt] * count,
            max_length=self.model.max_length,
            suppress_blank=True,
            **{"beam_size": self._speech.beam_size, **options},
        )
        return [result.sequences_ids[0] for result in results]

    def align(
        self,
        encoded: Any,
        tokenizer: Tokenizer,
        tokens: Sequence[Sequence[int]],
        lengths: Sequence[float],
    ) -> list[list[Word]]:
        """The words of each window with their times in it."""
        spoken = [[token for token in sequence if token < tokenizer.eot] for sequence in tokens]
        frames = [round(length * 100) for length in lengths]
        found = self.model.find_alignment(tokenizer, spoken, encoded, frames)
        return [
            [
                Word(float(w["start"]), float(w["end"]), w["word"], float(w["probability"]))
                for w in window
                if w["word"]
            ]
            for window in found
        ]


def _fitting(tokenizer: Tokenizer, hotwords: Sequence[str]) -> list[str]:
    """As many hot words as leave the decoder room."""
    fitting: list[str] = []
    room = _MOST_HOTWORD_TOKENS
    for word in hotwords:
        room -= len(tokenizer.encode(f" {word},"))
        if room < 0:
            break
        fitting.append(word)
    return fitting


_loaded: dict[SpeechSettings, FasterWhisper] = {}
_loading = threading.Lock()


def load_transcriber(speech: SpeechSettings) -> FasterWhisper:
    """Gives this process's transcriber for the settings; the model itself loads at first use.

    Raises:
        WeightsError: later, at first use, when the weights are missing or damaged.
    """
    with _loading:
        if speech not in _loaded:
            _loaded[speech] = FasterWhisper(speech)
        return _loaded[speech]


def transcriber_identity(speech: SpeechSettings) -> str:
    """Gives what `load_transcriber(speech).identity` gives, without loading the model."""
    return load_transcriber(speech).identity
