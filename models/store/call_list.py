"""Calls in a list, newest first: only those that count and that somebody may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.orm import Session

from models.store.playing import missing_sound
from models.store.reach import seen_by
from models.tables import ActionRow, CallRow, CrmRow, DealMatchRow, RecordingRow, UserRow
from models.vocabulary.access import Reach
from models.vocabulary.action import Outcome
from models.vocabulary.playing import NoSound


class HeardState(StrEnum):
    """How far a call has come."""

    HEARD = "heard"
    WAITING = "waiting"
    NOT_RECORDED = "not_recorded"
    UNUSABLE = "unusable"


@dataclass(frozen=True, slots=True)
class CallFilters:
    """Which calls are listed; nothing set means all. `until` is the first moment after them."""

    user: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    outcome: Outcome | None = None
    deal: str | None = None
    state: HeardState | None = None


@dataclass(frozen=True, slots=True)
class ListedCall:
    """A call in a list; `duration_s` is that of the sound, or what the ledger says."""

    id: int
    started_at: datetime
    direction: str | None
    user_id: str | None
    client_number: str | None
    outcome: str | None
    duration_s: float | None
    deal_id: str | None
    by_hand: str | None
    missing: NoSound | None
    actions: int


@dataclass(frozen=True, slots=True)
class Place:
    """Where a list goes on: after the call of this moment and id."""

    at: datetime
    id: int


def list_calls(  # noqa: PLR0913 - which calls, for whom, from where on
    session: Session,
    filters: CallFilters,
    reach: Reach,
    *,
    source: str | None,
    after: Place | None = None,
    most: int = 50,
) -> tuple[list[ListedCall], Place | None]:
    """At most so many calls, the newest first, and where the next ones are, if there are any."""
    chosen = _chosen(filters, reach, source)
    if after is not None:
        chosen = chosen.where(
            CallRow.started_at <= after.at,
            or_(CallRow.started_at < after.at, CallRow.id < after.id),
        )
    chosen = chosen.order_by(CallRow.started_at.desc(), CallRow.id.desc()).limit(most + 1)
    rows = session.execute(chosen).all()
    shown, more = rows[:most], len(rows) > most
    counts = _actions(session, [row.id for row in shown])
    listed = [
        ListedCall(
            row.id,
            row.started_at,
            row.direction,
            row.user_id,
            row.client_number,
            row.outcome,
            row.duration_s,
            row.deal_id,
            row.method,
            missing_sound(row.sha256, row.state),
            counts.get(row.id, 0),
        )
        for row in shown
    ]
    return listed, Place(listed[-1].started_at, listed[-1].id) if more else None


def users_within(session: Session, crm_source: str | None, reach: Reach) -> dict[str, str]:
    """Our own people within reach, as the CRM names them: names by id, in order of the names."""
    rows = session.execute(
        select(UserRow.id, UserRow.name)
        .join(CrmRow, CrmRow.id == UserRow.crm)
        .where(CrmRow.source == crm_source, seen_by(reach, UserRow.id))
        .order_by(UserRow.name)
    )
    return {row.id: row.name for row in rows}


def _chosen(filters: CallFilters, reach: Reach, source: str | None) -> Select[*tuple[Any, ...]]:
    chosen: Select[*tuple[Any, ...]] = (
        select(
            CallRow.id,
            CallRow.started_at,
            CallRow.direction,
            CallRow.user_id,
            CallRow.client_number,
            CallRow.outcome,
            CallRow.sha256,
            func.coalesce(RecordingRow.duration_s, CallRow.talk_s).label("duration_s"),
            RecordingRow.state,
            DealMatchRow.deal_id,
            DealMatchRow.method,
        )
        .outerjoin(RecordingRow, RecordingRow.sha256 == CallRow.sha256)
        .outerjoin(DealMatchRow, DealMatchRow.call == CallRow.id)
        .where(CallRow.current, seen_by(reach, CallRow.user_id))
    )
    if source is not None:
        chosen = chosen.where(CallRow.source == source)
    if filters.user is not None:
        chosen = chosen.where(CallRow.user_id == filters.user)
    if filters.since is not None:
        chosen = chosen.where(CallRow.started_at >= filters.since)
    if filters.until is not None:
        chosen = chosen.where(CallRow.started_at < filters.until)
    if filters.outcome is not None:
        chosen = chosen.where(CallRow.outcome == filters.outcome.value)
    if filters.deal is not None:
        chosen = chosen.where(DealMatchRow.deal_id == filters.deal)
    if filters.state is not None:
        chosen = chosen.where(_IN_STATE[filters.state])
    return chosen


_IN_STATE = {
    HeardState.HEARD: CallRow.outcome.is_not(None),
    HeardState.WAITING: and_(CallRow.outcome.is_(None), RecordingRow.state == "arrived"),
    HeardState.NOT_RECORDED: CallRow.sha256.is_(None),
    HeardState.UNUSABLE: RecordingRow.state == "unusable",
}


def _actions(session: Session, calls: Sequence[int]) -> dict[int, int]:
    rows = session.execute(
        select(ActionRow.call, func.count().label("actions"))
        .where(ActionRow.call.in_(calls))
        .group_by(ActionRow.call)
    )
    return {row.call: row.actions for row in rows}
