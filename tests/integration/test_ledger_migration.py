"""A ledger of before keeps its lines, each once, and knows them when they come again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, text

import models.session
from models.session import migrate, reading, transaction
from models.store.ledger import load_cdr, save_cdr
from models.vocabulary.call import CdrRow, Disposition

MORNING = datetime(2026, 8, 12, 7, 15, 30, tzinfo=UTC)
LINE = CdrRow(
    call_id="1786518930.43",
    linked_id=None,
    started_at=MORNING,
    answered_at=MORNING + timedelta(seconds=11),
    ended_at=MORNING + timedelta(seconds=159),
    source_number="79161234567",
    destination_number="101",
    channel="PJSIP/trunk-0000002a",
    destination_channel="PJSIP/101-0000002b",
    duration_s=159.0,
    talk_s=148.0,
    disposition=Disposition.ANSWERED,
)
RUNNING = replace(LINE, ended_at=MORNING + timedelta(seconds=60), duration_s=60.0, talk_s=49.0)
OTHER = replace(LINE, call_id="1786518999.44", started_at=MORNING + timedelta(minutes=9))
_INSERT = text(
    "INSERT INTO cdr_rows (source, digest, call_id, started_at, answered_at, ended_at,"
    " source_number, destination_number, channel, destination_channel, duration_s, talk_s,"
    " disposition, context, application) VALUES (:source, :digest, :call_id, :started_at,"
    " :answered_at, :ended_at, :source_number, :destination_number, :channel,"
    " :destination_channel, :duration_s, :talk_s, :disposition, '', '')"
)


def test_lines_of_before_are_known(empty_url: str) -> None:
    engine = create_engine(empty_url)
    config = Config()
    config.set_main_option(
        "script_location", str(Path(models.session.__file__).parent / "migrations")
    )
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0004")
        for at, (source, row) in enumerate(
            [("/a", RUNNING), ("/a", LINE), ("/b", LINE), ("/b", OTHER)]
        ):
            columns = {name: getattr(row, name) for name in row.__slots__}
            for name in ("started_at", "answered_at", "ended_at"):
                moment = columns[name]
                if engine.dialect.name == "sqlite":
                    columns[name] = moment.strftime("%Y-%m-%d %H:%M:%S.%f")
            connection.execute(
                _INSERT, {**columns, "disposition": "answered", "source": source, "digest": str(at)}
            )
    migrate(engine)
    with reading(engine) as session:
        assert load_cdr(session, UTC) == (LINE, OTHER)
    with transaction(engine) as session:
        added = save_cdr(session, [OTHER, LINE, RUNNING])
    assert (added.new, added.repeated, added.replaced) == (0, 3, 0)
    engine.dispose()
