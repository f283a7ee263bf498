"""What a check found: the hits it rests on and what their absence means."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from models.vocabulary.action import Action, ActionType
from models.vocabulary.correction import corrected_by
from models.vocabulary.deal import Activity, ActivityType
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import Evidence, Grade, Verdict

# An agreement is a pair and needs are an answer: whoever is quoted, both sides took part.
_MUTUAL = frozenset(
    {
        ActionType.MEETING_BOOKED,
        ActionType.FOLLOW_UP_AGREED,
        ActionType.TERMS_AGREED,
        ActionType.NEEDS_CLARIFIED,
        ActionType.PROPOSAL_DISCUSSED,
    }
)
_STRENGTH = (Grade.CLIENT_CONFIRMED, Grade.AGENT_SAID, Grade.CRM_ONLY)


class State(StrEnum):
    """What a check came to before deadlines and coverage are held against it."""

    YES = "yes"
    LATE = "late"
    OPPOSED = "opposed"
    NO = "no"


@dataclass(frozen=True, slots=True)
class Hit:
    """One piece of evidence; `at` is when it happened, ``None`` for a field of the CRM.

    `day` is the day that the evidence speaks of (a meeting's), `slot` that day and hour in
    words, where it names them.
    """

    evidence: Evidence
    grade: Grade
    at: datetime | None = None
    day: date | None = None
    call_id: str | None = None
    slot: datetime | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """A period in which a call could have supplied what is absent."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Finding:
    """The answer of a check.

    For a `NO`: `due` is when it had to be there, `window` where a call could have supplied
    it (``None``: the CRM alone could), `absent` what the absence means where coverage is
    complete.
    """

    state: State
    hits: tuple[Hit, ...] = ()
    due: datetime | None = None
    window: Window | None = None
    absent: Verdict = Verdict.MISSING

    @property
    def holds(self) -> bool:
        """Whether what was asked for is there, in time or late."""
        return self.state in (State.YES, State.LATE)


def found(hits: Iterable[Hit]) -> Finding:
    """A finding that holds, on its evidence in order of time."""
    return Finding(State.YES, tuple(in_time_order(hits)))


def in_time_order(hits: Iterable[Hit]) -> list[Hit]:
    """Dated hits by time, then those without."""
    dated = list(hits)
    return sorted(dated, key=lambda hit: (hit.at is None, hit.at.timestamp() if hit.at else 0.0))


def best_grade(hits: Sequence[Hit]) -> Grade:
    """The strongest grade of the hits; nothing where there are none."""
    return min((hit.grade for hit in hits), key=_rank, default=Grade.NOTHING)


def _rank(grade: Grade) -> int:
    return _STRENGTH.index(grade) if grade in _STRENGTH else len(_STRENGTH)


def call_hit(call_id: str, at: datetime) -> Hit:
    """A conversation as evidence: both sides were there."""
    return Hit(Evidence("call", call_id, at), Grade.CLIENT_CONFIRMED, at, call_id=call_id)


def action_hit(
    call_id: str,
    at: datetime,
    action: Action,
    day: date | None = None,
    slot: datetime | None = None,
) -> Hit:
    """Words of a call as evidence, graded by who said them."""
    client = action.speaker is Speaker.CLIENT or action.type in _MUTUAL
    grade = Grade.CLIENT_CONFIRMED if client else Grade.AGENT_SAID
    by = corrected_by(action)
    evidence = Evidence("call", call_id, at, action.quote or None, action.start, by)
    return Hit(evidence, grade, at, day, call_id, slot)


def activity_hit(activity: Activity, at: datetime, day: date | None = None) -> Hit:
    """A record of the CRM as evidence."""
    text = activity.subject or activity.text
    slot = activity.due_at if activity.type is ActivityType.MEETING else None
    evidence = Evidence("crm", f"activity:{activity.id}", at, text)
    return Hit(evidence, Grade.CRM_ONLY, at, day, slot=slot)


def field_hit(name: str, value: object, at: datetime | None = None) -> Hit:
    """A field of the CRM as evidence; fields have no time of their own."""
    return Hit(Evidence("crm", f"field:{name}", at, str(value)), Grade.CRM_ONLY, at)


def any_of(parts: Sequence[Finding]) -> Finding:
    """The alternatives together: one is enough, an opposite counts only alone."""
    for state in (State.YES, State.LATE):
        held = [part for part in parts if part.state is state]
        if held:
            return Finding(state, tuple(in_time_order(h for part in held for h in part.hits)))
    opposed = [part for part in parts if part.state is State.OPPOSED]
    return replace(opposed[-1]) if opposed else _absence(parts)


def all_of(parts: Sequence[Finding]) -> Finding:
    """All parts together: the worst one speaks."""
    opposed = [part for part in parts if part.state is State.OPPOSED]
    if opposed:
        return opposed[0]
    failing = [part for part in parts if part.state is State.NO]
    if failing:
        return _absence(failing)
    state = State.LATE if any(part.state is State.LATE for part in parts) else State.YES
    return Finding(state, tuple(in_time_order(h for part in parts for h in part.hits)))


def _absence(parts: Sequence[Finding]) -> Finding:
    """Several absences as one: a call could have supplied it wherever it could one of them."""
    windows = [part.window for part in parts if part.window]
    dues = [part.due for part in parts if part.due]
    against = [part.absent for part in parts if part.absent is not Verdict.MISSING]
    return Finding(
        State.NO,
        tuple(hit for part in parts for hit in part.hits),
        due=max(dues, default=None),
        window=Window(min(w.start for w in windows), max(w.end for w in windows))
        if windows
        else None,
        absent=against[0] if against else Verdict.MISSING,
    )
