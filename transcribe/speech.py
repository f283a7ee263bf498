"""Where somebody speaks, and how speech is packed so that the model works on little else.

Voice activity: Silero VAD v6 (snakers4/silero-vad, MIT), the ONNX file that faster-whisper
ships: 512 samples (32 ms) a frame with 64 samples of context and a recurrent state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter1d

from transcribe.audio import SAMPLE_RATE, CallAudio, Waveform

FRAME = 512
FRAME_S = FRAME / SAMPLE_RATE
_CONTEXT = 64
_BLOCK_FRAMES = 4096
_SHORTEST_S = 0.12
_ABOVE_FLOOR_DB = 12.0
_BELOW_SPEECH_DB = 35.0
_NEAR_FRAMES = 50

Probabilities = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Frames:
    """What every 32 ms of a channel are like: probability of speech, level in dB."""

    probabilities: Probabilities
    levels: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of one channel, in seconds of the call."""

    start: float
    end: float

    @property
    def length(self) -> float:
        """Seconds from start to end."""
        return self.end - self.start


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces of one channel that the model hears as one, `gap_s` of silence between them."""

    channel: int
    pieces: tuple[Span, ...]
    gap_s: float

    @property
    def length(self) -> float:
        """Seconds that the packed window lasts."""
        return sum(piece.length for piece in self.pieces) + self.gap_s * (len(self.pieces) - 1)

    def waveform(self, audio: CallAudio) -> Waveform:
        """Gives the packed samples as float32."""
        gap = np.zeros(round(self.gap_s * SAMPLE_RATE), dtype=np.float32)
        parts: list[Waveform] = []
        for piece in self.pieces:
            parts += [gap] if parts else []
            parts.append(audio.waveform(self.channel, *_samples(piece)))
        return np.concatenate(parts)

    def call_time(self, packed_s: float) -> float:
        """Maps a time in the packed window to the call; a gap maps to the nearer piece's edge."""
        begin = 0.0
        for index, piece in enumerate(self.pieces):
            end = begin + piece.length
            last = index == len(self.pieces) - 1
            if last or packed_s < end + self.gap_s / 2:
                return piece.start + min(max(packed_s - begin, 0.0), piece.length)
            begin = end + self.gap_s
        return packed_s


