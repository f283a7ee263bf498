"""What is to be sent to whom: each once, claimed by one UPDATE, tried again where it failed."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from core.pauses import doubled_s
from models.store.statements import changed_rows
from models.tables import MailingRow

DUE, TAKEN, HANDED, SENT, FAILED = "due", "taken", "handed", "sent", "failed"
EMPTY = "empty"
_FIRST_PAUSE_S = 60


@dataclass(frozen=True, slots=True)
class Mailing:
    """One sending that is claimed: `token` is the claim's."""

    id: int
    recipient: str
    channel: str
    kind: str
    slot: str
    tries: int
    token: str


def put_mailing(  # noqa: PLR0913 - what a sending is
    session: Session, *, recipient: str, channel: str, kind: str, slot: str, now: datetime
) -> bool:
    """Writes down that something is to be sent; false where it was already."""
    row = MailingRow(recipient=recipient, channel=channel, kind=kind, slot=slot)
    row.state, row.made_at, row.due_at, row.tries = DUE, now, now, 0
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return False
    return True


def due_mailings(session: Session, now: datetime) -> list[int]:
    """What is to be sent now, the oldest first."""
    chosen = select(MailingRow.id).where(MailingRow.state == DUE, MailingRow.due_at <= now)
    return list(session.scalars(chosen.order_by(MailingRow.due_at, MailingRow.id)))


def claim_mailing(session: Session, mailing: int, now: datetime) -> Mailing | None:
    """Takes one for oneself; ``None``: another was faster."""
    token = secrets.token_hex(8)
    taken = update(MailingRow).where(MailingRow.id == mailing, MailingRow.state == DUE)
    if not changed_rows(session, taken.values(state=TAKEN, token=token, taken_at=now)):
        return None
    row = session.get_one(MailingRow, mailing, populate_existing=True)
    return Mailing(row.id, row.recipient, row.channel, row.kind, row.slot, row.tries, token)


def hand_over(session: Session, mailing: Mailing, now: datetime) -> bool:
    """Notes that it is given to the other side now; false where the claim was lost."""
    return _change(session, mailing, TAKEN, state=HANDED, taken_at=now)


def mark_sent(session: Session, mailing: Mailing, now: datetime) -> bool:
    """Notes that the other side took it."""
    return _change(session, mailing, HANDED, state=SENT, sent_at=now, error=None)


def mark_empty(session: Session, mailing: Mailing) -> bool:
    """Notes that there is nothing to tell any more: nothing is sent."""
    return _change(session, mailing, TAKEN, state=EMPTY, error=None)


def note_edition(session: Session, mailing: Mailing, edition: int) -> bool:
    """Notes which issued report it is, before it is sent: another try sends the same."""
    return _change(session, mailing, TAKEN, edition=edition)


def edition_of(session: Session, mailing: Mailing) -> int | None:
    """The report that was issued for a sending, or for the same on another channel."""
    return session.scalar(
        select(func.max(MailingRow.edition)).where(
            MailingRow.recipient == mailing.recipient,
            MailingRow.kind == mailing.kind,
            MailingRow.slot == mailing.slot,
        )
    )


def mark_failed(  # noqa: PLR0913 - what went wrong, and what follows
    session: Session,
    mailing: Mailing,
    error: str,
    *,
    for_good: bool,
    most_tries: int,
    now: datetime,
    sure: bool = True,
) -> None:
    """Notes that it was refused; it is tried again later, unless that is of no use.

    Where it is not `sure` that the other side has it not, what was handed over stays so.
    """
    tries = mailing.tries + 1
    state = FAILED if for_good or tries >= most_tries else DUE
    due_at = now + timedelta(seconds=doubled_s(_FIRST_PAUSE_S, tries))
    values = {"state": state, "tries": tries, "due_at": due_at, "error": error, "token": None}
    for of in (TAKEN, HANDED) if sure else (TAKEN,):
        if _change(session, mailing, of, **values):
            return


def free_lost_mailings(session: Session, before: datetime) -> None:
    """Gives back what was claimed by who is silent since, and had not been handed over yet."""
    session.execute(
        update(MailingRow)
        .where(MailingRow.state == TAKEN, MailingRow.taken_at < before)
        .values(state=DUE, token=None)
    )


def sent_since(session: Session, recipient: str, kind: str, since: datetime) -> int:
    """How many of a kind were made for somebody since a moment."""
    chosen = select(func.count()).where(
        MailingRow.recipient == recipient, MailingRow.kind == kind, MailingRow.made_at >= since
    )
    return session.scalar(chosen) or 0


def slots_of(session: Session, recipient: str, kind: str) -> Sequence[str]:
    """The slots of what was made for somebody, of a kind."""
    chosen = select(MailingRow.slot).where(
        MailingRow.recipient == recipient, MailingRow.kind == kind
    )
    return list(session.scalars(chosen))


def unsent(session: Session, since: datetime, silent_before: datetime) -> list[MailingRow]:
    """What failed, waits for another try or may have been sent by who died over it."""
    rows = session.scalars(
        select(MailingRow)
        .where(MailingRow.made_at >= since, MailingRow.state != SENT)
        .order_by(MailingRow.id)
    )
    return [
        row
        for row in rows
        if row.error is not None
        or (row.state == HANDED and row.taken_at is not None and row.taken_at < silent_before)
    ]


def _change(session: Session, mailing: Mailing, of: str, /, **values: Any) -> bool:
    own = update(MailingRow).where(
        MailingRow.id == mailing.id, MailingRow.state == of, MailingRow.token == mailing.token
    )
    return changed_rows(session, own.values(**values)) > 0
