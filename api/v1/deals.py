"""Deals, where they really stand, and what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request
from sqlalchemy import ColumnElement, Select, and_, exists, select
from sqlalchemy.orm import Session
from starlette.responses import Response

from api.v1 import examples
from api.v1.describing import told
from api.v1.keys import Caller, Reads
from api.v1.listing import Fields, Paged, Since, Text, answered, chosen, chosen_fields
from api.v1.lists import find, find_one, matching
from api.v1.reading import (
    Columns,
    Json,
    Language,
    current_rows,
    evidence_of,
    explained,
    moment,
    not_found,
)
from api.v1.shapes import Deal, Page, Promise, Verification
from models.store.current import Current
from models.tables import DealRow, DealVerdictRow, PromiseRow, RequirementVerdictRow
from models.vocabulary.deal import StageKind
from models.vocabulary.keys import Scope
from models.vocabulary.verdict import Gap, PromiseState

routes = APIRouter(prefix="/api/v1", tags=["deals"])
Crm = Annotated[
    str, Path(max_length=40, examples=["amocrm"], description="the kind of CRM: `crm` of a deal")
]
DealId = Annotated[str, Path(max_length=200, examples=["1001"], description="the CRM's id")]
_OF_CRM = (
    *("name", "stage_id", "status", "amount", "currency", "company_id", "contact_ids"),
    *("responsible_id", "created_at", "closed_at", "updated_at"),
)
_OF_VERDICT = ("deal_id", "pipeline_id", "recorded_stage", "verified_stage", "gap", "changed_at")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which deals somebody wants."""

    pipeline_id: Text = None
    responsible_id: Text = None
    status: StageKind | None = None
    gap: Gap | None = None
    recorded_stage: Text = None
    verified_stage: Text = None
    updated_since: Since = None

    def chosen(self, current: Current) -> Select[Any]:
        """A query of them."""
        at = self.updated_since
        return matching(
            _deals(current),
            {
                DealVerdictRow.pipeline_id: self.pipeline_id,
                DealRow.responsible_id: self.responsible_id,
                DealRow.status: self.status,
                DealVerdictRow.gap: self.gap,
                DealVerdictRow.recorded_stage: self.recorded_stage,
                DealVerdictRow.verified_stage: self.verified_stage,
            },
            None if at is None else (DealVerdictRow.changed_at >= at) | (DealRow.changed_at >= at),
        )


@routes.get(
    "/deals",
    **told(Scope.READ, Page[Deal], examples.page(examples.DEAL), problems=["cursor_expired"]),
)
def list_deals(caller: Reads, page: Paged, filters: Annotated[Filters, Depends()]) -> Response:
    """Lists deals by their ids, all by the same run, whatever is judged meanwhile."""
    place = {"deal_id": DealVerdictRow.deal_id}
    found = find(caller, page, place, filters.chosen, by_run=True)
    return page.answer(Deal, found.items(_deal), found.last, found.run)


@routes.get("/deals/{crm}/{id}", **told(Scope.READ, Deal, examples.DEAL))
def read_deal(
    request: Request,
    caller: Reads,
    crm: Crm,
    id: DealId,  # noqa: A002 - the address's word
    fields: Fields = None,
) -> Response:
    """Gives a deal as the CRM has it, and where it really stands."""
    wanted = chosen_fields(Deal, fields)
    row, current = find_one(
        caller,
        "deal",
        lambda current: (
            _deals(current).where(DealVerdictRow.deal_id == id) if crm == current.crm_name else None
        ),
    )
    return answered(request, chosen(_deal(row, current), wanted))


@routes.get(
    "/deals/{crm}/{id}/verification", **told(Scope.READ, Verification, examples.VERIFICATION)
)
def read_verification(  # noqa: PLR0913, PLR0917 - which deal, for whom, in which language
    request: Request,
    caller: Reads,
    crm: Crm,
    id: DealId,  # noqa: A002 - the address's word
    language: Language,
    fields: Fields = None,
) -> Response:
    """Gives where a deal stands and why: its verdicts with their evidence, and its promises."""
    wanted = chosen_fields(Verification, fields)
    with current_rows(caller) as (session, current):
        if current is None or crm != current.crm_name:
            raise not_found("deal")
        row = session.get(DealVerdictRow, (current.run, id))
        if row is None:
            raise not_found("deal")
        body = _verification(session, row, current, caller, language)
    return answered(request, chosen(body, wanted))


