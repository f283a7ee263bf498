"""Calls: their facts, how they ended up, whose deal they are."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from sqlalchemy import ColumnElement, Select, select
from starlette.responses import Response

from api.v1 import examples
from api.v1.actions import actions_of, told_action
from api.v1.call_shapes import Call, CallWithActions, RecordingState
from api.v1.describing import told
from api.v1.keys import Reads
from api.v1.listing import (
    CallId,
    Fields,
    Moment,
    Order,
    Paged,
    Since,
    Text,
    answered,
    chosen,
    chosen_fields,
)
from api.v1.lists import find, matching, since
from api.v1.reading import Columns, Json, current_rows, moment, not_found, seconds, share
from api.v1.shapes import Page
from models.store.current import Current
from models.tables import (
    ActionRow,
    CallRow,
    CallScoreRow,
    DealMatchRow,
    RecordingRow,
    TranscriptRow,
)
from models.vocabulary.action import Outcome
from models.vocabulary.call import Direction
from models.vocabulary.keys import Scope

routes = APIRouter(prefix="/api/v1", tags=["calls"])
_FACTS = (
    *("id", "call_id", "recording", "sha256", "account", "direction", "started_at", "user_id"),
    *("extension", "client_number", "answered", "talk_s", "outcome", "metadata_from"),
    *("updated_at",),
)


@dataclass(frozen=True, slots=True)
class Filters:
    """Which calls somebody wants."""

    call_id: Text = None
    account: Text = None
    user_id: Text = None
    deal_id: Text = None
    direction: Direction | None = None
    outcome: Outcome | None = None
    state: RecordingState | None = None
    started_since: Moment | None = None
    started_until: Moment | None = None
    updated_since: Since = None

    def chosen(self, current: Current) -> Select[Any]:
        """A query of them."""
        until = self.started_until
        return matching(
            _calls(current),
            {
                CallRow.call_id: self.call_id,
                CallRow.account: self.account,
                CallRow.user_id: self.user_id,
                DealMatchRow.deal_id: self.deal_id,
                CallRow.direction: self.direction,
                CallRow.outcome: self.outcome,
            },
            self._in_state(),
            since(CallRow.started_at, self.started_since),
            CallRow.started_at < until if until is not None else None,
            since(CallRow.updated_at, self.updated_since),
        )

    def _in_state(self) -> ColumnElement[bool] | None:
        if self.state is None:
            return None
        unrecorded = CallRow.recording == ""
        return unrecorded if self.state == "unrecorded" else RecordingRow.state == self.state


@routes.get("/calls", **told(Scope.READ, Page[Call], examples.page(examples.CALL)))
def list_calls(
    caller: Reads,
    page: Paged,
    filters: Annotated[Filters, Depends()],
    order: Order = Order.OLDEST,
) -> Response:
    """Lists calls in the order in which they became known."""
    found = find(caller, page, {"id": CallRow.id}, filters.chosen, order)
    return page.answer(Call, found.items(partial(_call, words=caller.hears_words)), found.last)


@routes.get(
    "/calls/{id}",
    **told(Scope.READ, CallWithActions, examples.CALL | {"actions": [examples.ACTION]}),
)
def read_call(request: Request, caller: Reads, id: CallId, fields: Fields = None) -> Response:  # noqa: A002 - the address's word
    """Gives a call with what was heard in it."""
    wanted, words = chosen_fields(CallWithActions, fields), caller.hears_words
    with current_rows(caller) as (session, current):
        if current is None:
            raise not_found("call")
        row = session.execute(_calls(current).where(CallRow.id == id)).mappings().first()
        if row is None:
            raise not_found("call")
        actions = session.execute(
            actions_of(current).where(ActionRow.call == id).order_by(ActionRow.position)
        ).mappings()
        body = _call(row, current, words=words)
        body["actions"] = [told_action(one, current, words=words) for one in actions]
    return answered(request, chosen(body, wanted))


def _calls(current: Current) -> Select[Any]:
    return (
        select(
            *(getattr(CallRow, name) for name in _FACTS),
            TranscriptRow.duration_s,
            TranscriptRow.speech_s,
            TranscriptRow.language,
            TranscriptRow.model,
            RecordingRow.duration_s.label("sound_s"),
            RecordingRow.state,
            RecordingRow.error,
            DealMatchRow.deal_id,
            DealMatchRow.score,
            DealMatchRow.method,
            DealMatchRow.reasons,
            DealMatchRow.alternatives,
            CallScoreRow.score.label("call_score"),
        )
        .outerjoin(TranscriptRow, TranscriptRow.id == CallRow.transcript_id)
        .outerjoin(RecordingRow, RecordingRow.sha256 == CallRow.sha256)
        .outerjoin(DealMatchRow, DealMatchRow.call == CallRow.id)
        .outerjoin(CallScoreRow, CallScoreRow.call == CallRow.id)
        .where(CallRow.source == current.source, CallRow.current)
    )


def _call(row: Columns, current: Current, *, words: bool) -> Json:
    body: Json = {name: row[name] for name in _FACTS}
    body |= {
        "recording": (row["recording"] or None) if words else None,
        "client_number": row["client_number"] if words else None,
        "started_at": moment(row["started_at"], current.zone),
        "updated_at": moment(row["updated_at"], current.zone),
        "talk_s": seconds(row["talk_s"]),
        "duration_s": seconds(
            row["duration_s"] if row["duration_s"] is not None else row["sound_s"]
        ),
        "speech_s": seconds(row["speech_s"]),
        "language": row["language"],
        "model": row["model"],
        "state": row["state"] or ("arrived" if row["recording"] else "unrecorded"),
        "error": row["error"],
        "deal": _match(row, words=words),
        "score": row["call_score"],
    }
    return body


def _match(row: Columns, *, words: bool) -> Json | None:
    if row["deal_id"] is None:
        return None
    return {
        "id": row["deal_id"],
        "score": share(row["score"]),
        "method": row["method"],
        "reasons": list(row["reasons"]) if words else None,
        "alternatives": [
            {"id": deal, "score": share(score)} for deal, score in row["alternatives"]
        ],
    }
