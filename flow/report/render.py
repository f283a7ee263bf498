"""Renders the report's template; every value is escaped, nothing is fetched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from flow.report import words
from flow.report.view import build_view
from models.vocabulary.checklist import CallScore
from models.vocabulary.deal import CrmSnapshot


def render_report(
    result: Mapping[str, Any],
    snapshot: CrmSnapshot,
    stage_keys: Mapping[str, Mapping[str, str]],
    scores: Mapping[str, CallScore] | None = None,
) -> str:
    """One HTML page that needs no network, for the result of a run.

    Args:
        result: the JSON of a run (docs/formats.md, section 3).
        snapshot: the CRM snapshot of the same run, for the names of deals and people.
        stage_keys: per pipeline id, the stage's id in the CRM to its key in the template.
        scores: how calls were led, by recording.
    """
    environment = Environment(
        loader=PackageLoader("flow.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(moment=words.moment, clock=words.clock)
    environment.globals.update(words=words)
    template = environment.get_template("report.html.j2")
    return template.render(view=build_view(result, snapshot, stage_keys, scores or {}))
