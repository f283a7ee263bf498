"""Connected CRMs: which there are, their sealed tokens, and whose turn it is to renew them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from models.store.mapping import word_of
from models.store.statements import changed_rows
from models.tables import CrmConnectionRow
from models.vocabulary.crm import Account, Connection, CrmKind

_ROW = CrmConnectionRow
# Rows are changed behind the session's back, and read anew.
_ROWS = select(CrmConnectionRow).execution_options(populate_existing=True)
_UPDATE = update(CrmConnectionRow).execution_options(synchronize_session=False)
_OTHERS_DO = frozenset({"id", "secrets", "renewing", "renewing_at"})
_COLUMNS = frozenset(_ROW.__table__.columns.keys()) - _OTHERS_DO


def add_connection(  # noqa: PLR0913 - what a connection is
    session: Session,
    *,
    name: str,
    kind: CrmKind,
    account: Account,
    secrets: str,
    created_by: str,
    now: datetime,
    stages: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Connection:
    """Adds a CRM; `secrets` are its sealed tokens. Its name must be free."""
    row = _ROW(
        name=name,
        kind=kind.value,
        address=account.address,
        account=account.name,
        timezone=account.timezone,
        currency=account.currency,
        secrets=secrets,
        stages=dict(stages or {}),
        own_fields={},
        options=dict(options or {}),
        created_by=created_by,
        created_at=now,
    )
    session.add(row)
    session.flush()
    session.refresh(row)
    return connection_of(row)


def load_connections(session: Session) -> list[Connection]:
    """All of them, by name."""
    return [connection_of(row) for row in session.scalars(_ROWS.order_by(_ROW.name))]


def numbers_of_connections(session: Session) -> list[int]:
    """The numbers of all connections."""
    return list(session.scalars(select(_ROW.id).order_by(_ROW.id)))


def find_connection(session: Session, name: str) -> Connection | None:
    """The one of a name; ``None``: there is none."""
    row = session.scalar(_ROWS.where(_ROW.name == name))
    return connection_of(row) if row is not None else None


def load_connection(session: Session, connection: int) -> Connection | None:
    """The one of a number; ``None``: there is none (any more)."""
    row = session.scalar(_ROWS.where(_ROW.id == connection))
    return connection_of(row) if row is not None else None


def connection_of_hook(session: Session, digest: str) -> Connection | None:
    """The one whose web-hooks come to the address with a secret of this hash."""
    row = session.scalar(_ROWS.where(_ROW.hook == digest))
    return connection_of(row) if row is not None else None


def change_connection(session: Session, connection: int, **values: Any) -> bool:
    """Sets columns of one; false: it is gone. Tokens are changed by the functions below.

    Raises:
        ValueError: a name is none of a column that may be set.
    """
    if unknown := values.keys() - _COLUMNS:
        raise ValueError(f"no columns to be set: {', '.join(sorted(unknown))}")
    values = {
        name: dict(value) if isinstance(value, Mapping) else value for name, value in values.items()
    }
    return changed_rows(session, _UPDATE.where(_ROW.id == connection).values(**values)) > 0


def remove_connection(session: Session, connection: int) -> bool:
    """Removes one with its tokens, how far it was read and what was written; false: none there.

    What was read of it stays.
    """
    return (
        changed_rows(
            session,
            delete(_ROW).execution_options(synchronize_session=False).where(_ROW.id == connection),
        )
        > 0
    )


def sealed_tokens(session: Session, connection: int) -> str | None:
    """The sealed tokens of one; ``None``: it is gone."""
    return session.scalar(select(_ROW.secrets).where(_ROW.id == connection))


def sealed_hook_token(session: Session, connection: int) -> str | None:
    """The sealed token that a CRM's web-hooks prove themselves with; ``None``: not known."""
    return session.scalar(select(_ROW.hook_token).where(_ROW.id == connection))


def replace_tokens(session: Session, connection: int, sealed: str, *, known: str | None) -> bool:
    """Keeps other sealed tokens and ends a renewal.

    Args:
        session: writes.
        connection: whose.
        sealed: the new ones.
        known: only in place of these; in place of any where ``None``.

    Returns:
        Whether they were kept: false where others stand there, or nothing does.
    """
    chosen = _UPDATE.where(_ROW.id == connection)
    if known is not None:
        chosen = chosen.where(_ROW.secrets == known)
    kept = chosen.values(secrets=sealed, renewing=None, renewing_at=None)
    return changed_rows(session, kept) > 0


def begin_renewal(  # noqa: PLR0913 - whose, who, and when
    session: Session, connection: int, *, known: str, who: str, now: datetime, lease_s: float
) -> bool:
    """Takes the turn to renew the tokens `known`; false: it is somebody else's, or they changed.

    The turn of one that fell silent ends after `lease_s`; so does one that a wrong clock wrote.
    """
    lease = timedelta(seconds=lease_s)
    taken = _UPDATE.where(
        _ROW.id == connection,
        _ROW.secrets == known,
        or_(
            _ROW.renewing.is_(None),
            _ROW.renewing_at.is_(None),
            _ROW.renewing_at <= now - lease,
            _ROW.renewing_at > now + lease,
        ),
    ).values(renewing=who, renewing_at=now)
    return changed_rows(session, taken) > 0


def end_renewal(session: Session, connection: int, who: str) -> None:
    """Gives the turn back without new tokens."""
    own = _UPDATE.where(_ROW.id == connection, _ROW.renewing == who)
    changed_rows(session, own.values(renewing=None, renewing_at=None))


def connection_of(row: CrmConnectionRow) -> Connection:
    """What a row says, without its secrets."""
    return word_of(Connection, vars(row), UTC)
