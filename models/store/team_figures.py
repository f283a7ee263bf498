"""Figures of people by week: what was heard of them, and what became of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from models.store.deals import Judging
from models.store.reach import seen_by
from models.tables import CallRow, FindingRow, TranscriptRow
from models.vocabulary.access import Reach
from models.vocabulary.action import Outcome
from models.vocabulary.review import FindingState


@dataclass(frozen=True, slots=True)
class WeekFigures:
    """One person's week; findings count in the week in which it happened.

    `heard` are calls that were listened to, `seconds` their sound.
    """

    calls: int = 0
    heard: int = 0
    conversations: int = 0
    seconds: float = 0.0
    raised: int = 0
    confirmed: int = 0
    dismissed: int = 0

    def __add__(self, other: WeekFigures) -> WeekFigures:
        """Both together."""
        return WeekFigures(
            *(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__)
        )


Figures = dict[tuple[str | None, int], WeekFigures]


def team_figures(
    session: Session, judging: Judging, reach: Reach, weeks: Sequence[datetime]
) -> Figures:
    """Figures by user (``None``: nobody's) and week, of those within reach; in two queries.

    `weeks` are when each week begins and, last, when the last one ends.
    """
    figures: Figures = defaultdict(WeekFigures)
    for user, week, *counts in session.execute(_calls(judging, reach, weeks)):
        calls, heard, conversations, seconds = counts
        figures[user, week] += WeekFigures(calls, heard, conversations, float(seconds or 0.0))
    for user, week, raised, confirmed, dismissed in session.execute(
        _findings(judging, reach, weeks)
    ):
        found = WeekFigures(raised=raised, confirmed=confirmed, dismissed=dismissed)
        figures[user, week] += found
    return dict(figures)


def _calls(judging: Judging, reach: Reach, weeks: Sequence[datetime]) -> Any:
    week = _week_of(CallRow.started_at, weeks)
    conversation = CallRow.outcome == Outcome.CONVERSATION.value
    return (
        select(
            CallRow.user_id,
            week,
            func.count(),
            func.count(CallRow.outcome),
            _count_where(conversation),
            func.sum(TranscriptRow.duration_s),
        )
        .outerjoin(TranscriptRow, TranscriptRow.id == CallRow.transcript_id)
        .where(
            CallRow.source == judging.source,
            CallRow.current,
            CallRow.started_at >= weeks[0],
            CallRow.started_at < weeks[-1],
            seen_by(reach, CallRow.user_id),
        )
        .group_by(CallRow.user_id, week)
    )


def _findings(judging: Judging, reach: Reach, weeks: Sequence[datetime]) -> Any:
    at = func.coalesce(FindingRow.at, FindingRow.raised_at)
    week = _week_of(at, weeks)
    return (
        select(
            FindingRow.user_id,
            week,
            func.count(),
            _count_where(FindingRow.state == FindingState.CONFIRMED.value),
            _count_where(FindingRow.state == FindingState.DISMISSED.value),
        )
        .where(
            FindingRow.source == judging.source,
            FindingRow.crm_source == judging.crm_source,
            at >= weeks[0],
            at < weeks[-1],
            seen_by(reach, FindingRow.user_id),
        )
        .group_by(FindingRow.user_id, week)
    )


def _week_of(at: Any, weeks: Sequence[datetime]) -> ColumnElement[int]:
    """The number of the week that a moment lies in, by comparing: databases count weeks otherwise.

    The label keeps the one expression that is selected and grouped by.
    """
    ends = [(at < end, number) for number, end in enumerate(weeks[1:-1])]
    last = len(weeks) - 2
    return (case(*ends, else_=last) if ends else func.coalesce(last)).label("week")


def _count_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)
