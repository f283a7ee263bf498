"""Reads rule files: the packaged pipelines and a customer's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from classify.rule_text import parse_rules, read_rule_text
from classify.verification.rules import PipelineRules
from models.vocabulary.errors import InvalidInputError

PACKAGED = Path(__file__).parent / "pipelines"
_SUFFIXES = (".yaml", ".yml")
_REMEDY = "docs/pipelines.md describes the form."


def load_pipelines(own_folder: Path | None) -> Mapping[str, PipelineRules]:
    """The rule files by template name, own ones by their file's name as well.

    An own file replaces a packaged one of its name.

    Raises:
        InvalidInputError: the folder or a file cannot be read or breaks the form; the
            message names the file and the path in it.
    """
    pipelines = {rules.template: rules for rules in map(read_pipeline, _files(PACKAGED))}
    if own_folder is not None:
        if not own_folder.is_dir():
            raise InvalidInputError(
                str(own_folder), "is no folder", "Name the folder with your pipeline files."
            )
        own = {path: read_pipeline(path) for path in _files(own_folder)}
        _refuse_twice(own_folder, [rules.template for rules in own.values()])
        pipelines |= {path.stem: rules for path, rules in own.items()}
        pipelines |= {rules.template: rules for rules in own.values()}
    return pipelines


def read_pipeline(path: Path) -> PipelineRules:
    """One rule file, checked.

    Raises:
        InvalidInputError: it cannot be read or breaks the form.
    """
    return parse_pipeline(read_rule_text(path, _REMEDY), str(path))


def parse_pipeline(text: str, place: str) -> PipelineRules:
    """The rules in a YAML text; `place` names it in errors.

    Raises:
        InvalidInputError: no YAML, an unknown or wrong key, an id given twice, a dependency
            on an unknown requirement or in a circle, an example at an unknown stage.
    """
    rules = parse_rules(PipelineRules, text, place, _REMEDY)
    _check_ids(rules, place)
    _check_dependencies(rules, place)
    _check_examples(rules, place)
    return rules


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)


def _refuse_twice(folder: Path, names: list[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise InvalidInputError(
                str(folder), f"{times} files have the template `{name}`", "Keep one of them."
            )


def _check_ids(rules: PipelineRules, place: str) -> None:
    stages = Counter(stage.key for stage in rules.stages)
    ids = Counter(requirement.id for _, _, requirement in rules.requirements())
    for what, counted in (("stage key", stages), ("requirement id", ids)):
        for name, times in counted.items():
            if times > 1:
                raise InvalidInputError(
                    place, f"the {what} `{name}` stands {times} times", "Ids are used once."
                )


def _check_dependencies(rules: PipelineRules, place: str) -> None:
    needs = {r.id: set(r.depends_on) for _, _, r in rules.requirements()}
    for name, others in needs.items():
        unknown = sorted(others - needs.keys())
        if unknown:
            raise InvalidInputError(
                place,
                f"`{name}` depends on `{unknown[0]}`, which is not in the file",
                f"Use one of {', '.join(sorted(needs))}.",
            )
    left = dict(needs)
    while left:
        free = {name for name, others in left.items() if not others & left.keys()}
        if not free:
            circle = " → ".join(sorted(left))
            raise InvalidInputError(
                place, f"requirements depend on each other in a circle: {circle}", "Break it."
            )
        left = {name: others for name, others in left.items() if name not in free}


def _check_examples(rules: PipelineRules, place: str) -> None:
    keys = [stage.key for stage in rules.stages]
    for _, _, requirement in rules.requirements():
        for example in (*requirement.examples.passes, *requirement.examples.fails):
            if example.stage is not None and example.stage not in keys:
                raise InvalidInputError(
                    place,
                    f"an example of `{requirement.id}` stands on the unknown stage "
                    f"`{example.stage}`",
                    f"Use one of {', '.join(keys)}.",
                )
