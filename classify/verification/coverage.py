"""Where absence proves nothing: calls that nobody could understand, times without recordings."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from core.settings import VerificationSettings
from models.vocabulary.action import Outcome
from models.vocabulary.call import Direction, MetadataSource
from models.vocabulary.deal import Activity, ActivityType
from models.vocabulary.verdict import JudgedCall

_SETTLES_NOTHING_S = 10.0  # docs/actions.md: under 10 s of speech nothing is settled
_SAME_CALL = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """What may hold anything: a call of the client, or a time of which nothing came.

    `id` is the call's, the CRM record's or the telephone system's; a time goes from `at` to
    `until`. Of ``attempts`` only calls that reached nobody are unseen. `waits`: a recording is
    there and will be heard.
    """

    id: str
    at: datetime
    kind: str  # "call" | "crm" | "silence" | "attempts"
    until: datetime | None = None
    waits: bool = False

    def touches(self, start: datetime, end: datetime) -> bool:
        """Whether some of it lies between the two moments, both included."""
        return self.at <= end and (self.until or self.at) >= start

    def goes_on_after(self, moment: datetime) -> bool:
        """Whether some of it comes after a moment."""
        return (self.until or self.at) > moment


def is_blind(call: JudgedCall) -> bool:
    """Whether an answered outside call gave no words that could be judged."""
    if call.call.direction is Direction.INTERNAL:
        return False
    if call.understood:
        return call.outcome is Outcome.UNINTELLIGIBLE
    answered = call.call.answered is True or (
        call.call.answered is None and call.call.recording is not None
    )
    too_short = call.call.talk_s is not None and call.call.talk_s < _SETTLES_NOTHING_S
    return answered and not too_short


def blind_calls(calls: Sequence[JudgedCall]) -> list[BlindSpot]:
    """The answered calls without usable words."""
    return [
        BlindSpot(c.call.call_id, c.call.started_at, "call", waits=c.waits)
        for c in calls
        if is_blind(c)
    ]


def blind_activities(
    activities: Sequence[Activity],
    calls: Sequence[JudgedCall],
    known_ids: Container[str],
    settings: VerificationSettings,
) -> list[BlindSpot]:
    """The calls that only the CRM knows: no recording and no row of the CDR goes with them.

    `calls` are the client's, `known_ids` those of all calls. A call in the CRM that reached
    nobody hides nothing.
    """
    times = [call.call.started_at for call in calls]
    unreached = re.compile(settings.call_not_reached, re.IGNORECASE)
    spots = []
    for activity in activities:
        if activity.type is not ActivityType.CALL or activity.call_id in known_ids:
            continue
        if activity.completed_at is None and activity.due_at is not None:
            continue
        said = " ".join(filter(None, (activity.result, activity.subject, activity.text)))
        if unreached.search(said):
            continue
        if activity.call_id is None and _near(activity.created_at, activity.completed_at, times):
            continue
        at = activity.completed_at or activity.created_at
        spots.append(BlindSpot(f"activity:{activity.id}", at, "crm"))
    return spots


def has_pbx_ledger(calls: Sequence[JudgedCall]) -> bool:
    """Whether a CDR was given: some call is known from it alone, or carries its facts."""
    return any(
        c.call.recording is None or c.call.metadata_from is MetadataSource.CDR for c in calls
    )


def first_recording_at(calls: Sequence[JudgedCall]) -> datetime | None:
    """When the recordings begin; ``None`` where there is none."""
    return min((c.call.started_at for c in calls if c.call.recording), default=None)


def before_recordings(
    created: datetime, left: datetime | None, first: datetime | None, margin: timedelta
) -> bool:
    """Whether the period in which a stage's work was done lies before the recordings.

    `left` is when the card left the stage, ``None`` where the CRM does not say. A deal
    older than the recordings is judged only if it is hardly older (`margin`) and is
    known to have left the stage after they began.
    """
    if first is None:
        return True
    if created >= first:
        return False
    return left is None or left < first or created < first - margin


def _near(start: datetime, end: datetime | None, times: Sequence[datetime]) -> bool:
    latest = (end or start) + _SAME_CALL
    return any(start - _SAME_CALL <= time <= latest for time in times)
