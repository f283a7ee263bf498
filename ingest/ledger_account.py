"""The account of the ledger: what the database knows of calls, recordings and their verdicts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine

from core.settings import Settings
from ingest.calls import our_sides
from ingest.ledger_intake import known_systems
from ingest.reconcile import Terms, reconcile
from models.session import reading
from models.store.ledger import ALWAYS, Period, load_cdr, load_recorded
from models.vocabulary.reconciliation import Reconciliation, Selection
from models.vocabulary.silence import Calendar


def account_of_ledger(  # noqa: PLR0913 - which part, by which calendar, as of when
    database: Engine,
    settings: Settings,
    as_of: datetime,
    *,
    calendar: Callable[[ZoneInfo], Calendar],
    selection: Selection | None = None,
    period: Period = ALWAYS,
) -> Reconciliation:
    """Holds the ledger against the recordings and transcripts that the database knows.

    Args:
        database: where all of it is kept.
        settings: say how each telephone system writes times and numbers.
        as_of: the present moment; ages count to it.
        calendar: gives the working time in a zone.
        selection: the part that is wanted.
        period: what is read at all; silence and days without a ledger are told from it.

    Raises:
        InvalidInputError: no time zone is known yet.
        StagecheckError: the database cannot be used.
    """
    systems, users = known_systems(database, settings)
    zone = systems.common.zone
    with reading(database) as session:
        rows = load_cdr(session, zone, period)
        recordings = load_recorded(session, zone, period)
    terms = Terms(
        ours=our_sides((), rows, systems, users),
        zones={name: one.zone for name, one in systems.by_account.items()},
        calendar=calendar(zone),
        quiet=timedelta(hours=settings.verification.silence_working_hours),
    )
    return reconcile(rows, recordings, terms, as_of.astimezone(zone), selection)
