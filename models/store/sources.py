"""Which folders of recordings are judged."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables import JobRow
from models.vocabulary.work import JobKind


def judged_sources(session: Session) -> list[str]:
    """The sources whose verdicts workers keep up; none where only `stagecheck run` is used."""
    rows = session.scalars(
        select(JobRow.subject).where(JobRow.kind == JobKind.VERDICTS.value).order_by(JobRow.id)
    )
    return list(rows)
