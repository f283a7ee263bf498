"""Leads, contacts, companies, pipelines and people of amoCRM in our words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from crm.amocrm.fields import field_values, first_value, is_yes, named, texts_of
from crm.amocrm.shapes import Card, Event, Lead, PipelineShape, Status, UserShape, parsed
from crm.amocrm.values import flag, object_, plain, some_id
from models.vocabulary.deal import (
    Company,
    Contact,
    Deal,
    Pipeline,
    Stage,
    StageChange,
    StageKind,
    User,
)

# These two are in every pipeline and nobody can change them.
KINDS = {"142": StageKind.WON, "143": StageKind.LOST}
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Words:
    """How an account's words become ours: zone, currency, names of fields and sources."""

    zone: ZoneInfo
    currency: str
    names: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)


def deal_of(lead: Lead, words: Words) -> Deal:
    """A lead in our words; a price of 0 is one that nobody filled in."""
    values = lead.values()
    fields = field_values(values, words.names, words.zone)
    told = fields.pop("source", None)
    tags = [name for one in lead.inside("tags") if (name := plain(one.get("name")))]
    reason = next((plain(one.get("name")) for one in lead.inside("loss_reason")), "")
    return Deal(
        id=lead.id,
        name=lead.name,
        pipeline_id=lead.pipeline_id,
        stage_id=lead.status_id,
        status=KINDS.get(lead.status_id, StageKind.OPEN),
        created_at=lead.created_at or lead.updated_at or _LONG_AGO,
        amount=lead.price or None,
        currency=words.currency,
        contact_ids=_main_first(lead.inside("contacts")),
        company_id=_first_id(lead.inside("companies")),
        responsible_id=lead.responsible_user_id,
        source=str(told) if told else _source(lead, words),
        updated_at=lead.updated_at,
        closed_at=lead.closed_at,
        fields={
            **fields,
            **({"tags": ", ".join(tags)} if tags else {}),
            **({"loss_reason": reason} if reason else {}),
        },
    )


def contact_of(card: Card, words: Words) -> Contact:
    """A contact in our words."""
    values = card.values()
    return Contact(
        id=card.id,
        name=card.name or f"{card.first_name} {card.last_name}".strip(),
        company_id=_first_id(card.inside("companies")),
        phones=texts_of(values, "PHONE"),
        emails=texts_of(values, "EMAIL"),
        decision_maker=is_yes(named(values, words.names, "decision_maker")),
    )


def company_of(card: Card, words: Words) -> Company:
    """A company in our words."""
    values = card.values()
    return Company(
        id=card.id,
        name=card.name,
        phones=texts_of(values, "PHONE"),
        fields=field_values(values, words.names, words.zone),
    )


def pipeline_of(shape: PipelineShape) -> Pipeline:
    """A pipeline in our words, its stages in their order, won and lost at the end."""
    stages = list(parsed(Status, shape.inside("statuses")))
    stages.sort(
        key=lambda one: (one.id in KINDS, KINDS.get(one.id) is StageKind.LOST, one.sort or 0)
    )
    return Pipeline(
        id=shape.id,
        name=shape.name,
        template="",
        stages=tuple(
            Stage(one.id, one.name or one.id, KINDS.get(one.id, StageKind.OPEN)) for one in stages
        ),
    )


def user_of(shape: UserShape) -> User:
    """One of our people; amoCRM knows neither extensions nor telephones of theirs."""
    role = next((plain(one.get("name")) for one in shape.inside("roles")), "")
    return User(id=shape.id, name=shape.name or shape.id, role=role or None)


def move_of(event: Event) -> StageChange | None:
    """The move that an event tells of; ``None`` where it does not say to which stage."""
    to_id = _status(event.value_after)
    if event.entity_id is None or to_id is None or event.created_at is None:
        return None
    return StageChange(
        deal_id=event.entity_id,
        to_id=to_id,
        at=event.created_at,
        from_id=_status(event.value_before),
        by=event.created_by,
        id=event.id,
    )


def _status(values: Iterable[Mapping[str, object]]) -> str | None:
    for one in values:
        try:
            return some_id(object_(one.get("lead_status")).get("id"))
        except ValueError:
            continue
    return None


def _source(lead: Lead, words: Words) -> str | None:
    told = next((plain(one.get("name")) for one in lead.inside("source")), "")
    utm = first_value(
        next((one for one in lead.values() if one.field_code.upper() == "UTM_SOURCE"), None)
    )
    if told or plain(utm):
        return told or plain(utm)
    return words.sources.get(lead.source_id, lead.source_id) if lead.source_id else None


def _main_first(found: Iterable[Mapping[str, object]]) -> tuple[str, ...]:
    ordered = sorted(found, key=lambda one: not flag(one.get("is_main")))
    return tuple(dict.fromkeys(filter(None, map(_id, ordered))))


def _first_id(found: Iterable[Mapping[str, object]]) -> str | None:
    return next(filter(None, map(_id, found)), None)


def _id(one: Mapping[str, object]) -> str | None:
    try:
        return some_id(one.get("id"))
    except ValueError:
        return None
