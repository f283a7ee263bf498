"""The PBX's ledger: takes call records in from files and programs, and gives the account of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from classify.verification.worktime import WorkCalendar
from core.settings import Settings
from core.sources import source_settings
from ingest.calls import our_sides
from ingest.cdr import parse_cdr
from ingest.reconcile import Terms, reconcile
from ingest.sources import Sources, sources_of
from ingest.tables import read_bytes
from models.session import reading, transaction
from models.store.ledger import load_cdr, load_recorded, save_cdr
from models.store.snapshots import load_house
from models.vocabulary.call import CdrRow
from models.vocabulary.deal import User
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.reconciliation import Reconciliation, Selection


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import came to: rows, and the lines that are none as (line, sentence)."""

    new: int
    repeated: int
    replaced: int
    bad: tuple[tuple[int, str], ...]


def import_cdr(
    database: Engine, settings: Settings, data: bytes, name: str, *, account: str = ""
) -> Imported:
    """Takes the call records in `data` into the ledger; taken again they change nothing.

    Args:
        database: where the ledger is kept.
        settings: say how each telephone system writes times and numbers.
        data: a table as a telephone system exports it.
        name: what errors call it.
        account: the telephone system that it is of; empty where only one is set up.

    Raises:
        InvalidInputError: it is no call record, no such system is set up, or no time zone is known.
        StagecheckError: the database cannot be used.
    """
    systems, _ = _systems(database, settings)
    if account not in systems.by_account:
        known = ", ".join(sorted(filter(None, systems.by_account))) or "none"
        raise InvalidInputError(
            account,
            f"is no telephone system with settings of its own (known: {known})",
            f"Add [sources.{account}] to the settings, or leave out --source.",
        )
    source = systems.by_account[account]
    cdr = parse_cdr(
        data, name, source.cdr_zone, zone_is_set=source.cdr_zone_is_set, account=account
    )
    with transaction(database) as session:
        added = save_cdr(session, cdr.rows)
    return Imported(added.new, added.repeated, added.replaced, cdr.problems)


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
    systems, users = _systems(database, settings)
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


def _systems(database: Engine, settings: Settings) -> tuple[Sources, tuple[User, ...]]:
    """The telephone systems and the people, as far as settings and the last snapshot tell."""
    with reading(database) as session:
        house = load_house(session)
    timezone, users = house if house is not None else (settings.pbx.timezone, ())
    if timezone is None:
        raise InvalidInputError(
            "setting pbx.timezone",
            "is not set and no CRM was read yet that would tell the time zone",
            "Set it (STAGECHECK_PBX__TIMEZONE=Europe/Moscow) and try again.",
        )
    return sources_of(settings.pbx, source_settings(settings), timezone), users
