"""Calls in words; that they are read is written down."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from sqlalchemy import Select, select
from starlette.responses import Response

from api.v1 import examples
from api.v1.call_shapes import Transcript
from api.v1.describing import told
from api.v1.keys import Hears
from api.v1.listing import (
    CallId,
    Fields,
    Order,
    Paged,
    Since,
    Text,
    answered,
    chosen,
    chosen_fields,
)
from api.v1.lists import find, find_one, matching, since
from api.v1.reading import Columns, Json, moment, seconds, share
from api.v1.shapes import Page
from models.store.current import Current
from models.tables import CallRow, DealMatchRow, TranscriptRow
from models.vocabulary.keys import Scope

routes = APIRouter(prefix="/api/v1", tags=["calls"])
_MOST = 20  # the words of more take longer than anybody waits for a list


@routes.get("/calls/{id}/transcript", **told(Scope.TRANSCRIPTS, Transcript, examples.TRANSCRIPT))
def read_transcript(
    request: Request,
    caller: Hears,
    id: CallId,  # noqa: A002 - the address's word
    fields: Fields = None,
) -> Response:
    """Gives a call in words; that it was read is written down."""
    wanted = chosen_fields(Transcript, fields)
    row, current = find_one(
        caller, "transcript", lambda current: _transcripts(current).where(CallRow.id == id)
    )
    caller.note("transcript read", f"call:{id}")
    return answered(request, chosen(_transcript(row, current), wanted))


@routes.get(
    "/transcripts",
    **told(Scope.TRANSCRIPTS, Page[Transcript], examples.page(examples.TRANSCRIPT)),
)
def list_transcripts(
    caller: Hears,
    page: Paged,
    deal_id: Text = None,
    updated_since: Since = None,
    order: Order = Order.OLDEST,
) -> Response:
    """Lists calls in words, at most 20 on a page; that they were read is written down."""

    def wanted(current: Current) -> Select[Any]:
        of_deal = None
        if deal_id is not None:
            of_deal = CallRow.id.in_(
                select(DealMatchRow.call).where(DealMatchRow.deal_id == deal_id)
            )
        changed = since(CallRow.updated_at, updated_since)
        return matching(_transcripts(current), {}, of_deal, changed)

    found = find(caller, page, {"call": CallRow.id}, wanted, order, most=_MOST)
    answer = page.answer(Transcript, found.items(_transcript), found.last)
    if found.rows:
        calls = ", ".join(str(row["call"]) for row in found.rows)
        caller.note("transcripts read", f"{len(found.rows)} calls", calls)
    return answer


def _transcripts(current: Current) -> Select[Any]:
    names = ("language", "model", "duration_s", "speech_s", "segments", "hidden", "created_at")
    return (
        select(
            CallRow.id.label("call"),
            CallRow.call_id,
            *(getattr(TranscriptRow, name) for name in names),
        )
        .join(TranscriptRow, TranscriptRow.id == CallRow.transcript_id)
        .where(CallRow.source == current.source, CallRow.current)
    )


def _transcript(row: Columns, current: Current) -> Json:
    return {
        "call": row["call"],
        "call_id": row["call_id"],
        "language": row["language"],
        "model": row["model"],
        "duration_s": seconds(row["duration_s"]),
        "speech_s": seconds(row["speech_s"]),
        "segments": [
            {
                "start": seconds(one["start"]),
                "end": seconds(one["end"]),
                "speaker": one["speaker"],
                "text": one["text"],
                "confidence": share(one["confidence"]),
            }
            for one in row["segments"]
        ],
        "hidden": row["hidden"],
        "created_at": moment(row["created_at"], current.zone),
    }
