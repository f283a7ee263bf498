"""Lets in whom the identity provider sends: an account is made, or follows what it says."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from api.access.arrival import Arrival
from api.access.log_in import enter
from core.access_settings import AccessSettings
from models.session import transaction
from models.store.account_keeping import (
    AccountError,
    Wishes,
    change_account,
    make_account,
    told_account,
)
from models.store.accounts import account_at_provider, account_of, end_sessions
from models.store.audit import add_to_audit
from models.store.sign_ins import note_failures
from models.tables import AccountRow
from models.vocabulary.access import PROVIDER, Account, AuditEntry
from models.vocabulary.errors import InvalidInputError

NO_GROUP, TAKEN = "no_group", "taken"


class NotLetInError(Exception):
    """Who comes from the provider may not come in; `code` says why."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def log_in_by_provider(  # noqa: PLR0913 - who, from where, when
    database: Engine,
    settings: AccessSettings,
    arrival: Arrival,
    *,
    language: str,
    address: str,
    now: datetime,
) -> str:
    """Gives what the browser shows from now on; a new account gets the pages in `language`.

    Raises:
        NotLetInError: ``no_group``, ``disabled``, ``taken`` (there is an account of this name that
            is not linked), ``bad_login`` or ``last_admin``.
        StagecheckError: the database cannot be used.
    """

    def let_in() -> str:
        try:
            with transaction(database) as session:
                account = _account(session, arrival, language, address, now)
                return enter(session, settings, account, address, now, by_provider=True)
        except AccountError as error:
            raise NotLetInError(error.code) from error
        except InvalidInputError as error:
            raise NotLetInError(TAKEN) from error

    try:
        try:
            return let_in()
        except NotLetInError as error:
            if error.code != TAKEN:
                raise
            return let_in()  # it may be theirs, made by another request at the same moment
    except NotLetInError as error:
        refuse(database, arrival, error.code, address=address, now=now)
        raise


def refuse(
    database: Engine, arrival: Arrival | None, code: str, *, address: str, now: datetime
) -> None:
    """Writes down that somebody was not let in; whoever is in no group any more is logged out.

    Where nothing is proved of who they are (`arrival` is ``None``), it counts as a wrong password
    from their address.

    Raises:
        StagecheckError: the database cannot be used.
    """
    with transaction(database) as session:
        row = account_at_provider(session, arrival.identity) if arrival is not None else None
        if row is not None and code == NO_GROUP:
            end_sessions(session, row.id)
        subject = arrival.identity.subject if arrival is not None else ""
        who = row.login if row is not None else arrival.login if arrival is not None else ""
        detail = f"{PROVIDER}: {code}" + (f", sub {subject}" if subject else "")
        add_to_audit(
            session,
            AuditEntry(now, who or PROVIDER, "log-in refused", who or PROVIDER, detail, address),
        )
        if arrival is None:
            note_failures(session, [f"address:{address}"], now)


def _account(
    session: Session, arrival: Arrival, language: str, address: str, now: datetime
) -> Account:
    """The account of who arrives, made or as the provider says it is now."""
    row = account_at_provider(session, arrival.identity)
    if not arrival.roles:
        raise NotLetInError(NO_GROUP)
    if row is None:
        return _made(session, arrival, language, address, now)
    if row.disabled_at is not None:
        raise NotLetInError("disabled")
    _follow(session, row, arrival, address, now)
    return account_of(row)


def _made(
    session: Session, arrival: Arrival, language: str, address: str, now: datetime
) -> Account:
    wishes = Wishes(
        arrival.roles,
        arrival.name,
        arrival.crm_user,
        arrival.team,
        language,
        identity=arrival.identity,
    )
    made = make_account(session, arrival.login, wishes, password=None, now=now)
    _note(session, "account made", made, address, now)
    return made


def _follow(
    session: Session, row: AccountRow, arrival: Arrival, address: str, now: datetime
) -> None:
    """Gives an account the roles, team and CRM user that the provider's claims lead to."""
    before = account_of(row)
    wishes = Wishes(roles=arrival.roles, team=arrival.team, crm_user=arrival.crm_user)
    wished = (
        arrival.roles,
        before.team if arrival.team is None else arrival.team,
        before.crm_user if arrival.crm_user is None else arrival.crm_user or None,
    )
    if wished == (before.roles, before.team, before.crm_user):
        return
    change_account(session, row, wishes, now=now)
    _note(session, "account changed", account_of(row), address, now)


def _note(session: Session, event: str, account: Account, address: str, now: datetime) -> None:
    entry = AuditEntry(now, PROVIDER, event, account.login, told_account(account), address)
    add_to_audit(session, entry)
