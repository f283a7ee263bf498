"""A live CRM as our tables have it, kept in memory: only what changed is loaded anew."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any, TypeVar, cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Select, Table, func, or_, select
from sqlalchemy.orm import Session

from core.batches import batched
from models.store.mapping import word_of
from models.store.mirror import TABLES
from models.store.mirror_changes import changes_since
from models.store.tombstones import ForgettingMark, forgetting_mark
from models.tables import (
    CallRow,
    CrmConnectionRow,
    CrmRow,
    DealMatchRow,
    DealRow,
    PipelineRow,
    UserRow,
)
from models.vocabulary.crm import Thing, source_of
from models.vocabulary.deal import (
    Activity,
    Company,
    Contact,
    CrmSnapshot,
    Deal,
    Pipeline,
    StageChange,
    StageKind,
    User,
)

_KINDS: dict[Thing, type[Any]] = {
    Thing.DEAL: Deal,
    Thing.CONTACT: Contact,
    Thing.COMPANY: Company,
    Thing.STAGE_CHANGE: StageChange,
    Thing.ACTIVITY: Activity,
}
_PEOPLE = (Thing.CONTACT, Thing.COMPANY)
_HANGS_ON = (Thing.STAGE_CHANGE, Thing.ACTIVITY)
Word = TypeVar("Word")
_Places = dict[str, tuple[int, Any]]  # by id the place in the CRM's order, and the word


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which deals are in a copy: open ones, those closed since a moment, those with calls.

    `calls_of` is the source of these calls; all sources where unset.
    """

    closed_since: datetime
    calls_of: str | None = None


