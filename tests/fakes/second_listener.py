"""A second listener that knows beforehand which utterances sound otherwise."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from models.vocabulary.transcript import Segment
from transcribe.audio import CallAudio


@dataclass
class FakeSecondListener:
    """Hears the words of `otherwise` for those that were heard first, all others again.

    `asked` keeps the texts of each stretch, in order; `before` is called before each.
    """

    otherwise: Mapping[str, str] = field(default_factory=dict)
    identity: str = "fake again 1"
    before: Callable[[], None] = lambda: None
    asked: list[list[str]] = field(default_factory=list)

    def listen_again(
        self,
        audio: CallAudio,  # noqa: ARG002 - the protocol's signature
        utterances: Sequence[Segment],
        language: str,  # noqa: ARG002 - the protocol's signature
    ) -> tuple[Segment, ...]:
        """Gives the utterances in the words that are heard now."""
        self.before()
        self.asked.append([one.text for one in utterances])
        return tuple(
            replace(one, text=self.otherwise.get(one.text, one.text)) for one in utterances
        )
