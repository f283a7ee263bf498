"""The small office judged, with people who listen to its calls."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, select

from models.session import reading, transaction
from models.tables import CallRow, Row, TranscriptRow
from models.vocabulary.access import Role
from tests.fakes.kept_office import KeptOffice, judged_office
from tests.fakes.office import ANDREYS, BORISS, STRANGERS
from tests.fakes.pages_office import add_person


@dataclass
class CalledOffice:
    """Andrey's and the stranger's calls are Irina's (u101), Boris' is another's (u102)."""

    office: KeptOffice
    database: Engine
    andreys: int
    boriss: int
    strangers: int

    @property
    def state(self) -> Path:
        return self.office.folder / "state"

    def change(self, table: type[Row], id_: Any, **values: Any) -> None:
        with transaction(self.database) as session:
            row = session.get_one(table, id_)
            for name, value in values.items():
                setattr(row, name, value)

    def row(self, table: type[Row], id_: Any) -> Any:
        with reading(self.database) as session:
            return session.get_one(table, id_)

    def transcript(self, call: int) -> TranscriptRow:
        with reading(self.database) as session:
            return session.get_one(TranscriptRow, session.get_one(CallRow, call).transcript_id)


def called_office(folder: Path, url: str | None = None, **crm: Any) -> CalledOffice:
    """Builds it: supervisor anna (u101), head olga, managers irina (u101) and pavel (u102)."""
    office = judged_office(folder, url, **crm)
    database = office.open()
    with reading(database) as session:
        ids = {row.call_id: row.id for row in session.scalars(select(CallRow))}
    calls = [ids[f"call-{one}"] for one in (ANDREYS, BORISS, STRANGERS)]
    called = CalledOffice(office, database, *calls)
    called.change(CallRow, called.boriss, user_id="u102")
    add_person(database, "anna", Role.SUPERVISOR, team=["u101"])
    add_person(database, "olga", Role.HEAD)
    add_person(database, "irina", Role.MANAGER, crm_user="u101")
    add_person(database, "pavel", Role.MANAGER, crm_user="u102")
    add_person(database, "root", Role.ADMIN)
    add_person(database, "rita", Role.AUDITOR)
    return called
