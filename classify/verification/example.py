"""The deals that prove a requirement: short enough to stand beside it in the file."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from pydantic import Field

from classify.verification.part import Part
from models.vocabulary.action import ActionStatus, ActionType, Outcome, SlotValue
from models.vocabulary.deal import ActivityKind, ActivityType
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import Verdict


class ExampleAction(Part):
    """An action heard in an example's call."""

    type: ActionType
    status: ActionStatus = ActionStatus.DONE
    speaker: Speaker = Speaker.CLIENT
    slots: Mapping[str, SlotValue] = Field(default_factory=dict)


class ExampleCall(Part):
    """A call of an example; `recorded` false is one that only the CDR knows."""

    at: datetime
    outcome: Outcome = Outcome.CONVERSATION
    direction: Literal["in", "out"] = "out"
    answered: bool = True
    recorded: bool = True
    decision_maker: bool = False
    actions: tuple[ExampleAction, ...] = ()


class ExampleActivity(Part):
    """A record of an example's CRM, made at `at`; done then unless `done` is false."""

    type: ActivityType
    about: ActivityKind = ActivityKind.OTHER
    at: datetime
    done: bool = True
    completed_at: datetime | None = None
    due_at: datetime | None = None
    direction: Literal["in", "out"] | None = None
    result: str | None = None
    amount: float | None = None
    subject: str | None = None
    text: str | None = None
    place: str | None = None


class ExampleContact(Part):
    """A person on an example's deal; a DM has the number that DM calls come from."""

    name: str = "Анна Белова"
    phone: bool = True
    decision_maker: bool = False


class Example(Part):
    """One deal; times are local, Moscow's where no offset is given.

    `stage` is the card's stage (the last one where unset, so that the CRM claims
    everything), `verdict` what the requirement must come to.
    """

    verdict: Verdict | None = None
    why: str = ""
    stage: str | None = None
    created: datetime = datetime(2026, 11, 9, 10, 0)  # noqa: DTZ001 - local by definition
    as_of: datetime = datetime(2026, 11, 30, 18, 0)  # noqa: DTZ001 - local by definition
    recordings_since: datetime = datetime(2026, 10, 1, 9, 0)  # noqa: DTZ001 - local, too
    source: str = "Сайт"
    amount: float | None = None
    fields: Mapping[str, str | float | bool] = Field(default_factory=dict)
    company: Mapping[str, str | float | bool] | None = None
    contacts: tuple[ExampleContact, ...] = (ExampleContact(),)
    calls: tuple[ExampleCall, ...] = ()
    activities: tuple[ExampleActivity, ...] = ()
