"""Accounts of the pages: who may log in, and as what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from models.tables import AccountRow, SessionRow
from models.vocabulary.access import Account, Identity, Role
from models.vocabulary.errors import InvalidInputError


def account_of(row: AccountRow) -> Account:
    """The word of a row."""
    return Account(
        id=row.id,
        login=row.login,
        name=row.name,
        roles=frozenset(map(Role, row.roles)),
        language=row.language,
        crm_user=row.crm_user,
        team=frozenset(row.team),
        disabled=row.disabled_at is not None,
        must_change=row.must_change,
        has_password=row.password is not None,
        identity=Identity.of_key(row.subject) if row.subject is not None else None,
    )


def load_accounts(session: Session) -> list[Account]:
    """All accounts by log-in."""
    return [
        account_of(row) for row in session.scalars(select(AccountRow).order_by(AccountRow.login))
    ]


def find_account(session: Session, login: str) -> AccountRow | None:
    """The row of a log-in, however it is capitalised."""
    return session.scalar(select(AccountRow).where(AccountRow.login == login.strip().casefold()))


def account_at_provider(session: Session, identity: Identity) -> AccountRow | None:
    """The row of the account that is linked to an identity."""
    return session.scalar(select(AccountRow).where(AccountRow.subject == identity.key))


def add_account(  # noqa: PLR0913 - one argument per column
    session: Session,
    *,
    login: str,
    name: str,
    password: str | None,
    roles: Iterable[Role],
    language: str,
    now: datetime,
    crm_user: str | None = None,
    team: Iterable[str] = (),
) -> Account:
    """Adds an account; `password` is its hash.

    Raises:
        InvalidInputError: there is one of this name.
    """
    row = AccountRow(
        login=login.strip().casefold(),
        name=name,
        password=password,
        roles=sorted(role.value for role in set(roles)),
        crm_user=crm_user,
        team=sorted(set(team)),
        language=language,
        created_at=now,
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as error:
        raise InvalidInputError(
            login, "there is an account of this name already", "Choose another name."
        ) from error
    return account_of(row)


def active_admins(session: Session) -> int:
    """How many can keep accounts: the last one must stay."""
    rows = session.scalars(select(AccountRow).where(AccountRow.disabled_at.is_(None)))
    return sum(Role.ADMIN.value in row.roles for row in rows)


def end_sessions(session: Session, account: int) -> int:
    """Logs somebody out everywhere; gives from how many browsers."""
    rows = session.scalars(select(SessionRow).where(SessionRow.account == account)).all()
    for row in rows:
        session.delete(row)
    session.flush()
    return len(rows)


def count_accounts(session: Session) -> int:
    """How many accounts there are."""
    return session.scalar(select(func.count()).select_from(AccountRow)) or 0
