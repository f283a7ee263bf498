"""The provider, the office's pages on each kind of database, and a browser there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from models.places import DATABASE
from tests.fakes.databases import new_sqlite
from tests.fakes.pages_office import asking
from tests.fakes.provider import IdentityProvider, providing
from tests.integration.identity_provider.provider_house import House, living_at


@pytest.fixture
def provider() -> Iterator[IdentityProvider]:
    with providing() as running:
        yield running


@pytest.fixture
def both(tmp_path: Path, database_url: str, provider: IdentityProvider) -> Iterator[House]:
    """A house on each kind of database."""
    with living_at(database_url, tmp_path / "state", provider) as house:
        yield house


@pytest.fixture
def house(tmp_path: Path, provider: IdentityProvider) -> Iterator[House]:
    """A house on SQLite."""
    url = new_sqlite(tmp_path / "state" / DATABASE)
    with living_at(url, tmp_path / "state", provider) as house:
        yield house


@pytest.fixture
def browser(house: House) -> Iterator[TestClient]:
    with asking(house.state, house.settings(), house.url) as client:
        yield client
