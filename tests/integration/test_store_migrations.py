"""The migrations build exactly the tables that the code declares, on both databases."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import Engine, inspect, text

import models.session
from models.session import migrate, open_database
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


def test_what_was_heard_outlives_every_step(empty_url: str) -> None:
    engine = models.session.connected(empty_url)
    config = Config()
    folder = Path(models.session.__file__).parent / "migrations"
    config.set_main_option("script_location", str(folder))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        for line in (
            (
                "INSERT INTO recordings (sha256, files, state, arrived_at, notes)"
                " VALUES ('ab', '[]', 'transcribed', '2026-11-09 10:00:00+00:00', '[]')"
            ),
            (
                "INSERT INTO calls (id, source, call_id, recording, sha256, started_at, metadata_from,"
                " started_at_exact) VALUES (1, '/a', 'c', 'c.wav', 'ab', '2026-11-09 10:00:00+00:00',"
                " 'file', true)"
            ),
            (
                "INSERT INTO transcripts (id, sha256, transcriber, asked_language, agent_channel, model,"
                " language, duration_s, speech_s, channels, segments, created_at) VALUES (1, 'ab', 't',"
                " 'ru', 0, 'm', 'ru', 9, 8, 1, '[]', '2026-11-09 10:00:00+00:00')"
            ),
            (
                "INSERT INTO actions (call, position, type, status, speaker, quote, confidence, slots,"
                " cues) VALUES (1, 0, 'meeting_booked', 'done', 'agent', 'q', 0.9, '{}', '[]')"
            ),
            (
                "INSERT INTO deal_matches (call, score, method, reasons, alternatives)"
                " VALUES (1, 1, 'phone', '[]', '[]')"
            ),
            (
                "INSERT INTO second_listenings (id, transcript_id, listener, first, last, digest,"
                " heard_s, segments, created_at)"
                " VALUES (1, 1, 'l', 0, 0, 'd', 1, '[]', '2026-11-09 10:00:00+00:00')"
            ),
        ):
            connection.exec_driver_sql(line)
    engine.dispose()
    engine = open_database(empty_url)
    with engine.connect() as connection:
        for table in ("recordings", "calls", "transcripts", "actions", "deal_matches"):
            assert connection.scalar(text(f"SELECT count(*) FROM {table}")) == 1, table  # noqa: S608
        assert connection.scalar(text("SELECT count(*) FROM second_listenings")) == 1
    engine.dispose()
