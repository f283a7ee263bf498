"""What was said: segments with speaker, time, words and confidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Speaker(StrEnum):
    """Who speaks. In an internal call the caller is the agent and the callee the client."""

    AGENT = "agent"
    CLIENT = "client"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; times in seconds from the start, `confidence` in 0..1."""

    start: float
    end: float
    text: str
    confidence: float


@dataclass(frozen=True, slots=True)
class Segment:
    """One uninterrupted utterance of one speaker.

    `start` and `end` are seconds from the start of the recording, ``None`` for texts
    that came without times; `confidence` in 0..1 (1.0 for a text that nobody had to
    recognise).
    """

    speaker: Speaker
    text: str
    start: float | None = None
    end: float | None = None
    confidence: float = 1.0
    words: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class Transcript:
    """A call in words, segments in the order in which they began.

    `model` names weights and settings so that the same input gives the same words;
    `speech_s` is how many seconds held speech, summed over the channels.
    """

    segments: tuple[Segment, ...]
    language: str
    model: str
    duration_s: float
    speech_s: float
    channels: int = 1


def spoken_text(segments: Sequence[Segment]) -> str:
    """All words in order, one line per segment."""
    return "\n".join(segment.text for segment in segments)
