"""Turns the checked records of a snapshot file into the vocabulary's types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from crm.records import (
    ActivityRecord,
    DealRecord,
    PipelineRecord,
    SnapshotRecord,
    StageRecord,
)
from models.vocabulary.deal import (
    Activity,
    ActivityKind,
    ActivityType,
    Company,
    Contact,
    CrmSnapshot,
    Deal,
    Pipeline,
    Stage,
    StageChange,
    StageKind,
    User,
)

# amoCRM has these two in every pipeline and lets nobody change them.
_AMOCRM_KINDS = {"142": StageKind.WON, "143": StageKind.LOST}

_KIND_OF_TYPE = {
    ActivityType.MEETING: ActivityKind.MEETING,
    ActivityType.CALL: ActivityKind.CALL,
    ActivityType.INVOICE: ActivityKind.INVOICE,
    ActivityType.PAYMENT: ActivityKind.PAYMENT,
}

StageKinds = Mapping[tuple[str, str], StageKind]


@dataclass(frozen=True, slots=True)
class Built:
    """A snapshot and what had to be decided while building it."""

    snapshot: CrmSnapshot
    warnings: tuple[str, ...]


def build_snapshot(record: SnapshotRecord, timezone: str) -> Built:
    """The snapshot in our words.

    Args:
        record: checked; every deal's pipeline and stage exist.
        timezone: IANA name.
    """
    pipelines = tuple(_pipeline(row, record.crm) for row in record.pipelines)
    kinds = {(p.id, stage.id): stage.kind for p in pipelines for stage in p.stages}
    activities: dict[str, ActivityRecord] = {}
    for row in record.activities:
        activities.setdefault(row.id, row)
    snapshot = CrmSnapshot(
        as_of=record.as_of,
        timezone=timezone,
        crm=record.crm,
        pipelines=pipelines,
        users=tuple(
            User(u.id, u.name, tuple(u.extensions), tuple(u.phones), u.role) for u in record.users
        ),
        companies=tuple(Company(c.id, c.name, tuple(c.phones), c.fields) for c in record.companies),
        contacts=tuple(
            Contact(c.id, c.name, c.company_id, tuple(c.phones), tuple(c.emails), c.decision_maker)
            for c in record.contacts
        ),
        deals=tuple(_deal(row, kinds) for row in record.deals),
        stage_changes=tuple(
            StageChange(deal_id=c.deal_id, to_id=c.to_id, at=c.at, from_id=c.from_id, by=c.by)
            for c in record.stage_changes
        ),
        activities=tuple(map(_activity, activities.values())),
    )
    return Built(snapshot, (*_status_warnings(record, kinds), *_repeated(record, activities)))


def _pipeline(record: PipelineRecord, crm: str) -> Pipeline:
    stages = tuple(Stage(s.id, s.name, _stage_kind(s, crm), s.key) for s in record.stages)
    return Pipeline(record.id, record.name, record.template, stages)


def _stage_kind(stage: StageRecord, crm: str) -> StageKind:
    if stage.kind is not None:
        return stage.kind
    fixed = _AMOCRM_KINDS if crm == "amocrm" else {}
    return fixed.get(stage.id, StageKind.OPEN)


def _deal(record: DealRecord, kinds: StageKinds) -> Deal:
    return Deal(
        id=record.id,
        name=record.name,
        pipeline_id=record.pipeline_id,
        stage_id=record.stage_id,
        status=_status(record, kinds),
        created_at=record.created_at,
        amount=record.amount,
        currency=record.currency,
        contact_ids=tuple(dict.fromkeys(record.contact_ids)),
        company_id=record.company_id,
        responsible_id=record.responsible_id,
        source=record.source,
        updated_at=record.updated_at,
        closed_at=record.closed_at,
        fields=record.fields,
    )


def _status(record: DealRecord, kinds: StageKinds) -> StageKind:
    """The kind of the deal's stage; only on an open stage may the card itself say more."""
    kind = kinds[record.pipeline_id, record.stage_id]
    return kind if kind is not StageKind.OPEN or record.status is None else record.status


def _activity(record: ActivityRecord) -> Activity:
    kind = record.kind or _KIND_OF_TYPE.get(record.type, ActivityKind.OTHER)
    return Activity(**{**record.model_dump(), "kind": kind})


def _status_warnings(record: SnapshotRecord, kinds: StageKinds) -> list[str]:
    return [
        f"`deals[{i}].status` is {deal.status.value!r}, but its stage {deal.stage_id!r} is "
        f"{kinds[deal.pipeline_id, deal.stage_id].value!r}; {_status(deal, kinds).value!r} taken"
        for i, deal in enumerate(record.deals)
        if deal.status not in (None, kinds[deal.pipeline_id, deal.stage_id])
    ]


def _repeated(record: SnapshotRecord, kept: Mapping[str, ActivityRecord]) -> list[str]:
    return [
        f"`activities[{i}].id` repeats {row.id!r}; the first one is taken"
        for i, row in enumerate(record.activities)
        if kept[row.id] is not row
    ]
