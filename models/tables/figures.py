"""Rows about facts that figures are counted from; a fact that changed is kept beside the new one.

A row holds from `valid_from` until `valid_until` (`FOREVER` while it is so), so that what was known
at any moment is read with one condition.
"""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy import Date, Index
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import JsonList, JsonObject, Row

FOREVER = datetime(9999, 12, 31, tzinfo=UTC)


class Versioned:
    """What the rows of facts share; `digest` tells different facts of one thing apart."""

    id: Mapped[int] = mapped_column(primary_key=True)
    crm_source: Mapped[str]
    valid_from: Mapped[datetime]
    valid_until: Mapped[datetime]
    digest: Mapped[str]


class LineFactRow(Versioned, Row):
    """A pipeline's line as it was judged by."""

    __tablename__ = "line_facts"

    pipeline_id: Mapped[str]
    name: Mapped[str]
    template: Mapped[str]
    position: Mapped[int]
    stages: Mapped[JsonList]


class PersonFactRow(Versioned, Row):
    """One of ours, with the roles held."""

    __tablename__ = "person_facts"

    user_id: Mapped[str]
    name: Mapped[str]
    roles: Mapped[JsonList]


class DealFactRow(Versioned, Row):
    """One deal; `detail` holds the lists of a fact."""

    __tablename__ = "deal_facts"
    __table_args__ = (Index("ix_deal_facts_valid", "crm_source", "valid_until", "deal_id"),)

    deal_id: Mapped[str]
    name: Mapped[str]
    pipeline_id: Mapped[str]
    user_id: Mapped[str | None]
    roles: Mapped[JsonList]
    source: Mapped[str | None]
    client: Mapped[str]
    amount: Mapped[float | None]
    currency: Mapped[str]
    status: Mapped[str]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    first_contact_at: Mapped[datetime]
    recorded: Mapped[int | None]
    reached: Mapped[int | None]
    verified: Mapped[int | None]
    blocked: Mapped[int | None]
    unsure: Mapped[int | None]
    gap: Mapped[str]
    calls: Mapped[int]
    unheard: Mapped[int]
    detail: Mapped[JsonObject]


class CallFactRow(Versioned, Row):
    """One outside call with the actions heard in it."""

    __tablename__ = "call_facts"
    __table_args__ = (
        Index("ix_call_facts_at", "crm_source", "at"),
        Index("ix_call_facts_call_id", "crm_source", "call_id", "valid_until"),
        Index("ix_call_facts_valid", "crm_source", "valid_until"),
    )

    call_id: Mapped[str]
    at: Mapped[datetime]
    user_id: Mapped[str | None]
    roles: Mapped[JsonList]
    deal_id: Mapped[str | None]
    pipeline_id: Mapped[str | None]
    outcome: Mapped[str | None]
    answered: Mapped[bool]
    heard: Mapped[bool]
    seconds: Mapped[float]
    actions: Mapped[JsonList]


class PromiseFactRow(Versioned, Row):
    """One promise and what became of it; `ordinal` tells those of one deal apart."""

    __tablename__ = "promise_facts"
    __table_args__ = (Index("ix_promise_facts_valid", "crm_source", "valid_until", "deal_id"),)

    deal_id: Mapped[str]
    ordinal: Mapped[int]
    pipeline_id: Mapped[str]
    call_id: Mapped[str]
    type: Mapped[str]
    by: Mapped[str]
    user_id: Mapped[str | None]
    roles: Mapped[JsonList]
    made_at: Mapped[datetime]
    deadline: Mapped[datetime | None]
    state: Mapped[str]
    done_at: Mapped[datetime | None]
    quote: Mapped[str]
    amount: Mapped[float | None]
    currency: Mapped[str]
    place: Mapped[int | None]


class FactWeekRow(Row):
    """When a week began in a CRM's time zone; views look up in it what a database cannot count.

    SQLite knows no time zones; so both databases tell the same weeks.
    """

    __tablename__ = "fact_weeks"

    crm_source: Mapped[str] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(primary_key=True)
    week: Mapped[date] = mapped_column(Date)
