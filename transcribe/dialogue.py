"""What was heard on the tracks of a call becomes a transcript with speakers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models.vocabulary.transcript import Speaker, Transcript, Word
from transcribe.audio import CallAudio
from transcribe.engine import Hints
from transcribe.speakers import voices_of
from transcribe.tracks import Track
from transcribe.turns import agent_side, is_announcement
from transcribe.utterances import Island, Utterance, islands, segment, utterances


@dataclass(frozen=True, slots=True)
class Heard:
    """One track and its words in call time."""

    track: Track
    words: Sequence[Word]


def as_transcript(
    audio: CallAudio, heard: Sequence[Heard], hints: Hints, language: str, identity: str
) -> Transcript:
    """Puts the turns of all sides in order and says who is the agent."""
    sides = [islands(part.track.channel, part.track.islands, part.words) for part in heard]
    if len(sides) == 1:
        sides = [_by_voice(audio, sides[0])]
    turns = utterances(sides)
    agent = _agent(turns, heard, hints)
    return Transcript(
        segments=tuple(segment(turn, _speaker(turn, agent)) for turn in turns),
        language=language,
        model=identity,
        duration_s=round(audio.duration_s, 3),
        speech_s=round(sum(part.track.speech_s for part in heard), 2),
        channels=audio.channels,
        agent_side=agent if len(heard) > 1 else None,
    )


def _by_voice(audio: CallAudio, found: Sequence[Island]) -> list[Island]:
    """The stretches of a single channel, their sides being the voices heard in them."""
    if not found:
        return []
    voices = voices_of(audio, found[0].side, [island.span for island in found])
    return [replace(island, side=voice) for island, voice in zip(found, voices, strict=True)]


def _agent(turns: Sequence[Utterance], heard: Sequence[Heard], hints: Hints) -> int | None:
    if hints.agent_channel is not None and len(heard) > 1:
        return hints.agent_channel
    return agent_side([(turn.side, turn.text) for turn in turns], hints)


def _speaker(turn: Utterance, agent: int | None) -> Speaker:
    """A machine's announcement is the client's, whoever's voice it was taken for."""
    if is_announcement(turn.text):
        return Speaker.CLIENT
    if agent is None:
        return Speaker.UNKNOWN
    return Speaker.AGENT if turn.side == agent else Speaker.CLIENT
