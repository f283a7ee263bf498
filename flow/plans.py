"""`stagecheck figures plans`: weekly plans, held against the rules of their pipelines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from classify.verification.rules import PipelineRules
from figures.plan_events import fits
from figures.plan_form import Plan
from models.vocabulary.figures import Line, LineRequirement, LineStage


def plan_lines(plans: Mapping[str, Plan], pipelines: Mapping[str, PipelineRules]) -> Iterator[str]:
    """A plan and its items a line, with what its pipeline's rules do not know."""
    for template, plan in sorted(plans.items()):
        rules = pipelines.get(template)
        if rules is None:
            known = ", ".join(sorted(pipelines))
            yield f"{plan.plan}: no pipeline file is `{template}`; there are {known}"
            continue
        yield f"{plan.plan}: {len(plan.items)} items for pipelines of `{template}`"
        line = _line(rules)
        for item in plan.items:
            note = "" if fits(line, item) else ": left out, the rules cannot prove it"
            yield f"  {item.id} ({item.measure.kind}){note}"


def _line(rules: PipelineRules) -> Line:
    stages = tuple(
        LineStage(
            stage.key,
            stage.names.ru[0],
            stage.names.ru[0],
            tuple(
                LineRequirement(one.id, one.severity, "", "", "", "", "")
                for one in stage.requirements
            ),
        )
        for stage in rules.stages
    )
    return Line("", rules.name.ru, rules.template, stages)
