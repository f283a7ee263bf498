"""What counts now: the newest run that came to verdicts, its calls and its CRM."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models.tables import CrmRow, RunRow


@dataclass(frozen=True, slots=True)
class Current:
    """The newest run and what it rests on; all times are shown in `zone`.

    `crm` is the row of the CRM that was read, `crm_name` the kind of CRM that it is.
    """

    run: int
    as_of: datetime
    source: str
    crm_source: str
    crm: int | None
    crm_name: str
    zone: tzinfo


def load_current(session: Session) -> Current | None:
    """What counts now, in one query; ``None`` before the first verdicts."""
    row = session.execute(
        select(
            RunRow.id,
            RunRow.as_of,
            RunRow.source,
            RunRow.crm_source,
            CrmRow.id.label("crm"),
            CrmRow.crm.label("crm_name"),
            CrmRow.timezone,
        )
        .outerjoin(CrmRow, CrmRow.source == RunRow.crm_source)
        .where(RunRow.state == "done", RunRow.as_of.is_not(None))
        .order_by(RunRow.id.desc())
        .limit(1)
    ).first()
    if row is None or row.as_of is None:
        return None
    zone = ZoneInfo(row.timezone or "UTC")
    return Current(
        row.id, row.as_of, row.source, row.crm_source, row.crm, row.crm_name or "file", zone
    )
