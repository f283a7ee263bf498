"""Facts for figures in the database: what is new is kept beside what it replaces."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from datetime import datetime, tzinfo
from functools import partial
from typing import Any, cast

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from core.batches import batched
from models.store.facts_read import (
    call_of_row,
    deal_of_row,
    line_of_row,
    person_of_row,
    promise_of_row,
)
from models.store.mapping import columns_of, plain
from models.tables import (
    CallFactRow,
    DealFactRow,
    LineFactRow,
    PersonFactRow,
    PromiseFactRow,
)
from models.tables.figures import FOREVER
from models.vocabulary.figures import CallFact, DealFact, Facts, Line, Person, PromiseFact

FactTable = (
    type[LineFactRow]
    | type[PersonFactRow]
    | type[DealFactRow]
    | type[CallFactRow]
    | type[PromiseFactRow]
)
_DETAIL = ("visits", "proved", "requirements", "payments", "talks")  # lists of a deal's fact


def load_facts(
    session: Session,
    crm_source: str,
    zone: tzinfo,
    as_of: datetime,
    calls: tuple[datetime, datetime] | None = None,
) -> Facts:
    """All that was known as of a moment, times in `zone`.

    `calls`: those that began from the first moment on, and before the second; none otherwise.
    """
    chosen = partial(_valid, session, crm_source=crm_source, as_of=as_of)
    people = chosen(PersonFactRow, PersonFactRow.user_id)
    of_promise = (PromiseFactRow.deal_id, PromiseFactRow.ordinal)
    return Facts(
        as_of=as_of.astimezone(zone),
        zone=zone,
        lines=tuple(line_of_row(row, zone) for row in chosen(LineFactRow, LineFactRow.position)),
        people={row.user_id: person_of_row(row, zone) for row in people},
        deals=tuple(deal_of_row(row, zone) for row in chosen(DealFactRow, DealFactRow.deal_id)),
        promises=tuple(promise_of_row(row, zone) for row in chosen(PromiseFactRow, *of_promise)),
        calls=tuple(
            call_of_row(row, zone)
            for row in chosen(CallFactRow, CallFactRow.at, CallFactRow.call_id, span=calls)
        )
        if calls is not None
        else (),
    )


def save_lines(session: Session, crm_source: str, lines: Iterable[Line], now: datetime) -> None:
    """Brings the lines of a CRM to what they are."""
    wanted = {one.pipeline_id: columns_of(one) | {"position": n} for n, one in enumerate(lines)}
    _bring(session, LineFactRow, crm_source, lambda row: row.pipeline_id, wanted, now)


def save_people(session: Session, crm_source: str, people: Iterable[Person], now: datetime) -> None:
    """Brings the people of a CRM to what they are."""
    wanted = {
        one.id: {"user_id": one.id, "name": one.name, "roles": list(one.roles)} for one in people
    }
    _bring(session, PersonFactRow, crm_source, lambda row: row.user_id, wanted, now)


def save_deals(  # noqa: PLR0913, PLR0917 - which facts of what, and when
    session: Session,
    crm_source: str,
    deals: Iterable[DealFact],
    promises: Iterable[PromiseFact],
    now: datetime,
    only: Iterable[str] | None = None,
) -> None:
    """Brings the facts of deals to what they are; `only` of these deals, the others stay.

    Without `only` a deal that is not among them is not there any more. The promises are theirs.
    """
    of_deal = {one.deal_id: _deal_columns(one) for one in deals}
    counted: dict[str, int] = {}
    of_promise = {}
    for one in promises:
        ordinal = counted[one.deal_id] = counted.get(one.deal_id, -1) + 1
        of_promise[f"{one.deal_id} {ordinal}"] = columns_of(one) | {"ordinal": ordinal}
    chosen = list(only) if only is not None else None
    _bring(session, DealFactRow, crm_source, lambda row: row.deal_id, of_deal, now, chosen)
    _bring(session, PromiseFactRow, crm_source, _promise_key, of_promise, now, chosen)


def _promise_key(row: Any) -> str:
    return f"{row.deal_id} {row.ordinal}"


def save_calls(
    session: Session,
    crm_source: str,
    calls: Iterable[CallFact],
    now: datetime,
    only: Iterable[str] | None = None,
) -> None:
    """Brings the facts of calls to what they are; `only` of these calls, the others stay."""
    wanted = {one.call_id: columns_of(one) for one in calls}
    chosen = list(only) if only is not None else None
    _bring(session, CallFactRow, crm_source, lambda row: row.call_id, wanted, now, chosen)


def _bring(  # noqa: PLR0913, PLR0917 - which facts of what, and when
    session: Session,
    table: FactTable,
    crm_source: str,
    key: Callable[[Any], str],
    wanted: Mapping[str, dict[str, Any]],
    now: datetime,
    only: list[str] | None = None,
) -> None:
    """Closes what is not so any more and writes what is new, in the session's transaction."""
    there = {key(row): (row.id, row.digest) for row in _current(session, table, crm_source, only)}
    digests = {name: _digest(columns) for name, columns in wanted.items()}
    gone = [id_ for name, (id_, digest) in there.items() if digests.get(name) != digest]
    new = [name for name in wanted if name not in there or there[name][1] != digests[name]]
    for some in batched(gone):
        session.execute(update(table).where(table.id.in_(some)).values(valid_until=now))
    rows = [
        {
            **wanted[name],
            "crm_source": crm_source,
            "valid_from": now,
            "valid_until": FOREVER,
            "digest": digests[name],
        }
        for name in new
    ]
    for part in batched(rows, 2_000):
        session.execute(insert(table), list(part))


def _current(
    session: Session, table: FactTable, crm_source: str, only: list[str] | None
) -> Iterable[Any]:
    columns = [column for column in table.__table__.columns if column.name in _KEYS]
    chosen = select(*columns).where(table.crm_source == crm_source, table.valid_until == FOREVER)
    if only is None:
        yield from session.execute(chosen)
        return
    own = cast("Any", table).call_id if table is CallFactRow else cast("Any", table).deal_id
    for some in batched(sorted(set(only))):
        yield from session.execute(chosen.where(own.in_(some)))


_KEYS = frozenset({"id", "digest", "deal_id", "call_id", "user_id", "pipeline_id", "ordinal"})


def _valid(
    session: Session,
    table: Any,
    *order: Any,
    crm_source: str,
    as_of: datetime,
    span: tuple[datetime, datetime] | None = None,
) -> Iterable[Any]:
    chosen = select(*table.__table__.c).where(
        table.crm_source == crm_source, table.valid_until > as_of, table.valid_from <= as_of
    )
    if span is not None:
        chosen = chosen.where(table.at >= span[0], table.at < span[1])
    return session.execute(chosen.order_by(*order))


def _deal_columns(deal: DealFact) -> dict[str, Any]:
    own = [field.name for field in fields(deal) if field.name not in _DETAIL]
    columns = {name: getattr(deal, name) for name in own}
    columns = {
        name: value if isinstance(value, datetime) else plain(value)
        for name, value in columns.items()
    }
    return columns | {"detail": {name: plain(getattr(deal, name)) for name in _DETAIL}}


def _digest(columns: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(plain(columns), sort_keys=True).encode()).hexdigest()[:32]
