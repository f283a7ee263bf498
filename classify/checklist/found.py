"""What was found out about one item: the verdict, one sentence, the words that decide."""

from __future__ import annotations

from dataclasses import dataclass

from classify.checklist.places import segment_at
from classify.citation import quote
from classify.dialogue import Turn
from models.vocabulary.action import Action
from models.vocabulary.checklist import ItemVerdict
from models.vocabulary.transcript import Speaker


@dataclass(frozen=True, slots=True)
class Found:
    """A verdict on an item with its reason; the quote is verbatim."""

    verdict: ItemVerdict
    explanation: str
    quote: str | None = None
    speaker: Speaker | None = None
    start: float | None = None

    @classmethod
    def not_applicable(cls, why: str) -> Found:
        """The item is not asked of this call."""
        return cls(ItemVerdict.NOT_APPLICABLE, why)

    @classmethod
    def cannot_tell(cls, why: str) -> Found:
        """The transcript is too poor to tell."""
        return cls(ItemVerdict.CANNOT_TELL, why)

    @classmethod
    def of_action(cls, verdict: ItemVerdict, why: str, action: Action) -> Found:
        """A verdict that rests on an action's words."""
        return cls(verdict, why, action.quote, action.speaker, action.start)

    @classmethod
    def of_words(cls, verdict: ItemVerdict, why: str, turn: Turn, words: tuple[int, int]) -> Found:
        """A verdict that rests on words of a turn (first, one past the last)."""
        text, segment = quote(turn, *words)
        return cls(verdict, why, text, turn.speaker, segment.start)

    @classmethod
    def of_letter(cls, verdict: ItemVerdict, why: str, turn: Turn, at: int) -> Found:
        """A verdict that rests on the segment of a turn that holds the letter `at`."""
        segment = segment_at(turn, at)
        return cls(verdict, why, segment.text.strip(), turn.speaker, segment.start)
