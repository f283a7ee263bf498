"""Renders the report's template; every value is escaped, nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from flow.report.view import build_view
from flow.report.words import clock, moment, money, words_of
from models.vocabulary.checklist import CallScore
from models.vocabulary.deal import CrmSnapshot


def render_report(
    result: Mapping[str, Any],
    snapshot: CrmSnapshot,
    stage_keys: Mapping[str, Mapping[str, str]],
    scores: Mapping[str, CallScore] | None = None,
    language: str = "ru",
) -> str:
    """One HTML page that needs no network, for the result of a run.

    Args:
        result: the JSON of a run (docs/formats.md, section 3).
        snapshot: the CRM snapshot of the same run, for the names of deals and people.
        stage_keys: per pipeline id, the stage's id in the CRM to its key in the template.
        scores: how calls were led, by recording.
        language: of the page, ``ru`` or ``en``; `result` is explained in it.
    """
    environment = Environment(
        loader=PackageLoader("flow.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(moment=partial(moment, language=language), clock=clock)
    words = words_of(language)
    environment.globals.update(language=language, words=words, page=words["page"], money=money)
    template = environment.get_template("report.html.j2")
    return template.render(view=build_view(result, snapshot, stage_keys, scores or {}, language))
