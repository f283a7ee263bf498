"""A database that cannot be used is told in one sentence that names it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from models.session import open_database, reading, sqlite_url, transaction
from models.vocabulary.errors import OutputError, StagecheckError


def test_sqlite_keeps_foreign_keys_and_writes_ahead(tmp_path: Path) -> None:
    engine = open_database(sqlite_url(tmp_path / "stagecheck.db"))
    with engine.connect() as connection:
        assert connection.scalar(text("PRAGMA foreign_keys")) == 1
        assert connection.scalar(text("PRAGMA journal_mode")) == "wal"
        assert connection.scalar(text("PRAGMA busy_timeout")) == 10_000
    engine.dispose()


def test_a_reader_waits_for_no_writer(database: Engine) -> None:
    with transaction(database) as writer:
        writer.execute(text("INSERT INTO crms VALUES (1, 's', '2026-11-09', 'UTC', 'file')"))
        with reading(database) as reader:
            assert reader.scalar(text("SELECT count(*) FROM crms")) == 0


def insert(engine: Engine, source: str) -> None:
    with transaction(engine) as session:
        session.execute(
            text("INSERT INTO crms VALUES (1, :source, '2026-11-09', 'UTC', 'file')"),
            {"source": source},
        )
        for crm, id_, name in ((1, "u1", "Ирина"), (2, "u2", "Олег")):
            session.execute(
                text(
                    "INSERT INTO users (crm, position, id, name, extensions, phones)"
                    " VALUES (:crm, 0, :id, :name, '[]', '[]')"
                ),
                {"crm": crm, "id": id_, "name": name},
            )


def test_a_transaction_that_fails_leaves_nothing(database: Engine) -> None:
    with pytest.raises(StagecheckError, match="cannot be used"):
        insert(database, "a CRM; its second user names a CRM that is not there")
    with reading(database) as session:
        assert session.scalar(text("SELECT count(*) FROM crms")) == 0


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("nonsense", "not a database that stagecheck knows"),
        ("oracle+unheard://me:secret@host/db", "not a database that stagecheck knows"),
        ("mysql+pymysql://me:secret@host/db", "Use sqlite:///FILE or postgresql"),
        ("sqlite:////no/such/folder/stagecheck.db", "cannot be used"),
        ("postgresql+psycopg://nobody:secret@127.0.0.1:1/none", "cannot be used"),
        ("postgres://nobody:secret@127.0.0.1:1/none", "cannot be used"),
    ],
)
def test_a_wrong_url_is_told_without_the_password(url: str, sentence: str) -> None:
    with pytest.raises(StagecheckError, match=sentence) as caught:
        open_database(url)
    assert "secret" not in str(caught.value)


def test_a_file_that_is_no_database_is_named(tmp_path: Path) -> None:
    file = tmp_path / "stagecheck.db"
    file.write_text("это не база данных" * 100, encoding="utf-8")
    with pytest.raises(StagecheckError, match=r"stagecheck\.db.*not a database"):
        open_database(sqlite_url(file))


def test_a_full_disk_is_told_with_the_remedy(tmp_path: Path) -> None:
    engine = open_database(sqlite_url(tmp_path / "stagecheck.db"))
    with engine.connect() as connection:
        # A file that may not grow is a full disk to SQLite; the pool gives this connection again.
        pages = connection.scalar(text("PRAGMA page_count"))
        connection.execute(text(f"PRAGMA max_page_count={pages}"))
    with pytest.raises(OutputError, match="Free some space"):
        insert(engine, "x" * 1_000_000)
    engine.dispose()


def test_a_database_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "stagecheck.db"
    open_database(sqlite_url(file)).dispose()
    with sqlite3.connect(file) as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    with pytest.raises(StagecheckError, match=r"stagecheck\.db.*newer"):
        open_database(sqlite_url(file))
