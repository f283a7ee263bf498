"""Who writes into a CRM: each line is taken by one sender, in the order of its deal.

A claim is one UPDATE that only succeeds on a line that may go; whoever lost its claim writes
nothing down any more (compare `models.store.deliveries`). Of a line whose sender fell silent nobody
knows whether it was written: it rests and is looked for in the CRM before it is sent again.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Update, and_, case, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from models.store.crm_writes import stale_before, write_of
from models.store.statements import changed_rows
from models.tables import CrmConnectionRow, CrmWriteRow
from models.vocabulary.crm_write import WriteState, Written
from models.vocabulary.outbox import GONE, STAYED, WriteInHand

_ROW = CrmWriteRow
_UPDATE = update(CrmWriteRow).execution_options(synchronize_session=False)
_WAITING, _SENDING = WriteState.WAITING.value, WriteState.SENDING.value
_UNDOING, _WRITTEN = WriteState.UNDOING.value, WriteState.WRITTEN.value
_ON_ITS_WAY = (_WAITING, _SENDING, _UNDOING)
EXPIRED, REFUSED, KEPT_TRYING = "expired", "refused", "away"


def due_writes(
    session: Session, connection: int, now: datetime, most: int, *, only_undo: bool = False
) -> list[int]:
    """What may be sent or taken back now: first what is taken back, then the newest.

    News of one deal is not to wait for the dates of all others; within a deal the order holds.
    """
    chosen = select(_ROW.id).where(_ROW.connection == connection, _may_go(now))
    if only_undo:
        chosen = chosen.where(_ROW.state == _UNDOING)
    order = (case((_ROW.state == _UNDOING, 0), else_=1), _ROW.id.desc())
    return list(session.scalars(chosen.order_by(*order).limit(most)))


def claim_write(session: Session, write: int, token: str, now: datetime) -> WriteInHand | None:
    """Takes a line; ``None`` where another sender has it or it may not go (any more)."""
    taken = _UPDATE.where(_ROW.id == write, _may_go(now)).values(
        state=case((_ROW.state == _UNDOING, _UNDOING), else_=_SENDING),
        token=token,
        claimed_at=now,
        tries=_ROW.tries + 1,
    )
    if not changed_rows(session, taken):
        return None
    row = session.get_one(_ROW, write)
    return WriteInHand(
        id=row.id,
        connection=row.connection,
        token=token,
        write=write_of(row),
        tries=row.tries,
        since=row.since,
        uncertain=row.uncertain_at is not None,
        undo=row.state == _UNDOING,
        remote=row.remote,
        before=row.before,
    )


def beat_writes(session: Session, tokens: Collection[str], now: datetime) -> None:
    """Says that the senders of these are still at it."""
    held = _UPDATE.where(_ROW.state.in_((_SENDING, _UNDOING)), _ROW.token.in_(sorted(tokens)))
    changed_rows(session, held.values(claimed_at=now))


def mark_written(session: Session, held: WriteInHand, written: Written, now: datetime) -> bool:
    """Writes down that it stands in the CRM; false: it was not ours any more."""
    return _let_go(
        session,
        held,
        state=_WRITTEN,
        written_at=now,
        remote=written.remote,
        before=dict(written.before),
        uncertain_at=None,
        error=None,
        detail=None,
    )


def mark_failed(
    session: Session, held: WriteInHand, *, detail: str, due_at: datetime, now: datetime
) -> bool:
    """Lets it wait: surely nothing was written, or it is still as unknown as it was."""
    state = _UNDOING if held.undo else _WAITING
    values = {"state": state, "error": KEPT_TRYING, "detail": detail}
    return _let_go(session, held, **values, due_at=max(due_at, now))


def mark_uncertain(
    session: Session, held: WriteInHand, *, detail: str, due_at: datetime, now: datetime
) -> bool:
    """Lets it wait until what was sent must have come to its end; then it is looked for.

    Taking back is done again without looking: done twice, it changes nothing.
    """
    if held.undo:
        return mark_failed(session, held, detail=detail, due_at=due_at, now=now)
    values = {"state": _WAITING, "error": KEPT_TRYING, "detail": detail}
    return _let_go(session, held, **values, uncertain_at=now, due_at=due_at)


def mark_absent(session: Session, held: WriteInHand, now: datetime) -> bool:
    """Writes down that it surely was not written: it may go, or there is nothing to take back."""
    state = WriteState.UNDONE.value if held.undo else _WAITING
    return _let_go(
        session, held, state=state, error=None, detail=None, uncertain_at=None, due_at=now
    )


def mark_dead(session: Session, held: WriteInHand, *, detail: str, now: datetime) -> bool:
    """Sets it aside: the CRM will not have it. What is to be taken back stays where it is."""
    if held.undo:
        return mark_stayed(session, held, detail)
    values = {"state": WriteState.DEAD.value, "error": REFUSED, "detail": detail}
    return _let_go(session, held, **values, due_at=now)


def mark_gone(session: Session, held: WriteInHand, *, detail: str, now: datetime) -> bool:
    """Leaves it out: the CRM has no such deal any more."""
    state = WriteState.UNDONE if held.undo else WriteState.DROPPED
    return _let_go(session, held, state=state.value, error=GONE, detail=detail, due_at=now)


def mark_undone(session: Session, held: WriteInHand, told: str | None) -> bool:
    """Writes down that it was taken back; `told` says what had to stay."""
    values = {"state": WriteState.UNDONE.value, "error": STAYED if told else None, "detail": told}
    return _let_go(session, held, **values, uncertain_at=None)


def mark_stayed(session: Session, held: WriteInHand, told: str) -> bool:
    """Writes down that it stands in the CRM after all."""
    return _let_go(session, held, state=_WRITTEN, error=STAYED, detail=told)


def free_silent(session: Session, now: datetime, *, lost_s: float, grace_s: float) -> int:
    """Lets lines rest whose sender fell silent: nobody knows what became of them.

    What was being taken back may be taken back again at once.
    """
    silent = or_(
        _ROW.claimed_at < now - timedelta(seconds=lost_s),
        _ROW.claimed_at > now + timedelta(seconds=lost_s),  # a clock was wrong
    )
    sent = _UPDATE.where(_ROW.state == _SENDING, silent).values(
        state=_WAITING,
        token=None,
        uncertain_at=func.coalesce(_ROW.uncertain_at, now),
        due_at=now + timedelta(seconds=grace_s),
    )
    undone = _UPDATE.where(_ROW.state == _UNDOING, _ROW.token.is_not(None), silent)
    back = undone.values(token=None, due_at=now)
    return changed_rows(session, sent) + changed_rows(session, back)


def give_up_expired(session: Session, connection: int, before: datetime, now: datetime) -> int:
    """Sets aside what was tried since before a moment; what was to be taken back stays."""
    tried = [_ROW.connection == connection, _ROW.tries > 0, _ROW.since <= before]
    dead = _UPDATE.where(_ROW.state == _WAITING, *tried).values(
        state=WriteState.DEAD.value, error=EXPIRED, due_at=now
    )
    stayed = _UPDATE.where(_ROW.state == _UNDOING, _ROW.token.is_(None), *tried).values(
        state=_WRITTEN, error=STAYED, due_at=now
    )
    return changed_rows(session, dead) + changed_rows(session, stayed)


def refuse_connection(session: Session, connection: int, sentence: str, now: datetime) -> None:
    """Lets a connection rest until a person looked after it."""
    refused = update(CrmConnectionRow).where(
        CrmConnectionRow.id == connection, CrmConnectionRow.refused.is_(None)
    )
    values = {"refused": sentence, "error": sentence, "error_at": now}
    changed_rows(session, refused.values(**values).execution_options(synchronize_session=False))


def _may_go(now: datetime) -> ColumnElement[bool]:
    """Its connection lets it, it is due, and nothing of its deal has to come before it."""
    open_ = and_(
        CrmConnectionRow.id == _ROW.connection,
        CrmConnectionRow.refused.is_(None),
    )
    writes = and_(open_, CrmConnectionRow.writes, ~CrmConnectionRow.paused)
    other, later = aliased(CrmWriteRow), aliased(CrmWriteRow)
    before = exists().where(
        other.connection == _ROW.connection,
        other.deal_id == _ROW.deal_id,
        or_(
            and_(other.state.in_(_ON_ITS_WAY), other.id < _ROW.id),
            other.state == _UNDOING,
        ),
    )
    # What was written last is taken back first.
    after = exists().where(
        later.connection == _ROW.connection,
        later.deal_id == _ROW.deal_id,
        or_(
            later.state == _SENDING,
            and_(later.state == _UNDOING, later.id > _ROW.id),
        ),
    )
    wanted = or_(_ROW.wanted_at >= stale_before(now), _ROW.uncertain_at.is_not(None))
    sends = and_(_ROW.state == _WAITING, wanted, exists().where(writes), ~before)
    undoes = and_(_ROW.state == _UNDOING, _ROW.token.is_(None), exists().where(open_), ~after)
    return and_(_ROW.due_at <= now, or_(sends, undoes))


def _let_go(session: Session, held: WriteInHand, **values: Any) -> bool:
    """Changes a line that is nobody's any more then; false: it was not ours."""
    states = (_UNDOING,) if held.undo else (_SENDING,)
    own: Update = _UPDATE.where(
        _ROW.id == held.id, _ROW.state.in_(states), _ROW.token == held.token
    )
    told: Mapping[str, Any] = values
    return changed_rows(session, own.values(**told, token=None)) > 0
