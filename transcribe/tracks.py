"""The tracks of a call: what is listened to, where speech lies in it, how it is packed."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from core.speech_settings import SpeechSettings
from models.vocabulary.transcript import Word
from transcribe.audio import CallAudio, is_dual_mono, silent_channels
from transcribe.speech import (
    FRAME_S,
    Frames,
    Mask,
    Span,
    Window,
    cut_long,
    is_speech,
    listen_for_speech,
    packed,
    padded,
    speech_spans,
)

ISLAND_PAUSE_S = 0.2
_PAD_S = 0.3
_GAP_S = 0.3


@dataclass(frozen=True, slots=True)
class Track:
    """One channel: its frames, which of them are speech, the stretches that short pauses part."""

    channel: int
    frames: Frames
    speech: Mask
    islands: tuple[Span, ...]

    @property
    def speech_s(self) -> float:
        """Seconds of speech."""
        return sum(span.length for span in self.islands)


@dataclass(frozen=True, slots=True)
class Decoded:
    """What the model made of one window: words in packed time, and the text as a whole."""

    words: tuple[Word, ...]
    text: str


def own_channels(audio: CallAudio) -> list[int]:
    """The channels that carry their own sound.

    Of a mono call that was copied to both channels only the first is heard; so is the other
    channel of a call one of whose channels holds digital silence.
    """
    if is_dual_mono(audio):
        return [0]
    silent = silent_channels(audio)
    return [channel for channel in range(audio.channels) if channel not in silent] or [0]


def listen(audio: CallAudio, speech: SpeechSettings) -> list[Track]:
    """Finds speech on every channel that carries its own sound."""
    channels = own_channels(audio)

    def listened(channel: int) -> Track:
        frames = listen_for_speech(audio, channel)
        mask = is_speech(frames, speech.vad_threshold)
        return Track(channel, frames, mask, tuple(speech_spans(mask, ISLAND_PAUSE_S)))

    with ThreadPoolExecutor(speech.threads or len(channels)) as pool:
        return list(pool.map(listened, channels))


def shared_windows(tracks: Sequence[Track], speech: SpeechSettings) -> list[Window]:
    """Packs the speech of all tracks into windows; no window mixes two channels."""
    windows: list[Window] = []
    for track in tracks:
        spans = speech_spans(track.speech, speech.vad_min_silence_s)
        wide = padded(spans, _PAD_S, len(track.speech) * FRAME_S)
        short = cut_long(wide, track.frames.probabilities, speech.window_s)
        windows += packed(track.channel, short, speech.window_s, _GAP_S)
    return windows


def words_of(track: Track, windows: Sequence[Window], decoded: Sequence[Decoded]) -> list[Word]:
    """The words of a channel in call time and order."""
    words = []
    for window, result in zip(windows, decoded, strict=True):
        if window.channel == track.channel:
            words += [
                Word(
                    window.call_time(word.start),
                    window.call_time(word.end),
                    word.text,
                    word.confidence,
                )
                for word in result.words
            ]
    return words
