"""Rows about the judge: what a language model answered."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import Row


class JudgeAnswerRow(Row):
    """What the judge answered to one question, word for word.

    `key` is the SHA-256 of everything that settles the answer: the words sent, the call's facts,
    the instructions and the model. `tokens` is what it cost, `words` the digest of the words that
    were judged, so that the answer goes when they go.
    """

    __tablename__ = "judge_answers"

    key: Mapped[str] = mapped_column(primary_key=True)
    model: Mapped[str]
    prompt_version: Mapped[str]
    answer: Mapped[str]
    tokens: Mapped[int]
    words: Mapped[str | None] = mapped_column(index=True)
    created_at: Mapped[datetime]
