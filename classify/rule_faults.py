"""What is wrong in a text of rules: each fault with its line, its path and a code for the words.

How much it may cost to read a text is bounded first (`classify.rule_bounds`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime

import yaml
from pydantic import ValidationError

from classify.rule_bounds import LONGEST, Fault, Path, not_yaml, odd_value, too_much
from classify.verification.check_kinds import CHECK_KINDS
from classify.verification.example import Example
from classify.verification.proving import Proof, examples_of, verdict_of
from classify.verification.rules import PipelineRules, Requirement
from models.rule_text import line_of
from models.vocabulary.verdict import Verdict

_MOST_FAULTS = 12
__all__ = ["LONGEST", "Fault", "faults_of", "read_rules"]
_YEARS = range(2000, 2101)
_CHECKED = frozenset({"check", "of", "since", "after", "first", "then", "applies_when"})


def read_rules(text: str) -> tuple[PipelineRules | None, list[Fault]]:
    """The rules in a text and what is wrong with it; rules are only given where nothing is."""
    faults = too_much(text)
    if faults:
        return None, faults
    try:
        rules = PipelineRules.model_validate(yaml.safe_load(text))
    except ValidationError as error:
        return None, _of_forms(error, text)
    except yaml.MarkedYAMLError as error:
        return None, [not_yaml(error)]
    except (ValueError, OverflowError):
        return None, [odd_value(text)]
    found = [_lined(fault, text) for fault in (*faults_of(rules), *_odd_dates(rules))]
    if not found:
        found = [_lined(fault, text) for fault in _disproved(rules)]
    return (None if found else rules), found[:_MOST_FAULTS]


def faults_of(rules: PipelineRules) -> Iterator[Fault]:
    """What the form lets through and no engine could judge by."""
    yield from _used_twice(rules)
    yield from _nameless(rules)
    yield from _dependencies(rules)
    keys = {stage.key for stage in rules.stages}
    for path, requirement in _places(rules):
        for at, example, _ in _examples(requirement):
            if example.stage is not None and example.stage not in keys:
                values = {
                    "id": requirement.id,
                    "stage": example.stage,
                    "known": ", ".join(stage.key for stage in rules.stages),
                }
                yield Fault("example_stage", (*path, *at, "stage"), values=values)


_CODES = {
    "missing": "missing",
    "extra_forbidden": "unknown_key",
    "enum": "unknown_word",
    "literal_error": "unknown_word",
    "string_pattern_mismatch": "odd_name",
    "string_too_short": "too_short",
    "too_short": "too_few",
    "union_tag_invalid": "unknown_kind",
    "union_tag_not_found": "no_kind",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_big",
    "model_type": "no_mapping",
    "model_attributes_type": "no_mapping",
    "dict_type": "no_mapping",
    "mapping_type": "no_mapping",
    "tuple_type": "no_list",
    "string_type": "no_string",
    "int_parsing": "no_number",
    "int_type": "no_number",
    "int_from_float": "no_number",
    "float_parsing": "no_number",
    "float_type": "no_number",
    "bool_parsing": "no_yes_or_no",
    "bool_type": "no_yes_or_no",
    "datetime_type": "no_moment",
    "datetime_parsing": "no_moment",
    "datetime_from_date_parsing": "no_moment",
    "value_error": "one_span",
}


def _of_forms(error: ValidationError, text: str) -> list[Fault]:
    """The faults of a form; a list that is too short because of a fault within is none itself."""
    errors = error.errors()
    places = [one["loc"] for one in errors]
    telling = [
        one
        for one in errors
        if one["type"] != "too_short"
        or not any(
            place != one["loc"] and place[: len(one["loc"])] == one["loc"] for place in places
        )
    ]
    return [_of_form(one, text) for one in telling[:_MOST_FAULTS]]


def _of_form(error: Mapping[str, object], text: str) -> Fault:
    """A fault from what the form's check says about a key or a value."""
    path = error["loc"]
    assert isinstance(path, tuple)  # noqa: S101 - narrows the type for mypy
    context = error.get("ctx")
    told = context if isinstance(context, Mapping) else {}
    expected = told.get("expected") or told.get("expected_tags") or told.get("ge", told.get("le"))
    values = {
        "name": str(path[-1]) if path else "",
        "found": str(told.get("tag", error.get("input")))[:60],
        "expected": str(expected if expected is not None else "").replace(" or ", ", "),
        "reason": str(error.get("msg", "")),
    }
    code = _CODES.get(str(error["type"]), "wrong")
    shown = _without_kinds(path)
    return Fault(code, shown, line_of(text, shown), values)


