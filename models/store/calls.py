"""Calls and recordings: writes them down and finds them again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import cast

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from core.batches import batched
from core.clock import now as present
from models.store.mapping import columns_of, word_of
from models.tables import CallRow, RecordingRow
from models.vocabulary.call import Call


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call with its row's id and the files that hold it (none for an unrecorded one).

    `expired`: its sound is not kept any more; `words_expired`: nor are its words.
    """

    id: int
    call: Call
    files: tuple[str, ...]
    expired: bool = False
    words_expired: bool = False


def rows_of_calls(
    session: Session, ids: Iterable[str], source: str | None = None
) -> dict[str, int]:
    """By the ids of calls (of a source), the rows that their pages are found under.

    An id may be a file's name, with a number in it: it is told to nobody outside.
    """
    found: dict[str, int] = {}
    for some in batched(sorted(set(ids))):
        rows = select(CallRow.call_id, func.min(CallRow.id)).where(
            CallRow.call_id.in_(some), CallRow.current
        )
        if source is not None:
            rows = rows.where(CallRow.source == source)
        found |= dict(session.execute(rows.group_by(CallRow.call_id)).all())
    return found


def save_recordings(session: Session, files: Mapping[str, Sequence[str]], now: datetime) -> None:
    """Writes down where recordings lie: by SHA-256 the files of each (one per channel, or one).

    A recording that is known already only learns its new place.
    """
    hashes = list(files)
    known: dict[str, RecordingRow] = {}
    for some in batched(hashes):
        chosen = select(RecordingRow).where(RecordingRow.sha256.in_(some))
        known.update((row.sha256, row) for row in session.scalars(chosen))
    for sha256, places in files.items():
        row = known.get(sha256)
        if row is None:
            row = RecordingRow(sha256=sha256, state="arrived", arrived_at=now, notes=[])
            session.add(row)
        if row.files != list(places):
            row.files = list(places)
    session.flush()


def mark_transcribed(
    session: Session, sha256: str, *, duration_s: float, codec: str, notes: Sequence[str]
) -> None:
    """Writes down what the recording turned out to be; an earlier error is forgotten."""
    row = session.get_one(RecordingRow, sha256)
    row.state, row.error, row.detail = "transcribed", None, None
    row.duration_s, row.codec, row.notes = duration_s, codec, list(notes)
    touch_calls(session, CallRow.sha256 == sha256)


def mark_unusable(session: Session, sha256: str, error: str, detail: str) -> None:
    """Writes down why the recording cannot be used."""
    row = session.get_one(RecordingRow, sha256)
    row.state, row.error, row.detail = "unusable", error, detail
    touch_calls(session, CallRow.sha256 == sha256)


def touch_calls(session: Session, which: ColumnElement[bool]) -> None:
    """Writes down that something about these calls is other than before, in whichever table."""
    session.execute(
        update(CallRow)
        .where(which)
        .values(updated_at=present())
        .execution_options(synchronize_session=False)
    )


def save_calls(session: Session, source: str, calls: Sequence[Call]) -> list[int]:
    """Writes the calls of `source`, new or changed, and gives their ids in the same order.

    A call keeps its row when its recording comes after its line in the ledger, or the line
    after the recording.
    """
    rows = list(session.scalars(select(CallRow).where(CallRow.source == source)))
    known = {(row.call_id, row.recording): row for row in rows}
    keys = [(call.call_id, call.recording or "") for call in calls]
    free = [row for row in rows if (row.call_id, row.recording) not in set(keys)]
    by_recording = {row.recording: row for row in free if row.recording}
    by_id = {row.call_id: row for row in free if not row.recording}
    saved = []
    for call, (call_id, recording) in zip(calls, keys, strict=True):
        row = known.get((call_id, recording)) or by_recording.pop(recording, None)
        if row is None and recording:
            row = by_id.pop(call_id, None)
        if row is None:
            row = CallRow(source=source)
            session.add(row)
        known[call_id, recording] = row
        for name, value in (columns_of(call) | {"recording": recording}).items():
            setattr(row, name, value)
        saved.append(row)
    session.flush()
    return [row.id for row in saved]


def load_calls(session: Session, ids: Iterable[int], zone: tzinfo) -> list[StoredCall]:
    """Gives the calls with these ids, in the order of the ids, their times in `zone`."""
    return [_stored(session, session.get_one(CallRow, id_), zone) for id_ in ids]


def call_of(row: CallRow, zone: tzinfo) -> Call:
    """Gives a row as the word `Call`."""
    columns = {**vars(row), "recording": row.recording or None}
    return word_of(Call, columns, zone)


def _stored(session: Session, row: CallRow, zone: tzinfo) -> StoredCall:
    recording = session.get(RecordingRow, row.sha256) if row.sha256 else None
    files = cast("list[str]", recording.files) if recording else []
    return StoredCall(
        row.id,
        call_of(row, zone),
        tuple(files),
        expired=recording is not None and recording.state in ("expiring", "expired"),
        words_expired=recording is not None and recording.words_expired_at is not None,
    )
