"""What a checklist file may say: items, the closed set of their kinds, where they apply."""

from __future__ import annotations

import hashlib
import json
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from models.vocabulary.action import ActionStatus, ActionType, Outcome
from models.vocabulary.call import Direction
from models.vocabulary.checklist import ItemVerdict
from models.vocabulary.transcript import Speaker


def _listed(value: object) -> object:
    """Lets a file write `action: payment` for `action: [payment]`."""
    return value if isinstance(value, (list, tuple)) else (value,)


ActionTypes = Annotated[tuple[ActionType, ...], BeforeValidator(_listed), Field(min_length=1)]
Statuses = Annotated[tuple[ActionStatus, ...], BeforeValidator(_listed), Field(min_length=1)]
Outcomes = Annotated[tuple[Outcome, ...], BeforeValidator(_listed), Field(min_length=1)]
Directions = Annotated[tuple[Direction, ...], BeforeValidator(_listed), Field(min_length=1)]
Names = Annotated[tuple[str, ...], BeforeValidator(_listed)]
Phrases = Annotated[
    tuple[Annotated[str, Field(pattern=r"\w")], ...],
    BeforeValidator(_listed),
    Field(min_length=1),
]
Place = Literal["opening", "closing", "anywhere"]
ObjectionKind = Literal["price", "timing", "competitor", "think", "authority", "quality", "other"]
ObjectionKinds = Annotated[tuple[ObjectionKind, ...], BeforeValidator(_listed)]
SlotNames = Annotated[
    tuple[Literal["datetime", "date", "due", "amount", "place", "channel", "name"], ...],
    BeforeValidator(_listed),
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(_Part):
    """One sentence in both languages of the product."""

    ru: str = Field(min_length=1)
    en: str = Field(min_length=1)


class HeardPart(_Part):
    """An action with one of the statuses."""

    action: ActionTypes
    status: Statuses = (ActionStatus.DONE,)


class Applies(_Part):
    """Which calls an item is meant for; elsewhere it is not applicable, which is not failed.

    `unless` names actions that make the item pointless, `only_with` those without which
    nobody asks for it. `first_conversation`: asked only where nobody spoke to the client before.
    """

    outcomes: Outcomes = (Outcome.CONVERSATION,)
    directions: Directions = (Direction.IN, Direction.OUT)
    unless: tuple[HeardPart, ...] = ()
    only_with: tuple[HeardPart, ...] = ()
    first_conversation: bool = False


class Heard(_Part):
    """One of the actions was heard, with at least one of `slots` where some are named.

    `place` is where it would have been said: only doubtful words there make an absence doubtful.
    """

    kind: Literal["heard"]
    action: ActionTypes
    status: Statuses = (ActionStatus.DONE,)
    speaker: Speaker | None = None
    slots: SlotNames = ()
    place: Place = "anywhere"


class BeforePrice(_Part):
    """One of the actions was heard before the agent first named a price for the order."""

    kind: Literal["before_price"]
    first: ActionTypes


class ObjectionsAnswered(_Part):
    """The agent replied in substance to every objection (of these kinds, where some are named)."""

    kind: Literal["objections_answered"]
    objections: ObjectionKinds = ()


class Said(_Part):
    """One of the phrases was said: its words in this order, in any form, close together."""

    kind: Literal["said"]
    phrases: Phrases
    speaker: Speaker = Speaker.AGENT
    place: Place = "anywhere"


class NotSaid(_Part):
    """None of the phrases was said."""

    kind: Literal["not_said"]
    phrases: Phrases
    speaker: Speaker = Speaker.AGENT


ItemCheck = Annotated[
    Heard | BeforePrice | ObjectionsAnswered | Said | NotSaid, Field(discriminator="kind")
]


class ExampleTalk(_Part):
    """A short call that proves an item: lines such as `agent: Добрый день!`.

    `confidence` is how sure the recogniser was of every line, `earlier` whether the client was
    spoken to before (``None``: nobody knows).
    """

    says: tuple[Annotated[str, Field(pattern=r"^(agent|client|unknown): \S")], ...] = Field(
        min_length=1
    )
    direction: Direction = Direction.OUT
    verdict: ItemVerdict | None = None
    confidence: float = Field(default=1.0, ge=0, le=1)
    earlier: bool | None = False
    why: str = ""


class Examples(_Part):
    """Calls that prove the item: at least one that passes and one that fails."""

    passes: tuple[ExampleTalk, ...] = Field(min_length=1)
    fails: tuple[ExampleTalk, ...] = Field(min_length=1)


class Item(_Part):
    """One thing that a call should have; `critical` caps the score of a call that lacks it."""

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    title: Words
    failure: Words
    weight: float = Field(default=1.0, gt=0, le=100)
    critical: bool = False
    applies: Applies = Applies()
    check: ItemCheck
    examples: Examples


class Checklist(_Part):
    """One checklist file; a call with a failed critical item gets `critical_cap` at most."""

    checklist: str = Field(pattern=r"^[a-z0-9_-]+$")
    name: Words
    critical_cap: int = Field(default=50, ge=0, le=100)
    items: tuple[Item, ...] = Field(min_length=1)

    @cached_property
    def rule_hash(self) -> str:
        """SHA-256 of what the checklist demands (its examples aside), 16 hex digits."""
        content = self.model_dump(mode="json", exclude={"items": {"__all__": {"examples"}}})
        text = json.dumps(content, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:16]
