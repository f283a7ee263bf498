"""Reads everything of a live CRM once more, and finds what it has no longer.

A thing that was known when the sweep began and that nothing met until its end is asked for by
itself before it is held for gone: lists of a CRM leave things out at times.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from threading import Lock
from typing import cast

from sqlalchemy import Table, select
from sqlalchemy.orm import Session

from core.batches import batched
from core.logs import get_logger
from core.pauses import doubled_s
from crm.errors import CrmAwayError, CrmBusyError
from flow.live.desk import Desk
from models.session import reading
from models.store.mirror import (
    TABLES,
    Mirrored,
    find_mirror,
    places_taken,
    remove,
    write_batch,
)
from models.store.mirror_changes import note_changes
from models.store.passes import swept
from models.vocabulary.crm import Page, Thing

_ASKED = 50  # deals at a time
_MOST_DEALS = 2_000  # that are read again because something on them was not met
_TRIES = 8
_HANGS_ON = (Thing.STAGE_CHANGE, Thing.ACTIVITY)
_log = get_logger("live.sweep")


@dataclass(slots=True)
class Met:
    """The places of what was met since a sweep began: a bit for each place that was taken then."""

    places: Mapping[Thing, bytearray]
    lock: Lock = field(default_factory=Lock)

    def add(self, written: Mirrored) -> None:
        """Something was met, in whatever way."""
        with self.lock:
            for thing, places in written.met.items():
                bits = self.places[thing]
                for place in places:
                    if place < len(bits):
                        bits[place] = 1

    def has(self, thing: Thing, place: int) -> bool:
        """Whether what stands at a place was met, or came after the sweep began."""
        bits = self.places[thing]
        return place >= len(bits) or bool(bits[place])


def begin(desk: Desk) -> Met:
    """Notes which places are taken when a sweep begins.

    Raises:
        TurnLostError: it is not ours to read any more.
        StagecheckError: the database cannot be used.
    """
    with desk.writing() as (session, target):
        return Met({thing: bytearray(places_taken(session, target, thing)) for thing in TABLES})


def sweep(
    desk: Desk, parts: Sequence[str], known: Met, met: Callable[[Mirrored], None]
) -> int | None:
    """Reads all parts; gives how much was gone, ``None`` where it had to stop before its end.

    Raises:
        CrmError: the CRM does not answer as it should.
        TurnLostError: it is not ours to read any more.
        StagecheckError: the database cannot be used.
    """
    things = 0
    for part in parts:
        unwanted = desk.unwanted()
        for page in _pages(desk, part):
            with desk.writing() as (session, target):
                written = write_batch(session, target, page.batch, unwanted)
            met(written)
            things += len(page.batch)
            if desk.ended.is_set():
                return None
    gone = _gone(desk, known, met)
    if gone is None:
        return None
    with desk.writing() as (session, target):
        swept(session, desk.connection, parts, target.at)
    _log.info("swept", crm=desk.name, things=things, gone=gone)
    return gone


def _pages(desk: Desk, part: str) -> Iterator[Page]:
    """The pages of a part; where the CRM falls silent for a while it goes on behind the last."""
    cursor: str | None = None
    failed = 0
    while True:
        try:
            for page in desk.adapter.read(part, cursor=cursor):
                yield page
                cursor, failed = page.cursor, 0
        except CrmAwayError as error:
            failed += 1
            if failed >= _TRIES or desk.ended.is_set():
                raise
            wait_s = doubled_s(0.5, failed, 60.0)
            if isinstance(error, CrmBusyError) and error.wait_s is not None:
                wait_s = max(wait_s, min(error.wait_s, 300.0))
            desk.ended.wait(wait_s)
        else:
            return


def _gone(desk: Desk, known: Met, met: Callable[[Mirrored], None]) -> int | None:
    """Removes what the CRM has no longer; ``None`` where it had to stop."""
    deals = _not_met(desk, known, Thing.DEAL)
    deals_of_others, loose = _hanging_not_met(desk, known)
    again = dict.fromkeys([*deals, *_within_reason(desk, deals_of_others)])
    contacts = _not_met(desk, known, Thing.CONTACT)
    companies = _not_met(desk, known, Thing.COMPANY)
    gone = 0
    wanted = [(Thing.DEAL, one) for one in again]
    wanted += [(Thing.CONTACT, one) for one in contacts]
    wanted += [(Thing.COMPANY, one) for one in companies]
    for some in batched(wanted, _ASKED):
        if desk.ended.is_set():
            return None
        gone += _asked(desk, some, met)
    with desk.writing() as (session, target):
        for thing, ids in loose.items():
            removed = remove(session, target, thing, ids)
            note_changes(session, desk.connection, {thing: removed})
            gone += len(removed)
    return gone


def _asked(desk: Desk, some: Sequence[tuple[Thing, str]], met: Callable[[Mirrored], None]) -> int:
    """Asks for some things by themselves; gives how many are gone."""
    ids = {thing: [id_ for one, id_ in some if one is thing] for thing in Thing}
    batches = [desk.adapter.deals(ids[Thing.DEAL])] if ids[Thing.DEAL] else []
    if ids[Thing.CONTACT] or ids[Thing.COMPANY]:
        batches.append(desk.adapter.people(ids[Thing.CONTACT], ids[Thing.COMPANY]))
    unwanted = desk.unwanted()
    with desk.writing() as (session, target):
        for batch in batches:
            met(write_batch(session, target, batch, unwanted))
    return sum(len(batch.gone) for batch in batches)


def _not_met(desk: Desk, known: Met, thing: Thing) -> list[str]:
    with reading(desk.database) as session:
        return [id_ for id_, _, _ in _rows_not_met(session, desk, known, thing)]


def _hanging_not_met(desk: Desk, known: Met) -> tuple[list[str], dict[Thing, list[str]]]:
    """Deals on which something was not met, and what was not met and hangs on no deal."""
    deals: dict[str, None] = {}
    loose: dict[Thing, list[str]] = {}
    with reading(desk.database) as session:
        for thing in _HANGS_ON:
            for id_, deal, at in _rows_not_met(session, desk, known, thing):
                if deal is not None:
                    deals[deal] = None
                elif at is not None:
                    loose.setdefault(thing, []).append(id_)
    return list(deals), loose


def _rows_not_met(
    session: Session, desk: Desk, known: Met, thing: Thing
) -> Iterator[tuple[str, str | None, datetime | None]]:
    table = cast("Table", TABLES[thing].__table__)
    target = find_mirror(session, desk.connection, desk.clock())
    if target is None:
        return
    hangs = thing in _HANGS_ON
    columns = [table.c.position, table.c.id]
    columns += [table.c.deal_id] if hangs else []
    columns += [table.c.created_at] if thing is Thing.ACTIVITY else []
    rows = session.execute(
        select(*columns).where(table.c.crm == target.crm).order_by(table.c.position)
    )
    for row in rows.yield_per(2_000):
        if row.id is not None and not known.has(thing, row.position):
            deal = row.deal_id if hangs else None
            yield row.id, deal, row.created_at if thing is Thing.ACTIVITY else None


def _within_reason(desk: Desk, deals: Sequence[str]) -> Sequence[str]:
    """Deals to be read again as a whole, where they are not too many.

    So many did not lose something: it is a CRM whose lists do not show everything.
    """
    if len(deals) <= _MOST_DEALS:
        return deals
    _log.warning("too much was not met", crm=desk.name, deals=len(deals))
    return ()
