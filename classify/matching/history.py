"""A deal at the time of a call: was it open, and who had touched it last."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from core.settings import MatchingSettings
from models.vocabulary.deal import Activity, Deal, StageChange, StageKind

# Agents write a call's result into the card at once.
RESULT_WINDOW = timedelta(hours=1)
_DUE_WINDOW = timedelta(hours=12)


class Standing(Enum):
    """How a deal stood when the call began."""

    OPEN = "open"
    SOON = "soon"  # created or opened again shortly after
    CLOSED_LATELY = "closed lately"
    AWAY = "away"  # closed long before, or created long after


@dataclass(frozen=True, slots=True)
class Trace:
    """Something that happened in a card; `by` is the user who did it."""

    at: datetime
    by: str | None = None


@dataclass(frozen=True, slots=True)
class DealHistory:
    """One deal in time.

    `moves` are (time, kind of the stage entered) in order; `first_kind` is the kind of the
    stage before them. `due` are the days on which somebody meant to act.
    """

    created_at: datetime
    first_kind: StageKind
    moves: tuple[tuple[datetime, StageKind], ...]
    traces: tuple[Trace, ...]
    due: tuple[tuple[datetime, datetime | None], ...]


def build_history(
    deal: Deal,
    changes: Sequence[StageChange],
    activities: Sequence[Activity],
    kinds: Mapping[str, StageKind],
) -> DealHistory:
    """The history of `deal` from its own stage changes and activities.

    Args:
        deal: as it is now; where its stage changes are incomplete its `closed_at` counts.
        changes: of this deal, any order.
        activities: of this deal.
        kinds: stage id to kind; stages that the CRM has deleted since count as open.
    """
    ordered = sorted(changes, key=lambda change: change.at)
    moves = [(change.at, kinds.get(change.to_id, StageKind.OPEN)) for change in ordered]
    last_kind = moves[-1][1] if moves else StageKind.OPEN
    if deal.status is not StageKind.OPEN and last_kind is StageKind.OPEN:
        closed = deal.closed_at or deal.updated_at or deal.created_at
        moves.append((max(closed, moves[-1][0]) if moves else closed, deal.status))
    first = ordered[0].from_id if ordered else None
    traces = [Trace(deal.created_at)]
    traces += [Trace(change.at, change.by) for change in ordered]
    for activity in activities:
        traces.append(Trace(activity.created_at, activity.user_id))
        if activity.completed_at is not None:
            traces.append(Trace(activity.completed_at, activity.user_id))
    return DealHistory(
        created_at=deal.created_at,
        first_kind=kinds.get(first, StageKind.OPEN) if first is not None else StageKind.OPEN,
        moves=tuple(moves),
        traces=tuple(sorted(traces, key=lambda trace: trace.at)),
        due=tuple((a.due_at, a.completed_at) for a in activities if a.due_at is not None),
    )


def standing_at(history: DealHistory, at: datetime, settings: MatchingSettings) -> Standing:
    """How the deal stood at `at`, by its stage history and not by what it is now."""
    soon = at + timedelta(hours=settings.created_after_hours)
    if history.created_at > at:
        return Standing.SOON if history.created_at <= soon else Standing.AWAY
    kind, since = _kind_at(history, at)
    if kind is StageKind.OPEN:
        return Standing.OPEN
    if any(at < moved <= soon and to is StageKind.OPEN for moved, to in history.moves):
        return Standing.SOON
    days = settings.won_deal_days if kind is StageKind.WON else settings.lost_deal_days
    return Standing.CLOSED_LATELY if at - since <= timedelta(days=days) else Standing.AWAY


def _kind_at(history: DealHistory, at: datetime) -> tuple[StageKind, datetime]:
    kind, since = history.first_kind, history.created_at
    for moved, to in history.moves:
        if moved > at:
            break
        if to is not kind:
            kind, since = to, moved
    return kind, since


def last_touched(history: DealHistory, at: datetime, user_id: str | None) -> datetime | None:
    """When the card was last touched before `at`.

    That is `at` itself where the agent of the call (anybody, where `user_id` is unknown) wrote
    into it within an hour after, or where something still to do was due that day.
    """
    for trace in history.traces:
        after = at < trace.at <= at + RESULT_WINDOW and trace.at != history.created_at
        if after and (user_id is None or trace.by == user_id):
            return at
    for due, done in history.due:
        if abs(due - at) <= _DUE_WINDOW and (done is None or done >= at):
            return at
    before = [trace.at for trace in history.traces if trace.at <= at]
    return before[-1] if before else None


def has_worked_on(history: DealHistory, user_id: str, at: datetime) -> bool:
    """Whether the user had done anything in the card by the hour after `at`."""
    return any(t.by == user_id and t.at <= at + RESULT_WINDOW for t in history.traces)