def _without_kinds(path: Path) -> Path:
    """A path as it is in the text: the form's check puts the kind of a check between the keys."""
    shown: list[str | int] = []
    for at, step in enumerate(path):
        before = path[at - 1] if at else ""
        listed = isinstance(before, int) and path[max(0, at - 2)] == "checks"
        if step not in CHECK_KINDS or not (before in _CHECKED or listed):
            shown.append(step)
    return tuple(shown)


def _lined(fault: Fault, text: str) -> Fault:
    return Fault(fault.code, fault.path, line_of(text, fault.path), fault.values)


def _places(rules: PipelineRules) -> Iterator[tuple[Path, Requirement]]:
    for at, stage in enumerate(rules.stages):
        for number, requirement in enumerate(stage.requirements):
            yield ("stages", at, "requirements", number), requirement


def _used_twice(rules: PipelineRules) -> Iterator[Fault]:
    stages = [(("stages", at, "key"), stage.key) for at, stage in enumerate(rules.stages)]
    ids = [((*path, "id"), requirement.id) for path, requirement in _places(rules)]
    for code, named in (("stage_twice", stages), ("id_twice", ids)):
        times = Counter(name for _, name in named)
        last: dict[str, Path] = {name: path for path, name in named}
        for name, path in last.items():
            if times[name] > 1:
                yield Fault(code, path, values={"id": name, "times": str(times[name])})


def _nameless(rules: PipelineRules) -> Iterator[Fault]:
    for at, stage in enumerate(rules.stages):
        if not stage.names.ru:
            yield Fault("nameless", ("stages", at, "names"), values={"id": stage.key})


def _dependencies(rules: PipelineRules) -> Iterator[Fault]:
    needs = {one.id: set(one.depends_on) for _, one in _places(rules)}
    for path, one in _places(rules):
        for other in one.depends_on:
            if other not in needs:
                values = {"id": one.id, "other": other, "known": ", ".join(sorted(needs))}
                yield Fault("depends_on_nothing", (*path, "depends_on"), values=values)
    left = {name: others & needs.keys() for name, others in needs.items()}
    while left:
        free = {name for name, others in left.items() if not others & left.keys()}
        if not free:
            path = next(path for path, one in _places(rules) if one.id in left)
            values = {"circle": " → ".join(sorted(left))}
            yield Fault("circle", (*path, "depends_on"), values=values)
            return
        left = {name: others for name, others in left.items() if name not in free}


def _examples(requirement: Requirement) -> Iterator[tuple[Path, Example, Verdict]]:
    for place, example, expected in examples_of(requirement):
        yield ("examples", *place), example, expected


def _odd_dates(rules: PipelineRules) -> Iterator[Fault]:
    """Examples that lie in no time that a calendar of working days was made for."""
    for path, requirement in _places(rules):
        for at, example, _ in _examples(requirement):
            if any(moment.year not in _YEARS for moment in _moments(example)):
                values = {"from": str(_YEARS[0]), "to": str(_YEARS[-1])}
                yield Fault("example_date", (*path, *at), values=values)


def _moments(example: Example) -> Iterator[datetime]:
    yield from (example.created, example.as_of, example.recordings_since)
    yield from (call.at for call in example.calls)
    for one in example.activities:
        yield from (each for each in (one.at, one.completed_at, one.due_at) if each is not None)


def _disproved(rules: PipelineRules) -> Iterator[Fault]:
    """Examples that come to another verdict than they should."""
    for path, requirement in _places(rules):
        for at, example, expected in _examples(requirement):
            found = verdict_of(rules, Proof(requirement, example, expected, ""))
            if found is not expected:
                values = {"id": requirement.id, "expected": expected.value, "found": found.value}
                yield Fault("disproved", (*path, *at), values=values)
