"""The tracks of a call: what is listened to, where speech lies in it, how it is packed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.settings import SpeechSettings
from transcribe.audio import CallAudio, is_dual_mono, silent_channels
from transcribe.speech import (
    Probabilities,
    Span,
    Window,
    cut_long,
    packed,
    padded,
    speech_probabilities,
    speech_spans,
)

ISLAND_PAUSE_S = 0.2
_PAD_S = 0.3
_GAP_S = 0.3


@dataclass(frozen=True, slots=True)
class Track:
    """One channel: the probability of speech, the stretches of it parted by short pauses."""

    channel: int
    probabilities: Probabilities
    islands: tuple[Span, ...]

    @property
    def speech_s(self) -> float:
        """Seconds of speech."""
        return sum(span.length for span in self.islands)


def listen(audio: CallAudio, speech: SpeechSettings) -> list[Track]:
    """Finds speech on every channel that carries its own sound.

    Of a mono call that was copied to both channels only the first is heard; so is the other
    channel of a call one of whose channels holds digital silence.
    """
    silent = silent_channels(audio)
    if is_dual_mono(audio):
        channels = [0]
    else:
        channels = [channel for channel in range(audio.channels) if channel not in silent] or [0]
    tracks = []
    for channel in channels:
        chances = speech_probabilities(audio, channel)
        spans = speech_spans(chances, speech.vad_threshold, ISLAND_PAUSE_S)
        tracks.append(Track(channel, chances, tuple(spans)))
    return tracks


def shared_windows(tracks: Sequence[Track], speech: SpeechSettings) -> list[Window]:
    """Packs the speech of all tracks into windows; no window mixes two channels."""
    windows: list[Window] = []
    for track in tracks:
        duration_s = len(track.probabilities) * 0.032
        spans = speech_spans(track.probabilities, speech.vad_threshold, speech.vad_min_silence_s)
        wide = padded(spans, _PAD_S, duration_s)
        short = cut_long(wide, track.probabilities, speech.window_s)
        windows += packed(track.channel, short, speech.window_s, _GAP_S)
    return windows
