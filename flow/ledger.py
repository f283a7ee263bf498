"""The PBX's ledger: takes call records in from files and programs, and gives the account of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from classify.verification.worktime import work_calendar
from core.settings import Settings
from ingest.ledger_account import account_of_ledger
from ingest.ledger_intake import Imported, import_cdr
from ingest.tables import read_bytes
from models.session import reading
from models.store.ledger import load_cdr
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
    return account_of_ledger(
        database,
        settings,
        as_of,
        calendar=lambda zone: work_calendar(settings.verification, zone),
        selection=selection,
    )
