"""From a snapshot and calls to one case per deal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from classify.verification.case import Case, Clock, Move
from classify.verification.coverage import (
    BlindSpot,
    blind_activities,
    blind_calls,
    first_recording_at,
    is_blind,
)
from classify.verification.rules import PipelineRules
from classify.verification.ties import LOST, rules_for, tie_stages
from models.vocabulary.deal import Activity, CrmSnapshot, Deal, StageKind
from models.vocabulary.phone import normalise_phone
from models.vocabulary.verdict import JudgedCall


@dataclass(frozen=True, slots=True)
class World:
    """The snapshot, the calls and what ties them; built once for all deals."""

    snapshot: CrmSnapshot
    calls: tuple[JudgedCall, ...]
    rules: Mapping[str, PipelineRules]  # by pipeline id
    keys: Mapping[str, str | None]  # template's key by "pipeline id/stage id"
    clock: Clock
    first_recording: datetime | None
    known_numbers: frozenset[str]


def build_world(
    snapshot: CrmSnapshot,
    pipelines: Mapping[str, PipelineRules],
    calls: Sequence[JudgedCall],
    clock: Clock,
) -> World:
    """Ties stages to rule files and sorts the calls; nothing after the judged moment counts.

    Raises:
        InvalidInputError: a pipeline's template or a stage's key is unknown.
    """
    known = sorted(
        (call for call in calls if call.call.started_at <= clock.as_of),
        key=lambda call: (call.call.started_at, call.call.call_id),
    )
    rules = {pipeline.id: rules_for(pipeline, pipelines) for pipeline in snapshot.pipelines}
    keys = {
        f"{pipeline.id}/{tie.stage_id}": tie.key
        for pipeline in snapshot.pipelines
        for tie in tie_stages(pipeline, rules[pipeline.id])
    }
    numbers = _known_numbers(snapshot, clock.settings.holidays_country)
    return World(snapshot, tuple(known), rules, keys, clock, first_recording_at(known), numbers)


def build_case(world: World, deal: Deal) -> Case:
    """Everything that is known about one deal."""
    rules = world.rules[deal.pipeline_id]
    stage = world.keys.get(f"{deal.pipeline_id}/{deal.stage_id}")
    lost = stage == LOST or deal.status is StageKind.LOST
    siblings = _siblings(world.snapshot, deal)
    contacts = tuple(c for c in world.snapshot.contacts if c.id in deal.contact_ids)
    company_id = deal.company_id or next((c.company_id for c in contacts if c.company_id), None)
    matched = tuple(c for c in world.calls if c.match and c.match.deal_id == deal.id)
    unsettled = tuple(c for c in world.calls if _may_be(c, deal.id))
    client_calls = tuple(
        c for c in world.calls if c.match and c.match.deal_id in {d.id for d in siblings}
    )
    activities = tuple(a for a in world.snapshot.activities if a.deal_id == deal.id)
    case = Case(
        deal=deal,
        rules=rules,
        clock=world.clock,
        stage=LOST if lost else stage,
        position=None if lost else rules.index_of(stage),
        lost=lost,
        company=next((c for c in world.snapshot.companies if c.id == company_id), None),
        contacts=contacts,
        decision_maker_numbers=_numbers(
            (p for c in contacts if c.decision_maker for p in c.phones), world
        ),
        calls=(),
        matched_calls=matched,
        client_calls=client_calls,
        unsettled=(),
        blind_spots=(),
        activities=tuple(sorted(activities, key=lambda a: (a.created_at, a.id))),
        moves=_moves(world, deal, rules),
        first_recording=world.first_recording,
        client_since=min(sibling.created_at for sibling in siblings),
    )
    return _with_calls(case, matched, unsettled)


def _with_calls(
    case: Case, matched: tuple[JudgedCall, ...], unsettled: tuple[JudgedCall, ...]
) -> Case:
    from dataclasses import replace

    def counts(call: JudgedCall) -> bool:
        return call.understood and not is_blind(call) and call.call.started_at >= case.since

    return replace(
        case,
        calls=tuple(call for call in matched if counts(call)),
        unsettled=tuple(call for call in unsettled if counts(call)),
        blind_spots=_blind_spots(case, matched + unsettled),
    )


def _blind_spots(case: Case, own: tuple[JudgedCall, ...]) -> tuple[BlindSpot, ...]:
    """The client's calls without words; one that is tied to another deal by name is not ours."""
    explicit = {"deal_id", "call_activity"}
    of_client = [
        call
        for call in case.client_calls
        if call not in own and call.match and call.match.method not in explicit
    ]
    spots = blind_calls([*own, *of_client])
    spots += blind_activities(case.activities, [*own, *case.client_calls], case.clock.settings)
    return tuple(
        sorted((s for s in spots if s.at >= case.since), key=lambda spot: (spot.at, spot.id))
    )


def _siblings(snapshot: CrmSnapshot, deal: Deal) -> list[Deal]:
    """The deal and the others with the same people."""
    people = set(deal.contact_ids)
    return [d for d in snapshot.deals if d.id == deal.id or people & set(d.contact_ids)]


def _may_be(call: JudgedCall, deal_id: str) -> bool:
    match = call.match
    if match is None or match.deal_id is not None:
        return False
    return deal_id in {candidate for candidate, _ in match.alternatives}


def _moves(world: World, deal: Deal, rules: PipelineRules) -> tuple[Move, ...]:
    changes = sorted(
        (c for c in world.snapshot.stage_changes if c.deal_id == deal.id), key=lambda c: c.at
    )

    def key(stage_id: str | None) -> str | None:
        return world.keys.get(f"{deal.pipeline_id}/{stage_id}")

    return tuple(
        Move(
            change.at,
            rules.index_of(key(change.from_id)),
            rules.index_of(key(change.to_id)),
            key(change.to_id),
            change.by,
        )
        for change in changes
    )


def _numbers(raw: Iterable[str], world: World) -> frozenset[str]:
    return _normalised(raw, world.clock.settings.holidays_country)


def _known_numbers(snapshot: CrmSnapshot, country: str) -> frozenset[str]:
    """The numbers of every contact, company and colleague in the CRM."""
    raw = [phone for contact in snapshot.contacts for phone in contact.phones]
    raw += [phone for user in snapshot.users for phone in user.phones]
    raw += [phone for company in snapshot.companies for phone in company.phones]
    raw += [str(c.fields["phone"]) for c in snapshot.companies if c.fields.get("phone")]
    return _normalised(raw, country)


def _normalised(raw: Iterable[str], country: str) -> frozenset[str]:
    phones = (normalise_phone(text, region=country) for text in raw)
    return frozenset(phone.e164 for phone in phones if phone and phone.e164)


def own_activities(case: Case) -> tuple[Activity, ...]:
    """The activities of a deal from when its evidence counts."""
    return tuple(a for a in case.activities if a.created_at >= case.since)
