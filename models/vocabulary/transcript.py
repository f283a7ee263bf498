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


class PersonalKind(StrEnum):
    """What of a person a dictated number is; such numbers are kept nowhere."""

    CARD = "card"
    SECURITY_CODE = "security_code"
    EXPIRY = "expiry"
    PASSPORT = "passport"
    SNILS = "snils"
    INN = "inn"
    ACCOUNT = "account"
    SSN = "ssn"
    CODE = "code"
    PASSWORD = "password"  # noqa: S105 - a kind of number, not a secret


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
class HiddenSpan:
    """Seconds `start` to `end` of a call in which `speaker` said a personal number.

    The words stand masked in the transcript; whoever plays the call silences these seconds.
    """

    start: float
    end: float
    kind: PersonalKind
    speaker: Speaker


@dataclass(frozen=True, slots=True)
class Transcript:
    """A call in words, segments in the order in which they began.

    `model` names weights and settings so that the same input gives the same words;
    `speech_s` is how many seconds held speech, summed over the channels. `agent_side` is the
    channel that the agent was heard on, ``None`` where both sides share one. `hidden` is ``None``
    as long as nobody has looked for personal numbers.
    """

    segments: tuple[Segment, ...]
    language: str
    model: str
    duration_s: float
    speech_s: float
    channels: int = 1
    agent_side: int | None = None
    hidden: tuple[HiddenSpan, ...] | None = None


def spoken_text(segments: Sequence[Segment]) -> str:
    """All words in order, one line per segment."""
    return "\n".join(segment.text for segment in segments)
