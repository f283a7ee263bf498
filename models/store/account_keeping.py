"""The rules of keeping accounts, the same from the command line and on the pages."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.passwords import hash_password
from models.store.accounts import (
    account_at_provider,
    account_of,
    active_admins,
    add_account,
    end_sessions,
    find_account,
)
from models.tables import AccountRow
from models.vocabulary.access import Account, Identity, Role
from models.vocabulary.errors import InvalidInputError

SHORTEST_PASSWORD, LONGEST_PASSWORD = 10, 256  # hashing longer ones only costs time
LANGUAGES = ("ru", "en")
_LOGIN = re.compile(r"[\w.@+-]{1,64}")
_LONGEST_NAME = 200
_LONGEST_SUBJECT = 255


class AccountError(InvalidInputError):
    """What is wished for an account cannot be; `code` says why for pages in any language."""

    def __init__(self, code: str, place: str, problem: str, remedy: str) -> None:
        self.code = code
        super().__init__(place, problem, remedy)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What an account is to be; what is empty stays as it is, an empty `crm_user` takes it away.

    `identity`: who they are at the identity provider; one with an empty subject takes it away.
    `shut`: whether they are kept out.
    """

    roles: frozenset[Role] = frozenset()
    name: str | None = None
    crm_user: str | None = None
    team: frozenset[str] | None = None
    language: str | None = None
    identity: Identity | None = None
    shut: bool | None = None


def check_wishes(login: str, wishes: Wishes) -> None:
    """Refuses what no account can be.

    Raises:
        AccountError: the log-in, the name, the language or the identity is none.
    """
    if not _LOGIN.fullmatch(login.strip()):
        raise AccountError(
            "bad_login",
            login,
            "is no name for an account",
            "Use up to 64 letters, digits and . @ + - _",
        )
    if wishes.name is not None and len(wishes.name) > _LONGEST_NAME:
        raise AccountError(
            "long_name",
            wishes.name[:20],
            "is too long for a name",
            f"Use up to {_LONGEST_NAME} characters.",
        )
    if wishes.language is not None and wishes.language not in LANGUAGES:
        raise AccountError(
            "bad_language", wishes.language, "is no language of the pages", "Use ru or en."
        )
    subject = wishes.identity.subject if wishes.identity is not None else ""
    if len(subject) > _LONGEST_SUBJECT or not subject.isprintable():
        raise AccountError(
            "bad_subject",
            subject[:20],
            "is nobody at the identity provider",
            "Copy the claim `sub` as it is.",
        )


def check_new(login: str, wishes: Wishes) -> None:
    """Refuses a new account without a role.

    Raises:
        AccountError: it has none.
    """
    if not wishes.roles:
        roles = ", ".join(role.value for role in Role)
        raise AccountError("no_role", login, "is new and has no role", f"Give --role: {roles}.")


def hashed_password(password: str) -> str:
    """A password as it is kept.

    Raises:
        AccountError: it is too short or too long.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise AccountError(
            "short_password",
            "password",
            f"has fewer than {SHORTEST_PASSWORD} characters",
            "Choose a longer one.",
        )
    if len(password) > LONGEST_PASSWORD:
        raise AccountError(
            "long_password",
            "password",
            f"has more than {LONGEST_PASSWORD} characters",
            "Choose a shorter one.",
        )
    return hash_password(password)


def no_password(wishes: Wishes) -> bool:
    """Whether a new account gets no password, since the identity provider knows who it is.

    Administrators have one, so that they get in when the provider is gone.
    """
    return wishes.identity is not None and Role.ADMIN not in wishes.roles


def one_time_password() -> str:
    """A password that is told once and changed at the first log-in."""
    return secrets.token_urlsafe(12)


def make_account(  # noqa: PLR0913 - what an account is made of
    session: Session,
    login: str,
    wishes: Wishes,
    *,
    password: str | None,
    now: datetime,
    must_change: bool = False,
) -> Account:
    """Makes an account; `password` is its hash, kept unless `no_password` says otherwise.

    Raises:
        AccountError: what is wished is wrong, or there is one of this name.
        InvalidInputError: somebody makes one of this name at the same moment.
    """
    check_wishes(login, wishes)
    check_new(login, wishes)
    if find_account(session, login) is not None:
        raise AccountError(
            "taken", login, "there is an account of this name already", "Choose another name."
        )
    made = add_account(
        session,
        login=login,
        name=wishes.name or login.strip(),
        password=None if no_password(wishes) else password,
        roles=wishes.roles,
        language=wishes.language or LANGUAGES[0],
        now=now,
        crm_user=wishes.crm_user or None,
        team=wishes.team or (),
    )
    row = session.get_one(AccountRow, made.id)
    row.must_change = must_change
    if wishes.identity is not None:
        _link(session, row, wishes.identity)
    return account_of(row)


def change_account(  # noqa: PLR0913 - what may be changed
    session: Session,
    row: AccountRow,
    wishes: Wishes,
    *,
    now: datetime,
    password: str | None = None,
    must_change: bool = False,
) -> None:
    """Changes an account; whoever loses rights or gets another password is logged out.

    Who is linked to the identity provider loses the password, so that whom it does not let in any
    more stays out; administrators keep theirs, so that they get in when it is gone.
    `row` is read anew: two who change at once wait for each other, and one administrator stays.

    Raises:
        AccountError: what is wished is wrong, or nobody could keep accounts any more.
    """
    check_wishes(row.login, wishes)
    everybody = select(AccountRow).order_by(AccountRow.id).with_for_update()
    session.scalars(everybody.execution_options(populate_existing=True)).all()
    before = account_of(row)
    was_admin = Role.ADMIN in before.roles and not before.disabled
    if wishes.roles:
        row.roles = sorted(role.value for role in wishes.roles)
    row.name = wishes.name or row.name
    row.crm_user = (wishes.crm_user or None) if wishes.crm_user is not None else row.crm_user
    row.team = sorted(wishes.team) if wishes.team is not None else row.team
    row.language = wishes.language or row.language
    if password is not None:
        row.password, row.must_change = password, must_change
    if wishes.identity is not None:
        _link(session, row, wishes.identity)
    linked_now = row.subject is not None and account_of(row).identity != before.identity
    if linked_now and Role.ADMIN.value not in row.roles:
        row.password, row.must_change = None, False
    if wishes.shut is not None:
        row.disabled_at = (row.disabled_at or now) if wishes.shut else None
    session.flush()
    if was_admin and not active_admins(session):
        raise AccountError(
            "last_admin",
            row.login,
            "is the last administrator",
            "Make another one first (--role admin).",
        )
    after = account_of(row)
    if password or wishes.shut or (after.roles, after.identity) != (before.roles, before.identity):
        end_sessions(session, row.id)


def told_account(account: Account) -> str:
    """What an account is, for the audit."""
    parts = ["roles " + ", ".join(sorted(role.value for role in account.roles))]
    if account.crm_user:
        parts.append(f"CRM user {account.crm_user}")
    if account.team:
        parts.append(f"oversees {', '.join(sorted(account.team))}")
    if account.identity is not None:
        parts.append(f"at the identity provider {account.identity.subject}")
    return "; ".join(parts)


def _link(session: Session, row: AccountRow, identity: Identity) -> None:
    """Ties an account to who they are at the provider, or unties it."""
    if not identity.subject:
        row.subject = None
        return
    linked = account_at_provider(session, identity)
    if linked is not None and linked.id != row.id:
        raise AccountError(
            "linked_elsewhere",
            identity.subject,
            f"is linked to the account {linked.login} already",
            "Take it away there first.",
        )
    row.subject = identity.key
