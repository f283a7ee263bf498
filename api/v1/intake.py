"""Call records and CRM snapshots come in by HTTP."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import Annotated, Any, BinaryIO

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import JSONResponse

from api.v1 import examples
from api.v1.bodies import check_kind, pieces
from api.v1.describing import told
from api.v1.keys import Caller, Writes
from api.v1.problems import ProblemError
from api.v1.work_shapes import LedgerImport, SnapshotTaken
from core.disk import synced
from crm.snapshot import SnapshotRead, read_snapshot
from ingest.ledger_intake import Imported, import_cdr
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.keys import Scope

routes = APIRouter(prefix="/api/v1", tags=["intake"])
MOST_LEDGER_MB = 64
_TABLES = ("text/csv", "application/octet-stream", "text/plain")
_ONE_SNAPSHOT = Lock()  # takes its place in the order of the audit, and not twice the memory
_BODIES = ("bad_request", "too_large", "unsupported_media_type")


def _body(told_: dict[str, Any], kind: str, schema: dict[str, Any], example: Any) -> dict[str, Any]:
    content = {kind: {"schema": schema, "example": example}}
    told_["openapi_extra"]["requestBody"] = {"required": True, "content": content}
    return told_


@routes.post(
    "/cdr",
    **_body(
        told(
            Scope.WRITE,
            LedgerImport,
            examples.LEDGER_IMPORT,
            problems=(*_BODIES, "invalid_call_records"),
            etag=False,
        ),
        "text/csv",
        {"type": "string", "format": "binary"},
        examples.LEDGER,
    ),
)
async def import_call_records(
    request: Request,
    caller: Writes,
    account: Annotated[
        str, Query(max_length=32, description="telephone system that they are of")
    ] = "",
) -> JSONResponse:
    """Takes call records (Master.csv, an export of FreePBX...); sent again they change nothing.

    The form is found out as with uploaded files. Calls and recordings are joined at the next
    look of the scheduler.
    """
    check_kind(request, _TABLES)
    data = bytearray()
    async for piece in pieces(request, MOST_LEDGER_MB):
        data += piece
    done = await run_in_threadpool(_imported, caller, bytes(data), account)
    bad = [{"line": line, "problem": problem} for line, problem in done.bad]
    return JSONResponse(
        {"new": done.new, "repeated": done.repeated, "replaced": done.replaced, "bad": bad}
    )


def _imported(caller: Caller, data: bytes, account: str) -> Imported:
    service = caller.service
    try:
        done = import_cdr(service.database(), service.settings, data, "body", account=account)
    except InvalidInputError as error:
        raise ProblemError("invalid_call_records", str(error)) from error
    caller.note("call records sent", f"ledger:{account}", f"{done.new} new")
    return done


@routes.put(
    "/crm/snapshot",
    **_body(
        told(
            Scope.WRITE,
            SnapshotTaken,
            examples.SNAPSHOT_TAKEN,
            problems=(*_BODIES, "snapshot_off", "invalid_snapshot", "no_room"),
            etag=False,
        ),
        "application/json",
        {
            "type": "object",
            "description": "docs/formats.md, section 2",
            "required": ["as_of", "pipelines", "deals"],
        },
        examples.SNAPSHOT,
    ),
)
async def replace_snapshot(request: Request, caller: Writes) -> JSONResponse:
    """Replaces the CRM snapshot that the service reads, if it holds; else nothing changes.

    The next look of the scheduler judges the deals anew.
    """
    settings = caller.service.settings.api
    if settings.snapshot_file is None:
        raise ProblemError("snapshot_off", "the setting `api.snapshot_file` names no file")
    check_kind(request, ["application/json"])
    target = settings.snapshot_file
    draft = target.with_name(f".{target.name}.{uuid.uuid4().hex}.tmp")
    try:
        with await run_in_threadpool(_opened, draft) as out:
            async for piece in pieces(request, settings.snapshot_mb):
                await run_in_threadpool(out.write, piece)
            await run_in_threadpool(_flushed, out)
        read = await run_in_threadpool(_put, caller, draft, target)
    except OSError as error:
        raise ProblemError("unavailable", "the snapshot's folder cannot be written") from error
    finally:
        with suppress(FileNotFoundError):
            draft.unlink()
    snapshot = read.snapshot
    prefix = f"{draft}: "
    return JSONResponse(
        {
            "as_of": snapshot.as_of.isoformat(timespec="seconds"),
            "timezone": snapshot.timezone,
            "crm": snapshot.crm,
            "deals": len(snapshot.deals),
            "activities": len(snapshot.activities),
            "warnings": [one.removeprefix(prefix) for one in read.warnings],
        }
    )


def _opened(path: Path) -> BinaryIO:
    return path.open("xb")


def _flushed(out: BinaryIO) -> None:
    out.flush()
    os.fsync(out.fileno())


def _put(caller: Caller, draft: Path, target: Path) -> SnapshotRead:
    """Gives a snapshot its place, by one rename; what was there before stays where it is wrong."""
    with _ONE_SNAPSHOT:
        try:
            read = read_snapshot(draft, caller.service.settings.crm)
        except InvalidInputError as error:
            raise ProblemError("invalid_snapshot", error.problem) from error
        caller.note("CRM snapshot sent", f"crm:{target.name}", read.snapshot.as_of.isoformat())
        with suppress(FileNotFoundError):
            draft.chmod(target.stat().st_mode & 0o777)
        draft.replace(target)
        synced(target.parent)
    return read
