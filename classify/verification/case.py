"""A deal with everything that is known about it: what the checks look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from classify.verification.coverage import BlindSpot
from classify.verification.rules import PipelineRules
from classify.verification.worktime import WorkCalendar
from core.settings import VerificationSettings
from models.vocabulary.action import Action, Outcome
from models.vocabulary.deal import Activity, Company, Contact, Deal
from models.vocabulary.verdict import JudgedCall, Waiver


@dataclass(frozen=True, slots=True)
class Clock:
    """The moment that is judged, and how time counts there.

    `sees_attempts` says whether a PBX ledger was given: without one, calls that nobody
    answered left no trace. `silences` are the times of which calls did not come.
    """

    as_of: datetime
    calendar: WorkCalendar
    settings: VerificationSettings
    sees_attempts: bool = True
    silences: tuple[BlindSpot, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """A card was moved; places in the template's line, ``None`` for a column outside it."""

    at: datetime
    source: int | None
    target: int | None
    to_key: str | None
    by: str | None


@dataclass(frozen=True, slots=True)
class Case:
    """One deal before the verifier.

    `calls` are the understood ones that count for the deal, `matched_calls` all of the deal
    or before its card, `client_calls` those of the client's other deals too, `unsettled` those
    that may belong to it or to another, `unsettled_records` the CRM's activities of which the
    same is true. `blind_spots` are calls that nobody could understand. `position` is the card's
    place in the line (``None``: outside, `lost` where it was given up). `columns` are the CRM's
    names of the template's stages, by key, `waivers` what people do not demand of it.
    """

    deal: Deal
    rules: PipelineRules
    clock: Clock
    stage: str | None
    position: int | None
    lost: bool
    company: Company | None
    contacts: tuple[Contact, ...]
    decision_maker_numbers: frozenset[str]
    calls: tuple[JudgedCall, ...]
    matched_calls: tuple[JudgedCall, ...]
    client_calls: tuple[JudgedCall, ...]
    unsettled: tuple[JudgedCall, ...]
    blind_spots: tuple[BlindSpot, ...]
    activities: tuple[Activity, ...]
    unsettled_records: tuple[Activity, ...]
    moves: tuple[Move, ...]
    first_recording: datetime | None
    client_since: datetime
    columns: Mapping[str, str]
    waivers: tuple[Waiver, ...] = ()

    @property
    def as_of(self) -> datetime:
        """The moment that is judged."""
        return self.clock.as_of

    @property
    def since(self) -> datetime:
        """From when on evidence counts for the deal."""
        return self.deal.created_at - timedelta(hours=self.clock.settings.lead_in_hours)

    def waiver_of(self, stage: str, requirement: str) -> Waiver | None:
        """Somebody's word that a requirement does not count here."""
        names = (stage, requirement)
        return next((w for w in self.waivers if (w.stage, w.requirement_id) == names), None)

    @property
    def is_settled(self) -> bool:
        """Whether nothing is known that may belong to it or to another deal."""
        return not self.unsettled and not self.unsettled_records

    def with_unsettled(self) -> Case:
        """The deal as it would stand if all that may be its own were."""
        calls = sorted((*self.calls, *self.unsettled), key=lambda call: call.call.started_at)
        records = sorted(
            (*self.activities, *self.unsettled_records), key=lambda a: (a.created_at, a.id)
        )
        return replace(self, calls=tuple(calls), activities=tuple(records))


def spoken_at(call: JudgedCall, action: Action) -> datetime:
    """When an action was said: the call's start and the second in it."""
    return call.call.started_at + timedelta(seconds=action.start or 0.0)


def ended_at(call: JudgedCall) -> datetime:
    """When a call was over, by its recording or the PBX's talk time."""
    seconds = call.duration_s or call.call.talk_s or 0.0
    return call.call.started_at + timedelta(seconds=seconds)


def is_conversation(call: JudgedCall) -> bool:
    """Whether both sides spoke in substance."""
    return call.understood and call.outcome is Outcome.CONVERSATION


def left_stage_at(case: Case, index: int) -> datetime | None:
    """When the card first stood beyond the stage with that place in the line."""
    times = [m.at for m in case.moves if m.target is not None and m.target > index]
    return min(times, default=None)
