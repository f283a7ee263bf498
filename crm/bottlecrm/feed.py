"""What changed of late, by BottleCRM's feed of activities.

The lists cannot be asked for what changed: they neither filter nor sort by it. The feed tells the
last 50 changes of a kind, also deletions. Where it reaches back far enough only these records are
read anew; where it does not (much changed at once), everything is. What a program changes inside
BottleCRM without a person's request is not in the feed; it comes with the next whole reading.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from crm.bottlecrm.desk import Desk
from crm.bottlecrm.values import id_of, moment_of
from crm.rows import Row, rows_of

_MOST = 50


@dataclass(frozen=True, slots=True)
class Change:
    """A record that changed: when it did so last, and whether it was deleted."""

    id: str
    at: datetime
    deleted: bool


def changes_since(desk: Desk, kind: str, since: datetime) -> tuple[list[Change] | None, datetime]:
    """What changed of a kind (``Opportunity``, ``Contact``...), the oldest first.

    ``None`` where the feed does not reach back so far; with the CRM's clock.
    """
    body, at = desk.get("activities/", entity_type=kind, limit=_MOST)
    return changes_in(rows_of(body.get("activities")), since), at


def changes_in(rows: Sequence[Row], since: datetime) -> list[Change] | None:
    """The records that an answer tells of, each once; ``None`` where it may not be all."""
    told = [
        Change(id_, at, row.get("action") == "DELETE")
        for row in rows
        if (id_ := id_of(row.get("entity_id"))) is not None
        and (at := moment_of(row.get("timestamp"))) is not None
    ]
    if len(rows) >= _MOST and min((one.at for one in told), default=since) >= since:
        return None
    last: dict[str, Change] = {}
    for one in sorted(told, key=lambda one: one.at):
        if one.at >= since:
            last.pop(one.id, None)
            last[one.id] = one
    return list(last.values())
