"""Words about who may do what on the pages and through the API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What somebody is here; one may be several."""

    MANAGER = "manager"  # sees the own calls and may object
    SUPERVISOR = "supervisor"  # reviews the calls of a team
    HEAD = "head"  # reviews all calls and changes the rules
    ADMIN = "admin"  # keeps accounts and the system; hears no call
    AUDITOR = "auditor"  # reads who did what


class Right(StrEnum):
    """One thing that somebody may do."""

    SEE = "see"  # calls, deals and findings within one's reach
    DECIDE = "decide"  # confirm, dismiss, waive, send; correct what was heard
    OBJECT = "object"  # to a finding about oneself
    RULES = "rules"  # change what stages demand
    TEAM = "team"  # figures of people
    COVERAGE = "coverage"  # the telephone system's ledger beside what was heard
    SYSTEM = "system"  # queue, quarantine and its retry, web-hooks
    ACCOUNTS = "accounts"  # who may log in; keys of the API
    AUDIT = "audit"  # who did what


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.MANAGER: frozenset({Right.SEE, Right.OBJECT}),
    Role.SUPERVISOR: frozenset({Right.SEE, Right.DECIDE, Right.TEAM, Right.COVERAGE}),
    Role.HEAD: frozenset(
        {Right.SEE, Right.DECIDE, Right.TEAM, Right.COVERAGE, Right.RULES, Right.SYSTEM}
    ),
    Role.ADMIN: frozenset({Right.COVERAGE, Right.SYSTEM, Right.ACCOUNTS}),
    Role.AUDITOR: frozenset({Right.AUDIT}),
}


@dataclass(frozen=True, slots=True)
class Reach:
    """Whose calls, deals and findings somebody sees: of all, or of some users of the CRM.

    What belongs to nobody (a lead without a card) is only seen by who sees all, or by the
    supervisors, whose work it is to find out.
    """

    everybody: bool = False
    users: frozenset[str] = frozenset()
    nobodys: bool = False

    def sees(self, user_id: str | None) -> bool:
        """Whether what is a user's (``None``: nobody's) is within reach."""
        if user_id is None:
            return self.everybody or self.nobodys
        return self.everybody or user_id in self.users


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is at an identity provider: a subject means somebody only with its issuer."""

    issuer: str
    subject: str

    @property
    def key(self) -> str:
        """Both as one text, as accounts keep it; an issuer's address has no space."""
        return f"{self.issuer} {self.subject}"

    @staticmethod
    def of_key(key: str) -> Identity:
        """The identity that an account keeps."""
        issuer, _, subject = key.partition(" ")
        return Identity(issuer, subject)


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may log in. `crm_user` is who they are in the CRM, `team` whom they oversee.

    `must_change`: their password was made by somebody else and has to be changed first.
    `identity`: who they are at the identity provider, where they are linked to one.
    """

    id: int
    login: str
    name: str
    roles: frozenset[Role]
    language: str
    crm_user: str | None = None
    team: frozenset[str] = frozenset()
    disabled: bool = False
    must_change: bool = False
    has_password: bool = True
    identity: Identity | None = None

    @property
    def rights(self) -> frozenset[Right]:
        """All that any of the roles allows."""
        return frozenset().union(*(RIGHTS[role] for role in self.roles))

    @property
    def reach(self) -> Reach:
        """Whose calls the roles let them see."""
        users = set()
        if Role.MANAGER in self.roles and self.crm_user:
            users.add(self.crm_user)
        if Role.SUPERVISOR in self.roles:
            users |= self.team
        return Reach(
            everybody=Role.HEAD in self.roles,
            users=frozenset(users),
            nobodys=Role.SUPERVISOR in self.roles,
        )

    def may(self, right: Right) -> bool:
        """Whether one of the roles allows it."""
        return not self.disabled and right in self.rights


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something that somebody did: `who` is a log-in, a key's name or one of the names below."""

    at: datetime
    who: str
    event: str
    subject: str
    detail: str = ""
    address: str = ""
    account: int | None = None


COMMAND_LINE = "command line"  # who did something with a command, in the audit
PROVIDER = "identity provider"  # what an identity provider had done, in the audit
