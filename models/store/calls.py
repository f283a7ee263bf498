"""Calls, recordings and the ledger: writes them down and finds them again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.store.mapping import columns_of, word_of
from models.tables import CallRow, CdrEntryRow, RecordingRow
from models.vocabulary.call import Call, CdrRow


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


def save_recording(session: Session, sha256: str, files: Sequence[str], now: datetime) -> None:
    """Writes down that the recording with this content lies in `files` (one per channel, or one).

    A recording that is known already only learns its new place.
    """
    row = session.get(RecordingRow, sha256)
    if row is None:
        row = RecordingRow(sha256=sha256, state="arrived", arrived_at=now, notes=[])
        session.add(row)
    row.files = list(files)
    session.flush()


def mark_transcribed(
    session: Session, sha256: str, *, duration_s: float, codec: str, notes: Sequence[str]
) -> None:
    """Writes down what the recording turned out to be; an earlier error is forgotten."""
    row = session.get_one(RecordingRow, sha256)
    row.state, row.error, row.detail = "transcribed", None, None
    row.duration_s, row.codec, row.notes = duration_s, codec, list(notes)


def mark_unusable(session: Session, sha256: str, error: str, detail: str) -> None:
    """Writes down why the recording cannot be used."""
    row = session.get_one(RecordingRow, sha256)
    row.state, row.error, row.detail = "unusable", error, detail


def save_calls(session: Session, source: str, calls: Sequence[Call]) -> list[int]:
    """Writes the calls of `source`, new or changed, and gives their ids in the same order."""
    found = session.scalars(select(CallRow).where(CallRow.source == source))
    known = {(row.call_id, row.recording): row for row in found}
    rows = []
    for call in calls:
        columns = columns_of(call) | {"recording": call.recording or ""}
        row = known.get((call.call_id, columns["recording"]))
        if row is None:
            row = CallRow(source=source)
            known[call.call_id, columns["recording"]] = row
            session.add(row)
        for name, value in columns.items():
            setattr(row, name, value)
        rows.append(row)
    session.flush()
    return [row.id for row in rows]


def load_calls(session: Session, ids: Iterable[int], zone: tzinfo) -> list[StoredCall]:
    """Gives the calls with these ids, in the order of the ids, their times in `zone`."""
    return [_stored(session, session.get_one(CallRow, id_), zone) for id_ in ids]


def call_of(row: CallRow, zone: tzinfo) -> Call:
    """Gives a row as the word `Call`."""
    columns = {**vars(row), "recording": row.recording or None}
    return word_of(Call, columns, zone)


def save_cdr(session: Session, source: str, rows: Iterable[CdrRow]) -> None:
    """Adds the ledger's lines that are not there yet."""
    known = set(session.scalars(select(CdrEntryRow.digest).where(CdrEntryRow.source == source)))
    for row in rows:
        digest = hashlib.sha256(repr(row).encode("utf-8", "backslashreplace")).hexdigest()
        if digest not in known:
            known.add(digest)
            session.add(CdrEntryRow(source=source, digest=digest, **columns_of(row)))
    session.flush()


def load_cdr(session: Session, source: str, zone: tzinfo) -> tuple[CdrRow, ...]:
    """Gives the ledger's lines of `source` in the order in which they came."""
    rows = select(CdrEntryRow).where(CdrEntryRow.source == source).order_by(CdrEntryRow.id)
    return tuple(word_of(CdrRow, vars(row), zone) for row in session.scalars(rows))


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
