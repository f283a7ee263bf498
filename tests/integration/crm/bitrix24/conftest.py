"""A fake portal of Bitrix24, and our adapter of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from crm.bitrix24.adapter import Bitrix24
from models.vocabulary.crm import Tokens
from tests.fakes.crm.bitrix24 import CLIENT, CLIENT_SECRET, Portal, portal
from tests.integration.crm.bitrix24_world import Bitrix24World


@pytest.fixture
def office() -> Iterator[Portal]:
    """The portal, on this machine; none of what it was asked may be at fault."""
    with portal() as made:
        yield made
        assert made.faults == []


@pytest.fixture
def world(office: Portal) -> Bitrix24World:
    """The same portal with a back door."""
    return Bitrix24World(office)


@pytest.fixture
def adapter(world: Bitrix24World) -> Iterator[Bitrix24]:
    """The adapter, connected by an incoming web-hook."""
    with closing(Bitrix24(world.access())) as opened:
        yield opened


@pytest.fixture
def application(office: Portal) -> Iterator[Bitrix24]:
    """The adapter, connected as an application."""
    tokens = Tokens("access-1", "refresh-1", client_id=CLIENT, client_secret=CLIENT_SECRET)
    access = Bitrix24World(office, tokens).access()
    with closing(Bitrix24(access, token_server=office.address)) as opened:
        yield opened
