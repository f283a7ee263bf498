"""Makes a draft of a rule file from what a CRM itself demands on the stages of a pipeline.

A person edits it: what a CRM demands are filled fields, which say little of what was agreed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from models.vocabulary.crm import StageDemand
from models.vocabulary.deal import Pipeline, Stage, StageKind

_LETTERS = dict(
    zip(
        "абвгдеёжзийклмнопрстуфхцчшщъыьэюя",
        (
            *("a", "b", "v", "g", "d", "e", "e", "zh", "z", "i", "y", "k", "l", "m", "n", "o", "p"),
            *("r", "s", "t", "u", "f", "kh", "ts", "ch", "sh", "shch", "", "y", "", "e", "yu"),
            "ya",
        ),
        strict=True,
    )
)
# Fields that every deal has, by what the CRMs call them, and how an example fills them.
_BUILT_IN = {
    "opportunity": ("amount", "amount: 1000"),
    "price": ("amount", "amount: 1000"),
    "budget": ("amount", "amount: 1000"),
    "бюджет": ("amount", "amount: 1000"),
    "company_id": ("company", "company: {name: ООО}"),
}
_FILLED = "заполнено"
_LONGEST_KEY = 40
_LONGEST_NOTE = 400


def template_name(pipeline: Pipeline) -> str:
    """A name for a pipeline's rule file, which is also the file's."""
    return _slug(pipeline.name) or f"pipeline_{_slug(pipeline.id) or 'of_crm'}"


def draft_rules(
    pipeline: Pipeline,
    demands: Sequence[StageDemand],
    *,
    source: str,
    names: Mapping[str, str] | None = None,
    template: str | None = None,
) -> str:
    """A rule file (YAML) in which each demanded field is a requirement, and advice is a comment.

    A field that is demanded on several stages stands at the first: what a deal had to have there
    it has to have later as well. The examples prove each requirement.

    Args:
        pipeline: as the CRM has it, its stages in their order.
        demands: of this and other pipelines.
        source: what the CRM is called, for the first line.
        names: a field's id or name in the CRM to what rules call it (`crm.field_names`).
        template: its name where `template_name` is taken.
    """
    known = dict(names or {})
    of_stage = {one.stage_id: one for one in demands if one.pipeline_id == pipeline.id}
    named = _text(pipeline.name.strip() or template_name(pipeline))
    lines = [
        f"# {_said(f'Draft of rules, made from {source}: pipeline {pipeline.name}.')}",
        "# Each field that the CRM demands is a requirement here. Add what has to be agreed in",
        "# calls. docs/pipelines.md describes the form; `stagecheck pipelines --pipelines FOLDER`",
        "# checks it.",
        f"template: {template or template_name(pipeline)}",
        f"name: {{ru: {named}, en: {named}}}",
        "",
        "stages:",
    ]
    taken: set[str] = set()
    demanded: set[str] = set()
    for stage in pipeline.stages:
        if stage.kind is StageKind.LOST:
            continue
        key = _free(_slug(stage.name) or "stage", taken)
        lines += _stage(stage, key, of_stage.get(stage.id), known, demanded)
    if not taken:
        lines += _stage(Stage("", pipeline.name), "start", None, known, demanded)
    return "\n".join(lines) + "\n"


def _stage(
    stage: Stage,
    key: str,
    demand: StageDemand | None,
    known: Mapping[str, str],
    demanded: set[str],
) -> Iterator[str]:
    yield f"  - key: {key}"
    named = _text(stage.name.strip() or key)
    yield f"    names: {{ru: [{named}], en: [{named}]}}"
    for advice in demand.advice if demand else ():
        for line in filter(str.strip, advice.splitlines()):
            yield f"    # {_said(line)}"
    fields = [one for one in (demand.fields if demand else ()) if one[0] not in demanded]
    if not fields:
        yield ""
        return
    yield "    requirements:"
    ids: set[str] = set()
    for field_id, name in fields:
        demanded.add(field_id)
        yield from _requirement(key, field_id, name.strip() or field_id, known, ids)
    yield ""


def _requirement(
    stage: str, field_id: str, name: str, known: Mapping[str, str], ids: set[str]
) -> Iterator[str]:
    ours = known.get(field_id) or known.get(name)
    built_in = _BUILT_IN.get((ours or field_id).casefold()) or _BUILT_IN.get(name.casefold())
    if built_in is not None:
        field, example = built_in
    else:
        field = ours or name
        example = f"fields: {{{_text(field)}: {_text(_FILLED)}}}"
    key = _free(_slug(field) or "field", ids)
    filled, missing = _said(f"Заполнено поле «{name}»"), _said(f"Не заполнено поле «{name}»")
    in_english = _said(f"The field «{name}» is filled"), _said(f"The field «{name}» is empty")
    yield f"      - id: {stage}.{key}"
    yield "        severity: critical"
    yield f"        title: {{ru: {_text(filled)}, en: {_text(in_english[0])}}}"
    yield f"        failure: {{ru: {_text(missing)}, en: {_text(in_english[1])}}}"
    yield f"        # The CRM calls it {_said(field_id)}."
    yield f"        check: {{kind: field, of: deal, filled: [{_text(field)}]}}"
    yield "        examples:"
    yield f"          passes: [{{{example}}}]"
    yield "          fails: [{fields: {}}]"


def _text(value: str) -> str:
    """A text as YAML takes it anywhere: whatever JSON writes is YAML as well."""
    return json.dumps(_said(value), ensure_ascii=False)


def _said(text: str) -> str:
    """On one line, without what a YAML file may not hold."""
    # A reversed or unpaired mark of Unicode is none that people wrote on purpose.
    clean = "".join(one if one.isprintable() else " " for one in text)
    return " ".join(clean.split())[:_LONGEST_NOTE]


def _slug(name: str) -> str:
    latin = "".join(_LETTERS.get(one, one) for one in name.casefold())
    return re.sub(r"[^a-z0-9]+", "_", latin).strip("_")[:_LONGEST_KEY].strip("_")


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number where it is taken."""
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name}_{number}"
    taken.add(free)
    return free
