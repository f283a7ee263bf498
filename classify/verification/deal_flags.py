"""What one deal's verdicts and promises raise."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from classify.evidence import Hit, activity_hit
from classify.verification.call_checks import said_hit, standing_bookings
from classify.verification.case import Case, ended_at
from classify.verification.crm_checks import agrees, has_slot, planned_for
from classify.verification.gap import done_beyond, verified_index
from classify.verification.judge import Judged
from classify.verification.promise_terms import AGENT, CLIENT, Owed
from classify.verification.rules import StageRules
from classify.verification.sentences import NOTHING, Said, day_said, moment_said, say, thing_said
from classify.verification.wording import evidence_words, explain, when
from models.vocabulary.action import ActionType
from models.vocabulary.verdict import (
    Evidence,
    Flag,
    FlagKind,
    FlagSeverity,
    Gap,
    PromiseState,
    Verdict,
)

SLOT_MINUTES = 30  # docs/formats.md: where the rule file demands no agreement, this one holds
_LOUDNESS = {
    FlagKind.SLOT_MISMATCH: FlagSeverity.HIGH,
    FlagKind.PROPOSAL_WITHOUT_NEEDS: FlagSeverity.MEDIUM,
    FlagKind.FOLLOW_UP_MISSED: FlagSeverity.MEDIUM,
}
_NO_SHOW = frozenset({ActionType.FOLLOW_UP_AGREED.value, ActionType.MEETING_BOOKED.value})


def gap_flags(case: Case, judged: Sequence[Judged], gap: Gap) -> list[Flag]:
    """The two flags that sum a deal up."""
    if gap not in (Gap.AHEAD, Gap.BEHIND) or case.position is None:
        return []
    verified = verified_index(case, judged)
    ahead = gap is Gap.AHEAD
    reasons = (
        [j for j in judged if j.blocks and j.index == verified]
        if ahead
        else done_beyond(case, judged)
    )
    told = say(
        "ahead" if ahead else "behind",
        recorded=_stage_name(case, case.rules.stages[case.position]),
        verified=_stage_name(case, case.rules.stages[verified]),
        facts=explain(case, reasons[0]),
    )
    return [
        Flag(
            kind=FlagKind.STAGE_AHEAD_OF_REALITY if ahead else FlagKind.STAGE_BEHIND_REALITY,
            severity=FlagSeverity.HIGH if ahead else FlagSeverity.LOW,
            explanation=told.ru,
            explanation_en=told.en,
            deal_id=case.deal.id,
            user_id=case.deal.responsible_id,
            at=case.moves[-1].at if case.moves else case.deal.created_at,
            evidence=tuple(hit.evidence for j in reasons for hit in j.finding.hits),
        )
    ]


def requirement_flags(case: Case, judged: Sequence[Judged], owed: Sequence[Owed]) -> list[Flag]:
    """What the rule file asks to flag; nothing that a broken call-back already tells."""
    flags = []
    for one in judged:
        kind = one.requirement.flags.get(one.final)
        if kind is None or one.because_of is not None or one.closed:
            continue
        if kind is FlagKind.FOLLOW_UP_MISSED and _told_by_call_back(one, owed):
            continue
        flags.append(_requirement_flag(case, one, kind))
    return flags


def slot_flags(case: Case, judged: Sequence[Judged], told: Sequence[Flag]) -> list[Flag]:
    """The last agreed meeting that stands otherwise in the CRM, whatever the stage demands.

    Not where it is told already, or where somebody waived the requirement that would tell it.
    """
    kinds = [flag.kind for flag in told]
    waived = [j.requirement.flags.get(j.verdict) for j in judged if j.waiver is not None]
    if FlagKind.SLOT_MISMATCH in (*kinds, *waived):
        return []
    bookings = standing_bookings(case)
    if not bookings:
        return []
    last = bookings[-1]
    meetings = planned_for(case, last)
    settled_by = ended_at(last.call) + timedelta(minutes=case.clock.settings.card_minutes)
    agreed = any(agrees(case, last, meeting, SLOT_MINUTES) for meeting in meetings)
    unseen = any(spot.goes_on_after(last.at) for spot in case.blind_spots)
    if agreed or unseen or not meetings or not has_slot(last) or settled_by > case.as_of:
        return []
    hits = (said_hit(last), activity_hit(meetings[-1], meetings[-1].created_at))
    words = say("other_time", facts=evidence_words(case, hits))
    return [
        Flag(
            kind=FlagKind.SLOT_MISMATCH,
            severity=FlagSeverity.HIGH,
            explanation=words.ru,
            explanation_en=words.en,
            deal_id=case.deal.id,
            call_id=last.call.call.call_id,
            user_id=last.call.call.user_id or case.deal.responsible_id,
            at=last.at,
            evidence=tuple(hit.evidence for hit in hits),
        )
    ]


def promise_flags(case: Case | None, owed: Sequence[Owed], told: Sequence[Flag]) -> list[Flag]:
    """What was promised and not done in time; `told` are flags that tell of the same event."""
    mismatched = {f.call_id for f in told if f.kind is FlagKind.SLOT_MISMATCH}
    flags = []
    for one in owed:
        kind = _promise_kind(one)
        meeting = one.promise.type == ActionType.MEETING_BOOKED.value
        if kind is None or (meeting and one.promise.call_id in mismatched):
            continue
        flags.append(_promise_flag(case, one, kind))
    return flags


def _stage_name(case: Case, stage: StageRules) -> Said:
    """What people call a stage: as the CRM does, where it has such a column."""
    russian, *_ = stage.names.ru
    english, *_ = stage.names.en or (russian,)
    column = case.columns.get(stage.key)
    return Said(column or russian, column or english)


def _promise_kind(one: Owed) -> FlagKind | None:
    if not one.failed:
        return None
    if one.promise.type not in _NO_SHOW or one.promise.by != AGENT:
        return FlagKind.PROMISE_BROKEN
    if one.promise.state is PromiseState.BROKEN or _slipped_a_day(one):
        return FlagKind.NO_SHOW_OF_AGENT
    return None  # some minutes late is late in the ledger, and no no-show


def _slipped_a_day(one: Owed) -> bool:
    if one.done_at is None or one.deadline is None:
        return False
    zone = one.call.call.started_at.tzinfo
    return one.done_at.astimezone(zone).date() > one.deadline.astimezone(zone).date()


def _promise_flag(case: Case | None, one: Owed, kind: FlagKind) -> Flag:
    promise = one.promise
    agent = promise.by == AGENT
    broken = promise.state is PromiseState.BROKEN
    severity = FlagSeverity.LOW
    if agent:
        severity = FlagSeverity.HIGH if broken else FlagSeverity.MEDIUM
    told = say(
        "promise",
        who=say(AGENT if agent else CLIENT),
        thing=thing_said(promise.type),
        due=say("promised_by", day=_due_words(promise.due)) if promise.due else NOTHING,
        quote=say("promised_quote", quote=promise.quote) if promise.quote else NOTHING,
        done=say("not_done" if broken else "done_late"),
    )
    responsible = case.deal.responsible_id if case else None
    return Flag(
        kind=kind,
        severity=severity,
        explanation=told.ru,
        explanation_en=told.en,
        deal_id=case.deal.id if case else None,
        call_id=promise.call_id,
        user_id=one.call.call.user_id or responsible,
        at=one.deadline,
        evidence=(
            Evidence(
                "call",
                promise.call_id,
                promise.made_at,
                promise.quote or None,
                one.start,
                one.corrected_by,
            ),
        ),
    )


def _due_words(due: str) -> Said:
    at = datetime.fromisoformat(due)
    return moment_said(at) if "T" in due else day_said(at)


def _requirement_flag(case: Case, one: Judged, kind: FlagKind) -> Flag:
    call_id = next((hit.call_id for hit in reversed(one.finding.hits) if hit.call_id), None)
    if call_id is None and kind is FlagKind.PROPOSAL_WITHOUT_NEEDS:
        call_id = _call_behind(case, one.finding.hits)
    if kind is FlagKind.FOLLOW_UP_MISSED:
        call_id = None  # no call made it: one is missing
    at = one.finding.due or next((hit.at for hit in one.finding.hits if hit.at), case.as_of)
    told = explain(case, one)
    if one.verdict is Verdict.MISSING and one.finding.due:
        told += say("due", due=when(case, one.finding.due))
    return Flag(
        kind=kind,
        severity=_LOUDNESS.get(kind, FlagSeverity.MEDIUM),
        explanation=told.ru,
        explanation_en=told.en,
        deal_id=case.deal.id,
        call_id=call_id,
        user_id=case.deal.responsible_id,
        at=at,
        evidence=tuple(hit.evidence for hit in one.finding.hits),
    )


def _call_behind(case: Case, hits: Sequence[Hit]) -> str | None:
    """The last call before a record of the CRM: the one that led to it."""
    at = next((hit.at for hit in hits if hit.at), None)
    before = [c for c in case.calls if at is not None and c.call.started_at <= at]
    return before[-1].call.call_id if before else None


def _told_by_call_back(one: Judged, owed: Sequence[Owed]) -> bool:
    """Whether the missing follow-up is the very call-back that the agent did not make."""
    start = next((hit.at for hit in one.finding.hits if hit.at), None)
    due = one.finding.due
    return any(
        o.promise.type == ActionType.FOLLOW_UP_AGREED.value
        and _promise_kind(o) is FlagKind.NO_SHOW_OF_AGENT
        and o.deadline is not None
        and start is not None
        and due is not None
        and start <= o.deadline <= due
        for o in owed
    )
