"""Keeps two runs from working on one database at once."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError

from models.session import database_errors
from models.vocabulary.errors import OutputError, StagecheckError

# Any number serves, as long as all versions of stagecheck use the same.
_POSTGRES_LOCK = 0x57A6EC8EC


class TakenError(StagecheckError):
    """Another process works on the database."""


@contextmanager
def alone(engine: Engine) -> Iterator[None]:
    """Holds the database for this process; the operating system lets go if it is killed.

    Raises:
        TakenError: another run holds it.
    """
    if engine.dialect.name == "postgresql":
        with _alone_on_postgres(engine):
            yield
    elif engine.url.database:
        with _alone_on_file(Path(engine.url.database)):
            yield
    else:
        yield


@contextmanager
def _alone_on_file(database: Path) -> Iterator[None]:
    lock = database.with_name(f"{database.name}.lock")
    try:
        file = lock.open("a")
    except OSError as error:
        raise OutputError(
            f"{lock}: cannot be written ({error.strerror}). Name another folder with --state."
        ) from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _taken(str(database)) from error
        yield


@contextmanager
def _alone_on_postgres(engine: Engine) -> Iterator[None]:
    with database_errors(engine.url), engine.connect() as connection:
        free = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _POSTGRES_LOCK})
        connection.commit()
        if not free:
            raise _taken(engine.url.render_as_string(hide_password=True))
        try:
            yield
        finally:
            # A connection that broke meanwhile has let go already.
            with suppress(SQLAlchemyError):
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _POSTGRES_LOCK})
                connection.commit()


def _taken(place: str) -> TakenError:
    return TakenError(
        f"{place}: another run of stagecheck is working here. Wait until it has ended, "
        "or give this one a state folder of its own with --state."
    )
