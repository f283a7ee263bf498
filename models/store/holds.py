"""Holds: what neither time nor a request may remove, and the audit of who removed what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models.tables import CallRow, DealMatchRow, DealRow, HoldRow, KeepingEventRow


class HoldKind(StrEnum):
    """What a hold names."""

    PHONE = "phone"
    DEAL = "deal"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Hold:
    """One hold; `value` is a number in E.164 or an id."""

    id: int
    kind: HoldKind
    value: str
    reason: str
    placed_at: datetime
    placed_by: str


@dataclass(frozen=True, slots=True)
class Held:
    """Everything that holds spare: rows of calls, their ids, recordings and deals."""

    calls: frozenset[int] = frozenset()
    call_ids: frozenset[str] = frozenset()
    recordings: frozenset[str] = frozenset()
    deals: frozenset[str] = frozenset()


def place_hold(  # noqa: PLR0913 - a hold has this many facts
    session: Session, kind: HoldKind, value: str, *, reason: str, who: str, now: datetime
) -> int:
    """Writes a hold down and gives its id."""
    row = HoldRow(kind=kind.value, value=value, reason=reason, placed_at=now, placed_by=who)
    session.add(row)
    session.flush()
    return row.id


def lift_hold(session: Session, id_: int, *, shown: str, who: str, now: datetime) -> bool:
    """Ends a hold, which stays written with `shown` in place of what it named.

    Gives whether there was one.
    """
    row = session.get(HoldRow, id_)
    if row is None or row.removed_at is not None:
        return False
    row.value, row.removed_at, row.removed_by = shown, now, who
    return True


def load_holds(session: Session) -> list[Hold]:
    """Gives the holds that stand, the oldest first."""
    rows = select(HoldRow).where(HoldRow.removed_at.is_(None)).order_by(HoldRow.id)
    return [
        Hold(row.id, HoldKind(row.kind), row.value, row.reason, row.placed_at, row.placed_by)
        for row in session.scalars(rows)
    ]


def is_known(session: Session, kind: HoldKind, value: str) -> bool:
    """Whether a deal or a call of this id was ever seen."""
    if kind is HoldKind.CALL:
        return session.scalar(select(CallRow.id).filter_by(call_id=value).limit(1)) is not None
    in_crm = select(DealRow.id).filter_by(id=value).limit(1)
    matched = select(DealMatchRow.call).filter_by(deal_id=value).limit(1)
    return any(session.scalar(one) is not None for one in (in_crm, matched))


def load_held(session: Session, holds: Sequence[Hold]) -> Held:
    """Gives everything that the holds spare."""
    if not holds:
        return Held()
    named = {kind: [one.value for one in holds if one.kind is kind] for kind in HoldKind}
    deals = named[HoldKind.DEAL]
    rows = session.execute(
        select(CallRow.id, CallRow.call_id, CallRow.sha256, DealMatchRow.deal_id)
        .outerjoin(DealMatchRow, DealMatchRow.call == CallRow.id)
        .where(
            or_(
                CallRow.client_number.in_(named[HoldKind.PHONE]),
                CallRow.call_id.in_(named[HoldKind.CALL]),
                CallRow.deal_id.in_(deals),
                DealMatchRow.deal_id.in_(deals),
            )
        )
    ).all()
    return Held(
        calls=frozenset(row.id for row in rows),
        call_ids=frozenset(row.call_id for row in rows) | frozenset(named[HoldKind.CALL]),
        recordings=frozenset(row.sha256 for row in rows if row.sha256),
        deals=frozenset(deals) | {row.deal_id for row in rows if row.deal_id},
    )


def write_event(  # noqa: PLR0913 - a line of the audit has this many parts
    session: Session,
    what: str,
    *,
    who: str,
    now: datetime,
    counts: Mapping[str, int],
    hashes: Sequence[str] = (),
) -> None:
    """Adds a line to the audit; nothing in it may name a person."""
    session.add(
        KeepingEventRow(at=now, who=who, what=what, counts=dict(counts), hashes=list(hashes))
    )
    session.flush()
