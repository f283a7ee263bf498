"""What there is to be played of a call, and who listened to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, RowMapping, Select, exists, func, select
from sqlalchemy.orm import Session

from core.batches import batched
from models.session import reading, transaction
from models.store.audit import add_to_audit
from models.store.mapping import word_of
from models.store.reach import seen_by
from models.tables import AuditRow, CallRow, RecordingRow, SessionRow, TranscriptRow
from models.vocabulary.access import AuditEntry, Reach
from models.vocabulary.playing import CallSound, NoSound

_GONE = ("expiring", "expired")


def sound_of(
    session: Session, call: int, reach: Reach, source: str | None = None
) -> CallSound | None:
    """The sound of a call that counts and is within reach; ``None`` where there is no such call.

    `source`: only if the call came from there.
    """
    chosen = _sounds().where(CallRow.id == call, seen_by(reach, CallRow.user_id))
    if source is not None:
        chosen = chosen.where(CallRow.source == source)
    row = session.execute(chosen).mappings().first()
    return None if row is None else _sound(row)


def playable(session: Session, recordings: Iterable[str]) -> list[CallSound]:
    """What may be played of recordings (SHA-256): of each call that counts, as it is silenced."""
    found = []
    for some in batched(sorted(recordings)):
        rows = session.execute(_sounds().where(CallRow.sha256.in_(some))).mappings()
        found += [sound for sound in map(_sound, rows) if sound.missing is None]
    return found


def _sounds() -> Select[*tuple[Any, ...]]:
    newest = (
        select(func.max(TranscriptRow.id))
        .where(TranscriptRow.sha256 == CallRow.sha256)
        .correlate(CallRow)
        .scalar_subquery()
    )
    return (
        select(
            CallRow.id.label("call"),
            CallRow.started_at,
            CallRow.sha256,
            RecordingRow.files,
            RecordingRow.state,
            RecordingRow.error,
            func.coalesce(RecordingRow.duration_s, TranscriptRow.duration_s).label("duration_s"),
            TranscriptRow.hidden,
            TranscriptRow.agent_side,
        )
        .outerjoin(RecordingRow, RecordingRow.sha256 == CallRow.sha256)
        .outerjoin(TranscriptRow, TranscriptRow.id == func.coalesce(CallRow.transcript_id, newest))
        .where(CallRow.current)
    )


def _sound(row: RowMapping) -> CallSound:
    missing = missing_sound(row["sha256"], row["state"], hidden=row["hidden"] is not None)
    empty = {name: row[name] or nothing for name, nothing in _EMPTY.items()}
    return word_of(CallSound, {**row, **empty, "missing": missing}, UTC)


_EMPTY: dict[str, Any] = {"sha256": "", "files": (), "hidden": ()}


def missing_sound(sha256: str | None, state: str | None, *, hidden: bool = True) -> NoSound | None:
    """Why there is nothing to be played of a recording in this state.

    `hidden`: its personal numbers were looked for.
    """
    if sha256 is None or state is None:
        return NoSound.NOT_RECORDED
    if state in _GONE:
        return NoSound.EXPIRED
    if state == "unusable":
        return NoSound.UNUSABLE
    return None if hidden and state == "transcribed" else NoSound.WAITING


def note_listening(database: Engine, entry: AuditEntry, log_in: str, lasts: timedelta) -> None:
    """Writes into the audit that somebody listens, once for all that a listening asks for.

    What the same account asks for of the same call from the same address before `lasts` is over
    belongs to the same listening. `log_in` is the digest of theirs.

    Raises:
        StagecheckError: it cannot be written; then nothing may be played either.
    """
    since = entry.at - lasts
    with reading(database) as session:
        if _listens(session, entry, since):
            return
    with transaction(database) as session:
        # A player asks for several ranges at once; one of them writes.
        session.execute(
            select(SessionRow.digest).where(SessionRow.digest == log_in).with_for_update()
        )
        if not _listens(session, entry, since):
            add_to_audit(session, entry)


def note_export(database: Engine, entry: AuditEntry, lasts: timedelta, *, goes_on: bool) -> None:
    """Writes into the audit that somebody takes a sound away.

    What `goes_on` (does not begin with the first byte) belongs to an export of the same call by
    the same one, from the same address, that was written down before `lasts` was over.

    Raises:
        StagecheckError: it cannot be written; then nothing may be taken either.
    """
    if goes_on:
        with reading(database) as session:
            if _listens(session, entry, entry.at - lasts):
                return
    with transaction(database) as session:
        add_to_audit(session, entry)


def _listens(session: Session, entry: AuditEntry, since: datetime) -> bool:
    told = exists().where(
        AuditRow.subject == entry.subject,
        AuditRow.event == entry.event,
        AuditRow.account == entry.account,
        AuditRow.who == entry.who,
        AuditRow.address == entry.address,
        AuditRow.at > since,
    )
    return bool(session.scalar(select(told)))
