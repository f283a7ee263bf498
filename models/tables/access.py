"""Rows about people of the pages: accounts, log-ins, keys of programs, and who did what."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, false
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import JsonList, JsonObject, Row


class AccountRow(Row):
    """Somebody who may log in; `password` is an argon2 hash, empty where another system knows it.

    `subject` is who they are at the identity provider, issuer and subject (`Identity.key`).
    `inbox_seen_at` is when the inbox was left last: what came later is new. `must_change`: the
    password was made by somebody else and opens nothing before it was changed.
    """

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(primary_key=True)
    login: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password: Mapped[str | None]
    roles: Mapped[JsonList]
    crm_user: Mapped[str | None]
    team: Mapped[JsonList]
    language: Mapped[str]
    subject: Mapped[str | None] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    inbox_seen_at: Mapped[datetime | None]
    must_change: Mapped[bool] = mapped_column(server_default=false(), default=False)


class SessionRow(Row):
    """A log-in that goes on; `digest` is the hash of what the browser shows."""

    __tablename__ = "sessions"

    digest: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[int] = mapped_column(ForeignKey("accounts.id", ondelete="CASCADE"), index=True)
    csrf: Mapped[str]
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    address: Mapped[str]
    by_provider: Mapped[bool] = mapped_column(server_default=false(), default=False)


class SpentErrandRow(Row):
    """A log-in at the identity provider that came back; `digest` is the hash of its state."""

    __tablename__ = "spent_errands"

    digest: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]


class FailedLoginRow(Row):
    """A wrong password: for which name, or from which address."""

    __tablename__ = "failed_logins"
    __table_args__ = (Index("ix_failed_logins_subject_at", "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[str]
    at: Mapped[datetime]


class AuditRow(Row):
    """Something that somebody did. Rows are only ever added."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_who_id", "who", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(index=True)
    account: Mapped[int | None] = mapped_column(index=True)
    who: Mapped[str]
    event: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str] = mapped_column(index=True)
    detail: Mapped[str]
    address: Mapped[str]


class ApiKeyRow(Row):
    """A program's key: `prefix` names it, `digest` is the hash of the whole of it."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    prefix: Mapped[str] = mapped_column(unique=True)
    digest: Mapped[str]
    scopes: Mapped[JsonList]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class UploadRow(Row):
    """A recording that a program sent: sent again under the same `key` it is the same one.

    `owner` is the prefix of the program's key, `fingerprint` the hash of all that was sent,
    `answer` what was answered.
    """

    __tablename__ = "uploads"

    owner: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    answer: Mapped[JsonObject]
    created_at: Mapped[datetime] = mapped_column(index=True)
