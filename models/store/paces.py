"""How fast a CRM may be asked by all processes together: one row holds when it is free again.

The generic cell rate algorithm: each request moves `free_at` on by one interval; a request may go
where `free_at` lies at most `burst` intervals ahead.
"""

from __future__ import annotations

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models.store.statements import changed_rows
from models.tables import CrmPaceRow

_LONGEST_S = 3600.0  # whatever a wrong clock wrote


def take_turn(
    session: Session, name: str, *, now_s: float, interval_s: float, burst: int = 1
) -> float:
    """Books the next turn and gives how many seconds from now it is.

    Args:
        session: writes; its transaction is short.
        name: of what is asked.
        now_s: seconds since 1970.
        interval_s: between two requests in the long run.
        burst: requests that may follow each other at once after a rest.
    """
    free_at = _locked(session, name, now_s)
    free_at = min(max(free_at, now_s), now_s + _LONGEST_S)
    session.execute(
        update(CrmPaceRow).where(CrmPaceRow.name == name).values(free_at=free_at + interval_s)
    )
    return max(0.0, free_at - (burst - 1) * interval_s - now_s)


def hold_turns(
    session: Session, name: str, *, now_s: float, seconds: float, ahead_s: float
) -> None:
    """Lets nobody go for some seconds; `ahead_s` is what a burst may go ahead."""
    until = now_s + min(seconds, _LONGEST_S) + ahead_s
    free_at = _locked(session, name, now_s)
    session.execute(
        update(CrmPaceRow).where(CrmPaceRow.name == name).values(free_at=max(free_at, until))
    )


def _locked(session: Session, name: str, now_s: float) -> float:
    """When it is free, with the row held until the transaction ends."""
    # An UPDATE that changes nothing takes the row on every database.
    held = update(CrmPaceRow).where(CrmPaceRow.name == name).values(free_at=CrmPaceRow.free_at)
    if not changed_rows(session, held):
        session.add(CrmPaceRow(name=name, free_at=now_s))
        session.flush()
    return session.scalars(select(CrmPaceRow.free_at).where(CrmPaceRow.name == name)).one()
