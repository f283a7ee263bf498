"""Rows about work: what is to be done, who is at it, and what could not be used."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Row


class JobRow(Row):
    """A piece of work, one row for each thing that may have to be done again.

    `kind` is ``call`` (`subject` is the call's row), ``verdicts`` or ``report`` (`subject` names
    the source of the calls) or ``preview`` (`subject` is the preview's row). `lane` is ``fresh`` or
    ``backlog``, `state` ``waiting``, ``running``, ``done`` or ``quarantined``. `wanted` counts how
    often the work was asked for, `claimed` what it was when the work began: work that was asked for
    meanwhile is done once more. `token` is whose claim it is; `beat_at` is when that one last said
    that it is still at it.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        UniqueConstraint("kind", "subject"),
        Index("ix_jobs_state_lane_due_at", "state", "lane", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    subject: Mapped[str]
    lane: Mapped[str]
    state: Mapped[str]
    wanted: Mapped[int]
    claimed: Mapped[int]
    tries: Mapped[int]
    limit_s: Mapped[float]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    rung_at: Mapped[datetime | None]
    token: Mapped[str | None]
    worker: Mapped[str | None]
    claimed_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    took_s: Mapped[float | None]
    audio_s: Mapped[float | None]
    error: Mapped[str | None]
    detail: Mapped[str | None]


class IntakeProblemRow(Row):
    """A file that the last look at the recordings of `source` could not use, and why."""

    __tablename__ = "intake_problems"

    source: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    recording: Mapped[str]
    error: Mapped[str]
    detail: Mapped[str]


class CallHeardRow(Row):
    """What a call was heard and matched with; equal digests, equal outcome.

    `introduced` is the CRM's company that the other side introduces itself as, where that matters.
    """

    __tablename__ = "calls_heard"

    call: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    heard_with: Mapped[str]
    matched_with: Mapped[str]
    introduced: Mapped[str | None]
