"""Log-ins that go on, and wrong passwords."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.store.accounts import account_of
from models.tables import AccountRow, FailedLoginRow, SessionRow, SpentErrandRow
from models.vocabulary.access import Account

_SEEN_EVERY = timedelta(seconds=30)  # so that not every request writes


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Somebody who is logged in; `csrf` is what their forms have to show.

    `by_provider`: the identity provider said who they are, no password.
    """

    account: Account
    csrf: str
    digest: str
    by_provider: bool


def sign_in(
    session: Session, account: int, address: str, now: datetime, *, by_provider: bool = False
) -> str:
    """Begins a log-in and gives what the browser shows from now on; only its hash is kept."""
    token = secrets.token_urlsafe(32)
    session.add(
        SessionRow(
            digest=token_digest(token),
            account=account,
            csrf=secrets.token_urlsafe(32),
            created_at=now,
            seen_at=now,
            address=address,
            by_provider=by_provider,
        )
    )
    session.flush()
    return token


def signed_in(
    session: Session, token: str, now: datetime, *, idle: timedelta, longest: timedelta
) -> SignedIn | None:
    """Who shows a token; ``None`` where it is nobody's (any more)."""
    found = session.execute(
        select(SessionRow, AccountRow)
        .join(AccountRow, AccountRow.id == SessionRow.account)
        .where(SessionRow.digest == token_digest(token))
    ).first()
    if found is None:
        return None
    row, account = found
    if account.disabled_at is not None:
        return None
    if row.seen_at + idle <= now or row.created_at + longest <= now:
        return None
    return SignedIn(account_of(account), row.csrf, row.digest, row.by_provider)


def needs_note(session: Session, digest: str, now: datetime) -> bool:
    """Whether it was long enough ago that somebody was noted as still there."""
    row = session.get(SessionRow, digest)
    return row is not None and now - row.seen_at >= _SEEN_EVERY


def note_seen(session: Session, digest: str, now: datetime) -> None:
    """Writes down that somebody is still there."""
    session.execute(update(SessionRow).where(SessionRow.digest == digest).values(seen_at=now))


def count_sign_ins(
    session: Session, now: datetime, *, idle: timedelta, longest: timedelta
) -> dict[int, int]:
    """By account, in how many browsers they are logged in."""
    rows = session.execute(
        select(SessionRow.account, func.count())
        .where(~_ended(now, idle, longest))
        .group_by(SessionRow.account)
    )
    return {account: count for account, count in rows}  # noqa: C416 - rows are no tuples to a type checker


def sign_out(session: Session, digest: str) -> None:
    """Ends a log-in."""
    session.execute(delete(SessionRow).where(SessionRow.digest == digest))


def drop_ended(session: Session, now: datetime, *, idle: timedelta, longest: timedelta) -> None:
    """Removes log-ins that have ended, and wrong passwords of more than a day ago."""
    session.execute(delete(SessionRow).where(_ended(now, idle, longest)))
    session.execute(delete(FailedLoginRow).where(FailedLoginRow.at < now - timedelta(days=1)))


def spend_errand(session: Session, state: str, now: datetime, lives: timedelta) -> bool:
    """Lets a log-in come back from the provider once; false where it did before.

    `lives` is how long one is good for: what was spent earlier is forgotten.
    """
    session.execute(delete(SpentErrandRow).where(SpentErrandRow.at < now - lives))
    try:
        with session.begin_nested():
            session.add(SpentErrandRow(digest=token_digest(state), at=now))
            session.flush()
    except IntegrityError:
        return False
    return True


def note_failures(session: Session, subjects: Sequence[str], now: datetime) -> list[int]:
    """Writes down a wrong password for a name and from an address; gives the rows."""
    rows = [FailedLoginRow(subject=subject, at=now) for subject in subjects]
    session.add_all(rows)
    session.flush()
    return [row.id for row in rows]


def take_back_failures(session: Session, rows: Sequence[int]) -> None:
    """What was written down as wrong turned out to be right."""
    session.execute(delete(FailedLoginRow).where(FailedLoginRow.id.in_(rows)))


def failures(session: Session, subject: str, since: datetime) -> int:
    """How many wrong passwords there were since a moment."""
    chosen = select(func.count()).select_from(FailedLoginRow)
    return (
        session.scalar(chosen.where(FailedLoginRow.subject == subject, FailedLoginRow.at > since))
        or 0
    )


def forget_failures(session: Session, subject: str) -> None:
    """The right password came: the wrong ones before it do not count."""
    session.execute(delete(FailedLoginRow).where(FailedLoginRow.subject == subject))


def _ended(now: datetime, idle: timedelta, longest: timedelta) -> ColumnElement[bool]:
    return (SessionRow.seen_at <= now - idle) | (SessionRow.created_at <= now - longest)


def token_digest(token: str) -> str:
    """What of a token is kept."""
    return hashlib.sha256(token.encode("utf-8", "backslashreplace")).hexdigest()
