"""Opens the database: SQLite for one machine, PostgreSQL for many; tables always up to date."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    NoSuchModuleError,
    SQLAlchemyError,
)
from sqlalchemy.orm import Session

from models.vocabulary.errors import OutputError, StagecheckError, UnfitValueError

_BUSY_TIMEOUT_MS = 10_000
_MIGRATION_LOCK = 0x57A6E
_PASSWORD = re.compile(r"(://[^:/@]*:).*(@)")
_ONLY_READS = "stagecheck_only_reads"
_FULL = ("disk is full", "No space left", "disk I/O error", "could not extend file")


def sqlite_url(file: Path) -> str:
    """Gives the URL of a SQLite database in `file`."""
    return URL.create("sqlite", database=str(file)).render_as_string(hide_password=False)


def open_database(url: str) -> Engine:
    """Connects to `url` and brings its tables to the newest form.

    SQLite runs in WAL mode with foreign keys on and waits ten seconds for a lock.

    Raises:
        StagecheckError: the URL is wrong or the database cannot be reached.
        OutputError: there is no room for the tables.
    """
    engine = connected(url)
    from alembic.util import CommandError

    try:
        with database_errors(engine.url):
            migrate(engine)
    except CommandError as error:
        engine.dispose()
        place = engine.url.render_as_string(hide_password=True)
        raise StagecheckError(
            f"{place}: was written by a newer stagecheck ({error}). "
            "Install that version, or name another folder with --state."
        ) from error
    return engine


def migrate(engine: Engine) -> None:
    """Runs the migrations that `engine`'s database has not seen, in one transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    folder = Path(__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    with _unguarded(engine) as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            # Two first starts at once would both create the tables.
            connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


@contextmanager
def _unguarded(engine: Engine) -> Iterator[Connection]:
    """A connection on which a SQLite table can be made anew without losing what refers to it.

    Changing a column there drops the old table, and with foreign keys on that would delete all
    rows that hang on it.
    """
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            yield connection
            return
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)  # noqa: S101 - narrows the type for mypy
        driver.execute("PRAGMA foreign_keys=OFF")
        try:
            yield connection
        finally:
            driver.execute("PRAGMA foreign_keys=ON")


@contextmanager
def transaction(engine: Engine) -> Iterator[Session]:
    """Gives a session whose rows are all written at the end, or none of them.

    Raises:
        StagecheckError: the database went away or refused; the sentence names it.
        UnfitValueError: a value is none that a row can hold.
    """
    with (
        database_errors(engine.url),
        Session(engine, expire_on_commit=False) as session,
        session.begin(),
    ):
        yield session


@contextmanager
def reading(engine: Engine) -> Iterator[Session]:
    """Gives a session that only reads, so that it waits for no writer.

    Raises:
        StagecheckError: the database went away or refused; the sentence names it.
    """
    reader = engine.execution_options(**{_ONLY_READS: True})
    with database_errors(engine.url), Session(reader, expire_on_commit=False) as session:
        yield session


@contextmanager
def database_errors(url: URL) -> Iterator[None]:
    """Turns the database driver's errors into sentences that name the database."""
    place = url.render_as_string(hide_password=True)
    try:
        yield
    except DataError as error:
        raise UnfitValueError(f"{place}: takes no such value ({error.orig}).") from error
    except OverflowError as error:
        if "SQLite" not in str(error):
            raise
        raise UnfitValueError(f"{place}: takes no such number ({error}).") from error
    except DBAPIError as error:
        reason = " ".join(str(error.orig).split())
        if any(sign in reason for sign in _FULL):
            raise OutputError(
                f"{place}: the disk is full or cannot be written ({reason}). "
                "Free some space, or name another folder with --state, and run again; "
                "what was transcribed so far is kept."
            ) from error
        raise StagecheckError(
            f"{place}: the database cannot be used ({reason}). "
            "Check that it exists, that you may write to it and that --db is right."
        ) from error
    except SQLAlchemyError as error:
        raise StagecheckError(f"{place}: the database cannot be used ({error}).") from error


def connected(url: str) -> Engine:
    """Gives a way to the database at `url`, whose tables are left as they are.

    Raises:
        StagecheckError: the URL is wrong.
    """
    shown = _PASSWORD.sub(r"\1***\2", url)
    try:
        parsed = make_url(url)
        if parsed.drivername in ("postgres", "postgresql"):
            parsed = parsed.set(drivername="postgresql+psycopg")
        engine = create_engine(parsed, pool_pre_ping=True, hide_parameters=True)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise _unknown_database(shown) from error
    if parsed.get_backend_name() not in ("sqlite", "postgresql"):
        raise _unknown_database(shown)
    if parsed.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_at_once)
    return engine


def _unknown_database(url: str) -> StagecheckError:
    return StagecheckError(
        f"--db {url}: not a database that stagecheck knows. Use sqlite:///FILE or "
        "postgresql+psycopg://USER:PASSWORD@HOST/DATABASE."
    )


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    # The driver must not begin transactions by itself, or it leaves out CREATE TABLE.
    connection.isolation_level = None
    for pragma in (
        f"busy_timeout={_BUSY_TIMEOUT_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_at_once(connection: Connection) -> None:
    # A reader that turns writer in the middle fails at once instead of waiting for its turn.
    only_reads = connection.get_execution_options().get(_ONLY_READS, False)
    connection.exec_driver_sql("BEGIN" if only_reads else "BEGIN IMMEDIATE")
