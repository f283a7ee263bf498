"""Facts kept in the memory of a process, so that pages of figures need not read them all again."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from threading import Lock
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.batches import batched
from models.store.facts_mark import FactsMark, facts_mark
from models.store.facts_read import (
    call_of_row,
    deal_of_row,
    line_of_row,
    person_of_row,
    promise_of_row,
)
from models.tables import CallFactRow, DealFactRow, LineFactRow, PersonFactRow, PromiseFactRow
from models.tables.figures import FOREVER
from models.vocabulary.figures import CallFact, Facts


@dataclass(slots=True)
class _Kept:
    """Current facts of one table by the ids of their rows."""

    table: Any
    read: Callable[[Any, tzinfo], Any]
    in_order: Callable[[Any], Any]
    rows: dict[int, tuple[Any, Any]] = field(default_factory=dict)  # place in order, the word
    words: tuple[Any, ...] = ()
    places: list[Any] = field(default_factory=list)

    def refresh(self, session: Session, crm_source: str, zone: tzinfo) -> None:
        """Reads the rows that are new, and drops those that were closed."""
        table = self.table
        own = (table.crm_source == crm_source, table.valid_until == FOREVER)
        if not self.rows:
            rows = session.execute(select(*table.__table__.c).where(*own))
            self._take(rows, zone)
            changed = True
        else:  # an id may be there later than one that was given out after it
            there = frozenset(session.scalars(select(table.id).where(*own)))
            gone, new = self.rows.keys() - there, sorted(there - self.rows.keys())
            for id_ in gone:
                del self.rows[id_]
            for some in batched(new):
                rows = session.execute(select(*table.__table__.c).where(table.id.in_(some)))
                self._take(rows, zone)
            changed = bool(gone or new)
        if changed:
            ordered = sorted(self.rows.values(), key=lambda one: one[0])
            self.places = [place for place, _ in ordered]
            self.words = tuple(word for _, word in ordered)

    def _take(self, rows: Iterable[Any], zone: tzinfo) -> None:
        for row in rows:
            self.rows[row.id] = (self.in_order(row), self.read(row, zone))


@dataclass(slots=True)
class _OfCrm:
    """The current facts of one CRM in one zone; a lock lets one request at a time read."""

    zone: tzinfo
    mark: FactsMark = ()
    lock: Lock = field(default_factory=Lock)
    lines: _Kept = field(
        default_factory=lambda: _Kept(LineFactRow, line_of_row, lambda row: row.position)
    )
    people: _Kept = field(
        default_factory=lambda: _Kept(PersonFactRow, person_of_row, lambda row: row.user_id)
    )
    deals: _Kept = field(
        default_factory=lambda: _Kept(DealFactRow, deal_of_row, lambda row: row.deal_id)
    )
    promises: _Kept = field(
        default_factory=lambda: _Kept(
            PromiseFactRow, promise_of_row, lambda row: (row.deal_id, row.ordinal)
        )
    )
    calls: _Kept = field(
        default_factory=lambda: _Kept(CallFactRow, call_of_row, lambda row: (row.at, row.call_id))
    )

    def all(self) -> tuple[_Kept, ...]:
        """The tables in the order of the mark."""
        return (self.lines, self.people, self.deals, self.promises, self.calls)

    def drop(self) -> None:
        """Lets go of everything, so that it is read anew."""
        for table in self.all():
            table.rows.clear()
        self.mark = ()


class FactsCopy:
    """The current facts of the CRMs that one process serves; any thread may ask.

    What was read is kept whole (about 1 KiB a call), and only what was written since is read.
    After each forgetting or retention everything is read anew.
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._of_crm: dict[str, _OfCrm] = {}

    def facts(
        self,
        session: Session,
        crm_source: str,
        zone: tzinfo,
        now: datetime,
        calls: tuple[datetime, datetime] | None = None,
    ) -> Facts:
        """What is known now, times in `zone`, as `load_facts` gives it.

        `calls`: those that began from the first moment on, and before the second; none otherwise.
        """
        with self._lock:
            kept = self._of_crm.get(crm_source)
            if kept is None or kept.zone != zone:
                kept = self._of_crm[crm_source] = _OfCrm(zone)
        mark = facts_mark(session, crm_source)
        with kept.lock:
            if kept.mark and kept.mark[-1] != mark[-1]:  # people were forgotten, or words went
                kept.drop()
            for place, table in enumerate(kept.all()):
                if not kept.mark or kept.mark[place] != mark[place]:
                    table.refresh(session, crm_source, zone)
            kept.mark = mark
            return Facts(
                as_of=now.astimezone(zone),
                zone=zone,
                lines=kept.lines.words,
                people={one.id: one for one in kept.people.words},
                deals=kept.deals.words,
                promises=kept.promises.words,
                calls=_within(kept.calls, calls),
            )


def _within(kept: _Kept, span: tuple[datetime, datetime] | None) -> tuple[CallFact, ...]:
    if span is None:
        return ()
    first, last = (bisect_left(kept.places, (moment, "")) for moment in span)
    return kept.words[first:last]
