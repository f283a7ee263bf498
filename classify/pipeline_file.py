"""Reads rule files: the packaged pipelines and a customer's own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from classify.rule_faults import faults_of
from classify.verification.rules import PipelineRules
from models.rule_text import parse_rules, read_rule_text
from models.vocabulary.errors import InvalidInputError

PACKAGED = Path(__file__).parent / "pipelines"
_SUFFIXES = (".yaml", ".yml")
_REMEDY = "docs/pipelines.md describes the form."
_WORDS = {  # what is wrong, and what to do, by the code of a fault
    "stage_twice": ("the stage key `{id}` stands {times} times", "Ids are used once."),
    "id_twice": ("the requirement id `{id}` stands {times} times", "Ids are used once."),
    "nameless": ("the stage `{id}` has no Russian name", "Give it one: `names: {{ru: [...]}}`."),
    "depends_on_nothing": (
        "`{id}` depends on `{other}`, which is not in the file",
        "Use one of {known}.",
    ),
    "circle": ("requirements depend on each other in a circle: {circle}", "Break it."),
    "example_stage": (
        "an example of `{id}` stands on the unknown stage `{stage}`",
        "Use one of {known}.",
    ),
}


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


@lru_cache(maxsize=64)
def parse_pipeline(text: str, place: str) -> PipelineRules:
    """The rules in a YAML text; `place` names it in errors.

    Raises:
        InvalidInputError: no YAML, an unknown or wrong key, an id given twice, a dependency
            on an unknown requirement or in a circle, an example at an unknown stage.
    """
    rules = parse_rules(PipelineRules, text, place, _REMEDY)
    for fault in faults_of(rules):
        problem, remedy = _WORDS[fault.code]
        raise InvalidInputError(
            place, problem.format(**fault.values), remedy.format(**fault.values)
        )
    return rules


def rule_texts(own_folder: Path | None) -> Mapping[str, str]:
    """The texts of the rule files that `load_pipelines` reads, by the template in them.

    Raises:
        InvalidInputError: see there.
    """
    texts = {}
    for folder in (PACKAGED, own_folder):
        for path in _files(folder) if folder is not None else ():
            text = read_rule_text(path, _REMEDY)
            texts[parse_pipeline(text, str(path)).template] = text
    return texts


def with_editions(
    pipelines: Mapping[str, PipelineRules], editions: Mapping[str, PipelineRules]
) -> Mapping[str, PipelineRules]:
    """Rule files with published editions in their place, by all names that they go by."""
    names = {name: rules.template for name, rules in pipelines.items()}
    names |= {template: template for template in editions}
    return {
        name: editions[template] if template in editions else pipelines[name]
        for name, template in names.items()
    }


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.iterdir() if path.suffix in _SUFFIXES)


def _refuse_twice(folder: Path, names: list[str]) -> None:
    for name, times in Counter(names).items():
        if times > 1:
            raise InvalidInputError(
                str(folder), f"{times} files have the template `{name}`", "Keep one of them."
            )
