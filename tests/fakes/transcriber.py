"""A speech engine that knows beforehand what is said: recordings are told by their length."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from models.vocabulary.transcript import Segment, Speaker, Transcript
from transcribe.audio import CallAudio
from transcribe.engine import Hints, SecondListener

Script = Sequence[tuple[Speaker, str]]


@dataclass
class FakeTranscriber:
    """Says for a recording of so many whole seconds what `scripts` has for it.

    `failures` are raised instead. `heard` and `hints` keep what the engine was asked, in
    order; `second` listens a second time; `before` is called before each recording, with its length.
    """

    scripts: Mapping[int, Script]
    identity: str = "fake 1"
    failures: Mapping[int, Exception] = field(default_factory=dict)
    before: Callable[[int], None] = lambda _seconds: None
    warnings: tuple[str, ...] = ()
    heard: list[int] = field(default_factory=list)
    hints: list[Hints] = field(default_factory=list)
    second: SecondListener | None = None

    def transcribe(
        self, audio: CallAudio, hints: Hints, progress: Callable[[float], None] | None = None
    ) -> Transcript:
        """Gives the script of the recording, one line every second."""
        seconds = round(audio.duration_s)
        self.before(seconds)
        self.heard.append(seconds)
        self.hints.append(hints)
        if progress is not None:
            progress(0.5)
        if seconds in self.failures:
            raise self.failures[seconds]
        segments = tuple(
            Segment(speaker, text, float(place), place + 0.9, 0.9)
            for place, (speaker, text) in enumerate(self.scripts[seconds])
        )
        return Transcript(segments, "ru", self.identity, audio.duration_s, float(len(segments)))

    def second_listener(self) -> SecondListener | None:
        """Gives who listens a second time."""
        return self.second
