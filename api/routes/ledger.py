"""The ledger over the network: programs send call records as the PBX writes them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, status
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from api.guard import Reader
from api.service import Service
from ingest.ledger_intake import import_cdr
from models.vocabulary.errors import InvalidInputError, StagecheckError

MOST_BYTES = 64 << 20
_REFUSED: dict[int | str, dict[str, Any]] = {
    401: {"description": "Not from this machine, and without the token."},
    413: {"description": f"More than {MOST_BYTES >> 20} MB: send it in parts."},
    422: {"description": "No call records, or no such telephone system; the sentence says which."},
    503: {"description": "The database cannot be used now; send it again later."},
}
_BODY = {
    "required": True,
    "content": {"text/csv": {"schema": {"type": "string", "format": "binary"}}},
}


class BadLine(BaseModel):
    """A line that is no call record."""

    line: int = Field(ge=1)
    problem: str


class LedgerImport(BaseModel):
    """What became of the rows that were sent."""

    new: int = Field(ge=0, description="rows that were not known")
    repeated: int = Field(ge=0, description="rows that were there already")
    replaced: int = Field(ge=0, description="rows of which an older state was there")
    bad: list[BadLine] = Field(description="lines that are no call record; at most 1,000")


def ledger_routes(service: Service) -> APIRouter:
    """`POST /api/v1/cdr`, for this machine and whoever has the token."""
    routes = APIRouter(dependencies=[Depends(Reader(service))], responses=_REFUSED)

    @routes.post("/api/v1/cdr", tags=["ledger"], openapi_extra={"requestBody": _BODY})
    async def import_call_records(
        request: Request,
        account: Annotated[
            str, Query(max_length=32, description="telephone system that they are of")
        ] = "",
    ) -> LedgerImport:
        """Takes call records (Master.csv, an export of FreePBX...); sent again they change nothing.

        The form is found out as with uploaded files. Calls and recordings are joined at the next
        look of the scheduler.
        """
        data = await _read(request)
        try:
            done = await run_in_threadpool(
                import_cdr, service.database(), service.settings, data, "body", account=account
            )
        except InvalidInputError as error:
            raise HTTPException(status.HTTP_422_UNPROCESSABLE_CONTENT, str(error)) from error
        except StagecheckError as error:
            raise HTTPException(
                status.HTTP_503_SERVICE_UNAVAILABLE, "the database cannot be used"
            ) from error
        bad = [BadLine(line=line, problem=problem) for line, problem in done.bad]
        return LedgerImport(new=done.new, repeated=done.repeated, replaced=done.replaced, bad=bad)

    return routes


async def _read(request: Request) -> bytes:
    """The body, as long as it is not too long."""
    data = bytearray()
    async for part in request.stream():
        data += part
        if len(data) > MOST_BYTES:
            raise HTTPException(
                status.HTTP_413_CONTENT_TOO_LARGE,
                f"more than {MOST_BYTES >> 20} MB: send it in parts",
            )
    return bytes(data)
