"""Rows about how calls were led: a call's score and the items of the checklist behind it."""

from __future__ import annotations

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import JsonList, Row


class CallScoreRow(Row):
    """A call by a checklist; `score` is empty where too little could be judged.

    `rule_hash` is that of the checklist's demands, `capped_by` the failed critical items.
    """

    __tablename__ = "call_scores"

    call: Mapped[int] = mapped_column(ForeignKey("calls.id", ondelete="CASCADE"), primary_key=True)
    checklist: Mapped[str]
    rule_hash: Mapped[str]
    score: Mapped[int | None]
    capped_by: Mapped[JsonList]


class CheckedItemRow(Row):
    """One item of the checklist in one call; `position` keeps the checklist's order."""

    __tablename__ = "checked_items"

    call: Mapped[int] = mapped_column(
        ForeignKey("call_scores.call", ondelete="CASCADE"), primary_key=True
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    item_id: Mapped[str] = mapped_column(index=True)
    title: Mapped[str]
    critical: Mapped[bool]
    weight: Mapped[float]
    verdict: Mapped[str]
    explanation: Mapped[str]
    quote: Mapped[str | None]
    speaker: Mapped[str | None]
    start: Mapped[float | None]
