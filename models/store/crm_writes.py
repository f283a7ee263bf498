"""What is written into CRMs, line by line: put in, dropped, listed and tried again.

How a line is taken and sent stands in `models.store.crm_sending`.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from core.batches import batched
from models.store.mapping import plain, word_of
from models.store.statements import changed_rows
from models.tables import CrmConnectionRow, CrmWriteRow
from models.vocabulary.crm_write import Content, Write, WriteKind, WriteState
from models.vocabulary.outbox import (
    TAKEN_BACK,
    Occurrence,
    Standing,
    WrittenLine,
    content_type,
    occurrence_of,
)

_ROW = CrmWriteRow
_UPDATE = update(CrmWriteRow).execution_options(synchronize_session=False)
_WAITING, _DEAD = WriteState.WAITING.value, WriteState.DEAD.value
_DROPPED = WriteState.DROPPED.value
REPLACED, NOT_WANTED = "replaced", "not_wanted"


def hold_outbox(session: Session, connection: int) -> bool:
    """Keeps others from planning for a connection until the transaction ends; false: it is gone.

    Two that planned at once would put in the same thing under two names.
    """
    # An UPDATE that changes nothing takes the row on every database.
    held = (
        update(CrmConnectionRow)
        .where(CrmConnectionRow.id == connection)
        .values(id=CrmConnectionRow.id)
        .execution_options(synchronize_session=False)
    )
    return changed_rows(session, held) > 0


def standing_writes(
    session: Session, connection: int, deals: Sequence[str], *, stale_before: datetime
) -> dict[str, list[Standing]]:
    """By deal, its writes, the oldest first; stale is what was last wanted before a moment."""
    found: dict[str, list[Standing]] = defaultdict(list)
    for some in batched(deals):
        rows = session.execute(
            select(
                _ROW.id,
                _ROW.deal_id,
                _ROW.kind,
                _ROW.about,
                _ROW.state,
                _ROW.created_at,
                _ROW.uncertain_at,
                _ROW.error,
                _ROW.wanted_at,
            )
            .where(_ROW.connection == connection, _ROW.deal_id.in_(some))
            .order_by(_ROW.id)
        )
        for row in rows:
            found[row.deal_id].append(
                Standing(
                    id=row.id,
                    kind=WriteKind(row.kind),
                    occurrence=occurrence_of(row.about),
                    state=WriteState(row.state),
                    created_at=row.created_at,
                    uncertain=row.uncertain_at is not None,
                    error=row.error,
                    stale=row.wanted_at < stale_before,
                )
            )
    return found


def add_write(  # noqa: PLR0913 - what, where, why and when
    session: Session,
    connection: int,
    deal_id: str,
    *,
    kind: WriteKind,
    content: Content,
    occurrence: Occurrence,
    now: datetime,
) -> int:
    """Puts a write in line, under a key of its own."""
    row = _ROW(
        connection=connection,
        key=secrets.token_hex(8),
        kind=kind.value,
        deal_id=deal_id,
        about=occurrence.about,
        content=plain(content),
        state=_WAITING,
        created_at=now,
        due_at=now,
        since=now,
        wanted_at=now,
    )
    session.add(row)
    session.flush()
    return row.id


def drop_writes(session: Session, writes: Iterable[int], why: str, now: datetime) -> int:
    """Leaves out what surely was not sent; gives how many it still met so."""
    return sum(
        changed_rows(
            session,
            _UPDATE.where(
                _ROW.id.in_(some),
                _ROW.state.in_((_WAITING, _DEAD)),
                _ROW.uncertain_at.is_(None),
            ).values(state=_DROPPED, error=why, due_at=now),
        )
        for some in batched(sorted(writes))
    )


def keep_writes(session: Session, writes: Iterable[int], now: datetime) -> None:
    """Says of what waits that it is wanted still."""
    for some in batched(sorted(writes)):
        kept = _UPDATE.where(_ROW.id.in_(some), _ROW.state == _WAITING)
        changed_rows(session, kept.values(wanted_at=now))


def drop_stale(session: Session, connection: int, before: datetime, now: datetime) -> int:
    """Leaves out what waits though nobody found it wanted since a moment; gives how many."""
    return changed_rows(
        session,
        _UPDATE.where(
            _ROW.connection == connection,
            _ROW.state == _WAITING,
            _ROW.uncertain_at.is_(None),
            _ROW.wanted_at < before,
        ).values(state=_DROPPED, error=NOT_WANTED, due_at=now),
    )


def count_waiting(session: Session, connection: int) -> int:
    """How many writes of a connection wait."""
    chosen = select(func.count()).select_from(_ROW)
    waiting = chosen.where(_ROW.connection == connection, _ROW.state == _WAITING)
    return session.scalar(waiting) or 0


def writes_to_undo(  # noqa: PLR0913 - which writes
    session: Session,
    connection: int,
    *,
    deal: str | None = None,
    kind: WriteKind | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
) -> tuple[list[int], bool]:
    """Writes that may be taken back, the newest first, and whether others are just being sent.

    Args:
        session: reads.
        connection: whose.
        deal: only of this deal.
        kind: only of this kind.
        since: only what was put in line at or after it.
        until: only what was put in line at or before it.
    """
    chosen = [_ROW.connection == connection]
    chosen += [_ROW.deal_id == deal] if deal is not None else []
    chosen += [_ROW.kind == kind.value] if kind is not None else []
    chosen += [_ROW.created_at >= since] if since is not None else []
    chosen += [_ROW.created_at <= until] if until is not None else []
    rows = session.execute(select(_ROW.id, _ROW.state).where(*chosen).order_by(_ROW.id.desc()))
    found = [(id_, WriteState(state)) for id_, state in rows]
    told = (WriteState.WAITING, WriteState.DEAD, WriteState.WRITTEN, WriteState.UNDOING)
    being_sent = any(state is WriteState.SENDING for _, state in found)
    return [id_ for id_, state in found if state in told], being_sent


def mark_undoing(session: Session, writes: Iterable[int], now: datetime) -> None:
    """Asks for writes to be taken back; what surely was not sent is left out at once."""
    unsent = [_ROW.state.in_((_WAITING, _DEAD)), _ROW.uncertain_at.is_(None)]
    told = _ROW.state.in_((_WAITING, _DEAD, WriteState.WRITTEN.value))
    # What may just be being written is looked for when that has come to its end.
    due_at = case((_ROW.uncertain_at.is_not(None), _ROW.due_at), else_=now)
    asked = {"state": WriteState.UNDOING.value, "tries": 0, "due_at": due_at, "since": now}
    for some in batched(sorted(writes)):
        of_these = _UPDATE.where(_ROW.id.in_(some))
        left_out = of_these.where(*unsent).values(state=_DROPPED, error=TAKEN_BACK, due_at=now)
        changed_rows(session, left_out)
        changed_rows(session, of_these.where(told).values(**asked, error=None, detail=None))


def retry_writes(session: Session, connection: int, write: int | None, now: datetime) -> int:
    """Puts dead writes back in line, one or all; gives how many."""
    dead = _UPDATE.where(_ROW.connection == connection, _ROW.state == _DEAD)
    if write is not None:
        dead = dead.where(_ROW.id == write)
    # What somebody asks for is wanted.
    values = {"state": _WAITING, "tries": 0, "due_at": now, "since": now, "wanted_at": now}
    return changed_rows(session, dead.values(**values, token=None, error=None, detail=None))


def writes_of_connection(
    session: Session,
    connection: int,
    *,
    state: WriteState | None = None,
    before: int | None = None,
    most: int = 50,
) -> list[WrittenLine]:
    """What was written into a CRM and what is to be, the newest first.

    `before` is the write after which the list goes on.
    """
    chosen = select(_ROW).where(_ROW.connection == connection)
    if state is not None:
        chosen = chosen.where(_ROW.state == state.value)
    if before is not None:
        chosen = chosen.where(_ROW.id < before)
    rows = session.scalars(chosen.order_by(_ROW.id.desc()).limit(most))
    return [line_of(row) for row in rows]


def writes_of_deal(
    session: Session, connection: int, deal_id: str, most: int = 50
) -> list[WrittenLine]:
    """The same for one deal."""
    chosen = select(_ROW).where(_ROW.connection == connection, _ROW.deal_id == deal_id)
    return [line_of(row) for row in session.scalars(chosen.order_by(_ROW.id.desc()).limit(most))]


def lines_of(session: Session, writes: Sequence[int]) -> list[WrittenLine]:
    """Some writes, in this order, as far as they are there."""
    found: dict[int, WrittenLine] = {}
    for some in batched(writes):
        rows = session.scalars(
            select(_ROW).where(_ROW.id.in_(some)).execution_options(populate_existing=True)
        )
        found |= {row.id: line_of(row) for row in rows}
    return [found[one] for one in writes if one in found]


def last_fields(session: Session, connection: int, deals: Sequence[str]) -> dict[str, WrittenLine]:
    """By deal, what our fields said last."""
    found: dict[str, WrittenLine] = {}
    for some in batched(deals):
        rows = session.scalars(
            select(_ROW)
            .where(
                _ROW.connection == connection,
                _ROW.deal_id.in_(some),
                _ROW.kind == WriteKind.FIELDS.value,
                _ROW.state == WriteState.WRITTEN.value,
            )
            .order_by(_ROW.id)
        )
        found |= {row.deal_id: line_of(row) for row in rows}
    return found


def tallies(session: Session, connection: int) -> dict[WriteState, int]:
    """How many writes of a connection there are in each state."""
    counted = select(_ROW.state, func.count()).where(_ROW.connection == connection)
    return {WriteState(state): n for state, n in session.execute(counted.group_by(_ROW.state))}


def write_of(row: CrmWriteRow) -> Write:
    """What an adapter is given."""
    kind = WriteKind(row.kind)
    content = word_of(content_type(kind), row.content, UTC)
    return Write(row.key, kind, row.deal_id, content)


def line_of(row: CrmWriteRow) -> WrittenLine:
    """What people are shown."""
    return word_of(WrittenLine, vars(row), UTC)


def stale_before(now: datetime) -> datetime:
    """What was last found to be wanted before this moment is not sent."""
    return now - timedelta(days=1)
