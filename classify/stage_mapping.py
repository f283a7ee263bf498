"""Guesses which rule file judges a pipeline of a CRM, and which of its stages each column is.

A guess is shown to a person, who confirms or changes it; nothing here decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from rapidfuzz import fuzz

from classify.verification.rules import PipelineRules, StageRules
from classify.verification.ties import likeness, name_stems
from core.packaged import read_packaged
from models.vocabulary.deal import Pipeline, Stage, StageKind

SURE = 0.78  # as alike as what is tied by name without asking anybody
FITS = 0.45  # a rule file that fits less is no better than none
_ALIKE = 0.72  # other words for the same step of a sale
_SAME_WORDS = 88.0
_LEAST = 0.55
_MARGIN = 0.12
_AGAIN = 0.08  # two columns of one stage: likely, but less than one each
_OUT_OF_ORDER = 0.7
_STAGES_COUNT = 0.7  # against how much of the rule file is there


@dataclass(frozen=True, slots=True)
class StageGuess:
    """A column of the board and the stage that it may be; `sure` is 0..1.

    `how` is ``name``, ``alike`` (other words for the same step), ``kind`` (the won or the lost
    column) or ``none``.
    """

    stage_id: str
    name: str
    kind: StageKind
    key: str | None
    sure: float
    how: str

    @property
    def is_sure(self) -> bool:
        """Whether nobody needs to be asked."""
        return self.sure >= SURE


@dataclass(frozen=True, slots=True)
class PipelineGuess:
    """A pipeline and the rule file (`template`, ``None``: none fits) that may judge it.

    `fit` is 0..1; `others` are the other files with theirs, the best first.
    """

    pipeline_id: str
    name: str
    template: str | None
    fit: float
    stages: tuple[StageGuess, ...]
    others: tuple[tuple[str, float], ...] = ()

    @property
    def is_sure(self) -> bool:
        """Whether it may be taken without asking: the file and every column."""
        return (
            self.template is not None
            and self.fit >= FITS
            and all(one.is_sure for one in self.stages)
        )

    def kept(self, *, confirmed: bool) -> dict[str, Any]:
        """What is kept of it with the connection."""
        return {
            "template": self.template or "",
            "stages": {one.stage_id: one.key for one in self.stages},
            "confirmed": confirmed,
        }


def guess_pipeline(pipeline: Pipeline, rules: Mapping[str, PipelineRules]) -> PipelineGuess:
    """The rule file whose stages fit a pipeline best by name and order, and a key per column.

    Args:
        pipeline: as the CRM has it; keys of its stages, where there are any, count for nothing.
        rules: by any name that they go by.
    """
    templates = {one.template: one for one in rules.values()}
    guesses = sorted(
        (guess_stages(pipeline, one) for one in templates.values()),
        key=lambda guess: (-guess.fit, guess.template or ""),
    )
    fits = tuple((guess.template or "", guess.fit) for guess in guesses)
    if not guesses or guesses[0].fit < FITS:
        stages = tuple(_untied(stage) for stage in pipeline.stages)
        best = guesses[0].fit if guesses else 0.0
        return PipelineGuess(pipeline.id, pipeline.name, None, best, stages, fits)
    best_guess = guesses[0]
    return PipelineGuess(
        pipeline.id,
        pipeline.name,
        best_guess.template,
        best_guess.fit,
        best_guess.stages,
        fits[1:],
    )


def guess_stages(pipeline: Pipeline, rules: PipelineRules) -> PipelineGuess:
    """Which stage of one rule file each column is, and how well the file fits (`fit`)."""
    going = [stage for stage in pipeline.stages if stage.kind is StageKind.OPEN]
    scores = [[_score(stage.name, rule) for rule in rules.stages] for stage in going]
    places = _in_order([_near_best([score for score, _ in row]) for row in scores])
    guesses: dict[str, StageGuess] = {}
    for stage, row, place in zip(going, scores, places, strict=True):
        guesses[stage.id] = _guess(stage, row, place, rules)
    for stage in pipeline.stages:
        if stage.kind is not StageKind.OPEN:
            guesses[stage.id] = _ended(stage, rules)
    ordered = tuple(guesses[stage.id] for stage in pipeline.stages)
    fit = _fit(ordered, rules)
    return PipelineGuess(pipeline.id, pipeline.name, rules.template, fit, ordered)


def keep_choices(
    guesses: Iterable[PipelineGuess], kept: Mapping[str, Any], *, sure: bool
) -> dict[str, Any]:
    """What is kept of guesses beside what a person confirmed before, which stays.

    `sure`: what is sure counts as confirmed.
    """
    chosen: dict[str, Any] = {}
    for guess in guesses:
        before = kept.get(guess.pipeline_id)
        if isinstance(before, Mapping) and before.get("confirmed"):
            known = before.get("stages") or {}
            stages = {one.stage_id: known.get(one.stage_id) for one in guess.stages}
            chosen[guess.pipeline_id] = {**before, "stages": stages}
        else:
            chosen[guess.pipeline_id] = guess.kept(confirmed=sure and guess.is_sure)
    return chosen


def _guess(
    stage: Stage, row: Sequence[tuple[float, str]], place: int | None, rules: PipelineRules
) -> StageGuess:
    best = max(range(len(row)), key=lambda one: row[one][0])
    if place is None:
        if row[best][0] < SURE:
            return _untied(stage)
        score, how = row[best]
        key = rules.stages[best].key
        return StageGuess(stage.id, stage.name, stage.kind, key, score * _OUT_OF_ORDER, how)
    score, how = row[place]
    return StageGuess(stage.id, stage.name, stage.kind, rules.stages[place].key, score, how)


def _untied(stage: Stage) -> StageGuess:
    if stage.kind is StageKind.LOST:
        return StageGuess(stage.id, stage.name, stage.kind, None, 1.0, "kind")
    return StageGuess(stage.id, stage.name, stage.kind, None, 0.0, "none")


def _ended(stage: Stage, rules: PipelineRules) -> StageGuess:
    """The lost column is no stage of a rule file; the won one is the last, unless its name says."""
    if stage.kind is StageKind.LOST:
        return _untied(stage)
    score, place = max(
        (_score(stage.name, rule)[0], place) for place, rule in enumerate(rules.stages)
    )
    if score >= _LEAST:
        sure = max(score, SURE)
        return StageGuess(stage.id, stage.name, stage.kind, rules.stages[place].key, sure, "kind")
    return StageGuess(stage.id, stage.name, stage.kind, rules.stages[-1].key, SURE, "kind")


def _score(name: str, rule: StageRules) -> tuple[float, str]:
    """How alike a column and a stage are, 0..1, and by what."""
    by_name = likeness(name, rule.names.ru + rule.names.en, rule.key) / 100
    if by_name >= SURE:
        return by_name, "name"
    if _steps_of(name) & _steps_of_rule(rule):
        return max(by_name, _ALIKE), "alike"
    return by_name, "name"


def _near_best(scores: Sequence[float]) -> list[float]:
    """Without what is clearly less alike than another stage: order does not make up for it."""
    most = max(scores)
    return [score if score >= most - _MARGIN else 0.0 for score in scores]


def _in_order(scores: Sequence[Sequence[float]]) -> list[int | None]:
    """For each column the stage it is, so that the order of both is kept and most is alike.

    A column may stay without a stage, and several may be one stage.
    """
    if not scores:
        return []
    width = len(scores[0])
    # best[p]: what is alike at most, with all so far at stage p or before it.
    best: list[tuple[float, tuple[int | None, ...]]] = [(0.0, ())] * width
    for row in scores:
        following: list[tuple[float, tuple[int | None, ...]]] = []
        for place in range(width):
            total, taken = best[place]
            candidates = [(total, (*taken, None))]
            if row[place] >= _LEAST:
                again = _AGAIN if place in taken else 0.0
                candidates.append((total + row[place] - _LEAST / 2 - again, (*taken, place)))
            if place:
                candidates.append(following[place - 1])
            following.append(max(candidates, key=lambda one: one[0]))
        best = following
    return list(best[-1][1])


def _fit(stages: Sequence[StageGuess], rules: PipelineRules) -> float:
    going = [one for one in stages if one.kind is StageKind.OPEN]
    if not going:
        return 0.0
    alike = sum(one.sure for one in going if one.key is not None) / len(going)
    found = len({one.key for one in stages if one.key is not None}) / len(rules.stages)
    return _STAGES_COUNT * alike + (1 - _STAGES_COUNT) * found


@cache
def _step_words() -> Mapping[str, tuple[str, ...]]:
    """What each step of a sale is called, as it compares."""
    body = read_packaged(files("classify") / "stage_words.yaml")
    return {step: tuple(dict.fromkeys(map(name_stems, names))) for step, names in body.items()}


@cache
def _steps_of(name: str) -> frozenset[str]:
    """The steps of a sale that a name may mean: those that are most alike."""
    said = name_stems(name)
    scores = {
        step: max(fuzz.token_sort_ratio(said, one) for one in names)
        for step, names in _step_words().items()
    }
    most = max(scores.values())
    return frozenset(step for step, score in scores.items() if score >= max(most, _SAME_WORDS))


def _steps_of_rule(rule: StageRules) -> frozenset[str]:
    names = (*rule.names.ru, *rule.names.en, rule.key)
    return frozenset().union(*map(_steps_of, names))
