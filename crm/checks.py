"""What no single record shows: ids used twice and references to nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crm.records import SnapshotRecord


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong at a place of the file (`deals[3].stage_id`)."""

    where: str
    what: str


def find_problem(record: SnapshotRecord) -> Problem | None:
    """The first thing that makes the snapshot unusable, or ``None``.

    That is an id or extension used twice, or a deal in an unknown pipeline or stage.
    """
    return next(_problems(record), None)


def _problems(record: SnapshotRecord) -> Iterator[Problem]:
    for table, ids in _ids(record).items():
        yield from _twice(((f"{table}[{i}].id", id_) for i, id_ in enumerate(ids)), "id")
    for i, pipeline in enumerate(record.pipelines):
        places = ((f"pipelines[{i}].stages[{j}].id", s.id) for j, s in enumerate(pipeline.stages))
        yield from _twice(places, "id")
    yield from _twice(
        (
            (f"users[{i}].extensions[{j}]", extension)
            for i, user in enumerate(record.users)
            for j, extension in enumerate(dict.fromkeys(user.extensions))
        ),
        "extension",
    )
    yield from _unknown_stages(record)


def _ids(record: SnapshotRecord) -> dict[str, list[str]]:
    return {
        "pipelines": [row.id for row in record.pipelines],
        "users": [row.id for row in record.users],
        "companies": [row.id for row in record.companies],
        "contacts": [row.id for row in record.contacts],
        "deals": [row.id for row in record.deals],
    }


def _twice(places: Iterable[tuple[str, str]], noun: str) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for where, value in places:
        if value in first:
            yield Problem(where, f"repeats the {noun} {value!r} of {first[value]}, expected one")
        first.setdefault(value, where)


def _unknown_stages(record: SnapshotRecord) -> Iterator[Problem]:
    stages = {pipeline.id: {s.id for s in pipeline.stages} for pipeline in record.pipelines}
    for i, deal in enumerate(record.deals):
        if deal.pipeline_id not in stages:
            known = ", ".join(stages)
            what = f"expected a pipeline of this file ({known}), found {deal.pipeline_id!r}"
            yield Problem(f"deals[{i}].pipeline_id", what)
        elif deal.stage_id not in stages[deal.pipeline_id]:
            what = f"expected a stage of pipeline {deal.pipeline_id!r}, found {deal.stage_id!r}"
            yield Problem(f"deals[{i}].stage_id", what)


def find_dangling(record: SnapshotRecord) -> list[str]:
    """References to records that the file lacks, one sentence each."""
    known = {table: set(ids) for table, ids in _ids(record).items()}
    known["stages"] = {stage.id for pipeline in record.pipelines for stage in pipeline.stages}
    return [
        f"`{where}` names {value!r}, which `{table}` does not have"
        for where, table, value in _references(record)
        if value is not None and value not in known[table]
    ]


def _references(record: SnapshotRecord) -> Iterator[tuple[str, str, str | None]]:
    """Every reference as (place, table it points into, id)."""
    for i, contact in enumerate(record.contacts):
        yield f"contacts[{i}].company_id", "companies", contact.company_id
    for i, deal in enumerate(record.deals):
        for j, contact_id in enumerate(deal.contact_ids):
            yield f"deals[{i}].contact_ids[{j}]", "contacts", contact_id
        yield f"deals[{i}].company_id", "companies", deal.company_id
        yield f"deals[{i}].responsible_id", "users", deal.responsible_id
    for i, change in enumerate(record.stage_changes):
        yield f"stage_changes[{i}].deal_id", "deals", change.deal_id
        yield f"stage_changes[{i}].from", "stages", change.from_id
        yield f"stage_changes[{i}].to", "stages", change.to_id
        yield f"stage_changes[{i}].by", "users", change.by
    for i, activity in enumerate(record.activities):
        yield f"activities[{i}].deal_id", "deals", activity.deal_id
        yield f"activities[{i}].contact_id", "contacts", activity.contact_id
        yield f"activities[{i}].user_id", "users", activity.user_id
