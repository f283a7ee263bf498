"""What the pages of findings call things: people, stages, calls, by the newest run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC
from functools import cache, lru_cache
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.pages.pages import Pages, current_run
from classify.pipeline_file import load_pipelines
from classify.verification.rules import PipelineRules
from classify.verification.ties import rules_for, tie_stages
from models.session import reading
from models.store.mapping import word_of
from models.tables import CrmRow, PipelineRow, UserRow
from models.vocabulary.access import Reach
from models.vocabulary.deal import Pipeline
from models.vocabulary.errors import StagecheckError


@dataclass(frozen=True, slots=True)
class Scene:
    """The newest run, its sources, and what its people, pipelines and stages are called.

    `stages` is by pipeline, and there by the stage's key, in the order of the board.
    """

    run: int
    source: str
    crm_source: str
    users: Mapping[str, str]
    pipelines: Mapping[str, str]
    stages: Mapping[str, Mapping[str, str]]

    def user(self, user_id: str | None) -> str | None:
        """Somebody's name; the id where the CRM does not know them any more."""
        return None if user_id is None else self.users.get(user_id, user_id)

    def stage(self, pipeline_id: str | None, key: str | None) -> str | None:
        """A stage's name."""
        return None if key is None else self.stages.get(pipeline_id or "", {}).get(key, key)

    def seen_users(self, reach: Reach) -> list[tuple[str, str]]:
        """(id, name) of those within reach, by name."""
        seen = [(name, id_) for id_, name in self.users.items() if reach.sees(id_)]
        return [(id_, name) for name, id_ in sorted(seen)]


def scene_of(pages: Pages, language: str) -> Scene | None:
    """What the newest run is about; ``None`` before the first."""
    database = pages.service.database()
    found = current_run(database)
    if found is None:
        return None
    run, source, crm_source = found
    folder = pages.service.settings.verification.pipelines_folder
    with reading(database) as session:
        users = _users(session, crm_source)
        pipelines = _pipelines(session, crm_source)
    return Scene(
        run=run,
        source=source,
        crm_source=crm_source,
        users=users,
        pipelines={one.id: one.name for one in pipelines},
        stages={one.id: _stages(one, folder, language) for one in pipelines},
    )


def _users(session: Session, crm_source: str) -> dict[str, str]:
    rows = session.execute(
        select(UserRow.id, UserRow.name)
        .join(CrmRow, CrmRow.id == UserRow.crm)
        .where(CrmRow.source == crm_source)
    )
    return dict(rows.all())


def _pipelines(session: Session, crm_source: str) -> Sequence[Pipeline]:
    rows = session.scalars(
        select(PipelineRow)
        .join(CrmRow, CrmRow.id == PipelineRow.crm)
        .where(CrmRow.source == crm_source)
        .order_by(PipelineRow.position)
    )
    return [word_of(Pipeline, vars(row), UTC) for row in rows]


@lru_cache(maxsize=256)
def _stages(pipeline: Pipeline, folder: Path | None, language: str) -> Mapping[str, str]:
    """Names by key: the CRM's own, else the rule file's."""
    try:
        of_file = rules_for(pipeline, _rules(folder))
        ties = tie_stages(pipeline, of_file)
    except StagecheckError:
        return {stage.key: stage.name for stage in pipeline.stages if stage.key}
    names = {
        stage.key: next(iter(stage.names.en if language == "en" else stage.names.ru), stage.key)
        for stage in of_file.stages
    }
    own = {stage.id: stage.name for stage in pipeline.stages}
    return names | {tie.key: own[tie.stage_id] for tie in ties if tie.key is not None}


@cache
def _rules(folder: Path | None) -> Mapping[str, PipelineRules]:
    try:
        return load_pipelines(folder)
    except StagecheckError:
        return {}  # the CRM's own names do; `stagecheck pipelines` says what is wrong
