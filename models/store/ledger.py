"""The PBX's ledger: its rows stay, whatever becomes of the files that they came in."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import UTC, datetime, tzinfo

from sqlalchemy import ColumnElement, RowMapping, func, select, text
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.batches import batched
from models.store.mapping import columns_of, word_of
from models.tables import CallRow, CdrEntryRow, RecordingRow
from models.vocabulary.call import Call, CdrRow
from models.vocabulary.ledger import content_of, identity_of, newer, settled_rows
from models.vocabulary.reconciliation import ReceivedRecording

_ONE_AT_A_TIME = 0x57A6EC0D
# Columns and not mapped rows: a week of a large office is some ten thousand of them.
_CALL = [getattr(CallRow, field.name) for field in fields(Call)]
_CALL += [CallRow.transcript_id, CallRow.outcome]
_RECORDING = [RecordingRow.arrived_at, RecordingRow.state, RecordingRow.error]


@dataclass(frozen=True, slots=True)
class Added:
    """How many rows were new, how many were there already and how many replaced an older state."""

    new: int = 0
    repeated: int = 0
    replaced: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """From a moment up to another, the last one not included; ``None``: without end."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: InstrumentedAttribute[datetime]) -> list[ColumnElement[bool]]:
        """The conditions on a column."""
        found = [at >= self.since] if self.since is not None else []
        return [*found, at < self.until] if self.until is not None else found


ALWAYS = Period()


def save_cdr(session: Session, rows: Iterable[CdrRow]) -> Added:
    """Adds rows to the ledger; of a row that is there in another state the later one stays.

    The same rows in any order, split or repeated anyhow, leave the same ledger.
    """
    if session.get_bind().dialect.name == "postgresql":
        # Two imports of the same rows at once would both find them missing.
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ONE_AT_A_TIME})
    given = list(rows)
    new = replaced = 0
    for part in batched(list(_latest(given).items())):
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


def load_cdr(session: Session, zone: tzinfo, period: Period = ALWAYS) -> tuple[CdrRow, ...]:
    """Gives the rows of the ledger of a period in order of time, their times in `zone`."""
    rows = session.scalars(select(CdrEntryRow).where(*period.holds(CdrEntryRow.started_at)))
    return settled_rows(word_of(CdrRow, vars(row), zone) for row in rows)


def load_recorded(
    session: Session, zone: tzinfo, period: Period = ALWAYS
) -> list[ReceivedRecording]:
    """Gives the recorded calls of a period with what became of each recording, in order of time."""
    query = (
        select(*_CALL, *_RECORDING)
        .outerjoin(RecordingRow, RecordingRow.sha256 == CallRow.sha256)
        .where(CallRow.recording != "", *period.holds(CallRow.started_at))
        .order_by(CallRow.started_at, CallRow.id)
    )
    found = [_known(row, zone) for row in session.execute(query).mappings()]
    return list({one.call.sha256 or one.call.recording: one for one in found}.values())


def _known(row: RowMapping, zone: tzinfo) -> ReceivedRecording:
    arrived_at, state = row["arrived_at"], row["state"] or "arrived"
    return ReceivedRecording(
        call=word_of(Call, dict(row), zone),
        arrived_at=arrived_at.astimezone(zone) if arrived_at else None,
        state="transcribed" if row["transcript_id"] is not None else state,
        error=row["error"],
        judged=row["outcome"] is not None,
    )


def _latest(rows: Iterable[CdrRow]) -> dict[str, CdrRow]:
    latest: dict[str, CdrRow] = {}
    for row in rows:
        digest = identity_of(row)
        known = latest.get(digest)
        latest[digest] = row if known is None else newer(known, row)
    return latest


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
