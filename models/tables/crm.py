"""Rows about the CRM: people, companies, deals and their history, as last read."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from core.clock import now
from models.tables.base import LONG_AGO, JsonList, JsonObject, Row


class CrmRow(Row):
    """A CRM as it was read last; `source` names the file or the system."""

    __tablename__ = "crms"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(unique=True)
    as_of: Mapped[datetime]
    timezone: Mapped[str]
    crm: Mapped[str]


class OfCrm:
    """What the rows of one CRM share; `position` keeps the CRM's own order."""

    crm: Mapped[int] = mapped_column(ForeignKey("crms.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)


class Watched:
    """What a copy elsewhere follows; `changed_at` is since when we know it as it is."""

    changed_at: Mapped[datetime] = mapped_column(server_default=text(LONG_AGO), onupdate=now)


class PipelineRow(OfCrm, Watched, Row):
    """A sales pipeline; its stages stand in order."""

    __tablename__ = "pipelines"

    id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    template: Mapped[str]
    stages: Mapped[JsonList]


class UserRow(OfCrm, Row):
    """Somebody of ours."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    extensions: Mapped[JsonList]
    phones: Mapped[JsonList]
    role: Mapped[str | None]


class CompanyRow(OfCrm, Row):
    """A client's company."""

    __tablename__ = "companies"

    id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    phones: Mapped[JsonList]
    fields: Mapped[JsonObject]


class ContactRow(OfCrm, Row):
    """A client's person."""

    __tablename__ = "contacts"

    id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    company_id: Mapped[str | None]
    phones: Mapped[JsonList]
    emails: Mapped[JsonList]
    decision_maker: Mapped[bool]


class DealRow(OfCrm, Watched, Row):
    """A deal as the CRM has it."""

    __tablename__ = "deals"
    __table_args__ = (Index("ix_deals_crm_amount_position", "crm", "amount", "position"),)

    id: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    pipeline_id: Mapped[str]
    stage_id: Mapped[str]
    status: Mapped[str]
    created_at: Mapped[datetime]
    amount: Mapped[float | None]
    currency: Mapped[str]
    contact_ids: Mapped[JsonList]
    company_id: Mapped[str | None]
    responsible_id: Mapped[str | None] = mapped_column(index=True)
    source: Mapped[str | None]
    updated_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    fields: Mapped[JsonObject]


class StageChangeRow(OfCrm, Row):
    """A deal's history: its card was moved. A live CRM has an id for each move."""

    __tablename__ = "stage_changes"

    id: Mapped[str | None] = mapped_column(index=True)
    deal_id: Mapped[str] = mapped_column(index=True)
    to_id: Mapped[str]
    at: Mapped[datetime]
    from_id: Mapped[str | None]
    by: Mapped[str | None]


class ActivityRow(OfCrm, Row):
    """Something the CRM says was planned or done."""

    __tablename__ = "activities"

    id: Mapped[str] = mapped_column(index=True)
    type: Mapped[str]
    kind: Mapped[str]
    created_at: Mapped[datetime]
    deal_id: Mapped[str | None] = mapped_column(index=True)
    contact_id: Mapped[str | None] = mapped_column(index=True)
    direction: Mapped[str | None]
    due_at: Mapped[datetime | None]
    completed_at: Mapped[datetime | None]
    result: Mapped[str | None]
    amount: Mapped[float | None]
    subject: Mapped[str | None]
    text: Mapped[str | None]
    place: Mapped[str | None]
    user_id: Mapped[str | None]
    call_id: Mapped[str | None]
