"""What was heard on the tracks of a call becomes a transcript with speakers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from models.vocabulary.transcript import Speaker, Transcript, Word
from transcribe.audio import CallAudio
from transcribe.engine import Hints
from transcribe.tracks import Track
from transcribe.turns import agent_side
from transcribe.utterances import Utterance, islands, segment, utterances


@dataclass(frozen=True, slots=True)
class Heard:
    """One track and its words in call time."""

    track: Track
    words: Sequence[Word]


def as_transcript(
    audio: CallAudio, heard: Sequence[Heard], hints: Hints, language: str, identity: str
) -> Transcript:
    """Puts the turns of all sides in order and says who is the agent."""
    turns = utterances(
        islands(part.track.channel, part.track.islands, part.words) for part in heard
    )
    agent = _agent(turns, heard, hints)
    return Transcript(
        segments=tuple(segment(turn, _speaker(turn, agent)) for turn in turns),
        language=language,
        model=identity,
        duration_s=round(audio.duration_s, 3),
        speech_s=round(sum(part.track.speech_s for part in heard), 2),
        channels=audio.channels,
    )


def _agent(turns: Sequence[Utterance], heard: Sequence[Heard], hints: Hints) -> int | None:
    if hints.agent_channel is not None and len(heard) > 1:
        return hints.agent_channel
    return agent_side([(turn.side, turn.text) for turn in turns], hints)


def _speaker(turn: Utterance, agent: int | None) -> Speaker:
    if agent is None:
        return Speaker.UNKNOWN
    return Speaker.AGENT if turn.side == agent else Speaker.CLIENT
