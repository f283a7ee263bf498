"""The reader over the real adapter of amoCRM and a fake account behind HTTP."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from core.settings import Settings
from crm.amocrm.adapter import AmoCrm
from flow.live.reader import Reader
from models.session import open_database, reading, transaction
from models.store.bells import ring
from models.store.passes import load_passes
from models.tables import CrmConnectionRow, DealRow, StageChangeRow
from models.vocabulary.crm import Rung, Thing
from tests.fakes.crm.amocrm import FakeAmo, amo_running, large_account
from tests.fakes.crm.amocrm_world import AmoWorld
from tests.fakes.crm.connected import connect
from tests.fakes.databases import new_sqlite

HERE = Path(__file__).parents[2]
_LOADS = """
import sys, time
from pathlib import Path
from core.settings import Settings
from crm.amocrm.adapter import AmoCrm
from crm.port import CrmAccess
from flow.live.reader import Reader
from models.session import open_database
from models.vocabulary.crm import Tokens
from tests.fakes.crm.amocrm_world import rules_of
from tests.fakes.crm.keeping import CountingPace, MemoryKeeper

url, base, token = sys.argv[1:]
access = CrmAccess("a", base, MemoryKeeper(Tokens(token)), CountingPace(8.0), rules_of(base))
reader = Reader(open_database(url), Path("."), Settings(), 1, lambda: AmoCrm(access))
while True:
    reader.turn()
    time.sleep(0.05)
"""


@contextmanager
def reading_account(
    fake: FakeAmo, database: Engine, state: Path
) -> Iterator[tuple[AmoWorld, Reader]]:
    """A reader of an account; its clock is the account's."""
    world = AmoWorld(fake)
    connection = connect(database)
    access = world.access()
    reader = Reader(
        database, state, Settings(), connection, lambda: AmoCrm(access), clock=world.now
    )
    try:
        yield world, reader
    finally:
        reader.close()


def deals(database: Engine) -> dict[str, str]:
    """The deals that are known, with their stages."""
    with reading(database) as session:
        return dict(session.execute(select(DealRow.id, DealRow.stage_id)).all())


def test_an_account_is_read_and_followed(tmp_path: Path) -> None:
    database = open_database(new_sqlite(tmp_path / "stagecheck.db"))
    with amo_running() as fake, reading_account(fake, database, tmp_path) as (world, reader):
        names = [world.add_deal(f"Сайт {n}") for n in range(7)]
        world.small_pages()
        reader.turn()
        reader.settle()
        assert sorted(deals(database)) == sorted(names)
        world.forward(30)
        world.move(names[2], world.stages()[1])
        with transaction(database) as session:
            ring(session, reader.connection, Rung(((Thing.DEAL, names[2]),)), world.now())
        reader.turn()
        reader.settle()
        assert deals(database)[names[2]] == world.stages()[1]
        with reading(database) as session:
            assert session.scalar(select(func.count()).select_from(StageChangeRow)) == 1
        world.remove_deal(names[0])
        world.forward(25 * 3600)
        reader.turn()
        reader.settle()
        assert names[0] not in deals(database)
    database.dispose()


def test_killed_while_it_loads_it_goes_on_behind_the_last_page(tmp_path: Path) -> None:
    url = new_sqlite(tmp_path / "stagecheck.db")
    database = open_database(url)
    connection = connect(database)
    with amo_running(large_account(5_000)) as fake:
        token = fake.tokens.new_long_lived(fake.domain)
        process = subprocess.Popen(
            [sys.executable, "-c", _LOADS, url, fake.base, token],
            cwd=HERE,
            env={**os.environ, "PYTHONPATH": str(HERE)},
        )
        try:
            until = time.monotonic() + 120
            while len(deals(database)) < 500:
                assert process.poll() is None
                assert time.monotonic() < until
                time.sleep(0.05)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait(30)
        with reading(database) as session:
            [left] = [p for p in load_passes(session, connection) if p.part == "deals"]
        assert left.under_way
        assert len(deals(database)) <= left.things < 5_000
        with transaction(database) as session:
            # Nobody waits a minute in a test for the sign of life that does not come.
            session.get_one(CrmConnectionRow, connection).reader = None
        before = sum(one.path.endswith("/leads") for one in fake.asked)
        reader = Reader(
            database, tmp_path, Settings(), connection, lambda: AmoCrm(AmoWorld(fake).access())
        )
        try:
            reader.turn()
            reader.settle(120)
        finally:
            reader.close()
        asked = sum(one.path.endswith("/leads") for one in fake.asked) - before
    assert len(deals(database)) == 5_000
    # Twenty pages in all; at the borders of two some are met twice.
    assert asked <= 20 - left.things // 250 + 3
    database.dispose()


@pytest.mark.parametrize("status", [502, 429])
def test_what_an_account_answers_on_a_bad_day_ends_nothing(tmp_path: Path, status: int) -> None:
    database = open_database(new_sqlite(tmp_path / "stagecheck.db"))
    with amo_running() as fake, reading_account(fake, database, tmp_path) as (world, reader):
        world.pace.rate_per_s = None
        world.add_deal("Сайт")
        fake.any_fail += [status] * 2
        for _ in range(4):
            reader.turn()
            reader.settle()
            world.forward(400)
        assert len(deals(database)) == 1
    database.dispose()
