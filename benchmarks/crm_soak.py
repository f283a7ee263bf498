"""Changes a CRM ten thousand times while bells get lost, doubled and late: nothing may be missed.

`python -m benchmarks.crm_soak`: a fake amoCRM is read over HTTP by the real adapter with OAuth
tokens. One bell in twenty is lost, one comes twice, one late; once the CRM is away for five minutes
and several times its tokens are renewed. In the end our tables must hold what it holds.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from core.settings import Settings
from crm.amocrm.adapter import AmoCrm
from flow.live.reader import Reader
from models.session import open_database, transaction
from models.store.bells import ring
from models.store.mapping import columns_of
from models.vocabulary.crm import Rung, Thing
from tests.fakes.crm.amocrm import FakeAmo, amo_running
from tests.fakes.crm.amocrm_world import AmoWorld
from tests.fakes.crm.connected import connect, known_things
from tests.fakes.databases import new_sqlite
from tests.integration.crm.contracted import everything


class Office:
    """People at work in the CRM."""

    def __init__(self, world: AmoWorld, dice: random.Random) -> None:
        self.world, self.dice = world, dice
        self.deals: list[str] = []
        self.contacts: list[str] = []
        self.numbers = 0
        for _ in range(50):
            self.new_deal()

    def new_deal(self) -> tuple[Thing, str]:
        """A person makes a card with a contact."""
        self.numbers += 1
        contact = self.world.add_contact(f"Иван {self.numbers}", f"+7916{self.numbers:07}")
        self.contacts.append(contact)
        self.deals.append(self.world.add_deal(f"Сайт {self.numbers}", contact=contact))
        return Thing.DEAL, self.deals[-1]

    def works(self) -> tuple[Thing, str]:
        """One thing is done; gives what the CRM would ring for."""
        chance, world = self.dice.random(), self.world
        if chance < 0.05 or len(self.deals) < 20:
            return self.new_deal()
        deal = self.dice.choice(self.deals)
        if chance < 0.55:
            world.move(deal, self.dice.choice(world.stages()))
        elif chance < 0.75:
            self.numbers += 1
            world.rename(deal, f"Сайт {self.numbers}")
        elif chance < 0.9:
            world.add_task(deal, f"Перезвонить {chance}", world.now())
        elif chance < 0.96:
            world.add_call(self.dice.choice(self.contacts), deal, f"call {chance}")
        else:
            self.deals.remove(deal)
            world.remove_deal(deal)
        return Thing.DEAL, deal


def main() -> None:
    """Works, rings, reads, compares."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    dice = random.Random(asked.seed)  # noqa: S311 - no secret
    fake = FakeAmo()
    with tempfile.TemporaryDirectory() as folder, amo_running(fake):
        world = AmoWorld(fake)
        access = world.oauth()
        office = Office(world, dice)
        database = open_database(new_sqlite(Path(folder) / "stagecheck.db"))
        connection = connect(database)
        reader = Reader(
            database, Path(folder), Settings(), connection, lambda: AmoCrm(access), print,
            clock=world.now,
        )  # fmt: skip
        with closing(reader):
            read(reader, world)
            soak(reader, world, office, dice, asked.changes)
            for seconds in (61, 61, 25 * 3600, 61):
                world.forward(seconds)
                read(reader, world)
            print(f"{world.keeper.renewals if world.keeper else 0} renewals of tokens")
            with closing(AmoCrm(access)) as adapter:
                compare(database, adapter)
        database.dispose()


def soak(
    reader: Reader, world: AmoWorld, office: Office, dice: random.Random, changes: int
) -> None:
    """Lets people work and bells ring, with all that goes wrong on the way."""
    late: list[tuple[Thing, str]] = []
    lost = doubled = delayed = 0
    began = time.monotonic()
    for number in range(changes):
        bell, chance = office.works(), dice.random()
        times = 1
        if chance < 0.05:
            times, lost = 0, lost + 1
        elif chance < 0.10:
            times, doubled = 2, doubled + 1
        elif chance < 0.15:
            times, delayed = 0, delayed + 1
            late.append(bell)
        rung = [bell] * times
        if number % 40 == 39:
            rung, late = rung + late, []
        for one in rung:
            with transaction(reader.database) as session:
                ring(session, reader.connection, Rung((one,)), world.now())
        world.fake.away = changes // 2 <= number < changes // 2 + 26  # five minutes at 12 s each
        world.forward(12)
        if number % 25 == 24:
            read(reader, world)
        if number % 500 == 499:
            print(f"{number + 1} changes, {time.monotonic() - began:.0f} s", flush=True)
    print(f"{changes} changes; bells: {lost} lost, {doubled} doubled, {delayed} late")


def read(reader: Reader, world: AmoWorld) -> None:
    """Lets the reader do what is due."""
    for _ in range(3):
        reader.turn()
        reader.settle()
        if world.fake.away:
            return


def compare(database: Engine, adapter: AmoCrm) -> None:
    """Holds our tables against everything that the CRM tells now."""
    batch = everything(adapter)
    named: dict[Thing, Sequence[Any]] = {
        Thing.DEAL: batch.deals,
        Thing.CONTACT: batch.contacts,
        Thing.COMPANY: batch.companies,
        Thing.STAGE_CHANGE: batch.stage_changes,
        Thing.ACTIVITY: batch.activities,
    }
    wrong = 0
    for thing, words in named.items():
        theirs = {str(word.id): columns_of(word) for word in words}
        mine = {id_: columns_of(word) for id_, word in known_things(database, thing).items()}
        other = [i for i in mine.keys() | theirs.keys() if mine.get(i) != theirs.get(i)]
        for id_ in other[:5]:
            print(f"{thing.value} {id_}: {mine.get(id_)} is known, {theirs.get(id_)} is there")
        print(f"{thing.value}: {len(theirs)} there, {len(mine)} known, {len(other)} other")
        wrong += len(other)
    print("nothing was missed" if not wrong else f"{wrong} things are wrong")
    if wrong:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
