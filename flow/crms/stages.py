"""Shows which rule file judges each pipeline and which stage each column is, and asks about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from classify.stage_mapping import (
    PipelineGuess,
    StageGuess,
    guess_pipeline,
    guess_stages,
    keep_choices,
)
from classify.verification.rules import PipelineRules
from classify.verification.ties import NO_STAGE
from flow.crms.asking import Asking
from flow.crms.place import Place
from models.vocabulary.crm import Connection, Shape
from models.vocabulary.deal import Pipeline, StageKind

_NONE = "none"


def map_stages(place: Place, connection: Connection, shape: Shape, *, anew: bool) -> None:
    """Asks about each pipeline and keeps what was said.

    `anew`: also about those that are confirmed already.

    Raises:
        StagecheckError: nobody answers, or the database cannot be used.
    """
    rules = place.rules()
    guesses = [guess_pipeline(one, rules) for one in shape.pipelines]
    kept = keep_choices(guesses, connection.stages, sure=place.ask.takes_usual)
    for pipeline, guess in zip(shape.pipelines, guesses, strict=True):
        said = kept[pipeline.id]
        is_known = said["confirmed"] and not place.ask.takes_usual
        shown = _as_kept(guess, said, rules) if said["confirmed"] else guess
        for line in table(shown):
            place.ask.say(line)
        if place.ask.takes_usual or (is_known and not anew):
            place.ask.say("  confirmed" if said["confirmed"] else _LATER)
            continue
        kept[pipeline.id] = _ask(place.ask, pipeline, shown, rules)
    place.desk.map_stages(connection.id, kept)


_LATER = "  not sure: confirm it with `stagecheck crm stages`; until then it is not judged"


def table(guess: PipelineGuess) -> Iterator[str]:
    """A pipeline as people see it: what judges it, and each column with its stage."""
    judged = f"judged by {guess.template} ({guess.fit:.0%})" if guess.template else "no rules fit"
    yield f"{guess.name}: {judged}"
    width = max((len(one.name) for one in guess.stages), default=0)
    for one in guess.stages:
        yield f"  {one.name:<{width}}  {_told(one)}"


def _told(one: StageGuess) -> str:
    if one.kind is StageKind.LOST:
        return "lost"
    if one.key in (None, NO_STAGE):
        return "- none of the stages"
    doubt = "" if one.is_sure else f"  (not sure: {one.sure:.0%})"
    return f"{one.key}{doubt}"


def _ask(
    ask: Asking, pipeline: Pipeline, guess: PipelineGuess, rules: Mapping[str, PipelineRules]
) -> dict[str, Any]:
    usual = "yes" if guess.template else "later"
    answer = ask.one_of("Is that right?", ("yes", "change", "later", "skip"), usual)
    if answer == "later" or (answer == "yes" and guess.template is None):
        return guess.kept(confirmed=False)
    if answer == "skip":
        return {"template": "", "stages": {}, "confirmed": True}
    if answer == "yes":
        return guess.kept(confirmed=True)
    template = ask.one_of("Rules", sorted(rules), guess.template or min(rules))
    if template != guess.template:
        guess = guess_stages(pipeline, rules[template])
    keys = [stage.key for stage in rules[template].stages]
    stages = tuple(_changed(ask, one, keys) for one in guess.stages)
    return replace(guess, template=template, stages=stages).kept(confirmed=True)


def _changed(ask: Asking, one: StageGuess, keys: list[str]) -> StageGuess:
    if one.kind is StageKind.LOST:
        return one
    usual = _NONE if one.key in (None, NO_STAGE) else str(one.key)
    key = ask.one_of(one.name, (*keys, _NONE), usual)
    return replace(one, key=NO_STAGE if key == _NONE else key, sure=1.0)


def _as_kept(
    guess: PipelineGuess, said: Mapping[str, Any], rules: Mapping[str, PipelineRules]
) -> PipelineGuess:
    """What a person said before, in place of the guess."""
    template = said.get("template") or None
    known = said.get("stages") or {}
    fit = guess.fit if template == guess.template else dict(guess.others).get(template or "", 0.0)
    stages = tuple(
        replace(one, key=known.get(one.stage_id), sure=1.0 if known.get(one.stage_id) else 0.0)
        if one.kind is not StageKind.LOST
        else one
        for one in guess.stages
    )
    return replace(guess, template=template if template in rules else None, fit=fit, stages=stages)
