"""Deals in a list: those that somebody may see, the most valuable first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, tuple_
from sqlalchemy.orm import Session

from models.store.reach import seen_by
from models.tables import CrmRow, DealRow, DealVerdictRow, FindingRow, PipelineRow, UserRow
from models.vocabulary.access import Reach
from models.vocabulary.deal import Stage, StageKind
from models.vocabulary.review import FindingState
from models.vocabulary.verdict import Gap

_TO_LOOK_AT = (FindingState.OPEN.value, FindingState.OBJECTED.value)


@dataclass(frozen=True, slots=True)
class Judging:
    """The run that is shown: its verdicts, its calls (`source`) and its CRM.

    `crm` is the row of the CRM; without one there are no deals to show.
    """

    run: int
    source: str
    crm_source: str
    crm: int


@dataclass(frozen=True, slots=True)
class DealFilters:
    """What of the deals is shown; nothing set means all. `name` is a part of the deal's name."""

    name: str = ""
    gap: Gap | None = None
    pipeline: str | None = None
    stage: str | None = None
    user: str | None = None


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where a list goes on: after the deal of this amount and place."""

    amount: float | None
    position: int


@dataclass(frozen=True, slots=True)
class ListedDeal:
    """A line of the list; `stage_id` is the CRM's, `recorded` and `verified` the template's keys.

    `findings` counts what is still to be looked at.
    """

    id: str
    name: str
    amount: float | None
    currency: str
    user_id: str | None
    pipeline_id: str
    stage_id: str
    recorded: str | None
    verified: str | None
    gap: Gap
    findings: int
    position: int

    @property
    def cursor(self) -> Cursor:
        """Where the list goes on after this one."""
        return Cursor(self.amount, self.position)


@dataclass(frozen=True, slots=True)
class BoardPipeline:
    """A pipeline of the CRM with its columns."""

    id: str
    name: str
    template: str
    stages: tuple[Stage, ...]


def find_judging(session: Session, run: tuple[int, str, str] | None) -> Judging | None:
    """The CRM's row for a run (its id, source of calls and of the CRM); ``None`` without one."""
    if run is None:
        return None
    crm = session.scalar(select(CrmRow.id).where(CrmRow.source == run[2]))
    return Judging(*run, crm) if crm is not None else None


def newest_crm(session: Session) -> int | None:
    """The row of the CRM that was read last; ``None`` where none was."""
    return session.scalar(select(CrmRow.id).order_by(CrmRow.as_of.desc(), CrmRow.id).limit(1))


def list_deals(  # noqa: PLR0913 - which deals, for whom, from where on
    session: Session,
    judging: Judging,
    filters: DealFilters,
    reach: Reach,
    *,
    after: Cursor | None = None,
    most: int = 50,
) -> tuple[list[ListedDeal], bool]:
    """The deals within reach, the most valuable first, and whether there are more.

    Those whose amount nobody knows come last. It takes three queries at most.
    """
    wanted = most + 1
    rows: list[tuple[DealRow, DealVerdictRow]] = []
    chosen = _chosen(judging, filters, reach)
    if after is None or after.amount is not None:
        valued = chosen.where(DealRow.amount.is_not(None))
        if after is not None:
            place = tuple_(DealRow.amount, DealRow.position)
            valued = valued.where(place < tuple_(after.amount, after.position))
        valued = valued.order_by(DealRow.amount.desc(), DealRow.position.desc()).limit(wanted)
        rows = [(row[0], row[1]) for row in session.execute(valued)]
    if len(rows) < wanted:
        rest = chosen.where(DealRow.amount.is_(None))
        if after is not None and after.amount is None:
            rest = rest.where(DealRow.position < after.position)
        rest = rest.order_by(DealRow.position.desc()).limit(wanted - len(rows))
        rows += [(row[0], row[1]) for row in session.execute(rest)]
    counts = open_findings(session, judging, [deal.id for deal, _ in rows[:most]], reach)
    lines = [_line(deal, verdict, counts.get(deal.id, 0)) for deal, verdict in rows[:most]]
    return lines, len(rows) > most


