"""Work that is to be done again, and keys of programs."""

from __future__ import annotations

from datetime import UTC, tzinfo
from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import delete, select
from sqlalchemy.orm import Session
from starlette.responses import JSONResponse

from api.v1 import examples
from api.v1.deals import Crm, DealId
from api.v1.describing import told
from api.v1.keys import Administers, Caller, Reads, Writes
from api.v1.listing import LARGEST_ID, CallId
from api.v1.reading import Json, current_rows, moment, not_found
from api.v1.work_shapes import Job, Jobs, Key, Keys
from core.clock import now
from core.work_limits import limit_of
from models.session import reading, transaction
from models.store.api_keys import list_keys, revoke_keys
from models.store.audit import add_to_audit
from models.store.current import Current
from models.store.jobs import ask_for
from models.store.unusable import take_up_again
from models.tables import (
    CallHeardRow,
    CallRow,
    DealMatchRow,
    DealVerdictRow,
    JobRow,
    RecordingRow,
)
from models.vocabulary.keys import ApiKey, Scope
from models.vocabulary.work import JobKind, Lane, Want

routes = APIRouter(prefix="/api/v1")
JobId = Annotated[int, Path(ge=1, le=LARGEST_ID, examples=[31], description="the job's `id`")]
Prefix = Annotated[str, Path(pattern="^[a-z2-7]{8}$", examples=["k3wq7zt2"])]


@routes.post(
    "/calls/{id}/rerun",
    tags=["work"],
    **told(Scope.WRITE, Jobs, {"jobs": [examples.JOB]}, status=202, etag=False),
)
def rerun_call(caller: Writes, id: CallId) -> JSONResponse:  # noqa: A002 - the address's word
    """Has a call heard anew; a recording that could not be used is tried again.

    The words are made again only where the speech model or its settings changed.
    """
    with current_rows(caller) as (session, current):
        known = current is not None and session.scalar(
            select(CallRow.id).where(
                CallRow.id == id, CallRow.source == current.source, CallRow.current
            )
        )
    if current is None or not known:
        raise not_found("call")
    return _again(caller, current, [id], f"call:{id}", judged=False)


@routes.post(
    "/deals/{crm}/{id}/rerun",
    tags=["work"],
    **told(Scope.WRITE, Jobs, {"jobs": [examples.JOB]}, status=202, etag=False),
)
def rerun_deal(
    caller: Writes,
    crm: Crm,
    id: DealId,  # noqa: A002 - the address's word
) -> JSONResponse:
    """Has the calls of a deal heard anew, and all deals judged after that."""
    with current_rows(caller) as (session, current):
        if current is None or crm != current.crm_name:
            raise not_found("deal")
        if session.get(DealVerdictRow, (current.run, id)) is None:
            raise not_found("deal")
        calls = list(
            session.scalars(
                select(CallRow.id)
                .join(DealMatchRow, DealMatchRow.call == CallRow.id)
                .where(DealMatchRow.deal_id == id, CallRow.recording != "")
                .where(CallRow.source == current.source, CallRow.current)
            )
        )
    return _again(caller, current, calls, f"deal:{id}", judged=True)


@routes.get("/jobs/{id}", tags=["work"], **told(Scope.READ, Job, examples.JOB, etag=False))
def read_job(caller: Reads, id: JobId) -> JSONResponse:  # noqa: A002 - the address's word
    """Gives how far a job has come."""
    with current_rows(caller) as (session, current):
        row = session.get(JobRow, id)
        if row is None:
            raise not_found("job")
        return JSONResponse(_job(row, current.zone if current else UTC))


@routes.get("/keys", tags=["keys"], **told(Scope.ADMIN, Keys, {"data": [examples.KEY]}, etag=False))
def read_keys(caller: Administers) -> JSONResponse:
    """Lists all keys, those that count and those that do not any more."""
    with reading(caller.service.database()) as session:
        return JSONResponse({"data": [_key(one) for one in list_keys(session)]})


@routes.delete("/keys/{prefix}", tags=["keys"], **told(Scope.ADMIN, Key, examples.KEY, etag=False))
def revoke_key(caller: Administers, prefix: Prefix) -> JSONResponse:
    """Ends a key at once; ending it again changes nothing."""
    with transaction(caller.service.database()) as session:
        known = {one.prefix: one for one in list_keys(session)}
        if prefix not in known:
            raise not_found("key")
        for key in revoke_keys(session, f"sc_{prefix}", now()):
            known[prefix] = key
            add_to_audit(session, caller.entry("key revoked", f"key:{prefix}", key.name))
    return JSONResponse(_key(known[prefix]))


def _again(
    caller: Caller, current: Current, calls: list[int], subject: str, *, judged: bool
) -> JSONResponse:
    """Asks for the work of calls, and for verdicts where a deal is to be `judged`."""
    at, settings = now(), caller.service.settings.service
    with transaction(caller.service.database()) as session:
        take_up_again(session, calls)
        session.execute(delete(CallHeardRow).where(CallHeardRow.call.in_(calls)))
        files = _files(session, calls)
        wants = [
            Want(
                JobKind.CALL,
                str(call),
                Lane.FRESH,
                at,
                limit_of(settings, files.get(call, [])),
                revive=True,
            )
            for call in calls
        ]
        if judged:
            verdicts = Want(
                JobKind.VERDICTS, current.source, Lane.FRESH, at, settings.limit_s, revive=True
            )
            wants.append(verdicts)
        ask_for(session, wants, at)
        asked = [(want.kind.value, want.subject) for want in wants]
        rows = session.scalars(
            select(JobRow)
            .where(JobRow.subject.in_([subject for _, subject in asked]))
            .order_by(JobRow.id)
        )
        body = [_job(row, current.zone) for row in rows if (row.kind, row.subject) in set(asked)]
        add_to_audit(session, caller.entry("work asked for again", subject))
    return JSONResponse({"jobs": body}, 202)


def _files(session: Session, calls: list[int]) -> dict[int, list[str]]:
    rows = session.execute(
        select(CallRow.id, RecordingRow.files)
        .join(RecordingRow, RecordingRow.sha256 == CallRow.sha256)
        .where(CallRow.id.in_(calls))
    )
    return {call: list(files or ()) for call, files in rows}


def _job(row: JobRow, zone: tzinfo) -> Json:
    return {
        "id": row.id,
        "kind": row.kind,
        "state": row.state,
        "tries": row.tries,
        "created_at": moment(row.created_at, zone),
        "finished_at": moment(row.finished_at, zone),
        "error": row.error,
        "detail": row.detail,
    }


def _key(key: ApiKey) -> Json:
    return {
        "name": key.name,
        "prefix": key.prefix,
        "scopes": sorted(scope.value for scope in key.scopes),
        "created_by": key.created_by,
        "created_at": moment(key.created_at, UTC),
        "expires_at": moment(key.expires_at, UTC),
        "revoked_at": moment(key.revoked_at, UTC),
        "used_at": moment(key.used_at, UTC),
    }
