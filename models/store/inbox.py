"""The inbox: findings by weight, grouped by deal, whatever their number in a few queries."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session, aliased

from models.store.findings import conditions
from models.store.mapping import word_of
from models.tables import (
    CrmRow,
    DealRow,
    DealVerdictRow,
    DecisionRow,
    FindingRow,
    RequirementVerdictRow,
)
from models.vocabulary.access import Reach
from models.vocabulary.review import Filters, FindingState
from models.vocabulary.verdict import RequirementVerdict, Verdict

_UNPROVED = (Verdict.MISSING.value, Verdict.CONTRADICTED.value, Verdict.LATE.value)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody wants to see of the inbox of a source; `new_since`: only what came later."""

    source: str
    crm_source: str
    reach: Reach
    filters: Filters
    new_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the inbox ended: the heaviest finding of its last group."""

    weight: float
    id: int


@dataclass(frozen=True, slots=True)
class DealFacts:
    """What a group of findings is headed with."""

    id: str
    name: str
    amount: float | None
    currency: str
    responsible_id: str | None
    pipeline_id: str
    recorded_stage: str | None
    verified_stage: str | None
    gap: str | None


def leading_findings(
    session: Session, wanted: Wanted, after: Place | None, most: int
) -> list[FindingRow]:
    """The heaviest finding of each group in falling order; one without a deal is its own group.

    Findings are walked through from the heaviest on, so that a page costs the same however many
    there are.
    """
    other = aliased(FindingRow)
    heavier = exists().where(
        other.deal_id == FindingRow.deal_id,
        or_(
            other.weight > FindingRow.weight,
            and_(other.weight == FindingRow.weight, other.id > FindingRow.id),
        ),
        *_wanted(wanted, other),
    )
    chosen = (
        select(FindingRow)
        .where(*_wanted(wanted, FindingRow), ~heavier)
        .order_by(FindingRow.weight.desc(), FindingRow.id.desc())
        .limit(most)
    )
    if after is not None:
        chosen = chosen.where(tuple_(FindingRow.weight, FindingRow.id) < (after.weight, after.id))
    return list(session.scalars(chosen))


def findings_of_groups(
    session: Session, wanted: Wanted, leaders: Sequence[FindingRow]
) -> list[FindingRow]:
    """All wanted findings of the groups that these lead, the heaviest first."""
    deals = [row.deal_id for row in leaders if row.deal_id is not None]
    alone = [row for row in leaders if row.deal_id is None]
    if not deals:
        return alone
    chosen = select(FindingRow).where(*_wanted(wanted, FindingRow), FindingRow.deal_id.in_(deals))
    return sorted([*session.scalars(chosen), *alone], key=lambda row: (-row.weight, -row.id))


def count_wanted(session: Session, wanted: Wanted, seen_at: datetime) -> tuple[int, int]:
    """How many findings somebody wants to see, and how many of them are new to them."""
    new = func.count().filter(_new_since(FindingRow, seen_at))
    every, fresh = session.execute(
        select(func.count(), new).select_from(FindingRow).where(*_wanted(wanted, FindingRow))
    ).one()
    return every, fresh


def facts_of_deals(
    session: Session, crm_source: str, run: int, deals: Sequence[str]
) -> dict[str, DealFacts]:
    """By deal, its facts in the CRM and where the run found it."""
    rows = session.execute(
        select(DealRow, DealVerdictRow)
        .join(CrmRow, CrmRow.id == DealRow.crm)
        .outerjoin(
            DealVerdictRow, and_(DealVerdictRow.run == run, DealVerdictRow.deal_id == DealRow.id)
        )
        .where(CrmRow.source == crm_source, DealRow.id.in_(deals))
    )
    return {
        deal.id: DealFacts(
            id=deal.id,
            name=deal.name,
            amount=deal.amount,
            currency=deal.currency,
            responsible_id=deal.responsible_id,
            pipeline_id=deal.pipeline_id,
            recorded_stage=verdict.recorded_stage if verdict else None,
            verified_stage=verdict.verified_stage if verdict else None,
            gap=verdict.gap if verdict else None,
        )
        for deal, verdict in rows
    }


def unproved_of_deals(
    session: Session, run: int, deals: Sequence[str]
) -> dict[str, tuple[str | None, list[RequirementVerdict]]]:
    """By deal, its verified stage and what a run found unproved, in the order of the stages."""
    found: dict[str, tuple[str | None, list[RequirementVerdict]]] = {}
    rows = session.execute(
        select(DealVerdictRow.verified_stage, RequirementVerdictRow)
        .join(
            RequirementVerdictRow,
            and_(
                RequirementVerdictRow.run == DealVerdictRow.run,
                RequirementVerdictRow.deal_id == DealVerdictRow.deal_id,
            ),
        )
        .where(
            DealVerdictRow.run == run,
            DealVerdictRow.deal_id.in_(deals),
            RequirementVerdictRow.verdict.in_(_UNPROVED),
        )
        .order_by(RequirementVerdictRow.deal_id, RequirementVerdictRow.position)
    )
    for verified, row in rows:
        known = found.setdefault(row.deal_id, (verified, []))[1]
        known.append(word_of(RequirementVerdict, vars(row), UTC))
    return found


def decided_moments(
    session: Session, account: int, since: datetime, *, at_least: int = 100
) -> list[datetime]:
    """When somebody decided since a moment and in their last decisions before, in rising order."""
    own = select(DecisionRow.at).where(DecisionRow.account == account)
    today = session.scalars(own.where(DecisionRow.at >= since)).all()
    before = session.scalars(
        own.where(DecisionRow.at < since).order_by(DecisionRow.at.desc()).limit(at_least)
    ).all()
    return sorted({*today, *before})


def _wanted(wanted: Wanted, row: type[FindingRow]) -> list[ColumnElement[bool]]:
    found = [
        row.source == wanted.source,
        row.crm_source == wanted.crm_source,
        *conditions(wanted.filters, wanted.reach, row),
    ]
    if wanted.new_since is not None:
        found.append(_new_since(row, wanted.new_since))
    return found


def _new_since(row: type[FindingRow], moment: datetime) -> ColumnElement[bool]:
    objected = and_(row.state == FindingState.OBJECTED.value, row.updated_at > moment)
    return or_(row.raised_at > moment, objected)
