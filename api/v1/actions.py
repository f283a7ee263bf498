"""What was done in calls."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Select, select
from starlette.responses import Response

from api.v1 import examples
from api.v1.call_shapes import Action
from api.v1.describing import told
from api.v1.keys import Reads
from api.v1.listing import Id, Order, Paged, Since, Text
from api.v1.lists import find, matching, since
from api.v1.reading import Columns, Json, seconds, share
from api.v1.shapes import Page
from models.store.current import Current
from models.tables import ActionRow, CallRow, DealMatchRow
from models.vocabulary.action import ActionStatus, ActionType
from models.vocabulary.keys import Scope
from models.vocabulary.transcript import Speaker

routes = APIRouter(prefix="/api/v1", tags=["calls"])


@dataclass(frozen=True, slots=True)
class Filters:
    """Which actions somebody wants."""

    call: Id = None
    deal_id: Text = None
    type: ActionType | None = None
    status: ActionStatus | None = None
    speaker: Speaker | None = None
    least_confidence: Annotated[float, Query(ge=0, le=1)] = 0
    updated_since: Since = None

    def chosen(self, current: Current) -> Select[Any]:
        """A query of them."""
        return matching(
            actions_of(current),
            {
                ActionRow.call: self.call,
                DealMatchRow.deal_id: self.deal_id,
                ActionRow.type: self.type,
                ActionRow.status: self.status,
                ActionRow.speaker: self.speaker,
            },
            ActionRow.confidence >= self.least_confidence if self.least_confidence else None,
            since(CallRow.updated_at, self.updated_since),
        )


@routes.get("/actions", **told(Scope.READ, Page[Action], examples.page(examples.ACTION)))
def list_actions(
    caller: Reads,
    page: Paged,
    filters: Annotated[Filters, Depends()],
    order: Order = Order.OLDEST,
) -> Response:
    """Lists what was done in calls, call by call."""
    place = {"call": ActionRow.call, "position": ActionRow.position}
    found = find(caller, page, place, filters.chosen, order)
    return page.answer(
        Action, found.items(partial(told_action, words=caller.hears_words)), found.last
    )


def actions_of(current: Current) -> Select[Any]:
    """A query of the actions in calls that count."""
    return (
        select(
            *(column for column in ActionRow.__table__.c if column.name != "cues"),
            CallRow.call_id,
            DealMatchRow.deal_id,
        )
        .join(CallRow, CallRow.id == ActionRow.call)
        .outerjoin(DealMatchRow, DealMatchRow.call == ActionRow.call)
        .where(CallRow.source == current.source, CallRow.current)
    )


def told_action(row: Columns, _current: Current, *, words: bool) -> Json:
    """An action as programs read it; its words only for who may."""
    return {
        "call": row["call"],
        "position": row["position"],
        "call_id": row["call_id"],
        "deal_id": row["deal_id"],
        "type": row["type"],
        "status": row["status"],
        "speaker": row["speaker"],
        "start": seconds(row["start"]),
        "end": seconds(row["end"]),
        "quote": row["quote"] if words else None,
        "slots": row["slots"],
        "confidence": share(row["confidence"]),
        "heard_otherwise": row["heard_otherwise"] if words else None,
    }
