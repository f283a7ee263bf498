"""Figures as files: CSV and Parquet, in pieces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi import Path as InPath
from starlette.background import BackgroundTask
from starlette.responses import FileResponse, Response, StreamingResponse

from api.v1.describing import told
from api.v1.figure_asking import Asked, facts_of
from api.v1.keys import Caller, Reads
from api.v1.problems import ProblemError
from api.v1.reading import not_found
from core.columns import Cell, Column
from core.csv_lines import csv_pieces
from core.parquet import write_parquet
from figures.tables import TABLES
from models.vocabulary.keys import Scope

Json = dict[str, Any]
routes = APIRouter(prefix="/api/v1/figures", tags=["sales"])
CSV, PARQUET = "text/csv", "application/vnd.apache.parquet"


class FileFormat(StrEnum):
    """In which form an answer is given."""

    JSON = "json"
    CSV = "csv"
    PARQUET = "parquet"


FormatOf = Annotated[
    FileFormat | None,
    Query(description="the form of the answer; where it is not given, what `Accept` names"),
]


@dataclass(frozen=True, slots=True)
class Table:
    """A table on its way to a program."""

    name: str
    columns: Sequence[Column]
    rows: Callable[[], Iterator[Sequence[Cell]]]


def format_of(request: Request, asked: FileFormat | None) -> FileFormat:
    """The form that a program wants: what it asks for, else the first that it accepts."""
    if asked is not None:
        return asked
    for one in request.headers.get("accept", "").split(","):
        kind = one.partition(";")[0].strip()
        if kind in _KINDS:
            return _KINDS[kind]
    return FileFormat.JSON


_KINDS = {"application/json": FileFormat.JSON, CSV: FileFormat.CSV, PARQUET: FileFormat.PARQUET}


def told_file(about: Json, *, json: bool = True) -> Json:
    """How an operation is described that also answers with files."""
    content = about["responses"][200]["content"]
    if not json:
        content.clear()
        del about["responses"][200]["model"]
    content[CSV] = {"schema": {"type": "string"}, "example": "manager,deals\r\nu101,12\r\n"}
    content[PARQUET] = {
        "schema": {"type": "string", "format": "binary"},
        "example": "(bytes of the file)",
    }
    return about


def file_answer(caller: Caller, table: Table, wanted: FileFormat) -> Response:
    """A table as a file; Parquet is written to the side first, and removed behind the answer."""
    headers = {
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'attachment; filename="{table.name}.{wanted.value}"',
        "Vary": "Accept",
    }
    if wanted is FileFormat.CSV:
        pieces = csv_pieces(table.columns, table.rows())
        return StreamingResponse(pieces, media_type=f"{CSV}; charset=utf-8", headers=headers)
    aside = TemporaryDirectory(prefix=".figures-", dir=caller.service.state)
    file = Path(aside.name, "table.parquet")
    try:
        write_parquet(file, table.columns, table.rows())
    except OSError as error:
        aside.cleanup()
        raise ProblemError("no_room", "the file cannot be written now") from error
    return FileResponse(
        file, media_type=PARQUET, headers=headers, background=BackgroundTask(aside.cleanup)
    )


@routes.get(
    "/tables/{table}",
    response_class=Response,
    **told_file(told(Scope.READ, None, {}, problems=["no_room"], etag=False), json=False),
)
def read_table(
    request: Request,
    caller: Reads,
    asked: Annotated[Asked, Depends()],
    table: Annotated[str, InPath(max_length=40, examples=["figures_deals"])],
    format: Annotated[Literal["csv", "parquet"] | None, Query()] = None,  # noqa: A002 - the address's word
) -> Response:
    """Gives facts as a file: all deals and promises as of a moment, calls of the period."""
    if table not in TABLES:
        raise not_found("table")
    wanted = format_of(request, FileFormat(format) if format is not None else None)
    facts, _ = facts_of(caller, asked)
    chosen = TABLES[table]
    shown = Table(table, chosen.columns, lambda: chosen.rows(facts))
    return file_answer(caller, shown, FileFormat.CSV if wanted is FileFormat.JSON else wanted)
