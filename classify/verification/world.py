"""From a snapshot and calls to one case per deal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType

from classify.verification.case import Case, Clock, Move
from classify.verification.contact_records import tie_records
from classify.verification.coverage import (
    BlindSpot,
    blind_activities,
    blind_calls,
    first_recording_at,
    has_pbx_ledger,
    is_blind,
)
from classify.verification.rules import PipelineRules
from classify.verification.silences import silences
from classify.verification.ties import LOST, is_judged, rules_for, tie_stages
from core.groups import grouped
from models.vocabulary.correction import BY_HAND, CorrectedAction
from models.vocabulary.deal import (
    Activity,
    Company,
    Contact,
    CrmSnapshot,
    Deal,
    StageChange,
    StageKind,
)
from models.vocabulary.phone import normalise_phone
from models.vocabulary.verdict import JudgedCall, Waiver

_MAKING = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class World:
    """The snapshot, the calls and what ties them; built once for all deals.

    Rows stand by the deal (calls also by the client's number) so that a large CRM is
    gone through once.
    """

    snapshot: CrmSnapshot
    calls: tuple[JudgedCall, ...]
    rules: Mapping[str, PipelineRules]  # by pipeline id, of those that are judged
    keys: Mapping[str, str | None]  # template's key by "pipeline id/stage id"
    columns: Mapping[str, Mapping[str, str]]  # the CRM's stage names by pipeline and stage id
    clock: Clock
    first_recording: datetime | None
    known_numbers: frozenset[str]
    deals: Mapping[str, Deal]
    deals_of_contact: Mapping[str, Sequence[Deal]]
    contacts: Mapping[str, Contact]
    companies: Mapping[str, Company]
    activities_of_deal: Mapping[str, Sequence[Activity]]
    unsettled_records_of_deal: Mapping[str, Sequence[Activity]]
    changes_of_deal: Mapping[str, Sequence[StageChange]]
    calls_of_deal: Mapping[str, Sequence[JudgedCall]]
    unsettled_of_deal: Mapping[str, Sequence[JudgedCall]]
    calls_of_number: Mapping[str, Sequence[JudgedCall]]
    call_ids: frozenset[str]
    waivers_of_deal: Mapping[str, Sequence[Waiver]]

    def judges(self, deal: Deal) -> bool:
        """Whether a deal's pipeline has rules; others' deals only explain calls."""
        return deal.pipeline_id in self.rules

    def calls_of_client(self, calls: Iterable[JudgedCall]) -> list[JudgedCall]:
        """These calls and all others with their numbers, in order of time."""
        own = list(calls)
        numbers = {call.call.client_number for call in own} - {None}
        found = {id(call): call for call in own}
        for number in numbers:
            found |= {id(call): call for call in self.calls_of_number.get(number or "", ())}
        return sorted(found.values(), key=lambda c: (c.call.started_at, c.call.call_id))


def build_world(
    snapshot: CrmSnapshot,
    pipelines: Mapping[str, PipelineRules],
    calls: Sequence[JudgedCall],
    clock: Clock,
    waivers: Mapping[str, Sequence[Waiver]] = MappingProxyType({}),
) -> World:
    """Ties stages to rule files and sorts the calls; nothing after the judged moment counts.

    Raises:
        InvalidInputError: a pipeline's template or a stage's key is unknown.
    """
    known = sorted(
        (call for call in calls if call.call.started_at <= clock.as_of),
        key=lambda call: (call.call.started_at, call.call.call_id),
    )
    rules = {one.id: rules_for(one, pipelines) for one in snapshot.pipelines if is_judged(one)}
    matched = [(call, call.match) for call in known if call.match]
    deals_of_contact = grouped((id_, d) for d in snapshot.deals for id_ in d.contact_ids)
    lead_in = timedelta(hours=clock.settings.lead_in_hours)
    records = tie_records(snapshot.activities, deals_of_contact, lead_in)
    return World(
        snapshot=snapshot,
        calls=tuple(known),
        rules=rules,
        keys=_keys(snapshot, rules),
        columns={one.id: {s.id: s.name for s in one.stages} for one in snapshot.pipelines},
        clock=replace(
            clock,
            sees_attempts=has_pbx_ledger(known),
            silences=silences(
                known, snapshot.activities, clock.calendar, clock.settings, clock.as_of
            ),
        ),
        first_recording=first_recording_at(known),
        known_numbers=_known_numbers(snapshot, clock.settings.holidays_country),
        deals={deal.id: deal for deal in snapshot.deals},
        deals_of_contact=deals_of_contact,
        contacts={contact.id: contact for contact in snapshot.contacts},
        companies={company.id: company for company in snapshot.companies},
        activities_of_deal=records.own,
        unsettled_records_of_deal=records.unsettled,
        changes_of_deal=grouped((c.deal_id, c) for c in snapshot.stage_changes),
        calls_of_deal=grouped((match.deal_id, call) for call, match in matched),
        unsettled_of_deal=grouped(
            (deal_id, call)
            for call, match in matched
            if match.deal_id is None
            for deal_id, _ in match.alternatives
        ),
        calls_of_number=grouped((call.call.client_number, call) for call in known),
        call_ids=frozenset(call.call.call_id for call in known),
        waivers_of_deal=waivers,
    )


def _keys(snapshot: CrmSnapshot, rules: Mapping[str, PipelineRules]) -> dict[str, str | None]:
    """The template's key of each column, by "pipeline id/stage id"."""
    return {
        f"{pipeline.id}/{tie.stage_id}": tie.key
        for pipeline in snapshot.pipelines
        if pipeline.id in rules
        for tie in tie_stages(pipeline, rules[pipeline.id])
    }


def build_case(world: World, deal: Deal) -> Case:
    """Everything that is known about one deal."""
    rules = world.rules[deal.pipeline_id]
    stage = world.keys.get(f"{deal.pipeline_id}/{deal.stage_id}")
    lost = stage == LOST or deal.status is StageKind.LOST
    siblings = _siblings(world, deal)
    contacts = tuple(world.contacts[id_] for id_ in deal.contact_ids if id_ in world.contacts)
    company_id = deal.company_id or next((c.company_id for c in contacts if c.company_id), None)
    matched = tuple(world.calls_of_deal.get(deal.id, ()))
    unsettled = tuple(world.unsettled_of_deal.get(deal.id, ()))
    client_calls = [c for sibling in siblings for c in world.calls_of_deal.get(sibling.id, ())]
    case = Case(
        deal=deal,
        rules=rules,
        clock=world.clock,
        stage=LOST if lost else stage,
        position=None if lost else rules.index_of(stage),
        lost=lost,
        company=world.companies.get(company_id or ""),
        contacts=contacts,
        decision_maker_numbers=_numbers(
            (p for c in contacts if c.decision_maker for p in c.phones), world
        ),
        calls=(),
        matched_calls=matched,
        client_calls=tuple(sorted(client_calls, key=lambda c: c.call.started_at)),
        unsettled=(),
        blind_spots=(),
        activities=_by_time(world.activities_of_deal.get(deal.id, ())),
        unsettled_records=_by_time(world.unsettled_records_of_deal.get(deal.id, ())),
        moves=_moves(world, deal, rules),
        first_recording=world.first_recording,
        client_since=min(sibling.created_at for sibling in siblings),
        columns=_columns(world, deal),
        waivers=tuple(world.waivers_of_deal.get(deal.id, ())),
    )
    return _with_calls(world, case, matched, unsettled)


def _by_time(activities: Iterable[Activity]) -> tuple[Activity, ...]:
    return tuple(sorted(activities, key=lambda a: (a.created_at, a.id)))


def _columns(world: World, deal: Deal) -> Mapping[str, str]:
    """The CRM's names of the template's stages; the card's stage is called as its own column."""
    found: dict[str, str] = {}
    for stage_id, name in world.columns[deal.pipeline_id].items():
        key = world.keys.get(f"{deal.pipeline_id}/{stage_id}")
        if key is not None and (key not in found or stage_id == deal.stage_id):
            found[key] = name
    return found


def _with_calls(
    world: World, case: Case, matched: tuple[JudgedCall, ...], unsettled: tuple[JudgedCall, ...]
) -> Case:
    def counts(call: JudgedCall) -> bool:
        heard = (call.understood and not is_blind(call)) or _heard_by_people(call)
        return heard and call.call.started_at >= case.since

    return replace(
        case,
        calls=tuple(call for call in matched if counts(call)),
        unsettled=tuple(call for call in unsettled if counts(call)),
        blind_spots=_blind_spots(world, case, matched + unsettled),
    )


def _heard_by_people(call: JudgedCall) -> bool:
    """Whether somebody said what was said there; what else was said stays unknown."""
    return any(isinstance(action, CorrectedAction) for action in call.actions)


def _blind_spots(world: World, case: Case, own: tuple[JudgedCall, ...]) -> tuple[BlindSpot, ...]:
    """The client's calls without words; one that is tied to another deal by name is not ours."""
    explicit = {"deal_id", "call_activity", BY_HAND}
    of_client = [
        call
        for call in case.client_calls
        if call not in own and call.match and call.match.method not in explicit
    ]
    spots = blind_calls([*own, *of_client])
    spots += blind_activities(
        (*case.activities, *case.unsettled_records),
        [*own, *case.client_calls],
        world.call_ids,
        world.clock.settings,
    )
    spots += [spot for spot in world.clock.silences if spot.kind == "silence"]
    mine = (spot for spot in spots if spot.touches(case.since, case.as_of))
    return tuple(sorted(mine, key=lambda spot: (spot.at, spot.id)))


def _siblings(world: World, deal: Deal) -> list[Deal]:
    """The deal and the others with the same people."""
    of_people = (d for id_ in deal.contact_ids for d in world.deals_of_contact.get(id_, ()))
    return list({d.id: d for d in (deal, *of_people)}.values())


def _moves(world: World, deal: Deal, rules: PipelineRules) -> tuple[Move, ...]:
    """The moves of a card in order; a CRM that writes down its making moved nothing then.

    Where the CRM does not say from where, a card came from where it had gone.
    """
    moves: list[Move] = []
    where: str | None = None
    changes = sorted(world.changes_of_deal.get(deal.id, ()), key=lambda change: change.at)
    for change in changes:
        source = change.from_id or where
        made = source is None and change.at - deal.created_at <= _MAKING
        where = change.to_id
        if made or source == change.to_id:
            continue
        source_key, target_key = (
            world.keys.get(f"{deal.pipeline_id}/{stage_id}") for stage_id in (source, where)
        )
        source_place, target_place = rules.index_of(source_key), rules.index_of(target_key)
        moves.append(Move(change.at, source_place, target_place, target_key, change.by))
    return tuple(moves)


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
