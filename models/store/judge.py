"""The judge's answers, kept so that the same question is paid for once."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.store.mapping import columns_of
from models.tables import JudgeAnswerRow


@dataclass(frozen=True, slots=True)
class JudgeAnswer:
    """One answer word for word; `key` is the hash of all that settles it.

    `words` is the digest of what was said (`words_digest`).
    """

    key: str
    model: str
    prompt_version: str
    answer: str
    tokens: int
    words: str


def words_digest(texts: Iterable[str]) -> str:
    """SHA-256 of what was said in a call: the texts of its segments in order."""
    return hashlib.sha256("\n".join(texts).encode("utf-8", "backslashreplace")).hexdigest()


def find_answer(session: Session, key: str) -> str | None:
    """Gives what the judge answered to this very question, if it was asked before."""
    return session.scalar(select(JudgeAnswerRow.answer).filter_by(key=key))


def add_answer(session: Session, answer: JudgeAnswer, now: datetime) -> None:
    """Writes an answer down; the first one to a question stands."""
    if session.get(JudgeAnswerRow, answer.key) is None:
        session.add(JudgeAnswerRow(created_at=now, **columns_of(answer)))
        session.flush()