@dataclass(frozen=True, slots=True)
class PromiseFilters:
    """Which promises somebody wants."""

    deal_id: Text = None
    call_id: Text = None
    type: Text = None
    by: Literal["agent", "client"] | None = None
    state: PromiseState | None = None
    updated_since: Since = None

    def chosen(self, current: Current) -> Select[Any]:
        """A query of them."""
        return matching(
            select(*PromiseRow.__table__.c).where(PromiseRow.run == current.run),
            {
                PromiseRow.deal_id: self.deal_id,
                PromiseRow.call_id: self.call_id,
                PromiseRow.type: self.type,
                PromiseRow.by: self.by,
                PromiseRow.state: self.state,
            },
            None if self.updated_since is None else _judged_since(self.updated_since),
        )


def _judged_since(at: datetime) -> ColumnElement[bool]:
    """That the verdicts of a promise's deal changed at a moment or later."""
    return exists().where(
        DealVerdictRow.run == PromiseRow.run,
        DealVerdictRow.deal_id == PromiseRow.deal_id,
        DealVerdictRow.changed_at >= at,
    )


@routes.get(
    "/promises",
    **told(Scope.READ, Page[Promise], examples.page(examples.PROMISE), problems=["cursor_expired"]),
)
def list_promises(
    caller: Reads, page: Paged, filters: Annotated[PromiseFilters, Depends()]
) -> Response:
    """Lists promises deal by deal, all by the same run, whatever is judged meanwhile."""
    place = {"deal_id": PromiseRow.deal_id, "position": PromiseRow.position}
    found = find(caller, page, place, filters.chosen, by_run=True)
    items = found.items(
        lambda row, current: {
            "deal_id": row["deal_id"],
            "position": row["position"],
            **_promise(row, current, caller),
        }
    )
    return page.answer(Promise, items, found.last, found.run)


def _deals(current: Current) -> Select[Any]:
    of_crm = and_(DealRow.crm == current.crm, DealRow.id == DealVerdictRow.deal_id)
    return (
        select(
            *(getattr(DealVerdictRow, name) for name in _OF_VERDICT),
            *(getattr(DealRow, name) for name in _OF_CRM),
        )
        .outerjoin(DealRow, of_crm)
        .where(DealVerdictRow.run == current.run)
    )


def _deal(row: Columns, current: Current) -> Json:
    zone = current.zone
    return {
        "crm": current.crm_name,
        "id": row["deal_id"],
        "name": row["name"],
        "pipeline_id": row["pipeline_id"],
        "stage_id": row["stage_id"],
        "status": row["status"],
        "amount": row["amount"],
        "currency": row["currency"],
        "company_id": row["company_id"],
        "contact_ids": row["contact_ids"] or [],
        "responsible_id": row["responsible_id"],
        "created_at": moment(row["created_at"], zone),
        "closed_at": moment(row["closed_at"], zone),
        "crm_updated_at": moment(row["updated_at"], zone),
        "recorded_stage": row["recorded_stage"],
        "verified_stage": row["verified_stage"],
        "gap": row["gap"],
        "changed_at": moment(row["changed_at"], zone),
    }


def _verification(
    session: Session, row: DealVerdictRow, current: Current, caller: Caller, language: str
) -> Json:
    """Two look-ups by the first columns of primary keys; nothing is computed."""
    tables = (RequirementVerdictRow.__table__, PromiseRow.__table__)
    requirements, promises = (
        session.execute(
            select(table)
            .where(table.c.run == row.run, table.c.deal_id == row.deal_id)
            .order_by(table.c.position)
        ).mappings()
        for table in tables
    )
    zone, words = current.zone, caller.hears_words
    return {
        "id": row.deal_id,
        "pipeline_id": row.pipeline_id,
        "recorded_stage": row.recorded_stage,
        "verified_stage": row.verified_stage,
        "gap": row.gap,
        "requirements": [
            {
                "stage": one["stage"],
                "id": one["requirement_id"],
                "severity": one["severity"],
                "verdict": one["verdict"],
                "grade": one["grade"],
                "evidence": evidence_of(one["evidence"], zone, words=words),
                "explanation": explained(one, language, words=words),
                "waived": _waived(one["waived"], zone),
            }
            for one in requirements
        ],
        "promises": [_promise(one, current, caller) for one in promises],
        "as_of": moment(current.as_of, zone),
        "changed_at": moment(row.changed_at, zone),
    }


def _waived(told: Columns | None, zone: tzinfo) -> Json | None:
    return None if told is None else {**told, "at": moment(told["at"], zone)}


def _promise(row: Columns, current: Current, caller: Caller) -> Json:
    return {
        "type": row["type"],
        "by": row["by"],
        "made_at": moment(row["made_at"], current.zone),
        "due": row["due"],
        "state": row["state"],
        "call_id": row["call_id"],
        "quote": row["quote"] if caller.hears_words else None,
    }
