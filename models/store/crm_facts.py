"""What is known of deals when it is decided what a CRM shall say of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from core.batches import batched
from models.store.findings import finding_of
from models.store.mapping import word_of
from models.tables import (
    ActionRow,
    ActivityRow,
    CallRow,
    CrmConnectionRow,
    CrmRow,
    DealMatchRow,
    DealRow,
    DealVerdictRow,
    DecisionRow,
    FindingRow,
    PipelineRow,
    RequirementVerdictRow,
    RunRow,
)
from models.vocabulary.crm import source_of
from models.vocabulary.deal import Deal, Pipeline
from models.vocabulary.review import Finding
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import DealVerdict, RequirementVerdict


@dataclass(frozen=True, slots=True)
class Judged:
    """The run by which deals of a CRM are judged now, and the CRM's row and time zone."""

    run: int
    as_of: datetime
    source: str
    crm_source: str
    crm: int
    zone: ZoneInfo


@dataclass(frozen=True, slots=True)
class Outlet:
    """What a connection lets be written, as its row says it."""

    name: str
    options: dict[str, Any]
    own_fields: dict[str, Any]
    writes: bool
    paused: bool
    refused: str | None

    @property
    def is_open(self) -> bool:
        """Whether anything may be written now."""
        return self.writes and not self.paused and self.refused is None


def load_outlet(session: Session, connection: int) -> Outlet | None:
    """What a connection lets be written; ``None``: it is gone."""
    row = session.execute(
        select(
            CrmConnectionRow.name,
            CrmConnectionRow.options,
            CrmConnectionRow.own_fields,
            CrmConnectionRow.writes,
            CrmConnectionRow.paused,
            CrmConnectionRow.refused,
        ).where(CrmConnectionRow.id == connection)
    ).first()
    return None if row is None else Outlet(*row)


def judged_by(session: Session, name: str) -> Judged | None:
    """The newest run over the CRM behind a connection that came to verdicts; ``None``: none did."""
    row = session.execute(
        select(RunRow.id, RunRow.as_of, RunRow.source, CrmRow.id.label("crm"), CrmRow.timezone)
        .join(CrmRow, CrmRow.source == RunRow.crm_source)
        .where(
            RunRow.crm_source == source_of(name), RunRow.state == "done", RunRow.as_of.is_not(None)
        )
        .order_by(RunRow.id.desc())
        .limit(1)
    ).first()
    if row is None:
        return None
    zone = ZoneInfo(row.timezone)
    return Judged(row.id, row.as_of.astimezone(zone), row.source, source_of(name), row.crm, zone)


def facts_mark(session: Session, judged: Judged) -> tuple[Any, ...]:
    """What differs whenever something else may be wanted."""
    changed = select(func.max(FindingRow.updated_at)).where(
        FindingRow.crm_source == judged.crm_source
    )
    decided = select(func.max(DecisionRow.id))
    return (judged.run, session.scalar(changed), session.scalar(decided))


def judged_deals(session: Session, judged: Judged, since: datetime | None = None) -> list[str]:
    """The deals that the CRM has and the run judged, in the order of the run.

    `since`: only those of which something is other than before that moment: the verdict, the card,
    or a finding about it.
    """
    chosen = (
        select(DealVerdictRow.deal_id)
        .join(DealRow, (DealRow.crm == judged.crm) & (DealRow.id == DealVerdictRow.deal_id))
        .where(DealVerdictRow.run == judged.run)
        .order_by(DealVerdictRow.position)
    )
    if since is not None:
        found = select(FindingRow.deal_id).where(
            FindingRow.crm_source == judged.crm_source,
            FindingRow.updated_at >= since,
            FindingRow.deal_id.is_not(None),
        )
        chosen = chosen.where(
            or_(
                DealVerdictRow.changed_at >= since,
                DealRow.changed_at >= since,
                DealVerdictRow.deal_id.in_(found),
            )
        )
    return list(session.scalars(chosen))


def telling_deals(session: Session, judged: Judged, most: int) -> list[str]:
    """Deals by which one sees what would be written: those that are ahead first, then by money."""
    return list(
        session.scalars(
            select(DealVerdictRow.deal_id)
            .join(DealRow, (DealRow.crm == judged.crm) & (DealRow.id == DealVerdictRow.deal_id))
            .where(DealVerdictRow.run == judged.run)
            .order_by(
                DealVerdictRow.gap != "ahead",
                DealVerdictRow.gap == "unknown",
                func.coalesce(DealRow.amount, 0).desc(),
                DealVerdictRow.position,
            )
            .limit(most)
        )
    )


