"""Pipelines and people of a live CRM, with what a person said of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.store.mapping import columns_of
from models.store.mirror import Target
from models.store.mirror_changes import bump_change
from models.store.mirror_texts import as_storable
from models.tables import CrmConnectionRow, PipelineRow, UserRow
from models.vocabulary.crm import Shape
from models.vocabulary.deal import Pipeline, User


def write_shape(session: Session, target: Target, shape: Shape) -> bool:
    """Brings pipelines and users to what the CRM and the connection say; gives whether it changed.

    A pipeline that nobody has confirmed has an empty template and is not judged.
    """
    row = session.get_one(CrmConnectionRow, target.connection)
    pipelines = [confirmed(one, row.stages) for one in shape.pipelines]
    users = [with_extensions(one, row.options) for one in shape.users]
    changed = _replace_pipelines(session, target, pipelines)
    changed = _replace_users(session, target, users) or changed
    if changed:
        bump_change(session, target.connection)
    return changed


def apply_confirmed(session: Session, target: Target) -> bool:
    """Brings the pipelines and users that are known to what people said since they were read."""
    row = session.get_one(CrmConnectionRow, target.connection)
    changed = False
    for pipeline in session.scalars(select(PipelineRow).where(PipelineRow.crm == target.crm)):
        said = _said(row.stages, pipeline.id)
        keys = said.get("stages") or {}
        stages = [{**stage, "key": _key(keys, stage["id"])} for stage in pipeline.stages]
        template = _template(said)
        if (pipeline.template, pipeline.stages) != (template, stages):
            pipeline.template, pipeline.stages, changed = template, stages, True
    if changed:
        session.flush()
        bump_change(session, target.connection)
    return changed


def confirmed(pipeline: Pipeline, stages: Mapping[str, Any]) -> Pipeline:
    """A pipeline with the template and the keys of stages that a person confirmed."""
    said = _said(stages, pipeline.id)
    keys = said.get("stages") or {}
    return replace(
        pipeline,
        template=_template(said),
        stages=tuple(replace(stage, key=_key(keys, stage.id)) for stage in pipeline.stages),
    )


def with_extensions(user: User, options: Mapping[str, Any]) -> User:
    """A user with the telephone extensions that a person gave."""
    given = options.get("extensions")
    own = given.get(user.id) if isinstance(given, Mapping) else None
    more = [str(one) for one in own] if isinstance(own, list | tuple) else []
    return replace(user, extensions=tuple(dict.fromkeys((*user.extensions, *more))))


def _said(stages: Mapping[str, Any], pipeline: str) -> Mapping[str, Any]:
    said = stages.get(pipeline)
    return said if isinstance(said, Mapping) and said.get("confirmed") else {}


def _template(said: Mapping[str, Any]) -> str:
    return str(said.get("template") or "")


def _key(keys: Mapping[str, Any], stage: str) -> str | None:
    key = keys.get(stage)
    return str(key) if key else None


def _replace_pipelines(session: Session, target: Target, pipelines: list[Pipeline]) -> bool:
    table = PipelineRow.__table__
    known = {
        row["id"]: row
        for row in session.execute(
            select(*table.c).where(table.c.crm == target.crm).order_by(table.c.position)
        ).mappings()
    }
    rows = [as_storable(columns_of(one), None) for one in pipelines]
    same = [{name: row[name] for name in rows[0]} for row in known.values()] if rows else []
    if rows == same and len(known) == len(rows):
        return False
    session.execute(delete(PipelineRow).where(PipelineRow.crm == target.crm))
    for position, row in enumerate(rows):
        before = known.get(row["id"])
        as_before = before is not None and {name: before[name] for name in row} == row
        since = before["changed_at"] if before is not None and as_before else target.at
        session.add(PipelineRow(crm=target.crm, position=position, changed_at=since, **row))
    session.flush()
    return True


def _replace_users(session: Session, target: Target, users: list[User]) -> bool:
    table = UserRow.__table__
    rows = [as_storable(columns_of(one), None) for one in users]
    known = [
        {name: row[name] for name in rows[0]} if rows else {}
        for row in session.execute(
            select(*table.c).where(table.c.crm == target.crm).order_by(table.c.position)
        ).mappings()
    ]
    if rows == known:
        return False
    session.execute(delete(UserRow).where(UserRow.crm == target.crm))
    session.add_all(
        UserRow(crm=target.crm, position=position, **row) for position, row in enumerate(rows)
    )
    session.flush()
    return True
