"""The small office once it was judged: what `run` leaves in tables and files, on any database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from core.keeping_settings import KeepingSettings
from core.settings import Settings
from flow.keeping import Retention, retain
from flow.run import RunReport, RunRequest, run
from ingest.sftp.plan import inbox_of
from models.places import PLAYED
from models.session import open_database, reading
from tests.fakes.databases import new_sqlite
from tests.fakes.office import SCRIPTS, build_cdr, build_recordings, write_crm
from tests.fakes.transcriber import FakeTranscriber

LATER = datetime(2027, 3, 1, tzinfo=UTC)  # a good hundred days after the calls
DAYS = 90


@dataclass
class KeptOffice:
    """An office whose calls were judged once; `ears` remember what was ever transcribed."""

    folder: Path
    url: str
    ears: FakeTranscriber

    @property
    def request(self) -> RunRequest:
        return RunRequest(
            self.folder / "records",
            self.folder / "crm.json",
            json=self.folder / "out.json",
            html=self.folder / "state" / "report.html",
            state=self.folder / "state",
            db=self.url,
        )

    def run(self) -> RunReport:
        return run(self.request, Settings(), engine_for=lambda _speech: self.ears)

    def open(self) -> Engine:
        return open_database(self.url)

    def retain(self, *, dry_run: bool = False, **days: int) -> Retention:
        engine = self.open()
        try:
            keeping = KeepingSettings.model_validate(days)
            inbox = inbox_of(self.folder / "state", Settings().sftp)
            return retain(
                engine, keeping, inbox, self.folder / "state" / PLAYED, at=LATER, dry_run=dry_run
            )
        finally:
            engine.dispose()

    def rows(self, table: Any, **wanted: object) -> list[Any]:
        engine = self.open()
        try:
            with reading(engine) as session:
                rows = select(table).filter_by(**wanted)
                return list(session.scalars(rows.order_by(*table.__table__.primary_key)))
        finally:
            engine.dispose()

    def sounds(self) -> list[str]:
        return sorted(path.name for path in (self.folder / "records").rglob("*.wav"))


def judged_office(folder: Path, url: str | None = None, **crm: Any) -> KeptOffice:
    """Builds the office and judges it once; on SQLite in the state folder unless `url` is given.

    `crm` replaces tables of the CRM.
    """
    (folder / "state").mkdir(parents=True)
    build_recordings(folder / "records")
    build_cdr(folder / "records" / "Master.csv")
    write_crm(folder / "crm.json", **crm)
    database = url or new_sqlite(folder / "state" / "stagecheck.db")
    office = KeptOffice(folder, database, FakeTranscriber(SCRIPTS))
    office.run()
    office.ears.heard.clear()
    return office
