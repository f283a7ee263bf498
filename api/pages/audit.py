"""The page of the audit: who did what, and the same as a table for other programs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import tzinfo
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request
from sqlalchemy import Engine
from sqlalchemy.orm import Session
from starlette.responses import Response, StreamingResponse

from api.access.gate import Visitor, having
from api.pages.days import between
from api.pages.pages import Rendering
from core.csv_lines import harmless
from models.session import reading
from models.store.audit import audited_events, read_audit
from models.vocabulary.access import AuditEntry, Right

_PAGE, _EXPORT = 100, 1000
_COLUMNS = ("number", "at", "who", "event", "subject", "detail", "address")
routes = APIRouter(include_in_schema=False)
Auditing = Annotated[Visitor, Depends(having(Right.AUDIT))]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the audit is wanted, as the form says it; days are those of the CRM's zone."""

    event: str = ""
    who: str = ""
    subject: str = ""
    since: str = ""
    until: str = ""

    def asked(self) -> dict[str, str]:
        """What is set."""
        fields = ("event", "who", "subject", "since", "until")
        return {name: getattr(self, name) for name in fields if getattr(self, name)}


Filtering = Annotated[Wanted, Depends(Wanted)]


@routes.get("/audit")
def audit(
    request: Request, pages: Rendering, visitor: Auditing, wanted: Filtering, before: str = ""
) -> Response:
    """The newest entries, those that are wanted."""
    zone = pages.zone()
    number = int(before) if before.isdecimal() and len(before) < 18 else None
    with reading(pages.service.database()) as session:
        events = audited_events(session)
        found = _read(session, wanted, zone, before=number, most=_PAGE + 1)
    entries, more = found[:_PAGE], len(found) > _PAGE
    asked = wanted.asked()
    going_on = asked | {"before": str(entries[-1][0])} if more else None
    return pages.page(
        request,
        "audit.html.j2",
        visitor,
        section="audit",
        zone=zone,
        entries=entries,
        events=events,
        wanted=wanted,
        filtered=bool(asked),
        begun=number is not None,
        first=f"/audit?{urlencode(asked)}",
        further=f"/audit?{urlencode(going_on)}" if going_on else None,
        export=f"/audit/export.csv?{urlencode(asked)}",
    )


@routes.get("/audit/export.csv")
def export(pages: Rendering, visitor: Auditing, wanted: Filtering) -> Response:
    """All entries that are wanted as a table; that it was taken is written down first."""
    zone, database = pages.zone(), pages.service.database()
    with reading(database) as session:  # before anything is answered, so that it may still fail
        first = _read(session, wanted, zone, before=None, most=_EXPORT)
    visitor.note("audit exported", "audit", urlencode(wanted.asked()))
    return StreamingResponse(
        _lines(database, wanted, zone, first),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="audit.csv"'},
    )


def _lines(
    database: Engine, wanted: Wanted, zone: tzinfo, found: list[tuple[int, AuditEntry]]
) -> Iterator[str]:
    """The table in pieces, each read on its own, so that a long audit holds nobody up."""
    yield "\ufeff" + _row(_COLUMNS)
    while found:
        yield "".join(_row(_cells(number, entry, zone)) for number, entry in found)
        before = found[-1][0]
        with reading(database) as session:
            found = _read(session, wanted, zone, before=before, most=_EXPORT)


def _cells(number: int, entry: AuditEntry, zone: tzinfo) -> tuple[str, ...]:
    at = entry.at.astimezone(zone).isoformat(timespec="seconds")
    return (
        str(number), at, entry.who, entry.event, entry.subject, entry.detail, entry.address
    )  # fmt: skip


def _row(cells: tuple[str, ...]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(map(harmless, cells))
    return line.getvalue()


def _read(
    session: Session, wanted: Wanted, zone: tzinfo, *, before: int | None, most: int
) -> list[tuple[int, AuditEntry]]:
    since, until = between(wanted.since, wanted.until, zone)
    return read_audit(
        session,
        before=before,
        events=[wanted.event] if wanted.event else (),
        who=wanted.who.strip() or None,
        subject=wanted.subject.strip() or None,
        since=since,
        until=until,
        most=most,
    )
