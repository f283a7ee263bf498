"""What every speech engine promises, so that another one is one more file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from models.vocabulary.call import Direction
from models.vocabulary.transcript import Segment, Transcript
from transcribe.audio import CallAudio


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known about a call before it is heard; everything may be missing.

    `language` is `ru`, `en` or ``None`` to detect it. `hotwords` are names that may come up
    (contacts, companies). `agent_channel` settles whose channel is whose in stereo.
    `agent_names` and `company_names` are ours: who says them about himself is the agent.
    """

    language: str | None = None
    hotwords: tuple[str, ...] = ()
    agent_channel: int | None = None
    direction: Direction | None = None
    agent_names: tuple[str, ...] = ()
    company_names: tuple[str, ...] = ()


class SecondListener(Protocol):
    """Hears a few seconds of a call anew, otherwise than the transcriber did."""

    @property
    def identity(self) -> str:
        """Weights and settings in one line; equal identity, equal words. Loads no model."""

    def listen_again(
        self, audio: CallAudio, utterances: Sequence[Segment], language: str
    ) -> tuple[Segment, ...]:
        """Gives the same utterances in the words that are heard now.

        Args:
            audio: the decoded call.
            utterances: neighbours with times, at most 30 seconds from the first to the last.
            language: `ru` or `en`.

        Returns:
            One segment for each, with its speaker and times; its text is empty and its
            confidence 0 where nothing was heard.
        """


class Transcriber(Protocol):
    """Turns the sound of a call into words."""

    @property
    def identity(self) -> str:
        """Weights and settings in one line; equal identity, equal words. Loads no model."""

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the user should know about the model that was chosen, in plain sentences."""

    def transcribe(
        self,
        audio: CallAudio,
        hints: Hints,
        progress: Callable[[float], None] | None = None,
    ) -> Transcript:
        """Gives the words of a call, with speakers and times.

        Args:
            audio: the decoded call.
            hints: what is known about it.
            progress: is told the share that is done, 0..1.
        """

    def second_listener(self) -> SecondListener | None:
        """Gives what listens a second time, ``None`` where the settings want no such thing."""
