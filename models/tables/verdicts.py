"""Rows about judging: runs, verdicts, promises and flags."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, ForeignKeyConstraint, text, true
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import LONG_AGO, JsonList, JsonObject, Row


class RunRow(Row):
    """One judging of deals: by what, as of when, and how far it came.

    `state` is ``running``, ``done``, ``failed`` or ``interrupted``. `judge` names the language
    model that heard the calls as well, if one did. `digest` tells different verdicts apart.
    """

    __tablename__ = "runs"

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str]
    crm_source: Mapped[str]
    state: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    as_of: Mapped[datetime | None]
    transcriber: Mapped[str | None]
    judge: Mapped[str | None]
    errors: Mapped[JsonList]
    digest: Mapped[str | None]


class DealVerdictRow(Row):
    """Where a deal really stood in one run.

    `digest` tells different verdicts apart, `changed_at` is since when they are as they are.
    """

    __tablename__ = "deal_verdicts"

    run: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    deal_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int]
    pipeline_id: Mapped[str]
    recorded_stage: Mapped[str | None]
    verified_stage: Mapped[str | None]
    gap: Mapped[str]
    digest: Mapped[str] = mapped_column(server_default="")
    changed_at: Mapped[datetime] = mapped_column(server_default=text(LONG_AGO))


class OfDealVerdict:
    """What the rows under one deal's verdict share."""

    run: Mapped[int] = mapped_column(primary_key=True)
    deal_id: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)


def _under_deal_verdict() -> ForeignKeyConstraint:
    return ForeignKeyConstraint(
        ["run", "deal_id"], ["deal_verdicts.run", "deal_verdicts.deal_id"], ondelete="CASCADE"
    )


class RequirementVerdictRow(OfDealVerdict, Row):
    """One requirement judged for one deal in one run."""

    __tablename__ = "requirement_verdicts"
    __table_args__ = (_under_deal_verdict(),)

    stage: Mapped[str]
    requirement_id: Mapped[str]
    severity: Mapped[str]
    verdict: Mapped[str]
    grade: Mapped[str]
    explanation: Mapped[str]
    explanation_en: Mapped[str] = mapped_column(server_default="")
    evidence: Mapped[JsonList]
    rule_hash: Mapped[str]
    waived: Mapped[JsonObject | None]
    waivable: Mapped[bool] = mapped_column(server_default=true())


class PromiseRow(OfDealVerdict, Row):
    """Something promised in a call and what came of it."""

    __tablename__ = "promises"
    __table_args__ = (_under_deal_verdict(),)

    type: Mapped[str]
    by: Mapped[str]
    made_at: Mapped[datetime]
    state: Mapped[str]
    call_id: Mapped[str]
    quote: Mapped[str]
    due: Mapped[str | None]
    deadline: Mapped[datetime | None]
    done_at: Mapped[datetime | None]


class FlagRow(Row):
    """Something a supervisor should see."""

    __tablename__ = "flags"

    run: Mapped[int] = mapped_column(ForeignKey("runs.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    severity: Mapped[str]
    explanation: Mapped[str]
    explanation_en: Mapped[str] = mapped_column(server_default="")
    deal_id: Mapped[str | None] = mapped_column(index=True)
    call_id: Mapped[str | None]
    user_id: Mapped[str | None]
    at: Mapped[datetime | None]
    evidence: Mapped[JsonList]
