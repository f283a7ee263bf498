"""The page of the service itself: what waits, who works, what is wrong, what was set aside."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Request, status
from starlette.responses import RedirectResponse, Response

from api.access.gate import Visitor, having
from api.pages.failing import failed
from api.pages.pages import Rendering
from core.clock import now
from models.session import reading, transaction
from models.store.alerts import open_alerts
from models.store.audit import add_to_audit
from models.store.processes import SCHEDULER, WORKER, processes_seen
from models.store.retrying import take_up_set_aside
from models.store.standing import read_standing, times_real_time
from models.store.tallies import failures_by_reason
from models.vocabulary.access import Right
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.work import JobKind, JobState, Lane

MOST = 100
_SEEN = timedelta(hours=24)
routes = APIRouter(include_in_schema=False)
Minding = Annotated[Visitor, Depends(having(Right.SYSTEM))]


@routes.get("/system")
def system(request: Request, pages: Rendering, visitor: Minding) -> Response:
    """How it stands with the service."""
    service, at = pages.service, now()
    queued = service.queued_if_reached()
    with reading(service.database()) as session:
        standing = read_standing(session, queued, at, most=MOST)
        processes = processes_seen(session, at - _SEEN)
        alerts = open_alerts(session)
        unusable = failures_by_reason(session)
    quarantined = sum(one.jobs for one in standing.tallies if one.state is JobState.QUARANTINED)
    alive = at - timedelta(seconds=3 * service.settings.service.beat_s)
    return pages.page(
        request,
        "system.html.j2",
        visitor,
        section="system",
        standing=standing,
        lanes=[
            (
                lane,
                standing.waiting(lane, JobKind.CALL),
                standing.waiting(lane),
                standing.lag_s(lane),
            )
            for lane in Lane
        ],
        pace=times_real_time(standing.pace),
        processes=[(one, beat, beat >= alive) for one, beat in processes],
        missing=[
            name
            for name in (SCHEDULER, WORKER)
            if not any(one.name == name and beat >= alive for one, beat in processes)
        ],
        alerts=alerts,
        unusable=unusable,
        set_aside=quarantined + sum(unusable.values()),
        again=_count(request.query_params.get("again")),
    )


@routes.post("/system/retry")
def retry(
    request: Request,
    pages: Rendering,
    visitor: Minding,
    name: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Tries again what was set aside: what is named, or everything where nothing is."""
    service, at = pages.service, now()
    try:
        with transaction(service.database()) as session:
            named = [name] if name else None
            again = take_up_set_aside(session, service.settings.service, named, at)
            what = name or "everything"
            add_to_audit(session, visitor.entry("retry", what, f"{again} to be tried again"))
    except InvalidInputError:
        return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
    return RedirectResponse(f"/system?{urlencode({'again': again})}", status.HTTP_303_SEE_OTHER)


def _count(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
