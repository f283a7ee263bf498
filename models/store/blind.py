"""The second look at decided findings, by somebody who does not know the first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from sqlalchemy import Select, exists, func, select
from sqlalchemy.orm import Session, aliased

from models.store.findings import finding_as_shown
from models.store.reach import seen_by
from models.tables import DecisionRow, FindingRow
from models.vocabulary.access import Reach
from models.vocabulary.review import DecisionKind, Finding, FindingState

_JUDGED = (DecisionKind.CONFIRM.value, DecisionKind.DISMISS.value)
_STATES = (FindingState.CONFIRMED.value, FindingState.DISMISSED.value)


def blind_findings(
    session: Session, account: int, reach: Reach, bound: str, most: int
) -> list[Finding]:
    """Findings that somebody is to decide blind, as the first reviewer saw them.

    Args:
        session: the database.
        account: who is to decide: never whoever decided anything about the finding.
        reach: whose findings they see.
        bound: only keys below it are chosen.
        most: how many are given; those that wait longest come first.
    """
    chosen = _waiting(account, reach, bound).order_by(FindingRow.updated_at, FindingRow.id)
    rows = session.scalars(chosen.limit(most)).all()
    return _as_first_shown(session, rows)


def blind_finding(
    session: Session, account: int, reach: Reach, bound: str, finding: int
) -> Finding | None:
    """One of them; ``None`` where it does not wait for this account."""
    row = session.scalar(_waiting(account, reach, bound).where(FindingRow.id == finding))
    found = _as_first_shown(session, [row]) if row is not None else []
    return found[0] if found else None


def count_blind(session: Session, account: int, reach: Reach, bound: str) -> int:
    """How many wait for somebody."""
    waiting = _waiting(account, reach, bound).with_only_columns(func.count())
    return session.scalar(waiting) or 0


def blind_pairs(session: Session) -> list[tuple[str, str]]:
    """What the first and the second reviewer said about the same finding."""
    first, last_before = aliased(DecisionRow), aliased(DecisionRow)
    newest = (
        select(func.max(last_before.id))
        .where(
            last_before.finding == DecisionRow.finding,
            last_before.id < DecisionRow.id,
            last_before.kind.in_(_JUDGED),
            ~last_before.blind,
        )
        .correlate(DecisionRow)
        .scalar_subquery()
    )
    rows = session.execute(
        select(first.kind, DecisionRow.kind)
        .join(first, first.id == newest)
        .where(DecisionRow.blind, DecisionRow.kind.in_(_JUDGED))
        .order_by(DecisionRow.id)
    )
    return [(one, other) for one, other in rows]


def _waiting(account: int, reach: Reach, bound: str) -> Select[FindingRow]:
    of_finding = DecisionRow.finding == FindingRow.id
    return select(FindingRow).where(
        FindingRow.key < bound,
        FindingRow.state.in_(_STATES),
        seen_by(reach, FindingRow.user_id),
        ~exists().where(of_finding, DecisionRow.account == account),
        ~exists().where(of_finding, DecisionRow.blind),
    )


def _as_first_shown(session: Session, rows: Sequence[FindingRow]) -> list[Finding]:
    """The findings as they were when they were confirmed or dismissed last, nothing decided."""
    newest = (
        select(func.max(DecisionRow.id))
        .where(
            DecisionRow.finding.in_([row.id for row in rows]),
            DecisionRow.kind.in_(_JUDGED),
            ~DecisionRow.blind,
        )
        .group_by(DecisionRow.finding)
    )
    shown = {
        row.finding: row.shown
        for row in session.scalars(select(DecisionRow).where(DecisionRow.id.in_(newest)))
    }
    undecided = {"state": FindingState.OPEN.value, "sent_at": None}
    return [finding_as_shown(shown[row.id] | undecided, UTC) for row in rows if row.id in shown]
