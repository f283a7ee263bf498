"""The form of a plan file: what is to be reached each week (docs/plans.md describes it)."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from models.vocabulary.action import ActionStatus, ActionType
from models.vocabulary.transcript import Speaker

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=64)]
Key = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_.]*$", max_length=128)]
Amount = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Form(BaseModel):
    """One part of a plan file: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(Form):
    """A name in both languages."""

    ru: str = Field(min_length=1)
    en: str = Field(min_length=1)


class Proved(Form):
    """Deals on which a stage was proved in the week, or the clients who are new by that."""

    kind: Literal["proved"]
    stage: Name
    of: Literal["deals", "clients"] = "deals"


class Requirement(Form):
    """Deals on which a requirement was met in the week."""

    kind: Literal["requirement"]
    id: Key


class Heard(Form):
    """Calls of the week in which an action was heard, or the deals of these calls."""

    kind: Literal["action"]
    action: ActionType
    status: ActionStatus = ActionStatus.DONE
    speaker: Speaker | None = None
    of: Literal["calls", "deals"] = "calls"


class Conversations(Form):
    """Conversations of the week that lasted at least so long."""

    kind: Literal["conversations"]
    seconds: float = Field(default=0, ge=0, allow_inf_nan=False)


class Hours(Form):
    """Hours between two proofs (stages or requirements), of deals whose later one is the week's."""

    kind: Literal["hours"]
    since: Key
    until: Key


class Repeat(Form):
    """Conversations on a stage of deals that left it in the week, proved or given up."""

    kind: Literal["repeat_conversations"]
    stage: Name


class Paid(Form):
    """Money that came in within the week, or how many deals it came from."""

    kind: Literal["payments"]
    of: Literal["money", "deals"] = "money"
    purchase: Literal["any", "first", "repeat"] = "any"
    currency: str = Field(default="RUB", pattern=r"^[A-Z]{3}$")


Measure = Annotated[
    Proved | Requirement | Heard | Conversations | Hours | Repeat | Paid,
    Field(discriminator="kind"),
]
_TIMED = (Hours,)


class Goal(Form):
    """What is to be reached: a number, or another item's number; or what is not to be passed.

    `same_as`: as many as that item came to, and `at_least` so many.
    """

    at_least: Amount | None = None
    very_good: Amount | None = None
    at_most: Amount | None = None
    same_as: Name | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if self.at_least is None and self.at_most is None and self.same_as is None:
            raise ValueError("give `at_least`, `at_most` or `same_as`")
        if self.at_most is not None and (self.at_least is not None or self.same_as is not None):
            raise ValueError("`at_most` stands alone: a number is to be reached or not be passed")
        low = self.at_least
        if self.very_good is not None and (low is None or self.very_good <= low):
            raise ValueError("`very_good` must be more than `at_least`")
        return self


class Item(Form):
    """One line of a plan: what is counted, whose it is, and what is to be reached."""

    id: Name
    title: Title
    measure: Measure
    goal: Goal | None = None
    per: Literal["person", "team"] = "person"
    roles: tuple[str, ...] = ()
    people: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.goal is not None and isinstance(self.measure, _TIMED) == (
            self.goal.at_most is None
        ):
            wanted = "`at_most`" if isinstance(self.measure, _TIMED) else "`at_least`"
            raise ValueError(f"a goal of `{self.measure.kind}` is {wanted}")
        return self


class Plan(Form):
    """A plan for the pipelines that one rule file judges."""

    plan: Name
    template: Name
    name: Title
    items: tuple[Item, ...] = Field(min_length=1)

    def item(self, name: str) -> Item | None:
        """The item of an id."""
        return next((one for one in self.items if one.id == name), None)
