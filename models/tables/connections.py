"""Rows about live CRMs: how each is reached, how far it was read, what is written into it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Double, ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import LONG_AGO, JsonObject, Row


class CrmConnectionRow(Row):
    """A CRM that is connected.

    `secrets` are its tokens, sealed with the key of the state folder; `renewing` and
    `renewing_at` are whose turn it is to renew them. `hook` is the hash of the secret part of the
    address that its web-hooks come to, `hook_token` the sealed token they prove themselves with.
    `stages` maps a pipeline to its template and its stages to keys as a person confirmed them,
    `own_fields` our fields to what the CRM calls them, `options` is what may be written, `preview`
    what would be, as it was looked at last. `change` grows with every change that was read;
    `crm_changes` tells all of those after `told_from`. `reader` and `reader_at` are which process
    reads it, and its last sign of life. `refused` says why a person has to look after it.
    """

    __tablename__ = "crm_connections"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    address: Mapped[str]
    account: Mapped[str]
    timezone: Mapped[str]
    currency: Mapped[str]
    secrets: Mapped[str]
    renewing: Mapped[str | None]
    renewing_at: Mapped[datetime | None]
    hook: Mapped[str | None] = mapped_column(unique=True)
    hook_token: Mapped[str | None]
    stages: Mapped[JsonObject] = mapped_column(server_default=text("'{}'"))
    own_fields: Mapped[JsonObject] = mapped_column(server_default=text("'{}'"))
    options: Mapped[JsonObject] = mapped_column(server_default=text("'{}'"))
    preview: Mapped[JsonObject] = mapped_column(server_default=text("'{}'"))
    writes: Mapped[bool] = mapped_column(server_default=false())
    paused: Mapped[bool] = mapped_column(server_default=false())
    change: Mapped[int] = mapped_column(server_default=text("0"))
    told_from: Mapped[int] = mapped_column(server_default=text("0"))
    reader: Mapped[str | None]
    reader_at: Mapped[datetime | None]
    refused: Mapped[str | None]
    error: Mapped[str | None]
    error_at: Mapped[datetime | None]
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    loaded_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]


class CrmPassRow(Row):
    """How far a part of a CRM was read.

    A pass under way has a `started_at` (by the CRM's clock) and goes on at `cursor`, reading what
    changed `since`; one that ended moved `since` on. `things` were read in it. `whole_at` is when
    everything of the part was read last.
    """

    __tablename__ = "crm_passes"

    connection: Mapped[int] = mapped_column(
        ForeignKey("crm_connections.id", ondelete="CASCADE"), primary_key=True
    )
    part: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime | None]
    cursor: Mapped[str | None]
    started_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    whole_at: Mapped[datetime | None]
    things: Mapped[int] = mapped_column(server_default=text("0"))


class CrmChangeRow(Row):
    """With which change of a CRM something was read anew, or found gone, last."""

    __tablename__ = "crm_changes"
    __table_args__ = (Index("ix_crm_changes_connection_change", "connection", "change"),)

    connection: Mapped[int] = mapped_column(
        ForeignKey("crm_connections.id", ondelete="CASCADE"), primary_key=True
    )
    thing: Mapped[str] = mapped_column(primary_key=True)
    subject: Mapped[str] = mapped_column(primary_key=True)
    change: Mapped[int]


class CrmBellRow(Row):
    """Something that a web-hook told us to read again; one row for each thing, however often.

    `rings` counts, so that what rings while it is read is read once more.
    """

    __tablename__ = "crm_bells"
    __table_args__ = (UniqueConstraint("connection", "thing", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    connection: Mapped[int] = mapped_column(ForeignKey("crm_connections.id", ondelete="CASCADE"))
    thing: Mapped[str]
    subject: Mapped[str]
    rung_at: Mapped[datetime]
    rings: Mapped[int] = mapped_column(server_default=text("1"))


class CrmWriteRow(Row):
    """Something written into a deal of a CRM, or to be: the outbox.

    `key` is ours and stands in what is written, so that it is found again; `about` says what it is
    for (a digest of the verdict, a decision), so that nothing is written twice. `state` is
    ``waiting``, ``sending``, ``written``, ``dead``, ``undoing``, ``undone`` or ``dropped``.
    `wanted_at` is when it was last found to be wanted: what nobody wants for long is not sent.
    `uncertain_at` is since when nobody knows whether it was written: it is looked for before it is
    sent again. `remote` is what the CRM calls it, `before` what stood there.
    """

    __tablename__ = "crm_writes"
    __table_args__ = (
        UniqueConstraint("connection", "kind", "deal_id", "about"),
        Index("ix_crm_writes_connection_state_due_at", "connection", "state", "due_at"),
        Index("ix_crm_writes_connection_deal_id_id", "connection", "deal_id", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    connection: Mapped[int] = mapped_column(ForeignKey("crm_connections.id", ondelete="CASCADE"))
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    deal_id: Mapped[str]
    about: Mapped[str]
    content: Mapped[JsonObject]
    state: Mapped[str]
    tries: Mapped[int] = mapped_column(server_default=text("0"))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    since: Mapped[datetime]
    wanted_at: Mapped[datetime] = mapped_column(server_default=text(LONG_AGO))
    token: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    uncertain_at: Mapped[datetime | None]
    written_at: Mapped[datetime | None]
    remote: Mapped[str | None]
    before: Mapped[JsonObject] = mapped_column(server_default=text("'{}'"))
    error: Mapped[str | None]
    detail: Mapped[str | None]


class CrmPaceRow(Row):
    """When the next request to a CRM may be sent, by all processes: seconds since 1970."""

    __tablename__ = "crm_paces"

    name: Mapped[str] = mapped_column(primary_key=True)
    free_at: Mapped[float] = mapped_column(Double)
