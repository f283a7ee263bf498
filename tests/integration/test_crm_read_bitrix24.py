"""The reader over the real adapter of Bitrix24 and a fake portal behind HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Engine

from core.settings import Settings
from crm.bitrix24.adapter import Bitrix24
from flow.live.reader import Reader
from models.session import open_database
from models.vocabulary.crm import Thing, Tokens
from models.vocabulary.deal import Deal
from tests.fakes.crm.bitrix24 import CLIENT, CLIENT_SECRET, Portal, portal
from tests.fakes.crm.connected import connect, known_things
from tests.fakes.databases import new_sqlite
from tests.integration.crm.bitrix24_world import Bitrix24World

APPLICATION = Tokens("access-1", "refresh-1", client_id=CLIENT, client_secret=CLIENT_SECRET)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    engine = open_database(new_sqlite(tmp_path / "stagecheck.db"))
    yield engine
    engine.dispose()


@pytest.fixture
def office() -> Iterator[Portal]:
    with portal() as made:
        yield made
        assert made.faults == []


@contextmanager
def reading_portal(world: Bitrix24World, database: Engine, state: Path) -> Iterator[Reader]:
    """A reader of a portal that polls once a day; its clock is the portal's."""
    connection = connect(database)
    access, server = world.access(), world.portal.address
    settings = Settings.model_validate({"crm": {"poll_s": 86_400, "sweep_hours": 1000}})
    reader = Reader(
        database,
        state,
        settings,
        connection,
        lambda: Bitrix24(access, token_server=server),
        clock=world.now,
    )
    try:
        yield reader
    finally:
        reader.close()


def turned(reader: Reader, world: Bitrix24World, seconds: float = 0.0) -> None:
    """Lets time go by and does what is due, and what came of it."""
    world.forward(seconds)
    for _ in range(2):
        reader.turn()
        reader.settle(60)


def stage_known(database: Engine, deal: str) -> str | None:
    found = known_things(database, Thing.DEAL).get(deal)
    return found.stage_id if isinstance(found, Deal) else None


def test_an_application_hears_of_a_moved_deal_without_being_reachable(
    office: Portal, database: Engine, tmp_path: Path
) -> None:
    world = Bitrix24World(office, APPLICATION)
    deal = world.add_deal("Сайт")
    first, second, *_ = world.stages()
    with reading_portal(world, database, tmp_path) as reader:
        turned(reader, world)
        assert stage_known(database, deal) == first
        world.move(deal, second)
        turned(reader, world, seconds=6)
        assert stage_known(database, deal) == second


def test_a_web_hook_has_no_queue_and_is_read_all_the_same(
    office: Portal, database: Engine, tmp_path: Path
) -> None:
    world = Bitrix24World(office)
    deal = world.add_deal("Сайт")
    first, second, *_ = world.stages()
    with reading_portal(world, database, tmp_path) as reader:
        turned(reader, world)
        world.move(deal, second)
        turned(reader, world, seconds=60)
        assert stage_known(database, deal) == first
        turned(reader, world, seconds=86_400)
        assert stage_known(database, deal) == second
