"""Runs the examples of a checklist file: each item must come out as its examples say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from classify.checklist.judge import check_call
from classify.checklist.rules import Checklist, ExampleTalk, Item
from classify.dialogue import CallContext
from classify.hear import hear
from models.vocabulary.checklist import ItemVerdict
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.transcript import Segment, Speaker

_STARTED = datetime(2026, 11, 9, 11, 0, tzinfo=ZoneInfo("Europe/Moscow"))
_TURN_S = 6.0


@dataclass(frozen=True, slots=True)
class ItemProof:
    """One example of an item, with the verdict that it must come to."""

    item: Item
    example: ExampleTalk
    expected: ItemVerdict
    name: str


def item_proofs(checklist: Checklist) -> Iterator[ItemProof]:
    """Every example: passing ones pass, failing ones fail unless they say otherwise."""
    for item in checklist.items:
        groups = (
            ("passes", item.examples.passes, ItemVerdict.PASSED),
            ("fails", item.examples.fails, ItemVerdict.FAILED),
        )
        for group, examples, default in groups:
            for number, example in enumerate(examples, 1):
                expected = example.verdict or default
                name = f"{checklist.checklist}-{item.id}-{group}-{number}-{expected}"
                yield ItemProof(item, example, expected, name)


def verdict_of_item(checklist: Checklist, proof: ItemProof) -> ItemVerdict:
    """What an item comes to in its example's call, heard as any call is."""
    segments = [_segment(number, line, proof) for number, line in enumerate(proof.example.says)]
    talk_s = len(segments) * _TURN_S
    direction = proof.example.direction
    context = CallContext(started_at=_STARTED, direction=direction, speech_s=talk_s)
    heard = hear(segments, context)
    score = check_call(checklist, segments, context, heard, earlier=proof.example.earlier)
    return next(item.verdict for item in score.items if item.item_id == proof.item.id)


def refuse_disproved(checklist: Checklist, place: str) -> None:
    """Makes sure that every example of a file comes to the verdict that it names.

    Raises:
        InvalidInputError: one does not; names the item, the example and both verdicts.
    """
    for proof in item_proofs(checklist):
        found = verdict_of_item(checklist, proof)
        if found is not proof.expected:
            raise InvalidInputError(
                place,
                f"the example {proof.name} comes to `{found}` («{proof.example.says[0]}»...)",
                "Correct the example, or what the item asks for.",
            )


def _segment(number: int, line: str, proof: ItemProof) -> Segment:
    speaker, _, text = line.partition(": ")
    start = number * _TURN_S
    confidence = proof.example.confidence
    return Segment(Speaker(speaker), text, start, start + _TURN_S - 1, confidence)
