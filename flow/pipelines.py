"""`stagecheck pipelines`: what deals are judged by, once it is found right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from classify.pipeline_file import load_pipelines, with_editions
from classify.verification.proving import refuse_disproved
from core.settings import Settings
from flow.editions import edition_in_words, proved_rules
from models.places import database_left_alone
from models.schema import form_of, known_form
from models.session import reading
from models.store.rules import editions_in_force
from models.vocabulary.errors import StagecheckError
from models.vocabulary.rules import RuleEdition


def pipeline_lines(settings: Settings, db: str | None, state: Path) -> Iterator[str]:
    """Gives each pipeline with its stages, and which edition of it is in force.

    All examples were proved. Where there is no database yet, nobody has published any edition.

    Raises:
        StagecheckError: a file or an edition is wrong, or the database cannot be used.
    """
    files = load_pipelines(settings.verification.pipelines_folder)
    editions = _editions(settings, db, state)
    published = {
        pipeline: proved_rules(edition)
        for pipeline, edition in editions.items()
        if not edition.follows_file
    }
    for name, rules in sorted(with_editions(files, published).items()):
        if rules.template not in published:
            refuse_disproved(rules, name)
        yield name
        if rules.template in editions:
            yield f"  {edition_in_words(editions[rules.template])}"
        for stage in rules.stages:
            demands = len(stage.requirements)
            yield f"  {stage.key}: {demands} requirement{'' if demands == 1 else 's'}"


def _editions(settings: Settings, db: str | None, state: Path) -> Mapping[str, RuleEdition]:
    database = database_left_alone(db, state, settings.service)
    if database is None:
        return {}
    try:
        form = form_of(database)
        if form is None:
            return {}
        if form != known_form():
            raise StagecheckError(
                f"the tables have the form {form}, this version knows {known_form()}: "
                "`stagecheck doctor` says what to do."
            )
        with reading(database) as session:
            return editions_in_force(session)
    finally:
        database.dispose()
