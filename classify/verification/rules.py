"""What a pipeline file may say: stages and what they demand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Annotated

from pydantic import BeforeValidator, Field

from classify.verification.check_kinds import ActionTypes, Check, Names
from classify.verification.example import Example
from classify.verification.part import Part
from models.vocabulary.verdict import FlagKind, Severity, Verdict


class Words(Part):
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


class Examples(Part):
    """Deals that prove the requirement: at least one that passes and one that fails."""

    passes: tuple[Example, ...] = Field(min_length=1)
    fails: tuple[Example, ...] = Field(min_length=1)


class Requirement(Part):
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


class StageNames(Part):
    """How people name the stage in a CRM."""

    ru: Names = ()
    en: Names = ()


class StageRules(Part):
    """One stage: its key, the names it goes by and what it demands."""

    key: str = Field(pattern=r"^[a-z0-9_]+$")
    names: StageNames
    requirements: tuple[Requirement, ...] = ()


class PipelineRules(Part):
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
