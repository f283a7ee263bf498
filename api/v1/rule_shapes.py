"""What programs read of pipelines and of the rules that judge them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.v1.shapes import Item, Shape, Time
from models.vocabulary.verdict import FlagKind, Severity, Verdict


class Stage(Shape):
    """A column of the CRM's board."""

    id: str
    name: str
    key: str | None
    kind: Literal["open", "won", "lost"]


class Sentence(Shape):
    """What is asked for, in words, and the sentences that it is made of."""

    text: str
    parts: list[Sentence]


class RaisedFlag(Shape):
    """A kind of flag that a requirement raises, and how right such flags were so far."""

    kind: FlagKind
    verdict: Verdict | None = Field(
        description="the verdict that raises it; `null`: the card stands ahead because of it"
    )
    decided: int = Field(description="flags of this kind that people found right or wrong")
    precision: float | None = Field(description="the share that was right; `null`: none decided")
    advice: bool = Field(description="wrong too often: such flags only advise")


class Demand(Shape):
    """One thing that a stage demands."""

    id: str
    severity: Severity = Field(description="`critical` holds the deal at its stage")
    title: str
    demands: Sentence
    applies_when: Sentence | None = Field(description="`null`: to every deal")
    depends_on: list[str] = Field(description="ids of requirements that come first")
    proved_by: list[Literal["calls", "crm", "both"]] = Field(
        description="`both`: calls and CRM have to agree"
    )
    flags: list[RaisedFlag]


class DemandingStage(Shape):
    """A stage of the rules, which columns of the board are tied to by `key`."""

    key: str
    name: str
    requirements: list[Demand]


class Rules(Shape):
    """What a pipeline is judged by."""

    template: str
    name: str
    published_at: Time | None = Field(description="`null`: the rule file is in force")
    published_by: str | None
    stages: list[DemandingStage]


class Pipeline(Item):
    """A row of stages that deals pass."""

    id: str
    name: str
    template: str
    stages: list[Stage]
    edition: int | None = Field(
        description="version of the rules in force; 0: the rule file, `null`: no rules go by the "
        "name of `template`"
    )
    changed_at: Time = Field(description="since when stages and edition are as they are")


class PipelineWithRules(Pipeline):
    """A pipeline with all that its stages demand."""

    rules: Rules | None
