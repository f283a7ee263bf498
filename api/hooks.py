"""`POST /hooks/crm/SECRET`: a CRM tells that something changed, and is read again.

What it says proves nothing and changes nothing: it only rings bells, one for each thing. Nobody
logs in here; the secret in the address, and a token where the CRM has one, are all it shows.
"""

from __future__ import annotations

import asyncio
import hmac
import re
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response, status
from starlette.concurrency import run_in_threadpool

from api.service import Service
from api.v1.rates import Rates
from core.clock import now
from core.logs import get_logger
from core.tokens import digest_of
from crm.registry import hook_reader
from models.crm_keys import crm_keys
from models.session import reading, transaction
from models.store.bells import ring
from models.store.connection_figures import waiting_bells_of
from models.store.connections import connection_of_hook, sealed_hook_token
from models.vocabulary.crm import Connection, Rung

MOST_BYTES = 1 << 20
MOST_WAITING = 20_000  # things to be read again: whoever rings more has the whole read again
_MOST_THINGS = 500
_LONGEST_ID = 64
_EACH_MINUTE = 600  # of one CRM
_WRONG_WAIT_S = 0.5
_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
_log = get_logger("api.hooks")


def hook_routes(service: Service) -> APIRouter:
    """The route of the web-hooks; it stands in no description of the API."""
    routes = APIRouter(include_in_schema=False)
    taken = Rates("hooks", _EACH_MINUTE)

    @routes.post("/hooks/crm/{secret}")
    async def take(request: Request, secret: Annotated[str, Path(max_length=200)]) -> Response:
        """Takes what a CRM tells. 404: no such address; 413: too long; 503: tell it again."""
        known = None
        if _SECRET.fullmatch(secret):
            known = await run_in_threadpool(_connection, service, secret)
        if known is None:
            await asyncio.sleep(_WRONG_WAIT_S)
            return Response(status_code=status.HTTP_404_NOT_FOUND)
        body = await _body(request)
        if body is None:
            return Response(status_code=status.HTTP_413_CONTENT_TOO_LARGE)
        if taken.count(known.name).refused:
            # Answered, or the CRM would switch its web-hooks off; the next reading finds it.
            _log.warning("too many web-hooks", connection=known.name)
            return Response()
        kind = request.headers.get("content-type", "")
        return await run_in_threadpool(_take, service, known, body, kind)

    return routes


def _connection(service: Service, secret: str) -> Connection | None:
    digest = digest_of(secret)
    with reading(service.database()) as session:
        found = connection_of_hook(session, digest)
    if found is None or not hmac.compare_digest(found.hook or "", digest):
        return None
    return found


async def _body(request: Request) -> bytes | None:
    """What was sent; ``None``: it is too long."""
    pieces, size = [], 0
    async for piece in request.stream():
        size += len(piece)
        if size > MOST_BYTES:
            return None
        pieces.append(piece)
    return b"".join(pieces)


def _take(service: Service, connection: Connection, body: bytes, kind: str) -> Response:
    read = hook_reader(connection.kind)
    if read is None:
        return Response(status_code=status.HTTP_404_NOT_FOUND)
    try:
        rung, shown = read(body, kind)
    except ValueError:
        _log.warning("a web-hook that is none", connection=connection.name)
        return Response(status_code=status.HTTP_400_BAD_REQUEST)
    if not _proves(service, connection, shown):
        _log.warning("a web-hook with a wrong token", connection=connection.name)
        return Response(status_code=status.HTTP_404_NOT_FOUND)
    _ring(service, connection, rung)
    return Response()


def _proves(service: Service, connection: Connection, shown: str | None) -> bool:
    """Whether a web-hook shows the token that its CRM has; true where none is known."""
    with reading(service.database()) as session:
        sealed = sealed_hook_token(session, connection.id)
    if sealed is None:
        return True
    token = crm_keys(service.state, service.settings.crm).open(sealed)
    return hmac.compare_digest(token.encode(), (shown or "").encode())


def _ring(service: Service, connection: Connection, rung: Rung) -> None:
    things = tuple(
        (thing, subject)
        for thing, subject in rung.things[:_MOST_THINGS]
        if 0 < len(subject) <= _LONGEST_ID and subject.isprintable()
    )
    if not things:
        return
    with reading(service.database()) as session:
        waiting = waiting_bells_of(session, connection.id)
    if waiting >= MOST_WAITING:
        _log.warning("too much waits to be read again", connection=connection.name)
        return
    with transaction(service.database()) as session:
        ring(session, connection.id, Rung(things), now())
