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
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from core.settings import Settings
from crm.amocrm.adapter import AmoCrm
from flow.live.reader import Reader
from models.session import open_database, transaction
from models.store.bells import ring
from models.store.mapping import columns_of
from models.vocabulary.crm import Batch, Rung, Thing
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


@dataclass
class Soaked:
    """What went wrong on the way, and what our tables hold otherwise than the CRM (`missed`)."""

    lost: int = 0
    doubled: int = 0
    late: int = 0
    renewals: int = 0
    there: dict[str, int] = field(default_factory=dict)  # by thing, how many the CRM holds
    missed: list[str] = field(default_factory=list)


def soaked(folder: Path, changes: int, seed: int, say: Callable[[str], None]) -> Soaked:
    """Works, rings, reads and compares, with a database in `folder`; the dice fall by `seed`."""
    dice, done = random.Random(seed), Soaked()  # noqa: S311 - no secret
    fake = FakeAmo()
    with amo_running(fake):
        world = AmoWorld(fake)
        access = world.oauth()
        office = Office(world, dice)
        database = open_database(new_sqlite(folder / "stagecheck.db"))
        connection = connect(database)
        reader = Reader(
            database, folder, Settings(), connection, lambda: AmoCrm(access), say, clock=world.now
        )
        with closing(reader):
            read(reader, world)
            soak(reader, world, office, dice, changes, done, say)
            with closing(AmoCrm(access)) as adapter:
                rest(reader, world, 61, 61)
                # Bells and passes bring all that there is; what is gone only the sweep has to find.
                done.missed += differences(database, of_deals_there(everything(adapter)))
                rest(reader, world, 25 * 3600, 61)
                batch = everything(adapter)
            done.missed += differences(database, batch, gone_too=True)
            done.there = {thing.value: len(words) for thing, words in by_thing(batch).items()}
            done.renewals = world.keeper.renewals if world.keeper else 0
        database.dispose()
    return done


def soak(  # noqa: PLR0913, PLR0917 - who works, who reads and what came of it
    reader: Reader,
    world: AmoWorld,
    office: Office,
    dice: random.Random,
    changes: int,
    done: Soaked,
    say: Callable[[str], None],
) -> None:
    """Lets people work and bells ring, with all that goes wrong on the way."""
    late: list[tuple[Thing, str]] = []
    began = time.monotonic()
    for number in range(changes):
        bell, chance = office.works(), dice.random()
        times = 1
        if chance < 0.05:
            times, done.lost = 0, done.lost + 1
        elif chance < 0.10:
            times, done.doubled = 2, done.doubled + 1
        elif chance < 0.15:
            times, done.late = 0, done.late + 1
            late.append(bell)
        rung = [bell] * times
        if number % 40 == 39:
            rung, late = rung + late, []
        for one in rung:
            with transaction(reader.database) as session:
                ring(session, reader.connection, Rung((one,)), world.now())
        world.fake.away = changes // 2 <= number < changes // 2 + 26  # five minutes at 12 s each
        if number == changes // 4:
            world.fake.tokens.end_access()
        world.forward(12)
        if number % 25 == 24:
            read(reader, world)
        if number % 500 == 499:
            say(f"{number + 1} changes, {time.monotonic() - began:.0f} s")


def read(reader: Reader, world: AmoWorld) -> None:
    """Lets the reader do what is due."""
    for _ in range(3):
        reader.turn()
        reader.settle()
        if world.fake.away:
            return


def rest(reader: Reader, world: AmoWorld, *seconds: float) -> None:
    """Nobody works for so long, several times; what is due then is read."""
    for one in seconds:
        world.forward(one)
        read(reader, world)


def by_thing(batch: Batch) -> dict[Thing, Sequence[Any]]:
    """What is compared."""
    return {
        Thing.DEAL: batch.deals,
        Thing.CONTACT: batch.contacts,
        Thing.COMPANY: batch.companies,
        Thing.STAGE_CHANGE: batch.stage_changes,
        Thing.ACTIVITY: batch.activities,
    }


def of_deals_there(batch: Batch) -> Batch:
    """A batch without what the CRM still tells of deals that are gone."""
    there = {None, *(deal.id for deal in batch.deals)}
    return replace(
        batch,
        stage_changes=tuple(one for one in batch.stage_changes if one.deal_id in there),
        activities=tuple(one for one in batch.activities if one.deal_id in there),
    )


def differences(database: Engine, batch: Batch, *, gone_too: bool = False) -> list[str]:
    """What our tables hold otherwise than the CRM; `gone_too`: also what is not there any more."""
    found = []
    for thing, words in by_thing(batch).items():
        theirs = {str(word.id): columns_of(word) for word in words}
        mine = {id_: columns_of(word) for id_, word in known_things(database, thing).items()}
        for id_ in sorted(theirs.keys() | (mine.keys() if gone_too else ())):
            if mine.get(id_) != theirs.get(id_):
                told = f"{mine.get(id_)} is known, {theirs.get(id_)} is there"
                found.append(f"{thing.value} {id_}: {told}")
    return found


def main() -> None:
    """Soaks and tells what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--changes", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=7)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        done = soaked(Path(folder), asked.changes, asked.seed, partial(print, flush=True))
    bells = f"bells: {done.lost} lost, {done.doubled} doubled, {done.late} late"
    print(f"{asked.changes} changes; {bells}; {done.renewals} renewals of tokens")
    print(", ".join(f"{number} {thing}" for thing, number in done.there.items()))
    for line in done.missed[:20]:
        print(line)
    print(f"{len(done.missed)} things are wrong" if done.missed else "nothing was missed")
    if done.missed:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
