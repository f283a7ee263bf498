"""`stagecheck classify`: texts in, actions out; no audio, database or network."""

from __future__ import annotations

from collections.abc import Iterable

from classify.hear import CallContext, hear
from flow.result import Json, classified
from flow.texts import TextCall


def classify_texts(calls: Iterable[TextCall], *, explain: bool) -> list[Json]:
    """Gives outcome and actions of each call in the contract's shape, in the calls' order."""
    return [
        classified(call.call_id, hear(call.segments, _context(call)), explain=explain)
        for call in calls
    ]


def _context(call: TextCall) -> CallContext:
    return CallContext(started_at=call.started_at, direction=call.direction)
