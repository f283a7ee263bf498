"""Where things are: the database that a process is told to use, and what files hold of secrets."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from core.service_settings import ServiceSettings
from models.session import connected, open_database, sqlite_url
from models.vocabulary.errors import InvalidInputError, OutputError

DATABASE = "stagecheck.db"
PLAYED = "played"  # the folder, in the state folder, of sounds that were made to be played


def make_state_folder(state: Path) -> None:
    """Makes the folder that keeps what was transcribed between runs.

    Raises:
        OutputError: it cannot be made there.
    """
    try:
        state.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"{state}: the state folder cannot be made ({error.strerror or error}). "
            "Name another with --state."
        ) from error


def open_state(state: Path) -> Engine:
    """Opens the database of a state folder, which is made where it is not there.

    Raises:
        StagecheckError: it cannot be made or used.
    """
    make_state_folder(state)
    return open_database(sqlite_url(state / DATABASE))


def open_known(db: str | None, state: Path) -> Engine:
    """Opens the database that runs wrote to.

    Raises:
        StagecheckError: there is none yet, or it cannot be used.
    """
    if db is not None:
        return open_database(db)
    if not (state / DATABASE).exists():
        raise InvalidInputError(
            str(state), "holds no database of stagecheck", "Name the state folder with --state."
        )
    return open_state(state)


def database_url(db: str | None, state: Path, service: ServiceSettings) -> str:
    """The database that is named by `--db`, by the settings, or lies in the state folder.

    Raises:
        InvalidInputError: the file that should hold its address cannot be read.
    """
    url = db or secret_in(service.database_file, "service.database_file")
    return url or sqlite_url(state / DATABASE)


def database_left_alone(db: str | None, state: Path, service: ServiceSettings) -> Engine | None:
    """A way to that database with its tables as they are; ``None`` where there is no file of it.

    Raises:
        StagecheckError: its address is wrong or cannot be read.
    """
    database = connected(database_url(db, state, service))
    file = database.url.database
    is_missing = database.dialect.name == "sqlite" and not (file and Path(file).exists())
    return None if is_missing else database


def opened_database(db: str | None, state: Path, service: ServiceSettings) -> Engine:
    """Opens that database.

    Raises:
        StagecheckError: it cannot be used.
    """
    url = database_url(db, state, service)
    return open_state(state) if url == sqlite_url(state / DATABASE) else open_database(url)


@contextmanager
def using_database(db: str | None, state: Path, service: ServiceSettings) -> Iterator[Engine]:
    """That database for the time of a command.

    Raises:
        StagecheckError: it cannot be used.
    """
    database = opened_database(db, state, service)
    try:
        yield database
    finally:
        database.dispose()


def broker_address(service: ServiceSettings) -> str | None:
    """The broker that workers are told of work by; ``None`` where they look by themselves.

    Raises:
        InvalidInputError: the file that should hold it cannot be read.
    """
    if service.broker is not None:
        return service.broker.get_secret_value()
    return secret_in(service.broker_file, "service.broker_file")


def secret_in(path: Path | None, setting: str) -> str | None:
    """What a file holds that a setting names; ``None`` where it names none.

    Raises:
        InvalidInputError: it cannot be read.
    """
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        raise InvalidInputError(
            str(path), f"cannot be read ({error})", f"Set {setting} to the file that holds it."
        ) from error
