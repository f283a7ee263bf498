"""A fake account of amoCRM, and our adapter of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest

from crm.amocrm.adapter import AmoCrm
from tests.fakes.crm.amocrm import FakeAmo, amo_running
from tests.fakes.crm.amocrm_world import AmoWorld


@pytest.fixture
def fake() -> Iterator[FakeAmo]:
    """The account, at an address of this machine."""
    with amo_running() as running:
        yield running


@pytest.fixture
def world(fake: FakeAmo) -> AmoWorld:
    """The same account with a back door."""
    return AmoWorld(fake)


@pytest.fixture
def amo(world: AmoWorld) -> Iterator[AmoCrm]:
    """The adapter, connected to it."""
    with closing(AmoCrm(world.access())) as opened:
        yield opened
