"""The migrations build exactly the tables that the code declares, on both databases."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

from models.session import migrate
from models.tables import Row


def test_migrations_and_declared_tables_agree(database: Engine) -> None:
    with database.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Row.metadata) == []


def test_a_table_left_out_would_be_noticed(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text("DROP TABLE flags"))
    with database.connect() as connection:
        context = MigrationContext.configure(connection)
        [difference, *_] = compare_metadata(context, Row.metadata)
        assert difference[0] in ("add_table", "add_index")


def test_migrating_twice_changes_nothing(database: Engine) -> None:
    before = sorted(inspect(database).get_table_names())
    migrate(database)
    assert sorted(inspect(database).get_table_names()) == before
    assert set(before) == {*Row.metadata.tables, "alembic_version"}
