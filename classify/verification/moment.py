"""The CRM as it was known at one moment: nothing from later."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from models.vocabulary.deal import Activity, CrmSnapshot, Deal, StageChange, StageKind


def known_at(snapshot: CrmSnapshot, as_of: datetime) -> CrmSnapshot:
    """The snapshot without what was created, moved, completed or closed after `as_of`."""
    kinds = {s.id: s.kind for pipeline in snapshot.pipelines for s in pipeline.stages}
    undone: dict[str, StageChange] = {}
    for change in sorted(snapshot.stage_changes, key=lambda one: one.at):
        if change.at > as_of:
            undone.setdefault(change.deal_id, change)
    return replace(
        snapshot,
        deals=tuple(
            _deal_at(deal, undone.get(deal.id), kinds, as_of)
            for deal in snapshot.deals
            if deal.created_at <= as_of
        ),
        stage_changes=tuple(change for change in snapshot.stage_changes if change.at <= as_of),
        activities=tuple(
            _activity_at(activity, as_of)
            for activity in snapshot.activities
            if activity.created_at <= as_of
        ),
    )


def _deal_at(
    deal: Deal, undone: StageChange | None, kinds: dict[str, StageKind], as_of: datetime
) -> Deal:
    stage_id = undone.from_id if undone and undone.from_id else deal.stage_id
    closed = deal.closed_at if deal.closed_at and deal.closed_at <= as_of else None
    status = deal.status if stage_id == deal.stage_id else kinds.get(stage_id, deal.status)
    if (stage_id, closed, status) == (deal.stage_id, deal.closed_at, deal.status):
        return deal
    return replace(deal, stage_id=stage_id, status=status, closed_at=closed)


def _activity_at(activity: Activity, as_of: datetime) -> Activity:
    if activity.completed_at and activity.completed_at > as_of:
        return replace(activity, completed_at=None, result=None)
    return activity
