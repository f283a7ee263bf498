"""A connected CRM in memory, with a reader whose turns a test decides."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Engine, select

from core.settings import Settings
from flow.live.reader import Reader
from models.session import reading, transaction
from models.store.bells import ring
from models.store.mapping import columns_of, word_of
from models.store.mirror import TABLES
from models.tables import CrmConnectionRow, CrmRow
from models.vocabulary.crm import Rung, Thing, source_of
from models.vocabulary.deal import (
    Activity,
    ActivityKind,
    ActivityType,
    Company,
    Contact,
    Deal,
    StageChange,
    StageKind,
)
from tests.fakes.crm.memory import MemoryAdapter, MemoryCrm

NAME = "sales"
_WORDS = {
    Thing.DEAL: Deal,
    Thing.CONTACT: Contact,
    Thing.COMPANY: Company,
    Thing.STAGE_CHANGE: StageChange,
    Thing.ACTIVITY: Activity,
}


def connect(database: Engine, name: str = NAME, at: datetime | None = None) -> int:
    """Writes down a connection of whose tokens nobody needs to know anything."""
    with transaction(database) as session:
        row = CrmConnectionRow(
            name=name,
            kind="amocrm",
            address="https://crm.test",
            account="Ромашка",
            timezone="Europe/Moscow",
            currency="RUB",
            secrets="",
            created_by="test",
            created_at=at or MemoryCrm().now,
        )
        session.add(row)
        session.flush()
        return row.id


def known_things(database: Engine, thing: Thing, name: str = NAME) -> dict[str, object]:
    """What our tables hold of a connected CRM, by id."""
    table = TABLES[thing].__table__
    with reading(database) as session:
        rows = session.execute(
            select(*table.c)
            .join(CrmRow, CrmRow.id == table.c.crm)
            .where(CrmRow.source == source_of(name))
        ).mappings()
        return {row["id"]: word_of(_WORDS[thing], row, UTC) for row in rows}  # type: ignore[arg-type]


@dataclass
class Connected:
    """A CRM, its adapter, and a reader that reads it into a database; the clock is the test's."""

    database: Engine
    state: Path
    crm: MemoryCrm = field(default_factory=MemoryCrm)
    adapter: MemoryAdapter = field(init=False)
    settings: Settings = field(default_factory=Settings)
    said: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.adapter = MemoryAdapter(self.crm)
        self.connection = connect(self.database)
        self.reader = self.new_reader()

    def new_reader(self) -> Reader:
        """A reader as another process has it."""
        return Reader(
            self.database,
            self.state,
            self.settings,
            self.connection,
            lambda: self.adapter,
            self.said.append,
            clock=lambda: self.crm.now,
        )

    def turn(self, seconds: float = 0.0) -> None:
        """Lets time go by, then does what is due."""
        self.crm.passes(seconds)
        self.reader.turn()
        self.reader.settle(60)

    def ring(self, *things: tuple[Thing, str]) -> None:
        """A web-hook comes."""
        with transaction(self.database) as session:
            ring(session, self.connection, Rung(things), self.crm.now)

    def row(self) -> CrmConnectionRow:
        """The connection as it is."""
        with reading(self.database) as session:
            return session.get_one(CrmConnectionRow, self.connection)

    def mirrored(self, thing: Thing) -> dict[str, object]:
        """What our tables hold of the CRM, by id."""
        return known_things(self.database, thing)

    def held(self, thing: Thing) -> dict[str, object]:
        """What the CRM holds, by id, as our tables would say it."""
        zone = self.crm.now.tzinfo
        assert zone is not None
        return {
            id_: word_of(_WORDS[thing], columns_of(word), zone)
            for id_, (word, _) in self.crm.held[thing].items()
        }

    def differs(self) -> dict[str, tuple[object, object]]:
        """What our tables hold otherwise than the CRM does; empty where they are the same."""
        found: dict[str, tuple[object, object]] = {}
        for thing in Thing:
            ours, theirs = self.mirrored(thing), self.held(thing)
            for id_ in ours.keys() | theirs.keys():
                if ours.get(id_) != theirs.get(id_):
                    found[f"{thing.value} {id_}"] = (ours.get(id_), theirs.get(id_))
        return found


@contextmanager
def connected(
    database: Engine, state: Path, settings: Settings | None = None
) -> Iterator[Connected]:
    """A connected CRM; its reader ends with the test."""
    made = Connected(database, state, settings=settings or Settings())
    try:
        yield made
    finally:
        made.reader.close()


def fill(crm: MemoryCrm, deals: int, dice: random.Random | None = None) -> None:
    """Puts deals with people, histories and activities into a CRM."""
    dice = dice or random.Random(1)  # noqa: S311 - no secret
    for number in range(deals):
        change_something(crm, dice, kind=number % 2)


def change_something(crm: MemoryCrm, dice: random.Random, kind: int | None = None) -> None:
    """One thing happens in a CRM: something is made, changed, moved or deleted."""
    kind = dice.randrange(12) if kind is None else kind
    deals, contacts = crm.ids(Thing.DEAL), crm.ids(Thing.CONTACT)
    number = dice.randrange(10**6)
    if kind <= 1 or not deals:
        company = Company(f"f{number}", f"ООО Ромашка {number}", (f"+7495{number:07}",))
        contact = Contact(f"k{number}", f"Иван {number}", company.id, (f"+7916{number:07}",))
        at = crm.now - timedelta(days=dice.randrange(30))
        deal = Deal(
            f"d{number}", f"Сайт {number}", "p1", "s1", StageKind.OPEN, at, 1000.0 * number,
            contact_ids=(contact.id,), company_id=company.id, responsible_id="u1",
            updated_at=crm.now, fields={"order_type": "site"},
        )  # fmt: skip
        crm.put(company, contact, deal)
    elif kind <= 5:
        crm.move(dice.choice(deals), dice.choice(("s1", "s2", "s3")))
    elif kind <= 7:
        deal_id = dice.choice(deals)
        made = Activity(
            f"a{number}", ActivityType.TASK, ActivityKind.CALL, crm.now, deal_id=deal_id,
            due_at=crm.now + timedelta(days=1), subject="Перезвонить", user_id="u1",
        )  # fmt: skip
        crm.put(made)
    elif kind == 8 and crm.ids(Thing.ACTIVITY):
        crm.drop(Thing.ACTIVITY, dice.choice(crm.ids(Thing.ACTIVITY)))
    elif kind == 9:
        crm.drop(Thing.DEAL, dice.choice(deals))
    elif kind == 10 and contacts:
        crm.drop(Thing.CONTACT, dice.choice(contacts))
    elif contacts:
        chosen = dice.choice(contacts)
        crm.put(Contact(chosen, f"Пётр {number}", None, (f"+7903{number:07}",)))
