"""The closed set of check kinds: how a requirement may be held against the evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from classify.verification.part import Part
from models.vocabulary.action import ActionStatus, ActionType, Outcome
from models.vocabulary.deal import ActivityKind, ActivityType
from models.vocabulary.transcript import Speaker


def _listed(value: object) -> object:
    """Lets a file write `action: payment` for `action: [payment]`."""
    return value if isinstance(value, (list, tuple)) else (value,)


ActionTypes = Annotated[tuple[ActionType, ...], BeforeValidator(_listed)]
Statuses = Annotated[tuple[ActionStatus, ...], BeforeValidator(_listed)]
Outcomes = Annotated[tuple[Outcome, ...], BeforeValidator(_listed)]
ActivityTypes = Annotated[tuple[ActivityType, ...], BeforeValidator(_listed)]
ActivityKinds = Annotated[tuple[ActivityKind, ...], BeforeValidator(_listed)]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class Undoing(Part):
    """What takes an action back when it was heard later."""

    action: ActionTypes
    status: Statuses = (ActionStatus.DECLINED,)


class Heard(Part):
    """An action heard in a call; the last word counts (`undone_by`)."""

    kind: Literal["heard"]
    action: ActionTypes
    status: Statuses = (ActionStatus.DONE,)
    speaker: Speaker | None = None
    slots: Names = ()
    in_conversation: bool = False
    with_decision_maker: bool = False
    undone_by: tuple[Undoing, ...] = ()


class OutcomeCheck(Part):
    """A call that ended up so."""

    kind: Literal["outcome"]
    outcome: Outcomes
    with_decision_maker: bool = False


class ActivityCheck(Part):
    """A record in the CRM that says that something was planned or done.

    `says` names what must stand on it; `done` false accepts what is only planned.
    """

    kind: Literal["activity"]
    type: ActivityTypes
    about: ActivityKinds = ()
    direction: Literal["in", "out"] | None = None
    done: bool = True
    says: tuple[Literal["due", "place", "contact", "result", "signed"], ...] = ()


class FieldCheck(Part):
    """Fields of the deal, of its company or of one of its contacts.

    `filled`: all of them; `any_filled`: at least one; `among`: the field has one of the
    values. Of a contact all of it must stand on the same person.
    """

    kind: Literal["field"]
    of: Literal["deal", "company", "contact"]
    filled: Names = ()
    any_filled: Names = ()
    among: Mapping[str, tuple[str | bool, ...]] = Field(default_factory=dict)


class FirstContact(Part):
    """The client's first contact was an answered call before the card, or was `other`."""

    kind: Literal["first_contact"]
    by: Literal["call", "other"]


class Agreement(Part):
    """The meeting in the CRM stands when the two agreed on it."""

    kind: Literal["agreement"]
    within_minutes: int = Field(ge=0, le=366 * 24 * 60)


class Total(Part):
    """The payments in the CRM reach the deal's amount."""

    kind: Literal["total"]


class Answered(Part):
    """Whatever was heard of `action` was followed, then or later, by one of `by`."""

    kind: Literal["answered"]
    action: ActionTypes
    by: ActionTypes


class Within(Part):
    """A span of time, a year at most: exactly one of the four."""

    minutes: int | None = Field(default=None, ge=0, le=366 * 24 * 60)
    hours: int | None = Field(default=None, ge=0, le=366 * 24)
    working_hours: int | None = Field(default=None, ge=0, le=366 * 24)
    working_days: int | None = Field(default=None, ge=0, le=366)

    @model_validator(mode="after")
    def _one(self) -> Within:
        spans = (self.minutes, self.hours, self.working_hours, self.working_days)
        if sum(span is not None for span in spans) != 1:
            raise ValueError("give exactly one of minutes, hours, working_hours, working_days")
        return self


class Order(Part):
    """`then` not before `first`; the opposite contradicts the requirement."""

    kind: Literal["order"]
    first: Check
    then: Check


class Count(Part):
    """At least so many (of different days when `distinct_days`), after `after` if given."""

    kind: Literal["count"]
    of: Check
    at_least: int = Field(ge=1, le=1000)
    after: Check | None = None
    distinct_days: bool = False


class Deadline(Part):
    """`of` within a span from the first `since`; `early` counts what came before it."""

    kind: Literal["deadline"]
    of: Check
    since: Check
    within: Within
    early: bool = False


class AnyOf(Part):
    """One of the parts is enough."""

    kind: Literal["any_of"]
    checks: tuple[Check, ...] = Field(min_length=1)


class AllOf(Part):
    """Every part must hold."""

    kind: Literal["all_of"]
    checks: tuple[Check, ...] = Field(min_length=1)


Check = Annotated[
    Heard
    | OutcomeCheck
    | ActivityCheck
    | FieldCheck
    | FirstContact
    | Agreement
    | Total
    | Answered
    | Order
    | Count
    | Deadline
    | AnyOf
    | AllOf,
    Field(discriminator="kind"),
]

CHECK_KINDS = frozenset(
    {
        *("heard", "outcome", "activity", "field", "first_contact", "agreement", "total"),
        *("answered", "order", "count", "deadline", "any_of", "all_of"),
    }
)

for _model in (Order, Count, Deadline, AnyOf, AllOf):
    _model.model_rebuild()
