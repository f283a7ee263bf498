"""Findings that a run raised, for tests of what is told of them."""

from __future__ import annotations

from sqlalchemy import Engine

from core.clock import now
from flow.changes import news_of_findings
from models.session import transaction
from models.store.events import add_events
from models.store.findings import FindingsChanged, update_findings
from models.store.runs import start_run
from models.vocabulary.review import Sighting
from models.vocabulary.verdict import Evidence, Flag, FlagKind, FlagSeverity

NUMBER = "+7 916 123-45-67"


def sighting(key: str, user: str | None = "u101", deal: str | None = "d1") -> Sighting:
    """A flag about a deal of somebody's, with words and a number in it."""
    flag = Flag(
        FlagKind.PROMISE_BROKEN,
        FlagSeverity.HIGH,
        f"обещание {key}, клиент {NUMBER}",
        deal,
        "79161234567-call",
        user,
        now(),
        (Evidence("call", "79161234567-call", now(), f"пришлю на {NUMBER} до {key}", 12.5),),
    )
    return Sighting(key, flag, "p", "offer", 1000.0, 0.9, 4.0, f"digest-{key}")


def raise_flags(database: Engine, *sightings: Sighting) -> FindingsChanged:
    """A run that raised just these."""
    with transaction(database) as session:
        run = start_run(session, source="/rec", crm_source="/crm", now=now())
        changed = update_findings(
            session, sightings, source="/rec", crm_source="/crm", run=run, now=now()
        )
        add_events(session, news_of_findings(session, changed), now())
    return changed
