"""Calls as the verifier sees them, kept in memory: only those of which something changed are read.

A call stays the same object until then, so that what is made of it can be kept as well.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.batches import batched
from models.store.hearing import load_judged_calls
from models.store.tombstones import ForgettingMark, forgetting_mark
from models.tables import CallRow, RecordingRow, TranscriptRow
from models.vocabulary.verdict import JudgedCall

_Mark = tuple[datetime, str | None, float | None]  # what a call was read by


@dataclass(slots=True)
class JudgedCopy:
    """The judged calls that one process has read, in one zone."""

    _zone: tzinfo | None = None
    _forgotten: ForgettingMark | None = None
    _marks: dict[int, _Mark] = field(default_factory=dict)
    _calls: dict[int, JudgedCall] = field(default_factory=dict)

    def load(self, session: Session, calls: Sequence[int], zone: tzinfo) -> list[JudgedCall]:
        """Gives calls as `load_judged_calls` does."""
        forgotten = forgetting_mark(session)
        if (zone, forgotten) != (self._zone, self._forgotten):
            self._marks, self._calls = {}, {}
            self._zone, self._forgotten = zone, forgotten
        marks = self._read_marks(session, calls)
        changed = [id_ for id_ in calls if self._marks.get(id_) != marks[id_]]
        for id_, call in zip(changed, load_judged_calls(session, changed, zone), strict=True):
            if self._calls.get(id_) != call:
                self._calls[id_] = call
        self._calls = {id_: self._calls[id_] for id_ in marks}
        self._marks = marks
        return [self._calls[id_] for id_ in calls]

    def _read_marks(self, session: Session, calls: Sequence[int]) -> dict[int, _Mark]:
        heard_s = func.coalesce(TranscriptRow.duration_s, RecordingRow.duration_s)
        marks: dict[int, _Mark] = {}
        for some in batched(calls, 5_000):
            rows = session.execute(
                select(CallRow.id, CallRow.updated_at, RecordingRow.state, heard_s)
                .outerjoin(TranscriptRow, TranscriptRow.id == CallRow.transcript_id)
                .outerjoin(RecordingRow, RecordingRow.sha256 == CallRow.sha256)
                .where(CallRow.id.in_(some))
            )
            marks |= {id_: (at, state, seconds) for id_, at, state, seconds in rows}
        return marks
