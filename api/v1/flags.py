"""Flags, which outlive the runs that raised them, and what was decided about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from sqlalchemy import Select, select
from starlette.responses import Response

from api.v1 import examples
from api.v1.describing import told
from api.v1.keys import Caller, Reads
from api.v1.listing import (
    LARGEST_ID,
    Fields,
    Id,
    Moment,
    Order,
    Paged,
    Since,
    Text,
    answered,
    chosen,
    chosen_fields,
)
from api.v1.lists import find, find_one, matching, since
from api.v1.reading import (
    Columns,
    Json,
    Language,
    evidence_of,
    explained,
    moment,
)
from api.v1.shapes import Decision, Flag, Page
from models.store.current import Current
from models.tables import DecisionRow, FindingRow
from models.vocabulary.keys import Scope
from models.vocabulary.review import DecisionKind, FindingState
from models.vocabulary.verdict import FlagKind, FlagSeverity

routes = APIRouter(prefix="/api/v1", tags=["flags"])
FlagId = Annotated[int, Path(ge=1, le=LARGEST_ID, examples=[5], description="the flag's `id`")]
_COLUMNS = tuple(name for name in Flag.model_fields if hasattr(FindingRow, name))
_TIMES = ("at", "raised_at", "withdrawn_at", "sent_at", "updated_at")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which flags somebody wants."""

    kind: FlagKind | None = None
    severity: FlagSeverity | None = None
    state: FindingState | None = None
    deal_id: Text = None
    call_id: Text = None
    user_id: Text = None
    pipeline_id: Text = None
    stage: Text = None
    withdrawn: bool | None = None
    updated_since: Since = None

    def chosen(self, current: Current) -> Select[Any]:
        """A query of them."""
        is_over = FindingRow.withdrawn_at.is_not(None)
        return matching(
            _flags(current),
            {
                FindingRow.kind: self.kind,
                FindingRow.severity: self.severity,
                FindingRow.state: self.state,
                FindingRow.deal_id: self.deal_id,
                FindingRow.call_id: self.call_id,
                FindingRow.user_id: self.user_id,
                FindingRow.pipeline_id: self.pipeline_id,
                FindingRow.stage: self.stage,
            },
            None if self.withdrawn is None else is_over if self.withdrawn else ~is_over,
            since(FindingRow.updated_at, self.updated_since),
        )


@routes.get("/flags", **told(Scope.READ, Page[Flag], examples.page(examples.FLAG)))
def list_flags(
    caller: Reads,
    page: Paged,
    language: Language,
    filters: Annotated[Filters, Depends()],
    order: Order = Order.OLDEST,
) -> Response:
    """Lists flags in the order in which they were raised, with those that were withdrawn."""
    found = find(caller, page, {"id": FindingRow.id}, filters.chosen, order)
    items = found.items(lambda row, current: _flag(row, current, caller, language))
    return page.answer(Flag, items, found.last)


@routes.get("/flags/{id}", **told(Scope.READ, Flag, examples.FLAG))
def read_flag(
    request: Request,
    caller: Reads,
    id: FlagId,  # noqa: A002 - the address's word
    language: Language,
    fields: Fields = None,
) -> Response:
    """Gives a flag."""
    wanted = chosen_fields(Flag, fields)
    row, current = find_one(
        caller, "flag", lambda current: _flags(current).where(FindingRow.id == id)
    )
    return answered(request, chosen(_flag(row, current, caller, language), wanted))


@dataclass(frozen=True, slots=True)
class DecisionFilters:
    """Which decisions somebody wants."""

    flag: Id = None
    kind: DecisionKind | None = None
    who: Text = None
    since: Moment | None = None
    updated_since: Since = None

    def chosen(self, current: Current) -> Select[Any]:
        """A query of them."""
        return matching(
            _decisions(current),
            {
                DecisionRow.finding: self.flag,
                DecisionRow.kind: self.kind,
                DecisionRow.who: self.who,
            },
            since(DecisionRow.at, self.since),
            since(DecisionRow.at, self.updated_since),
        )


@routes.get("/decisions", **told(Scope.READ, Page[Decision], examples.page(examples.DECISION)))
def list_decisions(
    caller: Reads,
    page: Paged,
    filters: Annotated[DecisionFilters, Depends()],
    order: Order = Order.OLDEST,
) -> Response:
    """Lists decisions in the order in which they were taken; they are never changed."""
    found = find(caller, page, {"id": DecisionRow.id}, filters.chosen, order)
    items = found.items(lambda row, current: {**row, "at": moment(row["at"], current.zone)})
    return page.answer(Decision, items, found.last)


def _decisions(current: Current) -> Select[Any]:
    names = ("id", "kind", "at", "who", "reason", "note", "blind")
    return (
        select(*(getattr(DecisionRow, name) for name in names), DecisionRow.finding.label("flag"))
        .join(FindingRow, FindingRow.id == DecisionRow.finding)
        .where(FindingRow.source == current.source, FindingRow.crm_source == current.crm_source)
    )


def _flags(current: Current) -> Select[Any]:
    columns = (getattr(FindingRow, name) for name in (*_COLUMNS, "explanation_en"))
    return select(*columns).where(
        FindingRow.source == current.source, FindingRow.crm_source == current.crm_source
    )


def _flag(row: Columns, current: Current, caller: Caller, language: str) -> Json:
    words = caller.hears_words
    return {
        **{name: row[name] for name in _COLUMNS},
        **{name: moment(row[name], current.zone) for name in _TIMES},
        "explanation": explained(row, language, words=words),
        "evidence": evidence_of(row["evidence"], current.zone, words=words),
    }
