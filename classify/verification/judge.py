"""From findings to verdicts: deadlines, coverage and what the CRM claims."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from classify.evidence import Finding, State, best_grade
from classify.verification.call_checks import said, slot_day, slot_moment, standing_bookings
from classify.verification.case import Case, left_stage_at
from classify.verification.checks import evaluate
from classify.verification.coverage import BlindSpot, before_recordings
from classify.verification.money import asks_for_money
from classify.verification.rules import Requirement, StageRules
from models.vocabulary.action import ActionStatus, ActionType
from models.vocabulary.deal import ActivityType
from models.vocabulary.verdict import Grade, Severity, Verdict, Waiver

_HOLDING = frozenset({Verdict.MET, Verdict.LATE, Verdict.WAIVED})
_SETTLED = frozenset({Verdict.MET, Verdict.WAIVED})


@dataclass(frozen=True, slots=True)
class Judged:
    """A requirement, what came of it and what it rests on.

    `because_of` is the requirement that it waits for; `blind` the calls that could hold
    the proof; `before` true where the time lies before the recordings; `closed` where the
    deal was given up and nothing more is demanded. `verdict` is the machine's, also where there is
    a `waiver`; `final` is the one that counts.
    """

    requirement: Requirement
    stage: StageRules
    index: int
    verdict: Verdict
    finding: Finding
    because_of: str | None = None
    blind: tuple[BlindSpot, ...] = ()
    before: bool = False
    closed: bool = False
    waiver: Waiver | None = None

    @property
    def final(self) -> Verdict:
        """The verdict with what people waived; what is met needs no waiver."""
        waived = self.waiver is not None and self.verdict not in _SETTLED
        return Verdict.WAIVED if waived else self.verdict

    @property
    def holds(self) -> bool:
        """Whether the stage may be passed as far as this requirement goes."""
        return self.final in _HOLDING and not self.closed

    @property
    def blocks(self) -> bool:
        """Whether it holds the deal back."""
        return self.requirement.severity is Severity.CRITICAL and not self.holds

    @property
    def grade(self) -> Grade:
        """How strong the evidence is."""
        if self.final is Verdict.CONTRADICTED:
            return Grade.CONTRADICTED
        met = self.final in (Verdict.MET, Verdict.LATE)
        return best_grade(self.finding.hits) if met else Grade.NOTHING


def judge(case: Case) -> list[Judged]:
    """Every requirement of the deal's pipeline, in the file's order.

    The card's own stage is still under way where the deal really stands there; where an
    earlier stage is not proved, the card claims its stage as well.
    """
    first = _judge_all(case, claimed_to=case.position)
    held_back = any(
        one.blocks and case.position is not None and one.index < case.position for one in first
    )
    if case.position is None or not held_back:
        return first
    return _judge_all(case, claimed_to=case.position + 1)


def _judge_all(case: Case, claimed_to: int | None) -> list[Judged]:
    """`claimed_to` is the first stage that the card does not claim to have passed."""
    judged: dict[str, Judged] = {}
    waiting = list(case.rules.requirements())
    while waiting:  # the file was checked for circles when it was loaded
        for entry in list(waiting):
            index, _, requirement = entry
            if all(name in judged for name in requirement.depends_on):
                claimed = claimed_to is not None and index < claimed_to
                own = _judge_one(case, entry, judged, claimed=claimed)
                judged[requirement.id] = replace(own, waiver=_waiver(case, own))
                waiting.remove(entry)
    return [judged[r.id] for _, _, r in case.rules.requirements()]


def _waiver(case: Case, own: Judged) -> Waiver | None:
    """Whoever waived a requirement; about money nobody but the CRM is believed."""
    if asks_for_money(own.requirement.check):
        return None
    return case.waiver_of(own.stage.key, own.requirement.id)


def _judge_one(
    case: Case,
    entry: tuple[int, StageRules, Requirement],
    judged: dict[str, Judged],
    *,
    claimed: bool,
) -> Judged:
    index, stage, requirement = entry
    if requirement.applies_when and not evaluate(case, requirement.applies_when).holds:
        return Judged(requirement, stage, index, Verdict.WAIVED, Finding(State.YES))
    for name in requirement.depends_on:
        if not judged[name].holds:
            first = judged[name]
            return Judged(
                requirement, stage, index, first.verdict, Finding(State.NO), name,
                first.blind, first.before, first.closed,
            )  # fmt: skip
    finding = evaluate(case, requirement.check)
    if finding.state is State.NO:
        return _absence(case, entry, finding, claimed=claimed)
    verdict = {
        State.YES: Verdict.MET,
        State.LATE: Verdict.LATE,
        State.OPPOSED: Verdict.CONTRADICTED,
    }[finding.state]
    return Judged(requirement, stage, index, verdict, finding)


def _absence(
    case: Case,
    entry: tuple[int, StageRules, Requirement],
    finding: Finding,
    *,
    claimed: bool,
) -> Judged:
    """What it means that the evidence is not there: a time to come, no coverage, or a lack."""
    index, stage, requirement = entry
    reached = case.position is not None and index <= case.position
    due = finding.due or awaited(case, requirement.awaits)
    blind = _blind_in(case, finding)
    before = _before(case, index, finding)

    def so(verdict: Verdict, **more: object) -> Judged:
        dated = Finding(finding.state, finding.hits, due, finding.window, finding.absent)
        return Judged(requirement, stage, index, verdict, dated, **more)  # type: ignore[arg-type]  # fields of Judged by name

    if due is not None and due > case.as_of:
        return so(Verdict.PENDING)
    if case.lost and finding.absent is Verdict.MISSING:
        return so(Verdict.WAIVED, closed=True)
    if reached and (blind or _settled_elsewhere(case, requirement)):
        return so(Verdict.UNKNOWN, blind=blind)
    if finding.absent is Verdict.MISSING and due is None and not claimed:
        return so(Verdict.PENDING)
    if before:
        return so(Verdict.UNKNOWN, before=True)
    return so(finding.absent)


def awaited(case: Case, actions: Sequence[ActionType]) -> datetime | None:
    """The end of the last day agreed on or planned for one of the actions."""
    moments: list[datetime] = []
    spoken = said(
        case.calls,
        [action for action in actions if action is not ActionType.MEETING_BOOKED],
        (ActionStatus.DONE, ActionStatus.PROMISED),
    )
    if ActionType.MEETING_BOOKED in actions:
        spoken += standing_bookings(case)
    for one in spoken:
        slots = one.action.slots
        value = slots.get("datetime") or slots.get("date") or slots.get("due")
        moment, day = slot_moment(value), slot_day(value)
        if moment is not None:
            moments.append(case.clock.calendar.end_of_day(moment))
        elif day is not None:
            moments.append(case.clock.calendar.end_of_working_day_from(day))
    if ActionType.MEETING_BOOKED in actions:
        moments += [
            case.clock.calendar.end_of_day(a.due_at)
            for a in case.activities
            if a.type is ActivityType.MEETING and a.due_at and a.completed_at is None
        ]
    return max(moments, default=None)


def _blind_in(case: Case, finding: Finding) -> tuple[BlindSpot, ...]:
    window = finding.window
    if window is None:
        return ()
    return tuple(spot for spot in case.blind_spots if spot.touches(window.start, window.end))


def _before(case: Case, index: int, finding: Finding) -> bool:
    """Whether the time in which a call could have been the proof has no recordings."""
    if finding.window is None:
        return False
    first = case.first_recording
    if first is None or finding.window.end < first:
        return True
    margin = timedelta(days=case.clock.settings.recordings_margin_days)
    repeat_order = not case.moves and case.position is not None and index < case.position
    created = case.client_since if repeat_order else case.deal.created_at
    left = left_stage_at(case, index)
    if not repeat_order and left is None:
        left = case.as_of if case.position == index else None
    return before_recordings(created, left, first, margin)


def _settled_elsewhere(case: Case, requirement: Requirement) -> bool:
    """Whether a call or a record that may be this deal's or another's would be the proof."""
    if case.is_settled:
        return False
    return evaluate(case.with_unsettled(), requirement.check).holds
