"""Looks now and then what is missing between the ledger and the verdicts, and tells it once."""

from __future__ import annotations

from sqlalchemy import Engine

from core.clock import now
from core.settings import Settings
from flow.ledger import account_of
from models.session import transaction
from models.store.calls import rows_of_calls
from models.store.coverage_gaps import gap_digest, keep_gaps
from models.store.events import add_events
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.event import EventType, News
from models.vocabulary.reconciliation import Gap


def note_gaps(database: Engine, settings: Settings) -> int:
    """Tells the gaps that opened since the last look; gives how many.

    Those that every site has are left out, and those that may be filled within hours.

    Raises:
        StagecheckError: the database cannot be used.
    """
    at = now()
    try:
        gaps = account_of(database, settings, at).gaps
    except InvalidInputError:
        return 0  # no time zone is known yet: nothing was judged here
    ripe = [
        one for one in gaps if not one.normal and one.age_s >= settings.webhooks.gap_hours * 3600
    ]
    with transaction(database) as session:
        new = keep_gaps(session, ripe, at)
        calls = rows_of_calls(session, [one.call_id for one in new if one.call_id])
        add_events(
            session,
            [_news(one, calls.get(one.call_id) if one.call_id else None) for one in new],
            at,
        )
    return len(new)


def _news(gap: Gap, call: int | None) -> News:
    return News(
        EventType.COVERAGE_GAP,
        f"gap:{gap_digest(gap)}",
        {
            "kind": gap.kind.value,
            "account": gap.account,
            "day": gap.day.isoformat(),
            "since": gap.since.isoformat(),
            "call": call,
            "detail": gap.detail,
        },
    )
