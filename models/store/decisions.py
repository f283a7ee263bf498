"""Decisions about findings: each is added once, by somebody who saw what it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.batches import batched
from models.store.events import add_events
from models.store.findings import finding_as_shown, finding_of
from models.store.mapping import plain, word_of
from models.store.statements import changed_rows
from models.tables import DecisionRow, FindingRow
from models.vocabulary.event import EventType, News
from models.vocabulary.review import (
    MISTAKES,
    STATE_AFTER,
    Decision,
    DecisionKind,
    DismissReason,
    Finding,
    FindingState,
)


class DecidedMeanwhileError(Exception):
    """Somebody else decided since the finding was shown; `decision` is theirs."""

    def __init__(self, decision: Decision | None) -> None:
        self.decision = decision
        super().__init__("decided meanwhile")


@dataclass(frozen=True, slots=True)
class NewDecision:
    """What somebody wants to decide; `version` is that of the finding they saw."""

    finding: int
    kind: DecisionKind
    version: int
    account: int | None
    who: str
    reason: DismissReason | None = None
    note: str = ""
    blind: bool = False


def decide(session: Session, new: NewDecision, now: datetime) -> Decision:
    """Writes a decision down and moves its finding on.

    A blind one, and a comment, leave the finding as it is; of a blind one nobody who reviews it
    notices anything.

    Raises:
        LookupError: there is no such finding.
        DecidedMeanwhileError: it was decided since it was shown.
    """
    if not new.blind:
        _move_on(session, new, now)
    finding = session.get(FindingRow, new.finding)
    if finding is None:
        raise LookupError(new.finding)
    session.refresh(finding)
    row = DecisionRow(
        finding=new.finding,
        kind=new.kind.value,
        at=now,
        account=new.account,
        who=new.who,
        reason=new.reason.value if new.reason else None,
        note=new.note,
        shown=plain(finding_of(finding, UTC)),
        blind=new.blind,
    )
    session.add(row)
    session.flush()
    if not new.blind and (new.kind in STATE_AFTER or new.kind is DecisionKind.SEND):
        add_events(session, [_news(finding, row)], now)
    return decision_of(row, UTC)


def _move_on(session: Session, new: NewDecision, now: datetime) -> None:
    """Gives the finding its new state, unless somebody decided since it was shown."""
    state = STATE_AFTER.get(new.kind)
    moved = (
        update(FindingRow)
        .where(FindingRow.id == new.finding)
        .values(version=FindingRow.version + 1, updated_at=now)
    )
    if new.kind is not DecisionKind.COMMENT:
        moved = moved.where(FindingRow.version == new.version)
    if state is not None:
        moved = moved.values(state=state.value)
    if new.kind is DecisionKind.SEND:
        moved = moved.values(sent_at=now)
    if not changed_rows(session, moved):
        if session.get(FindingRow, new.finding) is None:
            raise LookupError(new.finding)
        raise DecidedMeanwhileError(last_decision(session, new.finding))


def last_decision(session: Session, finding: int) -> Decision | None:
    """What was done last with a finding, as far as everybody may know."""
    row = session.scalar(
        select(DecisionRow)
        .where(DecisionRow.finding == finding, ~DecisionRow.blind)
        .order_by(DecisionRow.id.desc())
        .limit(1)
    )
    return None if row is None else decision_of(row, UTC)


def _news(finding: FindingRow, decision: DecisionRow) -> News:
    return News(
        EventType.FLAG_DECIDED,
        f"finding:{finding.id}",
        {
            "finding": finding.id,
            "kind": finding.kind,
            "deal": finding.deal_id,
            "decision": decision.id,
            "decided": decision.kind,
            "reason": decision.reason,
            "state": finding.state,
            "version": finding.version,
            "by": decision.account,
            "at": decision.at.isoformat(),
        },
        finding.deal_id,
        finding.user_id,
    )


def decisions_of(
    session: Session, findings: Sequence[int], zone: tzinfo
) -> dict[int, list[Decision]]:
    """What was decided about findings, the oldest first; blind ones among it."""
    found: dict[int, list[Decision]] = defaultdict(list)
    for some in batched(findings):
        rows = session.scalars(
            select(DecisionRow).where(DecisionRow.finding.in_(some)).order_by(DecisionRow.id)
        )
        for row in rows:
            found[row.finding].append(decision_of(row, zone))
    return dict(found)


def findings_shown(session: Session, finding: int, zone: tzinfo) -> dict[int, Finding]:
    """By decision, the finding as it was shown when it was decided so."""
    rows = session.scalars(select(DecisionRow).where(DecisionRow.finding == finding))
    return {row.id: finding_as_shown(row.shown, zone) for row in rows}


def decision_of(row: DecisionRow, zone: tzinfo) -> Decision:
    """The word of a row; `by` is the account."""
    columns = vars(row) | {"by": row.account, "digest": row.shown.get("digest", "")}
    return word_of(Decision, columns, zone)


@dataclass(frozen=True, slots=True)
class Precision:
    """How often people found a kind of flag right: those it was a mistake for, and those not."""

    right: int
    wrong: int

    @property
    def decided(self) -> int:
        """How many decisions it rests on."""
        return self.right + self.wrong

    @property
    def share(self) -> float | None:
        """The share that was right; ``None`` where nothing was decided."""
        return self.right / self.decided if self.decided else None


def measured_precision(session: Session) -> dict[str, Precision]:
    """By kind of flag, what people decided last about each finding.

    What was dismissed as right but of no importance, or done elsewhere, was no mistake of the
    machine and counts neither way.
    """
    last = (
        select(func.max(DecisionRow.id))
        .where(DecisionRow.kind.in_([kind.value for kind in STATE_AFTER]), ~DecisionRow.blind)
        .group_by(DecisionRow.finding)
    )
    rows = session.execute(
        select(FindingRow.kind, FindingRow.state, DecisionRow.reason, func.count())
        .join(DecisionRow, DecisionRow.finding == FindingRow.id)
        .where(DecisionRow.id.in_(last))
        .group_by(FindingRow.kind, FindingRow.state, DecisionRow.reason)
    ).all()
    right: dict[str, int] = defaultdict(int)
    wrong: dict[str, int] = defaultdict(int)
    for kind, state, reason, count in rows:
        if state == FindingState.CONFIRMED.value:
            right[kind] += count
        elif state == FindingState.DISMISSED.value and reason in MISTAKES:
            wrong[kind] += count
    return {kind: Precision(right[kind], wrong[kind]) for kind in {*right, *wrong}}


def distrusted_kinds(
    precision: dict[str, Precision], *, trusted: float, after: int
) -> frozenset[str]:
    """The kinds of flags that were found wrong too often to accuse anybody."""
    return frozenset(
        kind
        for kind, one in precision.items()
        if one.decided >= after and one.share is not None and one.share < trusted
    )
