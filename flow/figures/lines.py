"""The boards of a CRM as figures see them: lines of stages with their columns and demands."""

from __future__ import annotations

from collections.abc import Mapping

from classify.verification.check_kinds import Total
from classify.verification.rules import PipelineRules, Requirement, StageRules
from classify.verification.ties import LOST, is_judged, rules_for, tie_stages
from figures.making import Board
from models.vocabulary.deal import CrmSnapshot, Pipeline, Stage
from models.vocabulary.figures import Line, LineRequirement, LineStage


def boards_of(snapshot: CrmSnapshot, rules: Mapping[str, PipelineRules]) -> dict[str, Board]:
    """The boards that are judged, by pipeline id, in the CRM's order.

    Raises:
        InvalidInputError: a pipeline's template or a stage's key is unknown.
    """
    return {
        one.id: _board(one, rules_for(one, rules)) for one in snapshot.pipelines if is_judged(one)
    }


def _board(pipeline: Pipeline, rules: PipelineRules) -> Board:
    places: dict[str, int] = {}
    columns: dict[str, Stage] = {}
    stages = {stage.id: stage for stage in pipeline.stages}
    for tie in tie_stages(pipeline, rules):
        place = rules.index_of(tie.key)
        if tie.key is None or tie.key == LOST or place is None:
            continue
        places[tie.stage_id] = place
        columns.setdefault(tie.key, stages[tie.stage_id])
    line = Line(
        pipeline_id=pipeline.id,
        name=pipeline.name,
        template=rules.template,
        stages=tuple(_stage(stage, columns.get(stage.key)) for stage in rules.stages),
    )
    whole = {one.id for _, _, one in rules.requirements() if isinstance(one.check, Total)}
    return Board(line, places, frozenset(whole))


def _stage(rules: StageRules, column: Stage | None) -> LineStage:
    """A stage is called as its first column, for whoever reads in whatever language."""
    ru = column.name if column else next(iter(rules.names.ru), rules.key)
    en = column.name if column else next(iter(rules.names.en), rules.key)
    return LineStage(rules.key, ru, en, tuple(map(_requirement, rules.requirements)))


def _requirement(one: Requirement) -> LineRequirement:
    return LineRequirement(
        id=one.id,
        severity=one.severity,
        title_ru=one.title.ru,
        title_en=one.title.en,
        failure_ru=one.failure.ru,
        failure_en=one.failure.en,
        rule_hash=one.rule_hash,
    )
