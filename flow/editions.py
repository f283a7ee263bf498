"""The rules that were published on the pages, as those who judge use them."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Engine

from classify.pipeline_file import parse_pipeline
from classify.verification.proving import refuse_disproved
from classify.verification.rules import PipelineRules
from models.session import reading
from models.store.rules import editions_in_force
from models.vocabulary.rules import RuleEdition


def published_rules(database: Engine) -> Mapping[str, PipelineRules]:
    """By template, the editions in force; pipelines that are judged by their file are not among it.

    Raises:
        InvalidInputError: an edition says what this version of stagecheck does not know.
        StagecheckError: the database cannot be used.
    """
    with reading(database) as session:
        editions = editions_in_force(session)
    return {
        pipeline: rules_of(edition)
        for pipeline, edition in editions.items()
        if not edition.follows_file
    }


def rules_of(edition: RuleEdition) -> PipelineRules:
    """What an edition demands.

    Raises:
        InvalidInputError: it says what this version of stagecheck does not know.
    """
    return parse_pipeline(edition.text, _place(edition))


def proved_rules(edition: RuleEdition) -> PipelineRules:
    """The same, where its examples come to their verdicts.

    Raises:
        InvalidInputError: they do not, or see there.
    """
    rules = rules_of(edition)
    refuse_disproved(rules, _place(edition))
    return rules


def edition_in_words(edition: RuleEdition) -> str:
    """Which rules are in force since an edition: it, or the file that it gave back to."""
    by = f"{edition.who}, {edition.at:%Y-%m-%d %H:%M} UTC"
    if edition.follows_file:
        return f"the rule file is in force again (edition {edition.version}, {by})"
    return f"edition {edition.version} is in force ({by})"


def _place(edition: RuleEdition) -> str:
    return f"edition {edition.version} of the pipeline {edition.pipeline}"
