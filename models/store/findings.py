"""Findings: flags that outlive the run that raised them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, tzinfo
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from core.batches import batched
from models.store.mapping import columns_of, word_of
from models.store.reach import seen_by
from models.tables import ActionRow, CallRow, FindingRow
from models.vocabulary.access import Reach
from models.vocabulary.review import Filters, Finding, FindingState, Sighting


@dataclass(frozen=True, slots=True)
class FindingsChanged:
    """The findings that a run raised, raised again, told otherwise or raised no more."""

    raised: tuple[int, ...] = ()
    returned: tuple[int, ...] = ()
    changed: tuple[int, ...] = ()
    withdrawn: tuple[int, ...] = ()


def update_findings(  # noqa: PLR0913 - which run of what
    session: Session,
    sightings: Sequence[Sighting],
    *,
    source: str,
    crm_source: str,
    run: int,
    now: datetime,
) -> FindingsChanged:
    """Brings the findings of a source to what a run raised.

    What is raised no more is withdrawn and stays; what was decided stays decided.
    """
    rows = _standing(session, sightings, source, crm_source)
    raised, returned, changed, withdrawn = [], [], [], []
    for one in sightings:
        row = rows.pop(one.key, None)
        if row is None:
            row = FindingRow(source=source, crm_source=crm_source, key=one.key)
            row.state, row.version = FindingState.OPEN.value, 0
            row.raised_at, row.updated_at = now, now
            session.add(row)
            raised.append(row)
        elif row.withdrawn_at is not None:
            row.withdrawn_at, row.updated_at = None, now
            returned.append(row)
        elif row.digest != one.digest:
            row.updated_at = now
            changed.append(row)
        for name, value in _columns(one).items():
            if getattr(row, name) != value:
                setattr(row, name, value)
        row.seen_run = run
    for row in rows.values():
        row.withdrawn_at, row.updated_at = now, now
        withdrawn.append(row)
    session.flush()
    return FindingsChanged(
        *(tuple(r.id for r in of) for of in (raised, returned, changed, withdrawn))
    )


def _standing(
    session: Session, sightings: Sequence[Sighting], source: str, crm_source: str
) -> dict[str, FindingRow]:
    """By key, the findings that stand, and those withdrawn ones that are raised again."""
    of_source = select(FindingRow).where(
        FindingRow.source == source, FindingRow.crm_source == crm_source
    )
    still = session.scalars(of_source.where(FindingRow.withdrawn_at.is_(None)))
    rows = {row.key: row for row in still}
    for some in batched([one.key for one in sightings if one.key not in rows]):
        rows |= {row.key: row for row in session.scalars(of_source.where(FindingRow.key.in_(some)))}
    return rows


def heard_confidences(session: Session, calls: Sequence[str]) -> dict[tuple[str, str], float]:
    """By call and quote, how surely the actions of these calls were heard."""
    found: dict[tuple[str, str], float] = {}
    for some in batched(sorted(set(calls))):
        rows = session.execute(
            select(CallRow.call_id, ActionRow.quote, func.max(ActionRow.confidence))
            .join(CallRow, CallRow.id == ActionRow.call)
            .where(CallRow.call_id.in_(some), CallRow.current)
            .group_by(CallRow.call_id, ActionRow.quote)
        )
        found.update({(call, quote): confidence for call, quote, confidence in rows})
    return found


def finding_of(row: FindingRow, zone: tzinfo) -> Finding:
    """The word of a row, times in `zone`."""
    return word_of(Finding, vars(row), zone)


def finding_as_shown(shown: Mapping[str, Any], zone: tzinfo) -> Finding:
    """A finding as a decision keeps it; earlier ones were explained in Russian alone."""
    return word_of(Finding, {"explanation_en": "", **shown}, zone)


def load_finding(session: Session, finding: int, reach: Reach, zone: tzinfo) -> Finding | None:
    """One finding, where it is within reach."""
    row = session.get(FindingRow, finding)
    if row is None or not reach.sees(row.user_id):
        return None
    return finding_of(row, zone)


def chosen_findings(filters: Filters, reach: Reach) -> Select[FindingRow]:
    """A query of the findings that somebody may see and wants to."""
    return select(FindingRow).where(*conditions(filters, reach))


def conditions(
    filters: Filters, reach: Reach, row: type[FindingRow] = FindingRow
) -> list[ColumnElement[bool]]:
    """What makes a finding one that somebody may see and wants to; `row` may be an alias."""
    many: list[tuple[InstrumentedAttribute[Any], frozenset[Any]]] = [
        (row.user_id, filters.users),
        (row.pipeline_id, filters.pipelines),
        (row.stage, filters.stages),
        (row.kind, frozenset(kind.value for kind in filters.kinds)),
        (row.state, frozenset(state.value for state in filters.states)),
    ]
    found = [seen_by(reach, row.user_id)]
    found += [column.in_(sorted(values)) for column, values in many if values]
    if filters.since is not None:
        found.append(row.at >= filters.since)
    if filters.until is not None:
        found.append(row.at < filters.until)
    if filters.least_confidence:
        found.append(row.confidence >= filters.least_confidence)
    if not filters.withdrawn:
        found.append(row.withdrawn_at.is_(None))
    return found


def _columns(one: Sighting) -> dict[str, Any]:
    told = columns_of(one.flag)
    own = {
        field.name: getattr(one, field.name)
        for field in fields(one)
        if field.name not in ("key", "flag")
    }
    return told | own