def listen_for_speech(audio: CallAudio, channel: int) -> Frames:
    """Gives probability of speech and level of every 32 ms of a channel, block by block."""
    session = _silero()
    total = -(-audio.samples.shape[1] // FRAME)
    state = {name: np.zeros((1, 1, 128), dtype=np.float32) for name in ("h", "c")}
    context = np.zeros(_CONTEXT, dtype=np.float32)
    chances = np.zeros(total, dtype=np.float32)
    levels = np.zeros(total, dtype=np.float32)
    for first in range(0, total, _BLOCK_FRAMES):
        last = min(total, first + _BLOCK_FRAMES)
        block = audio.waveform(channel, first * FRAME, last * FRAME)
        block = np.pad(block, (0, (last - first) * FRAME - len(block))).reshape(-1, FRAME)
        before = np.vstack([context, block[:-1, -_CONTEXT:]])
        context = block[-1, -_CONTEXT:]
        output, state["h"], state["c"] = session(
            {"input": np.concatenate([before, block], axis=1), **state}
        )
        chances[first:last] = np.reshape(output, -1)
        levels[first:last] = 10 * np.log10(np.mean(block**2, axis=1) + 1e-10)
    return Frames(chances, levels)


def is_speech(frames: Frames, threshold: float) -> Mask:
    """Marks the frames with speech.

    Silero needs some tenths of a second after silence before it believes in speech, and gives
    a short «да» or «угу» little. So a loud frame also counts when it is near sure speech and
    not quite improbable, or when it is fairly probable by itself. Loud is 12 dB above
    the channel's floor and at most 35 dB below its speech.
    """
    sure = frames.probabilities >= threshold
    if not sure.any():
        return sure
    floor = float(np.percentile(frames.levels, 15))
    top = float(np.percentile(frames.levels[sure], 90))
    loud = frames.levels > max(floor + _ABOVE_FLOOR_DB, top - _BELOW_SPEECH_DB)
    likely = maximum_filter1d(frames.probabilities, 7)
    near = maximum_filter1d(sure.astype(np.uint8), 2 * _NEAR_FRAMES + 1) > 0
    mask: Mask = sure | (loud & near & (likely >= threshold / 10))
    mask |= loud & (likely >= threshold / 1.5)
    return mask


def speech_spans(mask: Mask, min_silence_s: float) -> list[Span]:
    """Joins marked frames that less than `min_silence_s` parts; a mere click is left out."""
    marked = np.flatnonzero(mask)
    if not len(marked):
        return []
    breaks = np.flatnonzero(np.diff(marked) * FRAME_S > min_silence_s + FRAME_S / 2)
    starts = marked[np.concatenate(([0], breaks + 1))]
    ends = marked[np.concatenate((breaks, [len(marked) - 1]))] + 1
    spans = [
        Span(int(start) * FRAME_S, int(end) * FRAME_S)
        for start, end in zip(starts, ends, strict=True)
    ]
    return [span for span in spans if span.length >= _SHORTEST_S]


def padded(spans: Sequence[Span], pad_s: float, duration_s: float) -> list[Span]:
    """Widens spans by `pad_s` on both sides; neighbours share the silence between them."""
    wide = []
    for index, span in enumerate(spans):
        before = (spans[index - 1].end + span.start) / 2 if index else 0.0
        after = (span.end + spans[index + 1].start) / 2 if index + 1 < len(spans) else duration_s
        start = max(span.start - pad_s, before, 0.0)
        wide.append(Span(start, min(span.end + pad_s, after, duration_s)))
    return wide


def cut_long(spans: Sequence[Span], probabilities: Probabilities, longest_s: float) -> list[Span]:
    """Cuts what is longer than `longest_s` where speech is least likely."""
    short = []
    for span in spans:
        start = span.start
        while span.end - start > longest_s:
            first = round((start + longest_s / 2) / FRAME_S)
            among = probabilities[first : round((start + longest_s) / FRAME_S)]
            smooth = np.convolve(among, np.ones(5) / 5, mode="same")
            cut = (first + int(np.argmin(smooth))) * FRAME_S if len(among) else start + longest_s
            short.append(Span(start, cut))
            start = cut
        short.append(Span(start, span.end))
    return short


def packed(channel: int, spans: Sequence[Span], longest_s: float, gap_s: float) -> list[Window]:
    """Packs the spans of one channel, in order, into windows of about equal length.

    No window is longer than `longest_s` unless a single span is.
    """
    total = sum(span.length + gap_s for span in spans)
    aim = total / max(1, -(-total // longest_s))
    windows: list[Window] = []
    held: list[Span] = []
    length = 0.0
    for span in spans:
        longer = length + gap_s + span.length
        if held and (longer > longest_s or longer - aim > aim - length):
            windows.append(Window(channel, tuple(held), gap_s))
            held, length = [], 0.0
        length += span.length + (gap_s if held else 0.0)
        held.append(span)
    if held:
        windows.append(Window(channel, tuple(held), gap_s))
    return windows


def _samples(span: Span) -> tuple[int, int]:
    return round(span.start * SAMPLE_RATE), round(span.end * SAMPLE_RATE)


@cache
def _silero() -> Callable[[dict[str, Any]], Sequence[Any]]:
    from faster_whisper.vad import get_vad_model

    session = get_vad_model().session

    def run(inputs: dict[str, Any]) -> Sequence[Any]:
        return session.run(None, inputs)  # type: ignore[no-any-return]  # onnxruntime is untyped

    return run
