"""`/system/crm/NUMBER/stages`: which rules judge each pipeline, columns, fields and extensions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, status
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.responses import RedirectResponse, Response

from api.access.gate import Visitor
from api.pages.crm_asking import asked_rules, asked_shape, desk_of, known_connection
from api.pages.crms import HOME, Operator
from api.pages.failing import failed
from api.pages.pages import Pages, Rendering
from api.pages.typed import RowId, plain
from classify.field_mapping import FieldGuess, asked_fields, guess_fields
from classify.stage_mapping import PipelineGuess, guess_pipeline, guess_stages
from classify.verification.rules import PipelineRules, StageRules
from classify.verification.ties import NO_STAGE
from crm.errors import CrmError
from models.connections import ConnectionDesk, NoConnectionError
from models.vocabulary.crm import Connection, Shape
from models.vocabulary.deal import Pipeline, StageKind

routes = APIRouter(include_in_schema=False, prefix=HOME)
_LONGEST = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """A pipeline on the form: its guess with what was said before; `keys` are what to choose of."""

    guess: PipelineGuess
    template: str
    confirmed: bool
    chosen: Mapping[str, str]
    keys: tuple[tuple[str, str], ...]
    doubts: frozenset[str]


@routes.get("/{number}/stages")
def stages(
    request: Request, pages: Rendering, visitor: Operator, number: RowId, said: str = ""
) -> Response:
    """The form; the CRM is asked for its pipelines as they are now."""
    return _form(request, pages, visitor, number, said=said == "connected")


@routes.post("/{number}/stages")
async def map_stages(
    request: Request, pages: Rendering, visitor: Operator, number: RowId
) -> Response:
    """Keeps what was chosen; another rule file shows its stages first."""
    form = await request.form()
    return await run_in_threadpool(_keep, request, pages, visitor, number, form)


def _keep(
    request: Request, pages: Pages, visitor: Visitor, number: int, form: FormData
) -> Response:
    found = known_connection(pages, number)
    if found is None:
        return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
    rules = asked_rules(pages)
    try:
        shape = asked_shape(pages, found)
    except CrmError as error:
        return _form(request, pages, visitor, number, problem=str(error))
    kept: dict[str, Any] = {}
    turned = False
    for pipeline in shape.pipelines:
        template = _text(form, f"template:{pipeline.id}")
        if template and template not in rules:
            template = ""
        kept[pipeline.id] = _said(pipeline, template, form, rules)
        if template != _text(form, f"shown:{pipeline.id}"):
            turned, kept[pipeline.id]["stages"] = True, {}
    if turned:
        return _form(request, pages, visitor, number, kept=kept)
    desk = desk_of(pages, visitor)
    try:
        desk.map_stages(number, kept)
        _keep_fields(desk, found, shape, form)
    except NoConnectionError:
        return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
    return RedirectResponse(f"{HOME}/{number}?said=mapped", status.HTTP_303_SEE_OTHER)


def _keep_fields(desk: ConnectionDesk, found: Connection, shape: Shape, form: FormData) -> None:
    names = dict(found.options.get("field_names") or {})
    for key in form:
        if key.startswith("field:"):
            ours, theirs = key.removeprefix("field:"), _text(form, key)
            names = {one: name for one, name in names.items() if name != ours}
            if theirs:
                names[theirs] = ours
    if names != (found.options.get("field_names") or {}):
        detail = ", ".join(f"{theirs}={ours}" for theirs, ours in sorted(names.items()))
        desk.set_options(found.id, "crm fields mapped", detail, field_names=names)
    given = dict(found.options.get("extensions") or {})
    for user in shape.users:
        if f"extension:{user.id}" in form:
            said = _text(form, f"extension:{user.id}").replace(";", ",").split(",")
            numbers = [one.strip() for one in said if one.strip().isdecimal()]
            given = {one: kept for one, kept in given.items() if one != user.id}
            if numbers:
                given[user.id] = numbers
    if given != (found.options.get("extensions") or {}):
        detail = f"of {len(given)} users"
        desk.set_options(found.id, "crm extensions given", detail, extensions=given)


def _said(
    pipeline: Pipeline, template: str, form: FormData, rules: Mapping[str, PipelineRules]
) -> dict[str, Any]:
    keys = {stage.key for stage in rules[template].stages} if template else set()
    chosen: dict[str, str | None] = {}
    for stage in pipeline.stages:
        key = _text(form, f"stage:{pipeline.id}:{stage.id}")
        if stage.kind is StageKind.LOST or not template:
            chosen[stage.id] = None
        else:
            chosen[stage.id] = key if key in keys else NO_STAGE
    confirmed = bool(form.get(f"confirmed:{pipeline.id}"))
    return {"template": template, "stages": chosen, "confirmed": confirmed}


def _form(  # noqa: PLR0913 - what is shown
    request: Request,
    pages: Pages,
    visitor: Visitor,
    number: int,
    *,
    said: bool = False,
    problem: str = "",
    kept: Mapping[str, Any] | None = None,
) -> Response:
    found = known_connection(pages, number)
    if found is None:
        return failed(pages, request, status.HTTP_404_NOT_FOUND, "errors.not_found")
    rules = asked_rules(pages)
    shape = Shape((), ())
    try:
        shape = asked_shape(pages, found) if not problem else shape
    except CrmError as error:
        problem = str(error)
    language = pages.language(request, visitor)
    told = found.stages if kept is None else kept
    shown = [_shown(one, told.get(one.id), rules, language) for one in shape.pipelines]
    judging = [rules[one.template] for one in shown if one.template in rules]
    return pages.page(
        request,
        "crm_stages.html.j2",
        visitor,
        status=status.HTTP_422_UNPROCESSABLE_CONTENT if problem else status.HTTP_200_OK,
        section="system",
        crm=found,
        pipelines=shown,
        templates=[(name, getattr(rules[name].name, language, name)) for name in sorted(rules)],
        fields=_fields(found, shape, judging),
        custom=shape.fields,
        users=[
            (one, ", ".join((found.options.get("extensions") or {}).get(one.id, ())))
            for one in shape.users
            if not one.extensions or one.id in (found.options.get("extensions") or {})
        ],
        connected=said,
        problem=problem,
        turned=kept is not None,
        none=NO_STAGE,
        lost=StageKind.LOST,
    )


def _fields(
    found: Connection, shape: Shape, judging: list[PipelineRules]
) -> list[tuple[FieldGuess, str, bool]]:
    """The fields that the rules ask for: guess, what is chosen, and whether a person did."""
    known = {ours: theirs for theirs, ours in (found.options.get("field_names") or {}).items()}
    guesses = guess_fields(asked_fields(judging), shape.fields)
    return [
        (one, known.get(one.ours) or (one.field.id if one.field else ""), one.ours in known)
        for one in guesses
    ]


def _shown(
    pipeline: Pipeline,
    said: Mapping[str, Any] | None,
    rules: Mapping[str, PipelineRules],
    language: str,
) -> Shown:
    guess = guess_pipeline(pipeline, rules)
    said = said or {}
    template = said.get("template") if said.get("template") in rules else None
    known = said.get("stages") or {}
    if template is None and not said.get("confirmed"):
        template = guess.template
    if template and template != guess.template:
        guess = guess_stages(pipeline, rules[template])
    stages = rules[template].stages if template else ()
    keys = {stage.key for stage in stages}
    guessed = {one.stage_id: one.key or NO_STAGE for one in guess.stages}
    chosen = {
        one.stage_id: known[one.stage_id]
        if known.get(one.stage_id) in {*keys, NO_STAGE}
        else guessed[one.stage_id]
        for one in guess.stages
    }
    doubts = frozenset(one.stage_id for one in guess.stages if not one.is_sure)
    return Shown(
        guess=guess,
        template=template or "",
        confirmed=bool(said.get("confirmed")),
        chosen=chosen,
        keys=tuple((one.key, _called(one, language)) for one in stages),
        doubts=frozenset() if said.get("confirmed") else doubts,
    )


def _called(stage: StageRules, language: str) -> str:
    names = stage.names.en if language == "en" else stage.names.ru
    return next(iter(names), stage.key)


def _text(form: FormData, key: str) -> str:
    value = form.get(key, "")
    return plain(value).strip()[:_LONGEST] if isinstance(value, str) else ""
