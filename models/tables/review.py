"""Rows about reviewing: findings that outlive runs, decisions, and corrections by hand."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import JsonList, JsonObject, Row


class FindingRow(Row):
    """A flag that outlives the run that raised it.

    `key` is its identity across runs. What is shown is that of the last run that raised it;
    `digest` tells it apart from what was shown before. `version` counts decisions.
    """

    __tablename__ = "findings"
    __table_args__ = (
        UniqueConstraint("source", "crm_source", "key"),
        Index("ix_findings_state_withdrawn_at_weight", "state", "withdrawn_at", "weight"),
        Index("ix_findings_of_deal", "source", "crm_source", "deal_id", "weight"),
        Index(
            "ix_findings_inbox",
            "source",
            "crm_source",
            "weight",
            "id",
            postgresql_where=text("withdrawn_at IS NULL"),
            sqlite_where=text("withdrawn_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    crm_source: Mapped[str]
    key: Mapped[str]
    kind: Mapped[str] = mapped_column(index=True)
    severity: Mapped[str]
    explanation: Mapped[str]
    explanation_en: Mapped[str] = mapped_column(server_default="")
    deal_id: Mapped[str | None] = mapped_column(index=True)
    call_id: Mapped[str | None] = mapped_column(index=True)
    user_id: Mapped[str | None] = mapped_column(index=True)
    at: Mapped[datetime | None]
    evidence: Mapped[JsonList]
    pipeline_id: Mapped[str | None]
    stage: Mapped[str | None]
    amount: Mapped[float | None]
    confidence: Mapped[float]
    weight: Mapped[float]
    state: Mapped[str]
    raised_at: Mapped[datetime] = mapped_column(index=True)
    seen_run: Mapped[int | None] = mapped_column(ForeignKey("runs.id", ondelete="SET NULL"))
    withdrawn_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    updated_at: Mapped[datetime] = mapped_column(index=True)
    version: Mapped[int]
    digest: Mapped[str]


class DecisionRow(Row):
    """What somebody decided about a finding. Rows are only ever added.

    `shown` is the finding as it was shown then, so that it stays visible for ever.
    """

    __tablename__ = "decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    finding: Mapped[int] = mapped_column(ForeignKey("findings.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    account: Mapped[int | None] = mapped_column(
        ForeignKey("accounts.id", ondelete="SET NULL"), index=True
    )
    who: Mapped[str]
    reason: Mapped[str | None]
    note: Mapped[str]
    shown: Mapped[JsonObject]
    blind: Mapped[bool] = mapped_column(server_default=false())


class WaiverRow(Row):
    """A requirement that somebody waived for one deal, by the decision of the moment `at`.

    Two decisions may waive the same; each takes back its own.
    """

    __tablename__ = "waivers"
    __table_args__ = (UniqueConstraint("crm_source", "deal_id", "stage", "requirement_id", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    crm_source: Mapped[str]
    deal_id: Mapped[str] = mapped_column(index=True)
    stage: Mapped[str]
    requirement_id: Mapped[str]
    at: Mapped[datetime]
    account: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    who: Mapped[str]
    note: Mapped[str]


class CorrectionRow(Row):
    """Something that somebody corrected in a call; what the machine heard stays as it is.

    `kind` is ``word`` (`place` is segment and word), ``speaker`` (`place` is the segment),
    ``action`` (`place` is its position, or -1 and a number for one that was missed) or ``deal``.
    An empty `corrected` gives back what the machine has.
    """

    __tablename__ = "corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    call: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str]
    place: Mapped[JsonList]
    machine: Mapped[JsonObject]
    corrected: Mapped[JsonObject]
    at: Mapped[datetime]
    account: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    who: Mapped[str]


class CorrectedHearingRow(Row):
    """What the machine hears in a call's words as people corrected them; `who` did so last.

    What it heard in its own words stays in `actions`.
    """

    __tablename__ = "corrected_hearings"

    call: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    outcome: Mapped[str]
    actions: Mapped[JsonList]
    who: Mapped[str]
