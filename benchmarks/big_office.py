"""An office of any size, written straight into the rows: for measuring how pages carry it.

Calls, actions, verdicts and findings are made up by a seeded generator and look like real ones in
number and shape; nothing in them was said by anybody.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator
from typing import Any, cast

from sqlalchemy import Engine, Table, insert

from benchmarks import big_office_calls as calls
from benchmarks import big_office_crm as crm
from benchmarks import big_office_verdicts as verdicts
from benchmarks.big_office_size import USERS, Size
from core.batches import batched
from models.tables import (
    AccountRow,
    ActionRow,
    ActivityRow,
    CallRow,
    ContactRow,
    CrmRow,
    DealMatchRow,
    DealRow,
    DealVerdictRow,
    DecisionRow,
    FindingRow,
    FlagRow,
    PipelineRow,
    PromiseRow,
    RecordingRow,
    RequirementVerdictRow,
    RunRow,
    StageChangeRow,
    TranscriptRow,
    UserRow,
)
from models.tables.base import Row


def fill(database: Engine, size: Size) -> None:
    """Writes the office into an empty database whose tables stand."""
    dice = random.Random(5)  # noqa: S311 - no secret
    deals, heard = range(size.deals), range(size.transcripts)
    _write(database, CrmRow, [crm.crm()])
    _write(database, PipelineRow, [crm.pipeline()])
    _write(database, UserRow, map(crm.user, range(USERS)))
    _write(database, AccountRow, crm.accounts(size))
    _write(database, ContactRow, map(crm.contact, deals))
    _write(database, DealRow, (crm.deal(dice, one) for one in deals))
    _write(database, StageChangeRow, crm.stage_changes(size))
    _write(database, ActivityRow, (crm.activity(dice, one, size) for one in deals))
    _write(database, RecordingRow, map(calls.recording, heard))
    _write(database, TranscriptRow, map(calls.transcript, heard))
    _write(database, CallRow, (calls.call(dice, number, size) for number in range(size.calls)))
    _write(database, DealMatchRow, (calls.match(number, size) for number in range(size.calls)))
    _write(
        database, ActionRow, (calls.action(dice, number, size) for number in range(size.actions))
    )
    _write(database, RunRow, [verdicts.run()])
    _write(database, DealVerdictRow, (verdicts.verdict(dice, one) for one in deals))
    _write(database, RequirementVerdictRow, verdicts.requirements(dice, size))
    _write(database, PromiseRow, map(verdicts.promise, deals))
    findings = [verdicts.finding(dice, number, size) for number in range(size.deals // 2)]
    _write(database, FlagRow, (verdicts.flag(place, one) for place, one in enumerate(findings)))
    _write(database, FindingRow, findings)
    _write(database, DecisionRow, (verdicts.decision(one) for one in findings if one["version"]))


def _write(database: Engine, row: type[Row], rows: Iterable[dict[str, Any]]) -> None:
    table = cast("Table", row.__table__)
    if database.dialect.name == "postgresql":
        _copy(database, table, rows)
        return
    found = list(rows)
    with database.begin() as connection:
        for some in batched(found, 5_000):
            connection.execute(insert(table), list(some))


def _copy(database: Engine, table: Table, rows: Iterable[dict[str, Any]]) -> None:
    """PostgreSQL's COPY: a hundred thousand rows a second; numbering goes on behind them."""
    iterator: Iterator[dict[str, Any]] = iter(rows)
    first = next(iterator, None)
    if first is None:
        return
    names = list(first)
    raw = database.raw_connection()
    try:
        cursor: Any = raw.cursor()
        columns = ", ".join(f'"{name}"' for name in names)
        with cursor.copy(f'COPY "{table.name}" ({columns}) FROM STDIN') as copy:
            for one in (first, *iterator):
                copy.write_row(
                    [
                        json.dumps(one[name]) if isinstance(one[name], (list, dict)) else one[name]
                        for name in names
                    ]
                )
        if "id" in names and table.c.id.type.python_type is int:
            cursor.execute(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'), "  # noqa: S608
                f'(SELECT max(id) FROM "{table.name}"))'
            )
        raw.commit()
    finally:
        raw.close()
