"""Makes what was deleted unreadable in the database's own files."""

from __future__ import annotations

from sqlalchemy import Engine

from models.session import database_errors
from models.vocabulary.errors import StagecheckError


def scrub(engine: Engine, *, whole: bool) -> None:
    """Rewrites the database so that its files hold nothing of what was deleted.

    SQLite is written anew and its journal emptied. PostgreSQL frees the rows for reuse; with
    `whole` its tables are written anew as well, which locks each for a moment and needs as much
    room again. Copies of it (backups, archived journals) are not reached.

    Raises:
        StagecheckError: somebody reads the database all the time, or it cannot be written.
    """
    with database_errors(engine.url):
        if engine.dialect.name == "postgresql":
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("VACUUM (FULL)" if whole else "VACUUM")
            return
    engine.dispose()  # a reader of ours would keep the old journal alive
    raw = engine.raw_connection()
    try:
        with database_errors(engine.url):
            cursor = raw.cursor()
            cursor.execute("PRAGMA secure_delete=ON")
            cursor.execute("VACUUM")
            busy = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    finally:
        raw.close()
        engine.dispose()
    if busy:
        place = engine.url.render_as_string(hide_password=True)
        raise StagecheckError(
            f"{place}: somebody is reading the database, so that its journal still holds what was "
            "removed. Run the same command again when they have ended."
        )
