"""Databases with all tables in them: migrated once in a process, copied from then on."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from models.places import DATABASE
from models.session import open_database, sqlite_url


def new_sqlite(file: Path) -> str:
    """Makes a SQLite database with all tables and no rows; gives its URL."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_migrated())
    return sqlite_url(file)


def new_state(state: Path) -> Path:
    """Makes a state folder with such a database, unless one is there; gives the folder."""
    if not (state / DATABASE).exists():
        new_sqlite(state / DATABASE)
    return state


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder) / DATABASE
        open_database(sqlite_url(file)).dispose()
        return file.read_bytes()
