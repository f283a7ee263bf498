"""The PBX's ledger: its rows stay, whatever becomes of the files that they came in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, tzinfo

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from models.store.mapping import columns_of, word_of
from models.tables import CallRow, CdrEntryRow, RecordingRow
from models.vocabulary.call import Call, CdrRow
from models.vocabulary.ledger import content_of, identity_of, newer, settled_rows
from models.vocabulary.reconciliation import ReceivedRecording

_ONE_AT_A_TIME = 0x57A6EC0D
_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Added:
    """How many rows were new, how many were there already and how many replaced an older state."""

    new: int = 0
    repeated: int = 0
    replaced: int = 0


def save_cdr(session: Session, rows: Iterable[CdrRow]) -> Added:
    """Adds rows to the ledger; of a row that is there in another state the later one stays.

    The same rows in any order, split or repeated anyhow, leave the same ledger.
    """
    if session.get_bind().dialect.name == "postgresql":
        # Two imports of the same rows at once would both find them missing.
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    given = list(rows)
    new = replaced = 0
    for part in _parts(list(_latest(given).items())):
        wanted = [digest for digest, _ in part]
        found = session.scalars(select(CdrEntryRow).where(CdrEntryRow.digest.in_(wanted)))
        stored = {entry.digest: entry for entry in found}
        entries = [_entry(digest, row) for digest, row in part if digest not in stored]
        session.add_all(entries)
        new += len(entries)
        replaced += sum(_renew(stored[digest], row) for digest, row in part if digest in stored)
        session.flush()
        for entry in (*entries, *stored.values()):
            session.expunge(entry)
    return Added(new, len(given) - new - replaced, replaced)


def ledger_mark(session: Session) -> tuple[int, int, float, float]:
    """Tells two states of the ledger apart: what it holds in numbers."""
    row = session.execute(
        select(
            func.count(CdrEntryRow.id),
            func.max(CdrEntryRow.id),
            func.sum(CdrEntryRow.duration_s),
            func.sum(CdrEntryRow.talk_s),
        )
    ).one()
    return row[0], row[1] or 0, row[2] or 0.0, row[3] or 0.0


def load_cdr(session: Session, zone: tzinfo) -> tuple[CdrRow, ...]:
    """Gives all rows of the ledger in order of time, their times in `zone`."""
    rows = session.scalars(select(CdrEntryRow))
    return settled_rows(word_of(CdrRow, vars(row), zone) for row in rows)


def load_recorded(session: Session, zone: tzinfo) -> list[ReceivedRecording]:
    """Gives every recorded call with what became of its recording, in order of time."""
    query = (
        select(CallRow, RecordingRow)
        .outerjoin(RecordingRow, RecordingRow.sha256 == CallRow.sha256)
        .where(CallRow.recording != "")
        .order_by(CallRow.started_at, CallRow.id)
    )
    found = [_known(call, recording, zone) for call, recording in session.execute(query)]
    return list({one.call.sha256 or one.call.recording: one for one in found}.values())


def _known(row: CallRow, recording: RecordingRow | None, zone: tzinfo) -> ReceivedRecording:
    call = word_of(Call, {**vars(row), "recording": row.recording}, zone)
    state = recording.state if recording else "arrived"
    return ReceivedRecording(
        call=call,
        arrived_at=recording.arrived_at.astimezone(zone) if recording else None,
        state="transcribed" if row.transcript_id is not None else state,
        error=recording.error if recording else None,
        judged=row.outcome is not None,
    )


def _latest(rows: Iterable[CdrRow]) -> dict[str, CdrRow]:
    latest: dict[str, CdrRow] = {}
    for row in rows:
        digest = identity_of(row)
        known = latest.get(digest)
        latest[digest] = row if known is None else newer(known, row)
    return latest


def _parts(items: Sequence[tuple[str, CdrRow]]) -> Iterator[Sequence[tuple[str, CdrRow]]]:
    for start in range(0, len(items), _AT_ONCE):
        yield items[start : start + _AT_ONCE]


def _entry(digest: str, row: CdrRow) -> CdrEntryRow:
    return CdrEntryRow(digest=digest, content=content_of(row), **columns_of(row))


def _renew(entry: CdrEntryRow, row: CdrRow) -> bool:
    """Brings an entry to the later of its state and `row`; true where that changed it."""
    content = content_of(row)
    if content == entry.content:
        return False
    known = word_of(CdrRow, vars(entry), UTC)
    if newer(known, row) is known:
        return False
    for name, value in (columns_of(row) | {"content": content}).items():
        setattr(entry, name, value)
    return True
