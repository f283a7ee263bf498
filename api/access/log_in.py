"""Logging in with a name and a password, slowly for who guesses."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.access_settings import AccessSettings
from core.passwords import password_fits
from core.shown import shown_name
from models.session import reading, transaction
from models.store.account_keeping import LONGEST_PASSWORD
from models.store.accounts import account_of, find_account
from models.store.audit import add_to_audit
from models.store.sign_ins import (
    drop_ended,
    failures,
    forget_failures,
    note_failures,
    sign_in,
    take_back_failures,
)
from models.vocabulary.access import PROVIDER, Account, AuditEntry, Role

_LONGEST_NAME = 256  # characters


class WrongPasswordError(Exception):
    """The name or the password is wrong; which of them is not told."""


class TooManyTriesError(Exception):
    """Too many wrong passwords; `minutes` to wait."""

    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        super().__init__(f"too many wrong passwords: wait {minutes} minutes")


def log_in(  # noqa: PLR0913 - who, from where, when
    database: Engine,
    settings: AccessSettings,
    login: str,
    password: str,
    *,
    address: str,
    now: datetime,
) -> str:
    """Gives what the browser shows from now on.

    Raises:
        WrongPasswordError: no such account, a wrong password, an account that is shut or may not
            use its password.
        TooManyTriesError: for this name or from this address; the password was not looked at.
        StagecheckError: the database cannot be used.
    """
    account = check_password(database, settings, login, password, address=address, now=now)
    with transaction(database) as session:
        return enter(session, settings, account, address, now)


def enter(  # noqa: PLR0913 - who, from where, when
    session: Session,
    settings: AccessSettings,
    account: Account,
    address: str,
    now: datetime,
    *,
    by_provider: bool = False,
) -> str:
    """Begins a log-in of somebody who proved who they are; gives what the browser shows."""
    drop_ended(session, now, **lifetimes(settings))
    name, how = account.login, PROVIDER if by_provider else ""
    add_to_audit(session, AuditEntry(now, name, "log-in", name, how, address, account.id))
    return sign_in(session, account.id, address, now, by_provider=by_provider)


def check_password(  # noqa: PLR0913 - who, from where, when
    database: Engine,
    settings: AccessSettings,
    login: str,
    password: str,
    *,
    address: str,
    now: datetime,
    purpose: str = "",
) -> Account:
    """Whose name and password these are; `purpose` goes to the audit where they are wrong.

    A try is counted before it is looked at and taken back once it was right, so that many at the
    same moment get no further than one after the other.

    Raises:
        WrongPasswordError, TooManyTriesError, StagecheckError: see `log_in`.
    """
    name = shown_name(login.strip().casefold()[:_LONGEST_NAME])
    of_name, of_address = f"name:{name}", f"address:{address}"
    since = now - timedelta(minutes=settings.tries_minutes)
    with transaction(database) as session:
        tried = note_failures(session, [of_name, of_address], now)
    with reading(database) as session:
        too_many = (
            failures(session, of_name, since) > settings.tries
            or failures(session, of_address, since) > settings.tries_of_address
        )
        row = find_account(session, name)
        account = account_of(row) if row is not None else None
        usable = account is not None and may_use_password(settings, account)
        kept = row.password if row is not None and usable else None
    if too_many:
        with transaction(database) as session:
            take_back_failures(session, tried)
        raise TooManyTriesError(round(settings.tries_minutes))
    right = len(password) <= LONGEST_PASSWORD and password_fits(kept, password)
    with transaction(database) as session:
        if not right or account is None:
            entry = AuditEntry(now, name, "log-in refused", name, purpose, address)
            add_to_audit(session, entry)
        else:
            take_back_failures(session, tried)
            forget_failures(session, of_name)
            return account
    raise WrongPasswordError


def check_address(database: Engine, settings: AccessSettings, address: str, now: datetime) -> None:
    """Refuses an address from which too much was tried.

    Raises:
        TooManyTriesError: it has to wait.
        StagecheckError: the database cannot be used.
    """
    since = now - timedelta(minutes=settings.tries_minutes)
    with reading(database) as session:
        if failures(session, f"address:{address}", since) >= settings.tries_of_address:
            raise TooManyTriesError(round(settings.tries_minutes))


def may_use_password(settings: AccessSettings, account: Account) -> bool:
    """Whether an account that has a password gets in by it."""
    admins_alone = settings.passwords == "admins"
    return not account.disabled and (not admins_alone or Role.ADMIN in account.roles)


def lifetimes(settings: AccessSettings) -> dict[str, timedelta]:
    """How long a log-in lasts: without a request, and at all."""
    return {
        "idle": timedelta(minutes=settings.idle_minutes),
        "longest": timedelta(hours=settings.session_hours),
    }
