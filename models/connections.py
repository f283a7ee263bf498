"""What may be done with connected CRMs, from the pages and from the command line."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.tokens import digest_of
from models.crm_keys import seal_tokens
from models.secret_keys import SecretKeys
from models.session import reading, transaction
from models.store.audit import add_to_audit
from models.store.connection_figures import forget_crm
from models.store.connections import (
    add_connection,
    change_connection,
    find_connection,
    load_connection,
    load_connections,
    remove_connection,
    replace_tokens,
)
from models.vocabulary.access import AuditEntry
from models.vocabulary.crm import Account, Connection, CrmKind, Tokens
from models.vocabulary.errors import InvalidInputError

HOOKS = "/hooks/crm/"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,31}")


class NoConnectionError(Exception):
    """There is no such connection (any more)."""


@dataclass(frozen=True, slots=True)
class ConnectionDesk:
    """Does things with connected CRMs in somebody's name; each goes to the audit with its commit.

    `entry` is the audit's entry of whoever asks; its event, subject and detail are set here.
    """

    database: Engine
    keys: SecretKeys
    entry: AuditEntry

    def check_new(self, name: str, kind: CrmKind, address: str) -> None:
        """Looks whether a CRM may be connected under a name, before anybody is asked for more.

        Raises:
            InvalidInputError: the name is none or taken, or this CRM is connected already.
            StagecheckError: the database cannot be used.
        """
        with reading(self.database) as session:
            self._check(session, name, kind, address)

    def connect(  # noqa: PLR0913 - what a connection is
        self,
        name: str,
        kind: CrmKind,
        account: Account,
        tokens: Tokens,
        *,
        stages: Mapping[str, Any],
        options: Mapping[str, Any],
    ) -> Connection:
        """Connects a CRM that let us in; nothing is written into it yet.

        Raises:
            InvalidInputError: the name is none or taken, or this CRM is connected already.
            StagecheckError: the key or the database cannot be used.
        """
        sealed = seal_tokens(self.keys, tokens)
        with transaction(self.database) as session:
            self._check(session, name, kind, account.address)
            made = add_connection(
                session,
                name=name,
                kind=kind,
                account=account,
                secrets=sealed,
                created_by=self.entry.who,
                now=self.entry.at,
                stages=stages,
                options=options,
            )
            self._note(session, "crm connected", made.name, f"{kind.value} {account.address}")
        return made

    def give_tokens(self, connection: int, account: Account, tokens: Tokens) -> None:
        """Gives a CRM other tokens; what it refused before is tried again.

        Raises:
            InvalidInputError: they are those of another account.
            NoConnectionError: there is none.
            StagecheckError: the key or the database cannot be used.
        """
        sealed = seal_tokens(self.keys, tokens)
        with transaction(self.database) as session:
            known = _known(session, connection)
            if account.address != known.address:
                raise InvalidInputError(
                    account.address,
                    f"is another CRM than {known.address}",
                    "Connect it under a name of its own.",
                )
            replace_tokens(session, connection, sealed, known=None)
            change_connection(
                session, connection, refused=None, error=None, error_at=None, account=account.name
            )
            self._note(session, "crm token replaced", known.name)

    def map_stages(self, connection: int, stages: Mapping[str, Any]) -> None:
        """Keeps which rule file judges each pipeline and which stage each column is.

        Raises:
            NoConnectionError: there is none.
            StagecheckError: the database cannot be used.
        """
        confirmed = sum(1 for one in stages.values() if one.get("confirmed"))
        detail = f"{confirmed} of {len(stages)} pipelines confirmed"
        self._set(connection, "crm stages mapped", detail, stages=dict(stages))

    def set_options(self, connection: int, event: str, detail: str, **options: Any) -> None:
        """Keeps options of a connection beside the others; one that is ``None`` is removed.

        Raises:
            NoConnectionError: there is none.
            StagecheckError: the database cannot be used.
        """
        with transaction(self.database) as session:
            known = _known(session, connection)
            chosen = {**known.options, **options}
            kept = {name: value for name, value in chosen.items() if value is not None}
            change_connection(session, connection, options=kept)
            self._note(session, event, known.name, detail)

    def keep_own_fields(self, connection: int, own_fields: Mapping[str, str]) -> None:
        """Keeps what the CRM calls our own fields.

        Raises:
            NoConnectionError: there is none.
            StagecheckError: the database cannot be used.
        """
        self._set(connection, "crm fields made", ", ".join(own_fields), own_fields=dict(own_fields))

    def switch_writing(self, connection: int, write: Mapping[str, Any] | None, *, on: bool) -> None:
        """Switches writing on or off; `write` is what is written, as it was where ``None``.

        Raises:
            NoConnectionError: there is none.
            StagecheckError: the database cannot be used.
        """
        with transaction(self.database) as session:
            known = _known(session, connection)
            values: dict[str, Any] = {"writes": on}
            if write is not None:
                values["options"] = {**known.options, "write": dict(write)}
            change_connection(session, connection, **values)
            chosen = write if write is not None else known.options.get("write") or {}
            said = ", ".join(f"{name}={value}" for name, value in sorted(chosen.items()))
            event = "crm writing on" if on else "crm writing off"
            self._note(session, event, known.name, said if on else "")

    def pause(self, connection: int) -> None:
        """Neither reads nor writes until it is resumed.

        Raises:
            NoConnectionError: there is none.
            StagecheckError: the database cannot be used.
        """
        self._set(connection, "crm paused", "", paused=True)

    def resume(self, connection: int) -> None:
        """Reads (and writes) again, also where the CRM refused us.

        Raises:
            NoConnectionError: there is none.
            StagecheckError: the database cannot be used.
        """
        self._set(connection, "crm resumed", "", paused=False, refused=None)

    def new_hook(self, connection: int) -> str:
        """Makes the address for a CRM's web-hooks anew and gives its path, this once.

        The one before is worth nothing any more, and so is the token that came with it.

        Raises:
            NoConnectionError: there is none.
            StagecheckError: the key or the database cannot be used.
        """
        secret = secrets.token_urlsafe(32)
        self._set(connection, "crm hook made", "", hook=digest_of(secret), hook_token=None)
        return f"{HOOKS}{secret}"

    def keep_hook_token(self, connection: int, token: str) -> None:
        """Keeps the token by which a CRM's web-hooks prove themselves, sealed.

        Raises:
            NoConnectionError: there is none.
            StagecheckError: the key or the database cannot be used.
        """
        self._set(connection, "crm hook token kept", "", hook_token=self.keys.seal(token))

    def drop_hook(self, connection: int) -> None:
        """Takes no web-hooks any more.

        Raises:
            NoConnectionError: there is none.
            StagecheckError: the database cannot be used.
        """
        self._set(connection, "crm hook removed", "", hook=None, hook_token=None)

    def disconnect(self, connection: int, *, forget: bool) -> None:
        """Removes a connection with its tokens; `forget`: also what was read of it.

        Raises:
            NoConnectionError: there is none.
            StagecheckError: the database cannot be used.
        """
        with transaction(self.database) as session:
            known = _known(session, connection)
            remove_connection(session, connection)
            if forget:
                forget_crm(session, known.source)
            detail = "what was read is removed" if forget else "what was read stays"
            self._note(session, "crm disconnected", known.name, detail)

    def note(self, connection: Connection, event: str, detail: str = "") -> None:
        """Writes down what was done elsewhere.

        Raises:
            StagecheckError: the database cannot be used.
        """
        with transaction(self.database) as session:
            self._note(session, event, connection.name, detail)

    def _check(self, session: Session, name: str, kind: CrmKind, address: str) -> None:
        if not _NAME.fullmatch(name):
            raise InvalidInputError(
                name or "(nothing)",
                "is no name for a CRM",
                "Use up to 32 small letters, digits, - and _.",
            )
        if find_connection(session, name) is not None:
            raise InvalidInputError(
                name, "is connected already", "Choose another name: --name, or disconnect it."
            )
        for one in load_connections(session):
            if (one.kind, one.address) == (kind, address):
                raise InvalidInputError(
                    address, f"is connected already as {one.name}", "Change or disconnect that one."
                )

    def _set(self, connection: int, event: str, detail: str, **values: Any) -> None:
        with transaction(self.database) as session:
            known = _known(session, connection)
            change_connection(session, connection, **values)
            self._note(session, event, known.name, detail)

    def _note(self, session: Session, event: str, name: str, detail: str = "") -> None:
        entry, subject = self.entry, f"crm:{name}"
        add_to_audit(
            session,
            AuditEntry(entry.at, entry.who, event, subject, detail, entry.address, entry.account),
        )


def free_name(kind: CrmKind, taken: Sequence[str]) -> str:
    """A name for another CRM of a kind."""
    name, number = kind.value, 1
    while name in taken:
        number += 1
        name = f"{kind.value}{number}"
    return name


def _known(session: Session, connection: int) -> Connection:
    found = load_connection(session, connection)
    if found is None:
        raise NoConnectionError
    return found
