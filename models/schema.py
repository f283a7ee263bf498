"""In which form a database's tables are, and which form this version knows."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from models.session import database_errors

_FOLDER = Path(__file__).parent / "migrations"


@cache
def known_form() -> str:
    """The newest form of the tables that this version knows."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def form_of(database: Engine) -> str | None:
    """The form of a database's tables; ``None`` where it has none yet.

    Raises:
        StagecheckError: the database cannot be used.
    """
    from alembic.migration import MigrationContext

    with database_errors(database.url), database.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()