@dataclass(slots=True)
class MirrorCopy:
    """The copy of one connection. A word stays the same object until it changes."""

    name: str
    _change: int = -1
    _crm: int = -1
    _forgotten: ForgettingMark | None = None
    _held: dict[Thing, _Places] = field(default_factory=lambda: {thing: {} for thing in Thing})
    _words: dict[Thing, tuple[Any, ...]] = field(default_factory=dict)
    _snapshot: CrmSnapshot | None = None

    def snapshot(self, session: Session, wanted: Wanted, at: datetime) -> CrmSnapshot | None:
        """The CRM as it is known at `at`, the present moment; ``None``: nothing was read yet.

        As long as nothing changes it is the same but for its moment.
        """
        row = session.scalar(select(CrmConnectionRow).where(CrmConnectionRow.name == self.name))
        crm = session.scalar(select(CrmRow).where(CrmRow.source == source_of(self.name)))
        if row is None or crm is None:
            return None
        zone = ZoneInfo(crm.timezone)
        told = changes_since(session, row.id, self._change)
        forgotten = forgetting_mark(session)
        anew = told.things is None or (crm.id, forgotten) != (self._crm, self._forgotten)
        if anew:
            self._held, self._words = {thing: {} for thing in Thing}, {}
            self._crm, self._forgotten = crm.id, forgotten
        elif told.things:
            for thing in (Thing.DEAL, *_PEOPLE):
                self._reload(session, thing, told.things.get(thing, ()), zone)
        self._choose(session, self._wanted(session, wanted), zone)
        if told.things and not anew:
            for thing in _HANGS_ON:
                self._reload(session, thing, told.things.get(thing, ()), zone)
        if anew:
            for thing in _PEOPLE:
                self._load(session, thing, None, zone)
            self._load(session, Thing.ACTIVITY, _columns(Thing.ACTIVITY).deal_id.is_(None), zone)
        self._change = told.change
        self._snapshot = self._made(session, crm, zone, at)
        return self._snapshot

    def _made(self, session: Session, crm: CrmRow, zone: tzinfo, at: datetime) -> CrmSnapshot:
        snapshot = CrmSnapshot(
            as_of=at.astimezone(zone),
            timezone=crm.timezone,
            crm=crm.crm,
            pipelines=_shape(session, Pipeline, PipelineRow, crm.id, zone),
            users=_shape(session, User, UserRow, crm.id, zone),
            companies=self._in_order(Thing.COMPANY),
            contacts=self._in_order(Thing.CONTACT),
            deals=self._in_order(Thing.DEAL),
            stage_changes=self._in_order(Thing.STAGE_CHANGE),
            activities=self._in_order(Thing.ACTIVITY),
        )
        before = self._snapshot
        if before is not None and replace(before, as_of=snapshot.as_of) == snapshot:
            return replace(before, as_of=snapshot.as_of)
        return snapshot

    def _in_order(self, thing: Thing) -> tuple[Any, ...]:
        if thing not in self._words:
            held = sorted(self._held[thing].values(), key=lambda one: one[0])
            self._words[thing] = tuple(word for _, word in held)
        return self._words[thing]

    def _wanted(self, session: Session, wanted: Wanted) -> set[str]:
        closed_at = func.coalesce(DealRow.closed_at, DealRow.updated_at, DealRow.created_at)
        alive = or_(DealRow.status == StageKind.OPEN.value, closed_at >= wanted.closed_since)
        ids = set(session.scalars(select(DealRow.id).where(DealRow.crm == self._crm, alive)))
        matched = (
            select(DealMatchRow.deal_id)
            .join(CallRow, CallRow.id == DealMatchRow.call)
            .where(CallRow.current, DealMatchRow.deal_id.is_not(None))
            .distinct()
        )
        if wanted.calls_of is not None:
            matched = matched.where(CallRow.source == wanted.calls_of)
        return ids | {id_ for id_ in session.scalars(matched) if id_ is not None}

    def _choose(self, session: Session, wanted: set[str], zone: tzinfo) -> None:
        """Brings deals in that are wanted now, and lets those go that are no longer."""
        deals = self._held[Thing.DEAL]
        new = [id_ for id_ in wanted if id_ not in deals]
        for some in batched(new):
            self._load(session, Thing.DEAL, _columns(Thing.DEAL).id.in_(some), zone)
            there = [id_ for id_ in some if id_ in deals]
            for thing in _HANGS_ON:
                self._load(session, thing, _columns(thing).deal_id.in_(there), zone)
        old = deals.keys() - wanted
        if old:
            for id_ in old:
                self._drop(Thing.DEAL, id_)
            for thing in _HANGS_ON:
                for id_ in [i for i, (_, w) in self._held[thing].items() if w.deal_id in old]:
                    self._drop(thing, id_)

    def _reload(self, session: Session, thing: Thing, ids: Collection[str], zone: tzinfo) -> None:
        """What changed: loaded anew, or dropped. Deals that are not held stay out."""
        held = self._held[thing]
        if thing is Thing.DEAL:
            ids = [id_ for id_ in ids if id_ in held]
        found: set[str] = set()
        for some in batched(list(ids)):
            for id_, place, word in self._rows(session, thing, _columns(thing).id.in_(some), zone):
                if thing in _HANGS_ON and not self._hangs_on_ours(word):
                    continue
                found.add(id_)
                if held.get(id_) != (place, word):
                    held[id_] = (place, word)
                    self._words.pop(thing, None)
        for id_ in ids:
            if id_ not in found:
                self._drop(thing, id_)

    def _hangs_on_ours(self, word: StageChange | Activity) -> bool:
        return word.deal_id is None or word.deal_id in self._held[Thing.DEAL]

    def _load(
        self, session: Session, thing: Thing, which: ColumnElement[bool] | None, zone: tzinfo
    ) -> None:
        for id_, place, word in self._rows(session, thing, which, zone):
            self._held[thing][id_] = (place, word)
        self._words.pop(thing, None)

    def _drop(self, thing: Thing, id_: str) -> None:
        if self._held[thing].pop(id_, None) is not None:
            self._words.pop(thing, None)

    def _rows(
        self, session: Session, thing: Thing, which: ColumnElement[bool] | None, zone: tzinfo
    ) -> Iterator[tuple[str, int, Any]]:
        table = cast("Table", TABLES[thing].__table__)
        rows: Select[Any] = select(*table.c).where(table.c.crm == self._crm)
        if which is not None:
            rows = rows.where(which)
        for row in session.execute(rows).mappings().yield_per(5_000):
            yield row["id"], row["position"], word_of(_KINDS[thing], cast("Any", row), zone)


def _columns(thing: Thing) -> Any:
    return TABLES[thing].__table__.c


def _shape(
    session: Session, kind: type[Word], table: type[PipelineRow | UserRow], crm: int, zone: tzinfo
) -> tuple[Word, ...]:
    rows: Iterable[Any] = session.scalars(
        select(table).where(table.crm == crm).order_by(table.position)
    )
    return tuple(word_of(kind, vars(row), zone) for row in rows)
