"""A real BottleCRM for the tests of this folder; `make test-bottlecrm` has it installed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from tests.bottlecrm.gate import gate_before
from tests.bottlecrm.office import Office, enter, new_office
from tests.bottlecrm.server import Server, running_server
from tests.bottlecrm.world import BottleWorld


@pytest.fixture(scope="session")
def bottlecrm(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The server, with an organization that it seeded itself."""
    python = os.environ.get("BOTTLECRM_PYTHON")
    if not python:
        pytest.skip("BottleCRM is not installed: make test-bottlecrm")
    cache = Path(os.environ.get("BOTTLECRM_CACHE", ".cache/bottlecrm"))
    postgres = request.getfixturevalue("postgres_server")
    folder = tmp_path_factory.mktemp("bottlecrm")
    with running_server(Path(python), postgres, cache.resolve(), folder) as server:
        yield server


@pytest.fixture
def seeded(bottlecrm: Server) -> Office:
    """The organization that BottleCRM seeded."""
    return enter(bottlecrm.address, bottlecrm.seeded, bottlecrm.seeded_org)


@pytest.fixture
def office(bottlecrm: Server) -> Office:
    """An organization with nothing in it."""
    return new_office(bottlecrm.address, bottlecrm.person, f"Контора {uuid4().hex[:8]}")


@pytest.fixture
def world(
    bottlecrm: Server, office: Office, monkeypatch: pytest.MonkeyPatch
) -> Iterator[BottleWorld]:
    """An organization as a world of the contract."""
    with gate_before(bottlecrm.address) as gate:
        yield BottleWorld(office, gate, bottlecrm.database, monkeypatch)
