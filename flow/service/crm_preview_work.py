"""What would be written into a CRM, worked out for its page: which fields, notes and tasks where.

The words of notes are not kept: who keeps the system reads no calls. `stagecheck crm preview` shows
them.
"""

from __future__ import annotations

from typing import Any

from core.clock import now
from flow.live.preview import PreviewedWrite, preview
from flow.service.workplace import Workplace
from models.session import transaction
from models.store.connections import change_connection
from models.vocabulary.crm_write import FieldValues, TagName
from models.vocabulary.errors import InvalidInputError


def work_on_crm_preview(place: Workplace, connection: int) -> None:
    """Works out a preview and keeps it with the connection; writes nothing into the CRM.

    Raises:
        StagecheckError: the database cannot be used.
    """
    at = now()
    kept: dict[str, Any] = {"at": at.isoformat()}
    try:
        shown = preview(place.database, connection, place.settings, now=at)
    except InvalidInputError as error:
        kept["error"] = str(error)
    else:
        kept["deals"] = [
            {
                "id": deal.deal_id,
                "writes": [{"kind": one.kind.value, "says": _said(one)} for one in deal.writes],
            }
            for deal in shown.deals
        ]
    with transaction(place.database) as session:
        change_connection(session, connection, preview=kept)


def _said(one: PreviewedWrite) -> str | None:
    """What is said beside the words of calls: stage, gap, the name of a tag."""
    match one.content:
        case FieldValues() as values:
            parts = (values.verified_stage, values.gap)
            return "; ".join(part for part in parts if part) or None
        case TagName() as tag:
            return tag.name if tag.present else f"− {tag.name}"
        case _:
            return None
