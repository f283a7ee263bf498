"""The audit: who did what, and when. Entries are only ever added."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models.store.mapping import columns_of, word_of
from models.tables import AuditRow
from models.vocabulary.access import AuditEntry


def add_to_audit(session: Session, entry: AuditEntry) -> None:
    """Writes down what somebody did, with the same commit as the deed."""
    session.add(AuditRow(**columns_of(entry)))


def read_audit(  # noqa: PLR0913 - filters
    session: Session,
    *,
    before: int | None = None,
    events: Sequence[str] = (),
    account: int | None = None,
    subject: str | None = None,
    who: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    most: int = 100,
) -> list[tuple[int, AuditEntry]]:
    """The newest entries with their numbers; `before` is the number to go on from.

    `until` is the first moment that is not wanted any more.
    """
    chosen = select(AuditRow).order_by(AuditRow.id.desc()).limit(most)
    if before is not None:
        chosen = chosen.where(AuditRow.id < before)
    if events:
        chosen = chosen.where(AuditRow.event.in_(events))
    if account is not None:
        chosen = chosen.where(AuditRow.account == account)
    if subject:
        chosen = chosen.where(AuditRow.subject == subject)
    if who:
        chosen = chosen.where(AuditRow.who == who)
    if since is not None:
        chosen = chosen.where(AuditRow.at >= since)
    if until is not None:
        chosen = chosen.where(AuditRow.at < until)
    return [(row.id, word_of(AuditEntry, vars(row), UTC)) for row in session.scalars(chosen)]


def audited_events(session: Session) -> list[str]:
    """Every kind of event that was ever written down, by name.

    It steps from one to the next along the index; a long audit is not read through.
    """
    first = select(func.min(AuditRow.event).label("event")).cte("events", recursive=True)
    following = (
        select(func.min(AuditRow.event)).where(AuditRow.event > first.c.event).scalar_subquery()
    )
    steps = first.union_all(select(following).where(first.c.event.is_not(None)))
    found = session.scalars(select(steps.c.event).where(steps.c.event.is_not(None)))
    return list(found)
