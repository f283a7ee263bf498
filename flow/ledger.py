"""The PBX's ledger: takes call records in from files and programs, and gives the account of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from classify.verification.worktime import WorkCalendar
from core.settings import Settings
from ingest.calls import our_sides
from ingest.ledger_intake import Imported, import_cdr, known_systems
from ingest.reconcile import Terms, reconcile
from ingest.tables import read_bytes
from models.session import reading
from models.store.ledger import load_cdr, load_recorded
from models.vocabulary.call import CdrRow
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.reconciliation import Reconciliation, Selection


def import_cdr_file(
    database: Engine, settings: Settings, path: Path, *, account: str = ""
) -> Imported:
    """Takes a file's call records into the ledger; see `import_cdr`.

    Raises:
        InvalidInputError: also where the file cannot be read.
        StagecheckError: the database cannot be used.
    """
    try:
        data = read_bytes(path)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidInputError(
            str(path), f"cannot be read ({reason})", "Give the Master.csv of the PBX."
        ) from error
    return import_cdr(database, settings, data, str(path), account=account)


def known_rows(database: Engine) -> tuple[CdrRow, ...]:
    """Every row that the ledger holds, for `gather_calls(..., known=...)`.

    Raises:
        StagecheckError: the database cannot be used.
    """
    with reading(database) as session:
        return load_cdr(session, ZoneInfo("UTC"))


def account_of(
    database: Engine, settings: Settings, as_of: datetime, selection: Selection | None = None
) -> Reconciliation:
    """Holds the ledger against the recordings and transcripts that the database knows.

    Raises:
        InvalidInputError: no time zone is known yet.
        StagecheckError: the database cannot be used.
    """
    systems, users = known_systems(database, settings)
    zone = systems.common.zone
    with reading(database) as session:
        rows, recordings = load_cdr(session, zone), load_recorded(session, zone)
    verification = settings.verification
    terms = Terms(
        ours=our_sides((), rows, systems, users),
        zones={name: one.zone for name, one in systems.by_account.items()},
        calendar=WorkCalendar(verification.holidays_country, zone, verification.working_hours),
        quiet=timedelta(hours=verification.silence_working_hours),
    )
    return reconcile(rows, recordings, terms, as_of.astimezone(zone), selection)
