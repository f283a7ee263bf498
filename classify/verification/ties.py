"""Which stage of a template a column of the CRM's board is: by key, else by name."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz

from classify.verification.rules import PipelineRules
from models.vocabulary.deal import Pipeline, Stage, StageKind
from models.vocabulary.errors import InvalidInputError

LOST = "lost"
NO_STAGE = "-"  # in place of a key: a person said that a column is none of the template's stages
_ENOUGH = 78.0
_STEM = 5  # letters that «отправка», «отправить» and «отправлено» share
_NOISE = frozenset({"и", "в", "во", "на", "с", "по", "для", "the", "a", "an", "of", "and", "to"})
_NOISE_STEMS = ("клиент", "client", "customer")  # every stage is a client's
_SHORT = {"кп": "комме предл", "proposal": "offer"}


@dataclass(frozen=True, slots=True)
class StageTie:
    """A column of the board and the template's stage it is; `key` is ``None`` where none is.

    `method` is ``key``, ``name``, ``kind`` (the won or lost column) or ``none``; `score`
    is 0..100 for names.
    """

    stage_id: str
    key: str | None
    method: str
    score: float = 100.0


def is_judged(pipeline: Pipeline) -> bool:
    """Whether anything judges a pipeline: of one without a template deals are only known."""
    return bool(pipeline.template.strip())


def rules_for(pipeline: Pipeline, pipelines: Mapping[str, PipelineRules]) -> PipelineRules:
    """The rule file that judges a pipeline.

    Raises:
        InvalidInputError: no rule file has the template's name.
    """
    name = re.sub(r"^.*[\\/]|\.ya?ml$", "", pipeline.template.strip())
    if name in pipelines:
        return pipelines[name]
    raise InvalidInputError(
        f"pipelines[id={pipeline.id}].template",
        f"there is no rule file `{pipeline.template}`",
        f"Name one of {', '.join(sorted(pipelines))} or give its folder with --pipelines.",
    )


def tie_stages(pipeline: Pipeline, rules: PipelineRules) -> tuple[StageTie, ...]:
    """Ties every column of a pipeline; what cannot be tied stays so and claims nothing.

    Raises:
        InvalidInputError: a column has a key that the rule file does not know.
    """
    return tuple(_tie(pipeline, stage, rules) for stage in pipeline.stages)


def _tie(pipeline: Pipeline, stage: Stage, rules: PipelineRules) -> StageTie:
    keys = [rule.key for rule in rules.stages]
    if stage.key in keys:
        return StageTie(stage.id, stage.key, "key")
    if stage.kind is StageKind.LOST:
        return StageTie(stage.id, LOST, "kind")
    if stage.key == NO_STAGE:
        return StageTie(stage.id, None, "key")
    if stage.key:
        raise InvalidInputError(
            f"pipelines[id={pipeline.id}].stages[id={stage.id}].key",
            f"the rule file `{rules.template}` has no stage `{stage.key}`",
            f"Use one of {', '.join(keys)}, or leave the key out to match by name.",
        )
    score, key = max(
        (likeness(stage.name, rule.names.ru + rule.names.en, rule.key), rule.key)
        for rule in rules.stages
    )
    if score >= _ENOUGH:
        return StageTie(stage.id, key, "name", score)
    if stage.kind is StageKind.WON:
        return StageTie(stage.id, keys[-1], "kind")
    return StageTie(stage.id, None, "none", score)


def likeness(name: str, names: tuple[str, ...], key: str) -> float:
    """How alike a column's name is to the nearest of a stage's names or its key, 0..100."""
    said = name_stems(name)
    return max(fuzz.token_sort_ratio(said, name_stems(each)) for each in (*names, key))


def name_stems(name: str) -> str:
    """A stage's name without endings, marks and small words, so that only its sense compares."""
    words = re.findall(r"[a-zа-я]+", name.lower().replace("ё", "е").replace("_", " "))
    telling = [w for w in words if w not in _NOISE and not w.startswith(_NOISE_STEMS)]
    return " ".join(_SHORT.get(word, word[:_STEM]) for word in telling or words)
