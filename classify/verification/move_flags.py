"""Cards that were moved though nothing had happened with the client."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from classify.verification.case import Case, Move, is_conversation
from classify.verification.coverage import is_blind
from classify.verification.crm_checks import done_at, fell_through, is_done
from classify.verification.sentences import say
from classify.verification.wording import when
from models.vocabulary.deal import Activity, ActivityType
from models.vocabulary.verdict import Evidence, Flag, FlagKind, FlagSeverity

_TOGETHER = timedelta(hours=1)
_AT_ONCE = timedelta(minutes=2)
_TALK = (ActivityType.EMAIL, ActivityType.MESSAGE, ActivityType.DOCUMENT, ActivityType.INVOICE)


def moved_without_contact(case: Case) -> list[Flag]:
    """One flag per burst of moves without any contact since the burst before.

    The first step out of the entrance is sorting, and nobody has moved the card before it:
    it is judged only if it leaps over a stage. Moving back is putting right.
    """
    flags = []
    since: datetime | None = None
    for burst in _bursts(case.moves):
        start = since if since is not None else case.since
        judged = _is_judged(burst, first=since is None) and not _uncovered(case, start)
        if judged and not _contact_between(case, start, burst[-1].at):
            flags.append(_flag(case, burst, since))
        since = burst[-1].at
    return flags


def is_automatic(case: Case, record: Activity) -> bool:
    """Whether a machine wrote it: by its subject, or at once with the card and by nobody."""
    subject = (record.subject or "").strip().lower()
    if subject.startswith(case.clock.settings.automatic_subjects):
        return True
    at_once = abs(record.created_at - case.deal.created_at) <= _AT_ONCE
    return record.user_id is None and record.direction != "in" and at_once


def _bursts(moves: Sequence[Move]) -> list[list[Move]]:
    bursts: list[list[Move]] = []
    for move in moves:
        if bursts and move.at - bursts[-1][0].at <= _TOGETHER:
            bursts[-1].append(move)
        else:
            bursts.append([move])
    return bursts


def _is_judged(burst: Sequence[Move], *, first: bool) -> bool:
    source, target = burst[0].source, burst[-1].target
    if source is None or target is None:
        return burst[0].source != burst[-1].target and not first
    return target > source + 1 if first else target > source


def _uncovered(case: Case, start: datetime) -> bool:
    return case.first_recording is None or start < case.first_recording


def _contact_between(case: Case, start: datetime, end: datetime) -> bool:
    calls = (*case.matched_calls, *case.unsettled, *case.client_calls)
    spoken = any(
        start <= call.call.started_at <= end and (is_conversation(call) or is_blind(call))
        for call in calls
    )
    hidden = any(spot.touches(start, end) for spot in case.blind_spots)
    records = (*case.activities, *case.unsettled_records)
    return (
        spoken
        or hidden
        or any(_is_contact(case, a) and start <= done_at(a) <= end for a in records)
    )


def _is_contact(case: Case, record: Activity) -> bool:
    if record.type is ActivityType.MEETING:
        return record.completed_at is not None and not fell_through(case, record)
    if record.type is ActivityType.PAYMENT:
        return is_done(record)
    return record.type in _TALK and is_done(record) and not is_automatic(case, record)


def _flag(case: Case, burst: Sequence[Move], since: datetime | None) -> Flag:
    last = burst[-1]
    start = say("since", at=when(case, since)) if since else say("since_card")
    told = say("moved", at=when(case, last.at), since=start)
    return Flag(
        kind=FlagKind.MOVED_WITHOUT_CONTACT,
        severity=FlagSeverity.MEDIUM,
        explanation=told.ru,
        explanation_en=told.en,
        deal_id=case.deal.id,
        user_id=last.by or case.deal.responsible_id,
        at=last.at,
        evidence=tuple(
            Evidence("crm", f"stage_change:{case.deal.id}@{m.at.isoformat()}", m.at) for m in burst
        ),
    )
