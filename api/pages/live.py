"""`/events`: what happens, told to open pages as server-sent events.

Source: HTML Living Standard, 9.2 Server-sent events.
"""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, status
from sqlalchemy import Engine
from starlette.concurrency import run_in_threadpool
from starlette.responses import StreamingResponse
from starlette.types import Receive, Scope, Send

from api.access.gate import Gate, Visitor, having
from api.live.feed import Feed, Listener, TooManyListenersError
from api.pages.pages import Rendering
from core.serving import ENDING
from models.session import reading
from models.store.events import events_after
from models.vocabulary.access import Reach, Right
from models.vocabulary.errors import StagecheckError
from models.vocabulary.event import LIVE_TYPES, Event

HEARTBEAT_S, LOOKS_AGAIN_S = 15.0, 30.0
_MISSED = 500  # events that are told late; after more the page had better be loaded anew
_PATIENCE_S = 0.5  # how soon the end of the server is noticed
_RETRY_MS = 3000
_HEADERS = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
routes = APIRouter(include_in_schema=False)


@routes.get("/events")
async def events(
    request: Request,
    pages: Rendering,
    visitor: Annotated[Visitor, Depends(having(Right.SEE))],
    after: int | None = None,
) -> Response:
    """A stream of what is within the visitor's reach, until they log out or the server ends.

    `after`, or the header Last-Event-ID, is the last event that the page knows.
    """
    feed: Feed = request.app.state.feed
    try:
        listener, last = await feed.join(visitor.account.id)
    except TooManyListenersError:
        return Response(
            status_code=status.HTTP_429_TOO_MANY_REQUESTS, headers={"Retry-After": "60"}
        )
    except StagecheckError:
        return Response(status_code=status.HTTP_503_SERVICE_UNAVAILABLE)
    known = _number(request.headers.get("last-event-id"), after)
    missed: list[Event] | None = []
    if known is not None and known < last:
        try:
            missed = await run_in_threadpool(_missed, pages.service.database(), known, last)
        except StagecheckError:
            missed = None  # the page had better be loaded anew
    gate: Gate = request.app.state.gate
    stream = _Stream(gate, request.cookies.get(gate.cookie, ""), listener, visitor.reach)
    return _Answer(feed, listener, _told(stream, missed, last))


@dataclass(slots=True)
class _Stream:
    """Who listens, and how far their reach goes; both are looked at again and again."""

    gate: Gate
    token: str
    listener: Listener
    reach: Reach
    looked_s: float = field(default_factory=time.monotonic)

    async def goes_on(self) -> bool:
        """Whether they are still logged in and may see anything."""
        if time.monotonic() - self.looked_s < LOOKS_AGAIN_S:
            return True
        self.looked_s = time.monotonic()
        account = await run_in_threadpool(self.gate.still, self.token)
        if account is None or not account.may(Right.SEE):
            return False
        self.reach = account.reach
        return True


class _Answer(StreamingResponse):
    """An answer whose listener leaves with it, however early it breaks off."""

    def __init__(self, feed: Feed, listener: Listener, told: AsyncIterator[str]) -> None:
        super().__init__(told, media_type="text/event-stream", headers=_HEADERS)
        self._leave = partial(feed.leave, listener)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers to the end."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._leave()


async def _told(stream: _Stream, missed: list[Event] | None, last: int) -> AsyncIterator[str]:
    newest, beat_s = last, time.monotonic()
    yield f"retry: {_RETRY_MS}\n\n"
    if missed is None:
        yield _message("reset", last, {})
    for event in missed or ():
        if stream.reach.sees(event.user_id):
            yield _message(event.type.value, event.id, event.payload)
    yield _message("ready", last, {})
    while not ENDING.is_set() and await stream.goes_on():
        for event in await stream.listener.take(_PATIENCE_S):
            # What came late keeps its place: the page goes on from the newest that it knows.
            newest = max(newest, event.id)
            if event.id > last and stream.reach.sees(event.user_id):
                yield _message(event.type.value, newest, event.payload)
        if stream.listener.overrun:
            yield _message("reset", newest, {})
            return
        if time.monotonic() - beat_s >= HEARTBEAT_S:
            beat_s = time.monotonic()
            yield f": {newest}\n\n"


def _missed(database: Engine, known: int, last: int) -> list[Event] | None:
    """What happened while a page was not connected; ``None``: too much."""
    with reading(database) as session:
        found = events_after(session, known, types=LIVE_TYPES, most=_MISSED + 1)
    missed = [one for one in found if one.id <= last]
    return missed if len(missed) <= _MISSED else None


def _number(header: str | None, asked: int | None) -> int | None:
    if header is not None and header.isascii() and header.isdigit() and len(header) < 19:
        return int(header)
    return asked if asked is not None and 0 <= asked < 10**18 else None


def _message(name: str, id_: int, data: object) -> str:
    return f"id: {id_}\nevent: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
