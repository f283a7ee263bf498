"""What a pipeline file may say: stages, requirements and the closed set of check kinds."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from classify.verification.example import Example
from models.vocabulary.action import ActionStatus, ActionType, Outcome
from models.vocabulary.deal import ActivityKind, ActivityType
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import FlagKind, Severity, Verdict


def _listed(value: object) -> object:
    """Lets a file write `action: payment` for `action: [payment]`."""
    return value if isinstance(value, (list, tuple)) else (value,)


ActionTypes = Annotated[tuple[ActionType, ...], BeforeValidator(_listed)]
Statuses = Annotated[tuple[ActionStatus, ...], BeforeValidator(_listed)]
Outcomes = Annotated[tuple[Outcome, ...], BeforeValidator(_listed)]
ActivityTypes = Annotated[tuple[ActivityType, ...], BeforeValidator(_listed)]
ActivityKinds = Annotated[tuple[ActivityKind, ...], BeforeValidator(_listed)]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Part):
    """Words in both languages of the product."""

    ru: str = Field(min_length=1)
    en: str = Field(min_length=1)


def _in_both(written: object) -> object:
    """Lets a file say a sentence once, as a plain text or under one language."""
    if isinstance(written, str):
        return {"ru": written, "en": written}
    if isinstance(written, Mapping) and ("ru" in written) != ("en" in written):
        only = written.get("ru", written.get("en"))
        return {"ru": only, "en": only, **written}
    return written


Sentence = Annotated[Words, BeforeValidator(_in_both)]


class Undoing(_Part):
    """What takes an action back when it was heard later."""

    action: ActionTypes
    status: Statuses = (ActionStatus.DECLINED,)


class Heard(_Part):
    """An action heard in a call; the last word counts (`undone_by`)."""

    kind: Literal["heard"]
    action: ActionTypes
    status: Statuses = (ActionStatus.DONE,)
    speaker: Speaker | None = None
    slots: Names = ()
    in_conversation: bool = False
    with_decision_maker: bool = False
    undone_by: tuple[Undoing, ...] = ()


class OutcomeCheck(_Part):
    """A call that ended up so."""

    kind: Literal["outcome"]
    outcome: Outcomes
    with_decision_maker: bool = False


class ActivityCheck(_Part):
    """A record in the CRM that says that something was planned or done.

    `says` names what must stand on it; `done` false accepts what is only planned.
    """

    kind: Literal["activity"]
    type: ActivityTypes
    about: ActivityKinds = ()
    direction: Literal["in", "out"] | None = None
    done: bool = True
    says: tuple[Literal["due", "place", "contact", "result", "signed"], ...] = ()


class FieldCheck(_Part):
    """Fields of the deal, of its company or of one of its contacts.

    `filled`: all of them; `any_filled`: at least one; `among`: the field has one of the
    values. Of a contact all of it must stand on the same person.
    """

    kind: Literal["field"]
    of: Literal["deal", "company", "contact"]
    filled: Names = ()
    any_filled: Names = ()
    among: Mapping[str, tuple[str | bool, ...]] = Field(default_factory=dict)


class FirstContact(_Part):
    """The client's first contact was an answered call before the card, or was `other`."""

    kind: Literal["first_contact"]
    by: Literal["call", "other"]


class Agreement(_Part):
    """The meeting in the CRM stands when the two agreed on it."""

    kind: Literal["agreement"]
    within_minutes: int = Field(ge=0, le=366 * 24 * 60)


class Total(_Part):
    """The payments in the CRM reach the deal's amount."""

    kind: Literal["total"]


class Answered(_Part):
    """Whatever was heard of `action` was followed, then or later, by one of `by`."""

    kind: Literal["answered"]
    action: ActionTypes
    by: ActionTypes


class Within(_Part):
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


class Order(_Part):
    """`then` not before `first`; the opposite contradicts the requirement."""

    kind: Literal["order"]
    first: Check
    then: Check


class Count(_Part):
    """At least so many (of different days when `distinct_days`), after `after` if given."""

    kind: Literal["count"]
    of: Check
    at_least: int = Field(ge=1, le=1000)
    after: Check | None = None
    distinct_days: bool = False


class Deadline(_Part):
    """`of` within a span from the first `since`; `early` counts what came before it."""

    kind: Literal["deadline"]
    of: Check
    since: Check
    within: Within
    early: bool = False


class AnyOf(_Part):
    """One of the parts is enough."""

    kind: Literal["any_of"]
    checks: tuple[Check, ...] = Field(min_length=1)


class AllOf(_Part):
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


class Examples(_Part):
    """Deals that prove the requirement: at least one that passes and one that fails."""

    passes: tuple[Example, ...] = Field(min_length=1)
    fails: tuple[Example, ...] = Field(min_length=1)


class Requirement(_Part):
    """One thing that a stage demands.

    `applies_when` waives the requirement where it does not hold; `depends_on` names
    requirements without which this one cannot be judged; `awaits` names the actions
    whose agreed date is the time of this requirement; `flags` says what a verdict raises.
    """

    id: str = Field(pattern=r"^[a-z0-9_]+(\.[a-z0-9_]+)*$")
    severity: Severity
    title: Sentence
    failure: Sentence
    check: Check
    applies_when: Check | None = None
    depends_on: Names = ()
    awaits: ActionTypes = ()
    flags: Mapping[Verdict, FlagKind] = Field(default_factory=dict)
    examples: Examples

    def raises(self) -> tuple[tuple[Verdict | None, FlagKind], ...]:
        """The flags it raises, each with the verdict that does.

        One that holds deals back also raises that of the stage (``None``).
        """
        own = tuple(self.flags.items())
        if self.severity is not Severity.CRITICAL:
            return own
        return (*own, (None, FlagKind.STAGE_AHEAD_OF_REALITY))

    @cached_property
    def rule_hash(self) -> str:
        """SHA-256 of what the requirement demands (its examples aside), 16 hex digits."""
        content = self.model_dump(mode="json", exclude={"examples"})
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]


class StageNames(_Part):
    """How people name the stage in a CRM."""

    ru: Names = ()
    en: Names = ()


class StageRules(_Part):
    """One stage: its key, the names it goes by and what it demands."""

    key: str = Field(pattern=r"^[a-z0-9_]+$")
    names: StageNames
    requirements: tuple[Requirement, ...] = ()


class PipelineRules(_Part):
    """One pipeline file."""

    template: str = Field(pattern=r"^[a-z0-9_-]+$")
    name: Words
    stages: tuple[StageRules, ...] = Field(min_length=1)

    def requirements(self) -> Iterator[tuple[int, StageRules, Requirement]]:
        """Every requirement with its stage and the stage's place in the line (from 0)."""
        for index, stage in enumerate(self.stages):
            for requirement in stage.requirements:
                yield index, stage, requirement

    def index_of(self, key: str | None) -> int | None:
        """The stage's place in the line, from 0; ``None`` for a stage not in it."""
        keys = [stage.key for stage in self.stages]
        return keys.index(key) if key in keys else None
