"""A visit of the doctor: everything looked at in turn; what cannot be looked at is a finding."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from core.settings import Settings
from flow.doctor.editions import check_editions
from flow.doctor.files import check_boxes, check_drafts, check_recordings, old_drafts
from flow.doctor.finding import Finding, Severity
from flow.doctor.mending import mended
from flow.doctor.place import check_disks, check_secrets, check_settings
from flow.doctor.rows import check_database, check_form, check_rows
from ingest.sftp.plan import inbox_of
from models.places import database_left_alone, database_url
from models.sealed import read_keys
from models.session import reading
from models.store.measures import sources
from models.vocabulary.errors import StagecheckError

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Patient:
    """What is looked at; `db` is the database of the command line, if one was named.

    `at` is the present moment (seconds since 1970) that ages of files are counted from.
    """

    db: str | None
    state: Path
    settings: Settings
    at: float

    @property
    def inbox(self) -> Path:
        """The folder of the drop-box's boxes."""
        return inbox_of(self.state, self.settings.sftp)


def visit(patient: Patient, *, deep: bool, repair: bool, say: Say) -> list[Finding]:
    """Looks at everything and gives what is not as it should be; `repair`: mends first.

    Args:
        patient: what is looked at.
        deep: read every recording as well.
        repair: do what is safe.
        say: shows a line about what was done.
    """
    state, settings, at = patient.state, patient.settings, patient.at
    findings = [*check_settings(state, settings), *check_secrets(state, settings)]
    recordings: list[Path] = []
    try:
        database = _database(patient)
        try:
            form = check_form(database)
            if form is not None:
                findings.append(form)
            else:
                if repair:
                    for line in mended(database, settings, state, patient.inbox, at):
                        say(f"repaired: {line}")
                findings += check_database(database)
                findings += check_rows(database, settings)
                findings += check_editions(database)
                findings += check_recordings(
                    database, read_keys(settings.sealing), deep=deep, at=at
                )
                with reading(database) as session:
                    recordings = [Path(source) for source in sources(session)]
        finally:
            database.dispose()
    except StagecheckError as error:
        findings.append(Finding(Severity.ERROR, str(error), "Then ask the doctor again."))
    findings += check_boxes(patient.inbox, at)
    findings += check_drafts(old_drafts(state, patient.inbox, recordings, at))
    findings += check_disks([state, patient.inbox, *recordings], settings)
    return findings


def _database(patient: Patient) -> Engine:
    """The database, as it is: nothing is made or changed.

    Raises:
        StagecheckError: there is none.
    """
    service = patient.settings.service
    database = database_left_alone(patient.db, patient.state, service)
    if database is None:
        url = database_url(patient.db, patient.state, service)
        raise StagecheckError(
            f"{url.removeprefix('sqlite:///')}: there is no database yet. "
            "Start the service, or name its folder with --state."
        )
    return database


def is_well(findings: list[Finding]) -> bool:
    """Whether there is nothing that somebody should do."""
    return all(one.severity is Severity.NOTE for one in findings)
