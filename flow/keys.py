"""Keeps the keys of programs from the command line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import Engine

from core.clock import now
from core.tokens import make_token
from models.session import reading, transaction
from models.store.api_keys import add_key, list_keys, revoke_keys
from models.store.audit import add_to_audit
from models.vocabulary.access import COMMAND_LINE, AuditEntry
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.keys import ApiKey, Scope

_NAME = re.compile(r"[\w.@+-]{1,64}")


def new_key(database: Engine, name: str, scopes: Iterable[Scope], *, days: int) -> tuple[str, str]:
    """Makes a key; gives a sentence about it, and its token, which is kept nowhere.

    Raises:
        InvalidInputError: the name is none, or the key would open nothing.
        StagecheckError: the database cannot be used.
    """
    if not _NAME.fullmatch(name):
        raise InvalidInputError(
            name, "is no name for a key", "Use up to 64 letters, digits and . @ + - _"
        )
    opens = frozenset(scopes)
    if not opens:
        known = ", ".join(scope.value for scope in Scope)
        raise InvalidInputError(name, "would open nothing", f"Give --scope: {known}.")
    at, token = now(), make_token()
    with transaction(database) as session:
        key = add_key(
            session,
            name=name,
            token=token,
            scopes=opens,
            created_by=COMMAND_LINE,
            now=at,
            expires_at=at + timedelta(days=days),
        )
        add_to_audit(session, AuditEntry(at, COMMAND_LINE, "key made", f"key:{key.prefix}", name))
    return f"{_line(key, at)}\nKeep it now: it is shown this once.", token.text


def key_lines(database: Engine) -> list[str]:
    """A line for each key.

    Raises:
        StagecheckError: the database cannot be used.
    """
    with reading(database) as session:
        return [_line(key, now()) for key in list_keys(session)]


def revoked_lines(database: Engine, named: str) -> list[str]:
    """Ends the key with a prefix, or all of a name; a line for each.

    Raises:
        InvalidInputError: none counts any more, or there is none.
        StagecheckError: the database cannot be used.
    """
    at = now()
    with transaction(database) as session:
        ended = revoke_keys(session, named, at)
        for key in ended:
            entry = AuditEntry(at, COMMAND_LINE, "key revoked", f"key:{key.prefix}", key.name)
            add_to_audit(session, entry)
    if not ended:
        raise InvalidInputError(
            named, "names no key that still counts", "`stagecheck api-key --list` shows them."
        )
    return [_line(key, at) for key in ended]


def _line(key: ApiKey, at: datetime) -> str:
    scopes = ", ".join(sorted(scope.value for scope in key.scopes))
    if key.revoked_at is not None:
        until = f"revoked {key.revoked_at:%Y-%m-%d}"
    elif key.expires_at is None:
        until = "without end"
    else:
        until = f"{'until' if key.counts(at) else 'expired'} {key.expires_at:%Y-%m-%d}"
    used = f"last used {key.used_at:%Y-%m-%d %H:%M} UTC" if key.used_at else "never used"
    return f"{key.name}: sc_{key.prefix}, {scopes}; {until}; {used}"
