"""What a run changed, as news for other programs and open pages."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from core.batches import batched
from models.store.calls import rows_of_calls
from models.store.findings import FindingsChanged
from models.tables import (
    DealVerdictRow,
    FindingRow,
    PromiseRow,
    RequirementVerdictRow,
)
from models.vocabulary.event import EventType, News
from models.vocabulary.verdict import DealVerdict, Promise, PromiseState, Verification

_PromiseName = tuple[str, str, str, str, str | None]  # deal, call, type, whose, due


@dataclass(frozen=True, slots=True)
class Before:
    """What a run came to, as far as later ones are held against it.

    `deals`: recorded and verified stage and gap; `requirements`: the verdicts of a deal by stage
    and requirement; `broken`: its broken promises.
    """

    deals: Mapping[str, tuple[str | None, str | None, str]] = field(default_factory=dict)
    requirements: Mapping[str, Mapping[tuple[str, str], str]] = field(default_factory=dict)
    broken: Counter[_PromiseName] = field(default_factory=Counter)


def read_before(session: Session, run: int, only: Sequence[str] | None = None) -> Before:
    """What a run came to, of all deals or of a few."""
    if only is None:
        return _read_before(session, run, None)
    parts = [_read_before(session, run, some) for some in batched(only)]
    return Before(
        {deal: told for part in parts for deal, told in part.deals.items()},
        {deal: told for part in parts for deal, told in part.requirements.items()},
        sum((part.broken for part in parts), Counter()),
    )


def _read_before(session: Session, run: int, only: Sequence[str] | None) -> Before:
    def of(table: type[DealVerdictRow | RequirementVerdictRow | PromiseRow]) -> Any:
        return table.run == run if only is None else and_(table.run == run, table.deal_id.in_(only))

    deals = session.execute(
        select(
            DealVerdictRow.deal_id,
            DealVerdictRow.recorded_stage,
            DealVerdictRow.verified_stage,
            DealVerdictRow.gap,
        ).where(of(DealVerdictRow))
    )
    requirements: dict[str, dict[tuple[str, str], str]] = {}
    for deal, stage, requirement, verdict in session.execute(
        select(
            RequirementVerdictRow.deal_id,
            RequirementVerdictRow.stage,
            RequirementVerdictRow.requirement_id,
            RequirementVerdictRow.verdict,
        ).where(of(RequirementVerdictRow))
    ):
        requirements.setdefault(deal, {})[stage, requirement] = verdict
    broken = session.execute(
        select(
            PromiseRow.deal_id, PromiseRow.call_id, PromiseRow.type, PromiseRow.by, PromiseRow.due
        ).where(of(PromiseRow), PromiseRow.state == PromiseState.BROKEN.value)
    )
    return Before(
        {deal: (recorded, verified, gap) for deal, recorded, verified, gap in deals},
        requirements,
        Counter((deal, call, type_, by, due) for deal, call, type_, by, due in broken),
    )


def news_of_verdicts(
    before: Before,
    verification: Verification,
    owners: Mapping[str, str | None],
    calls: Mapping[str, int],
) -> Iterator[News]:
    """What is other than in the run before. Pure.

    Args:
        before: that run.
        verification: what is said now.
        owners: by deal, whose it is.
        calls: by the id of a call, its row.
    """
    for deal in verification.deals:
        change = change_of(before, deal)
        if change is not None:
            yield News(
                EventType.VERDICT_CHANGED,
                f"deal:{deal.deal_id}",
                {"deal": deal.deal_id, "pipeline": deal.pipeline_id, **change},
                deal.deal_id,
                owners.get(deal.deal_id),
            )
        for promise in newly_broken(before, deal):
            yield News(
                EventType.PROMISE_BROKEN,
                f"deal:{deal.deal_id}",
                {
                    "deal": deal.deal_id,
                    "call": calls.get(promise.call_id),
                    "type": promise.type,
                    "by": promise.by,
                    "made_at": promise.made_at.isoformat(),
                    "due": promise.due,
                },
                deal.deal_id,
                owners.get(deal.deal_id),
            )


def change_of(before: Before, deal: DealVerdict) -> dict[str, Any] | None:
    """What a deal's verdict was and is; ``None`` where it is the same."""
    was = before.deals.get(deal.deal_id, (None, None, None))
    now = (deal.recorded_stage, deal.verified_stage, deal.gap.value)
    verdicts = {(one.stage, one.requirement_id): one.verdict.value for one in deal.requirements}
    old = before.requirements.get(deal.deal_id, {})
    changed = [key for key in {**old, **verdicts} if old.get(key) != verdicts.get(key)]
    if was == now and not changed:
        return None
    names = ("recorded_stage", "verified_stage", "gap")
    change: dict[str, Any] = {
        name: {"was": one, "is": other} for name, one, other in zip(names, was, now, strict=True)
    }
    change["requirements"] = [
        {
            "stage": stage,
            "requirement": requirement,
            "was": old.get((stage, requirement)),
            "is": verdicts.get((stage, requirement)),
        }
        for stage, requirement in changed
    ]
    return change


def newly_broken(before: Before, deal: DealVerdict) -> list[Promise]:
    """The broken promises of a deal that were not broken in the run before."""
    known, found = Counter(before.broken), []
    for one in deal.promises:
        if one.state is not PromiseState.BROKEN:
            continue
        name = (deal.deal_id, one.call_id, one.type, one.by, one.due)
        if known[name]:
            known[name] -= 1
        else:
            found.append(one)
    return found


def news_of_findings(session: Session, changed: FindingsChanged) -> list[News]:
    """Flags that were raised (again) or withdrawn."""
    wanted = {
        **dict.fromkeys(changed.raised, (EventType.FLAG_RAISED, False)),
        **dict.fromkeys(changed.returned, (EventType.FLAG_RAISED, True)),
        **dict.fromkeys(changed.withdrawn, (EventType.FLAG_WITHDRAWN, False)),
    }
    rows: dict[int, FindingRow] = {}
    for some in batched(list(wanted)):
        rows |= {
            row.id: row
            for row in session.scalars(select(FindingRow).where(FindingRow.id.in_(some)))
        }
    calls = rows_of_calls(session, [row.call_id for row in rows.values() if row.call_id])
    return [
        _of_finding(rows[finding], type_, calls, again=again)
        for finding, (type_, again) in wanted.items()
    ]


def _of_finding(
    row: FindingRow, type_: EventType, calls: Mapping[str, int], *, again: bool
) -> News:
    payload: dict[str, Any] = {
        "finding": row.id,
        "kind": row.kind,
        "severity": row.severity,
        "state": row.state,
        "deal": row.deal_id,
        "call": calls.get(row.call_id) if row.call_id else None,
        "user": row.user_id,
        "pipeline": row.pipeline_id,
        "stage": row.stage,
        "at": row.at.isoformat() if row.at else None,
    }
    if type_ is EventType.FLAG_RAISED:
        payload["again"] = again
    return News(type_, f"finding:{row.id}", payload, row.deal_id, row.user_id)
