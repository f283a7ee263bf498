"""Keeps the accounts of the review pages from the command line."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.clock import now
from core.oidc_settings import OidcSettings
from models.session import reading, transaction
from models.store.account_keeping import (
    Wishes,
    change_account,
    check_new,
    check_wishes,
    hashed_password,
    make_account,
    no_password,
    told_account,
)
from models.store.accounts import account_of, find_account, load_accounts
from models.store.audit import add_to_audit
from models.vocabulary.access import COMMAND_LINE, Account, AuditEntry, Identity
from models.vocabulary.errors import InvalidInputError


def list_accounts(database: Engine) -> Iterator[str]:
    """A line for each account."""
    with reading(database) as session:
        accounts = load_accounts(session)
    for one in accounts:
        roles = ", ".join(sorted(role.value for role in one.roles))
        crm = f", CRM user {one.crm_user}" if one.crm_user else ""
        team = f", oversees {', '.join(sorted(one.team))}" if one.team else ""
        linked = f", at the identity provider {one.identity.subject}" if one.identity else ""
        yield f"{one.login}: {roles}{crm}{team}{linked}{', disabled' if one.disabled else ''}"


def at_provider(settings: OidcSettings, subject: str | None) -> Identity | None:
    """Who somebody is at the provider of the settings; ``None``: nothing is wished.

    Raises:
        InvalidInputError: no provider is set.
    """
    if subject is None:
        return None
    if settings.issuer is None:
        raise InvalidInputError(
            "--subject", "no identity provider is set", "Set oidc.issuer (docs/operations.md)."
        )
    return Identity(settings.issuer, subject.strip())


def keep_account(
    database: Engine, login: str, wishes: Wishes, *, new_password: bool, ask: Callable[[], str]
) -> str:
    """Makes an account or changes it; gives what was done.

    Raises:
        InvalidInputError: the name, the password or what is wished is wrong.
        StagecheckError: the database cannot be used.
    """
    check_wishes(login, wishes)
    with reading(database) as session:
        known = find_account(session, login) is not None
    if not known:
        check_new(login, wishes)
    hashed = hashed_password(ask()) if new_password or not (known or no_password(wishes)) else None
    with transaction(database) as session:
        row = find_account(session, login)
        if row is None:
            made = make_account(session, login, wishes, password=hashed, now=now())
            _note(session, "account made", made)
            return f"{made.login}: made"
        change_account(session, row, wishes, now=now(), password=hashed)
        _note(session, "account changed", account_of(row))
        return f"{row.login}: changed"


def _note(session: Session, event: str, account: Account) -> None:
    entry = AuditEntry(now(), COMMAND_LINE, event, account.login, told_account(account))
    add_to_audit(session, entry)
