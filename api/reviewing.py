"""Deciding about findings: what somebody asks for, checked and written in one transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from api.access.gate import Visitor
from classify.deciding import Refusal, flaw, hindrance, only_money, requirements_behind
from core.settings import Settings
from models.store.audit import add_to_audit
from models.store.blind import blind_finding
from models.store.decisions import (
    DecidedMeanwhileError,
    NewDecision,
    decide,
    decisions_of,
    last_decision,
)
from models.store.findings import load_finding
from models.store.inbox import unproved_of_deals
from models.store.jobs import judge_soon
from models.store.runs import latest_run
from models.store.waivers import lift_waivers, waive
from models.tables import FindingRow
from models.vocabulary.access import Right
from models.vocabulary.review import Decision, DecisionKind, DismissReason, Finding
from models.vocabulary.verdict import RequirementVerdict

EVENTS = {
    DecisionKind.CONFIRM: "finding confirmed",
    DecisionKind.DISMISS: "finding dismissed",
    DecisionKind.WAIVE: "finding waived",
    DecisionKind.SEND: "finding sent",
    DecisionKind.OBJECT: "objection",
    DecisionKind.REOPEN: "finding reopened",
    DecisionKind.COMMENT: "finding commented",
}
BLIND_EVENT = "blind review"


class NoSuchFindingError(LookupError):
    """There is no such finding within somebody's reach."""


class RefusedError(Exception):
    """Somebody may not decide so; `why` says what hinders."""

    def __init__(self, why: Refusal) -> None:
        self.why = why
        super().__init__(why.value)


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for about the finding that they see.

    `version` and `digest` are those of what they see; an empty digest is not compared.
    `requirements` are the ids of those to be waived; those that the finding is not about stay.
    """

    finding: int
    kind: DecisionKind
    version: int
    digest: str = ""
    reason: DismissReason | None = None
    note: str = ""
    requirements: Collection[str] = ()


def decide_finding(
    session: Session, settings: Settings, visitor: Visitor, asked: Asked, now: datetime
) -> Decision:
    """Decides about a finding, with the entry of the audit in the same transaction.

    Where requirements are waived, or demanded again, the verdicts are asked for anew.

    Raises:
        NoSuchFindingError: it is not within reach, or does not exist.
        DecidedMeanwhileError: it was decided, or the machine says otherwise, since it was shown.
        RefusedError: it may not be decided so.
    """
    finding = load_finding(session, asked.finding, visitor.reach, UTC)
    if finding is None:
        raise NoSuchFindingError(asked.finding)
    is_stale = asked.version != finding.version or asked.digest not in ("", finding.digest)
    if is_stale and asked.kind is not DecisionKind.COMMENT:
        raise DecidedMeanwhileError(last_decision(session, finding.id))
    history = decisions_of(session, [finding.id], UTC).get(finding.id, [])
    why = hindrance(
        asked.kind,
        visitor.account,
        finding,
        history,
        now=now,
        objection_days=settings.access.objection_days,
    ) or flaw(asked.kind, asked.reason, asked.note)
    if why is not None:
        raise RefusedError(why)
    row = session.get_one(FindingRow, finding.id)
    behind = _behind(session, row, finding) if asked.kind is DecisionKind.WAIVE else ()
    if only_money(behind):
        raise RefusedError(Refusal.MONEY)
    reason = asked.reason if asked.kind is DecisionKind.DISMISS else None
    decision = decide(session, _new(asked, visitor, reason), now)
    chosen = [
        (one.stage, one.requirement_id)
        for one in behind
        if one.waivable and one.requirement_id in asked.requirements
    ]
    if _see_to_waivers(session, row, decision, history, chosen):
        judge_soon(session, row.source, settings.service.limit_s, now)
    detail = reason.value if reason else ""
    add_to_audit(session, visitor.entry(EVENTS[asked.kind], f"finding:{finding.id}", detail))
    return decision


def decide_blind(
    session: Session, bound: str, visitor: Visitor, asked: Asked, now: datetime
) -> Decision:
    """Writes down what somebody says about a finding without knowing what was decided.

    Raises:
        NoSuchFindingError: it does not wait for them.
        RefusedError: it cannot be answered so.
    """
    if not visitor.may(Right.DECIDE) or asked.kind not in (
        DecisionKind.CONFIRM,
        DecisionKind.DISMISS,
    ):
        raise RefusedError(Refusal.NO_RIGHT)
    finding = blind_finding(session, visitor.account.id, visitor.reach, bound, asked.finding)
    if finding is None:
        raise NoSuchFindingError(asked.finding)
    why = flaw(asked.kind, asked.reason, asked.note)
    if why is not None:
        raise RefusedError(why)
    reason = asked.reason if asked.kind is DecisionKind.DISMISS else None
    decision = decide(session, _new(asked, visitor, reason, blind=True), now)
    add_to_audit(session, visitor.entry(BLIND_EVENT, f"finding:{finding.id}", asked.kind.value))
    return decision


def requirements_of(
    session: Session, run: int, findings: Sequence[Finding]
) -> dict[int, tuple[RequirementVerdict, ...]]:
    """By finding, the requirements that it is about in a run, as far as that can be told."""
    deals = sorted({one.deal_id for one in findings if one.deal_id is not None})
    unproved = unproved_of_deals(session, run, deals) if deals else {}
    return {
        one.id: requirements_behind(one, *unproved[one.deal_id])
        for one in findings
        if one.deal_id in unproved
    }


def _new(
    asked: Asked, visitor: Visitor, reason: DismissReason | None, *, blind: bool = False
) -> NewDecision:
    return NewDecision(
        finding=asked.finding,
        kind=asked.kind,
        version=asked.version,
        account=visitor.account.id,
        who=visitor.account.name,
        reason=reason,
        note=asked.note.strip(),
        blind=blind,
    )


def _behind(session: Session, row: FindingRow, finding: Finding) -> tuple[RequirementVerdict, ...]:
    """What a finding is about by the newest run."""
    run = latest_run(session, row.source, row.crm_source)
    return requirements_of(session, run[0], [finding]).get(finding.id, ()) if run else ()


def _see_to_waivers(
    session: Session,
    row: FindingRow,
    decision: Decision,
    history: Sequence[Decision],
    chosen: Sequence[tuple[str, str]],
) -> bool:
    """Waives requirements with the finding, and takes that back with it; gives whether it did."""
    if row.deal_id is None:
        return False
    if chosen:
        waive(session, row.crm_source, row.deal_id, chosen, decision)
        return True
    waived = [one.at for one in history if one.kind is DecisionKind.WAIVE]
    if decision.kind is not DecisionKind.REOPEN or not waived:
        return False
    return lift_waivers(session, row.crm_source, row.deal_id, waived[-1])