def pipelines_of(session: Session, judged: Judged) -> dict[str, Pipeline]:
    """The pipelines of the CRM."""
    rows = session.scalars(select(PipelineRow).where(PipelineRow.crm == judged.crm))
    return {row.id: word_of(Pipeline, vars(row), judged.zone) for row in rows}


def deals_of(session: Session, judged: Judged, ids: Sequence[str]) -> dict[str, Deal]:
    """Deals as the CRM has them."""
    rows = session.scalars(select(DealRow).where(DealRow.crm == judged.crm, DealRow.id.in_(ids)))
    return {row.id: word_of(Deal, vars(row), judged.zone) for row in rows}


def verdicts_of(session: Session, judged: Judged, ids: Sequence[str]) -> dict[str, DealVerdict]:
    """The verdicts of deals with their requirements; promises are left out."""
    requirements: dict[str, list[RequirementVerdict]] = defaultdict(list)
    for row in session.scalars(
        select(RequirementVerdictRow)
        .where(RequirementVerdictRow.run == judged.run, RequirementVerdictRow.deal_id.in_(ids))
        .order_by(RequirementVerdictRow.position)
    ):
        word = word_of(RequirementVerdict, vars(row), judged.zone)
        requirements[row.deal_id].append(word)
    rows = session.scalars(
        select(DealVerdictRow).where(
            DealVerdictRow.run == judged.run, DealVerdictRow.deal_id.in_(ids)
        )
    )
    found = {}
    for deal in rows:
        bare = vars(deal) | {"requirements": [], "promises": []}
        told = word_of(DealVerdict, bare, judged.zone)
        found[deal.deal_id] = DealVerdict(
            told.deal_id,
            told.pipeline_id,
            told.recorded_stage,
            told.verified_stage,
            told.gap,
            tuple(requirements[deal.deal_id]),
        )
    return found


def findings_of_deals(
    session: Session, judged: Judged, ids: Sequence[str], zone: tzinfo
) -> dict[str, list[Finding]]:
    """By deal, all findings about it, also those that no run raises any more."""
    found: dict[str, list[Finding]] = defaultdict(list)
    rows = session.scalars(
        select(FindingRow)
        .where(
            FindingRow.source == judged.source,
            FindingRow.crm_source == judged.crm_source,
            FindingRow.deal_id.in_(ids),
        )
        .order_by(FindingRow.id)
    )
    for row in rows:
        found[row.deal_id or ""].append(finding_of(row, zone))
    return found


def heard_quotes(
    session: Session, calls: Iterable[str], source: str
) -> dict[tuple[str, str], tuple[Speaker, float]]:
    """By call and quote, who said it and how surely it was heard."""
    found: dict[tuple[str, str], tuple[Speaker, float]] = {}
    for some in batched(sorted(set(calls))):
        rows = session.execute(
            select(CallRow.call_id, ActionRow.quote, ActionRow.speaker, ActionRow.confidence)
            .join(CallRow, CallRow.id == ActionRow.call)
            .where(CallRow.call_id.in_(some), CallRow.current, CallRow.source == source)
            .order_by(ActionRow.confidence)
        )
        for call, quote, speaker, confidence in rows:
            found[call, quote] = (Speaker(speaker), confidence)
    return found


def carded_calls(
    session: Session, judged: Judged, ids: Sequence[str]
) -> dict[str, list[tuple[int, str, str]]]:
    """By deal, its heard calls that the CRM has a card of: row, its id here, and that of the card.

    Only a call that both sides know by the same id is surely the same one.
    """
    found: dict[str, list[tuple[int, str, str]]] = defaultdict(list)
    rows = session.execute(
        select(DealMatchRow.deal_id, CallRow.id, CallRow.call_id, ActivityRow.id)
        .join(CallRow, CallRow.id == DealMatchRow.call)
        .join(
            ActivityRow,
            (ActivityRow.crm == judged.crm)
            & (ActivityRow.call_id == CallRow.call_id)
            # The card of a call may hang on the person alone.
            & or_(ActivityRow.deal_id == DealMatchRow.deal_id, ActivityRow.deal_id.is_(None)),
        )
        .where(
            DealMatchRow.deal_id.in_(ids),
            CallRow.current,
            CallRow.source == judged.source,
            CallRow.transcript_id.is_not(None),
        )
        .order_by(CallRow.started_at, CallRow.id)
    )
    for deal, row, call, activity in rows:
        found[deal or ""].append((row, call, activity))
    return found


def transcript_of(session: Session, call: int) -> int | None:
    """The transcript that a call was heard in."""
    return session.scalar(select(CallRow.transcript_id).where(CallRow.id == call))