def open_findings(
    session: Session, judging: Judging, deals: Sequence[str], reach: Reach
) -> dict[str, int]:
    """By deal, how many findings are still to be looked at."""
    rows = session.execute(
        select(FindingRow.deal_id, func.count())
        .where(
            FindingRow.deal_id.in_(deals),
            FindingRow.source == judging.source,
            FindingRow.crm_source == judging.crm_source,
            FindingRow.withdrawn_at.is_(None),
            FindingRow.state.in_(_TO_LOOK_AT),
            seen_by(reach, FindingRow.user_id),
        )
        .group_by(FindingRow.deal_id)
    )
    return {deal: count for deal, count in rows if deal is not None}


def load_board(session: Session, crm: int) -> list[BoardPipeline]:
    """The pipelines of a CRM in its order."""
    rows = session.scalars(
        select(PipelineRow).where(PipelineRow.crm == crm).order_by(PipelineRow.position)
    )
    return [BoardPipeline(row.id, row.name, row.template, _stages(row.stages)) for row in rows]


def load_people(session: Session, crm: int, reach: Reach | None = None) -> dict[str, str]:
    """The names of users by id, in the CRM's order; with `reach` only of those within it."""
    chosen = select(UserRow.id, UserRow.name).where(UserRow.crm == crm)
    if reach is not None and not reach.everybody:
        chosen = chosen.where(UserRow.id.in_(sorted(reach.users)))
    return {id_: name for id_, name in session.execute(chosen.order_by(UserRow.position))}  # noqa: C416 - rows are no tuples to a type checker


def name_contains(part: str) -> ColumnElement[bool]:
    """Whether a deal's name holds some words, however they are capitalised.

    SQLite only knows the capitals of English, so that the usual ways of writing are all tried.
    """
    ways = {part, part.casefold(), part.upper(), part.capitalize(), part.title()}
    return or_(
        DealRow.name.icontains(part, autoescape=True),
        *(DealRow.name.contains(way, autoescape=True) for way in sorted(ways)),
    )


def _chosen(
    judging: Judging, filters: DealFilters, reach: Reach
) -> Select[DealRow, DealVerdictRow]:
    verdict_of = and_(DealVerdictRow.run == judging.run, DealVerdictRow.deal_id == DealRow.id)
    chosen = (
        select(DealRow, DealVerdictRow)
        .join(DealVerdictRow, verdict_of)
        .where(DealRow.crm == judging.crm, seen_by(reach, DealRow.responsible_id))
    )
    if filters.name:
        chosen = chosen.where(name_contains(filters.name))
    if filters.gap is not None:
        chosen = chosen.where(DealVerdictRow.gap == filters.gap.value)
    if filters.pipeline is not None:
        chosen = chosen.where(DealRow.pipeline_id == filters.pipeline)
    if filters.stage is not None:
        chosen = chosen.where(DealRow.stage_id == filters.stage)
    if filters.user is not None:
        chosen = chosen.where(DealRow.responsible_id == filters.user)
    return chosen


def _line(deal: DealRow, verdict: DealVerdictRow, findings: int) -> ListedDeal:
    return ListedDeal(
        id=deal.id,
        name=deal.name,
        amount=deal.amount,
        currency=deal.currency,
        user_id=deal.responsible_id,
        pipeline_id=deal.pipeline_id,
        stage_id=deal.stage_id,
        recorded=verdict.recorded_stage,
        verified=verdict.verified_stage,
        gap=Gap(verdict.gap),
        findings=findings,
        position=deal.position,
    )


def _stages(stages: Sequence[dict[str, str | None]]) -> tuple[Stage, ...]:
    return tuple(
        Stage(str(one["id"]), str(one["name"]), StageKind(str(one["kind"])), one["key"])
        for one in stages
    )
