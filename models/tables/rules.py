"""Rows about changing what stages demand: drafts, editions and previews on history."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Row


class RuleDraftRow(Row):
    """A copy of a pipeline's rules that is worked on; one for each pipeline."""

    __tablename__ = "rule_drafts"

    pipeline: Mapped[str] = mapped_column(primary_key=True)
    text: Mapped[str]
    version: Mapped[int]
    base: Mapped[int]
    account: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    who: Mapped[str]
    at: Mapped[datetime]


class RuleEditionRow(Row):
    """What a pipeline demands from a moment on. Rows are only ever added."""

    __tablename__ = "rule_editions"
    __table_args__ = (UniqueConstraint("pipeline", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pipeline: Mapped[str]
    version: Mapped[int]
    text: Mapped[str]
    digest: Mapped[str]
    account: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    who: Mapped[str]
    note: Mapped[str]
    at: Mapped[datetime]
    restores: Mapped[int | None]
    follows_file: Mapped[bool] = mapped_column(server_default=false())


class RulePreviewRow(Row):
    """What a draft would turn over among the verdicts that there are."""

    __tablename__ = "rule_previews"

    id: Mapped[int] = mapped_column(primary_key=True)
    pipeline: Mapped[str] = mapped_column(index=True)
    text: Mapped[str]
    digest: Mapped[str]
    account: Mapped[int | None] = mapped_column(ForeignKey("accounts.id", ondelete="SET NULL"))
    who: Mapped[str]
    asked_at: Mapped[datetime]
    state: Mapped[str]
    step: Mapped[int]
    done: Mapped[int] = mapped_column(server_default="0")
    of: Mapped[int] = mapped_column(server_default="0")
    follows_file: Mapped[bool] = mapped_column(server_default=false())
    against: Mapped[int]
    judged: Mapped[str | None]
    deals: Mapped[int]
    finished_at: Mapped[datetime | None]
    problem: Mapped[str | None]


class RuleFlipRow(Row):
    """One thing that a draft judges otherwise."""

    __tablename__ = "rule_flips"
    __table_args__ = (Index("ix_rule_flips_preview_decided", "preview", "decided"),)

    preview: Mapped[int] = mapped_column(
        ForeignKey("rule_previews.id", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    deal_id: Mapped[str | None]
    call_id: Mapped[str | None]
    user_id: Mapped[str | None]
    subject: Mapped[str]
    before: Mapped[str | None]
    after: Mapped[str | None]
    finding: Mapped[int | None]
    decided: Mapped[str | None]
    key: Mapped[str | None]
