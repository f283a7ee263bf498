"""How well a call was led: a checklist's items, what became of each, and the call's score."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from models.vocabulary.transcript import Speaker


class ItemVerdict(StrEnum):
    """What became of an item of a checklist in one call."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"
    CANNOT_TELL = "cannot_tell"


@dataclass(frozen=True, slots=True)
class CheckedItem:
    """One item held against one call.

    `quote` stands verbatim in the transcript and `start` is its second; both are ``None``
    where nothing was said that decides. `explanation` is one sentence, in Russian.
    """

    item_id: str
    title: str
    critical: bool
    weight: float
    verdict: ItemVerdict
    explanation: str
    quote: str | None = None
    speaker: Speaker | None = None
    start: float | None = None


@dataclass(frozen=True, slots=True)
class CallScore:
    """A call by a checklist.

    `score` is 0..100, ``None`` where too little could be judged; `capped_by` names the failed
    critical items that hold it down. `rule_hash` is that of the checklist's demands.
    """

    checklist: str
    rule_hash: str
    score: int | None
    capped_by: tuple[str, ...]
    items: tuple[CheckedItem, ...]
