"""Requirements that somebody waived for one deal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, tzinfo

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.store.mapping import word_of
from models.store.statements import changed_rows
from models.tables import WaiverRow
from models.vocabulary.review import Decision
from models.vocabulary.verdict import Waiver


def waive(
    session: Session,
    crm_source: str,
    deal_id: str,
    requirements: Iterable[tuple[str, str]],
    decision: Decision,
) -> None:
    """Waives requirements (stage and id of each) of a deal as somebody decided."""
    session.add_all(
        WaiverRow(
            crm_source=crm_source,
            deal_id=deal_id,
            stage=stage,
            requirement_id=requirement,
            at=decision.at,
            account=decision.by,
            who=decision.who,
            note=decision.note,
        )
        for stage, requirement in dict.fromkeys(requirements)
    )
    session.flush()


def waivers_by_deal(session: Session, crm_source: str, zone: tzinfo) -> dict[str, list[Waiver]]:
    """What people waived, by deal."""
    found: dict[str, list[Waiver]] = defaultdict(list)
    rows = select(WaiverRow).where(WaiverRow.crm_source == crm_source).order_by(WaiverRow.id)
    for row in session.scalars(rows):
        found[row.deal_id].append(word_of(Waiver, vars(row), zone))
    return dict(found)


def lift_waivers(session: Session, crm_source: str, deal_id: str, at: datetime) -> bool:
    """Takes back what was waived for a deal by the decision of a moment; gives whether it was."""
    lifted = delete(WaiverRow).where(
        WaiverRow.crm_source == crm_source, WaiverRow.deal_id == deal_id, WaiverRow.at == at
    )
    return changed_rows(session, lifted) > 0
