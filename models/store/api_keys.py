"""Keys of programs: made, found by what a program shows, revoked."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.tokens import NewToken, prefix_of, token_fits
from models.tables import ApiKeyRow
from models.vocabulary.keys import ApiKey, Scope

_USED_EVERY = timedelta(minutes=1)  # so that not every request writes


def add_key(  # noqa: PLR0913 - one argument per column
    session: Session,
    *,
    name: str,
    token: NewToken,
    scopes: Iterable[Scope],
    created_by: str,
    now: datetime,
    expires_at: datetime | None,
) -> ApiKey:
    """Writes a new key down, of its token only the hash."""
    row = ApiKeyRow(
        name=name,
        prefix=token.prefix,
        digest=token.digest,
        scopes=sorted({scope.value for scope in scopes}),
        created_by=created_by,
        created_at=now,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return _key_of(row)


def shown_key(session: Session, token: str) -> ApiKey | None:
    """The key that somebody shows, whether it still counts or not; ``None`` where it is none."""
    prefix = prefix_of(token)
    if prefix is None:
        return None
    row = session.scalar(select(ApiKeyRow).where(ApiKeyRow.prefix == prefix))
    return _key_of(row) if row is not None and token_fits(row.digest, token) else None


def list_keys(session: Session) -> list[ApiKey]:
    """All keys, the oldest first."""
    return [_key_of(row) for row in session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.id))]


def revoke_keys(session: Session, named: str, now: datetime) -> list[ApiKey]:
    """Ends the key with a prefix, or all of a name; gives those that were not ended before."""
    prefix = named.removeprefix("sc_")
    rows = session.scalars(
        select(ApiKeyRow)
        .where((ApiKeyRow.prefix == prefix) | (ApiKeyRow.name == named))
        .where(ApiKeyRow.revoked_at.is_(None))
        .order_by(ApiKeyRow.id)
    ).all()
    exact = [row for row in rows if row.prefix == prefix]
    chosen = exact or rows
    for row in chosen:
        row.revoked_at = now
    session.flush()
    return [_key_of(row) for row in chosen]


def needs_note(key: ApiKey, now: datetime) -> bool:
    """Whether it was long enough ago that a key was noted as used."""
    return key.used_at is None or now - key.used_at >= _USED_EVERY


def note_used(session: Session, key: int, now: datetime) -> None:
    """Writes down that a key was used."""
    session.execute(update(ApiKeyRow).where(ApiKeyRow.id == key).values(used_at=now))


def _key_of(row: ApiKeyRow) -> ApiKey:
    known = {scope.value for scope in Scope}
    return ApiKey(
        id=row.id,
        name=row.name,
        prefix=row.prefix,
        scopes=frozenset(Scope(scope) for scope in row.scopes if scope in known),
        created_by=row.created_by,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        used_at=row.used_at,
    )
