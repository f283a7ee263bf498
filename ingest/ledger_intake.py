"""Call records that come as bytes, from a file or over the network, go into the ledger."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine

from core.settings import Settings
from core.sources import source_settings
from ingest.cdr import parse_cdr
from ingest.sources import Sources, sources_of
from models.session import reading, transaction
from models.store.ledger import save_cdr
from models.store.snapshots import load_house
from models.vocabulary.deal import User
from models.vocabulary.errors import InvalidInputError


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
    systems, _ = known_systems(database, settings)
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


def known_systems(database: Engine, settings: Settings) -> tuple[Sources, tuple[User, ...]]:
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
