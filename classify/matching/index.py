"""A CRM snapshot made ready for questions about calls; built once per snapshot."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from classify.matching.history import DealHistory, build_history
from classify.matching.phones import PhoneIndex, build_phone_index
from core.settings import MatchingSettings, PbxSettings
from models.vocabulary.deal import (
    Activity,
    ActivityType,
    Company,
    Contact,
    CrmSnapshot,
    Deal,
    StageChange,
    StageKind,
    User,
)

_OfDeal = TypeVar("_OfDeal", StageChange, Activity)


@dataclass(frozen=True, slots=True)
class DealIndex:
    """Everything of a snapshot that matching asks for, by id.

    `deals_of_company` holds the deals that name the company and those that name none but
    have one of its contacts. `pipelines_of_user` are the pipelines that somebody answers for
    deals in. `calls_by_id` and `calls_of_contact` are the CRM's own records of calls.
    """

    phones: PhoneIndex
    deals: Mapping[str, Deal]
    contacts: Mapping[str, Contact]
    companies: Mapping[str, Company]
    users: Mapping[str, User]
    histories: Mapping[str, DealHistory]
    deals_of_contact: Mapping[str, tuple[str, ...]]
    deals_of_company: Mapping[str, tuple[str, ...]]
    pipelines_of_user: Mapping[str, frozenset[str]]
    calls_by_id: Mapping[str, tuple[Activity, ...]]
    calls_of_contact: Mapping[str, tuple[Activity, ...]]


def build_index(
    snapshot: CrmSnapshot,
    settings: MatchingSettings,
    pbx: PbxSettings | None = None,
    before: tuple[CrmSnapshot, DealIndex] | None = None,
) -> DealIndex:
    """Indexes a snapshot.

    `pbx` says how numbers without a country code are read and which are our own; its
    defaults hold where it is ``None``. `before` is an earlier snapshot with its index, made with
    the same settings: what is the very same in both is not made again.
    """
    contacts = {contact.id: contact for contact in snapshot.contacts}
    deals = {deal.id: deal for deal in snapshot.deals}
    calls = [a for a in snapshot.activities if a.type is ActivityType.CALL or a.call_id]
    return DealIndex(
        phones=_phones(snapshot, settings, pbx if pbx is not None else PbxSettings(), before),
        deals=deals,
        contacts=contacts,
        companies={company.id: company for company in snapshot.companies},
        users={user.id: user for user in snapshot.users},
        histories=_histories(snapshot, before),
        deals_of_contact=_grouped(
            (contact_id, deal.id) for deal in snapshot.deals for contact_id in deal.contact_ids
        ),
        deals_of_company=_grouped(
            (company_id, deal.id)
            for deal in snapshot.deals
            for company_id in _companies_of(deal, contacts)
        ),
        pipelines_of_user={
            user_id: frozenset(pipelines)
            for user_id, pipelines in _grouped(
                (deal.responsible_id, deal.pipeline_id)
                for deal in snapshot.deals
                if deal.responsible_id is not None
            ).items()
        },
        calls_by_id=_activities((a.call_id, a) for a in calls),
        calls_of_contact=_activities((_contact_of_call(a, deals), a) for a in calls),
    )


def _phones(
    snapshot: CrmSnapshot,
    settings: MatchingSettings,
    pbx: PbxSettings,
    before: tuple[CrmSnapshot, DealIndex] | None,
) -> PhoneIndex:
    if before is not None:
        then, index = before
        people = (snapshot.contacts, snapshot.companies, snapshot.users)
        if (then.contacts, then.companies, then.users) == people:
            return index.phones
    return build_phone_index(snapshot, settings.shared_number_contacts, pbx)


def _histories(
    snapshot: CrmSnapshot, before: tuple[CrmSnapshot, DealIndex] | None
) -> dict[str, DealHistory]:
    changes = _by_deal(snapshot.stage_changes)
    activities = _by_deal(snapshot.activities)
    everywhere: dict[str, StageKind] = {}
    own: dict[str, dict[str, StageKind]] = {}
    for pipeline in snapshot.pipelines:
        own[pipeline.id] = {stage.id: stage.kind for stage in pipeline.stages}
        everywhere |= own[pipeline.id]
    known = _as_before(snapshot, before, changes, activities)
    return {
        deal.id: known.get(deal.id)
        or build_history(
            deal,
            changes.get(deal.id, ()),
            activities.get(deal.id, ()),
            # A deal may have come from another pipeline; its own one's stages come first.
            {**everywhere, **own.get(deal.pipeline_id, {})},
        )
        for deal in snapshot.deals
    }


def _as_before(
    snapshot: CrmSnapshot,
    before: tuple[CrmSnapshot, DealIndex] | None,
    changes: Mapping[str, list[StageChange]],
    activities: Mapping[str, list[Activity]],
) -> dict[str, DealHistory]:
    """The histories of the deals of which nothing is other than before."""
    if before is None or before[0].pipelines != snapshot.pipelines:
        return {}
    then, index = before
    old_changes, old_activities = _by_deal(then.stage_changes), _by_deal(then.activities)
    return {
        deal.id: index.histories[deal.id]
        for deal in snapshot.deals
        if index.deals.get(deal.id) is deal
        and old_changes.get(deal.id) == changes.get(deal.id)
        and old_activities.get(deal.id) == activities.get(deal.id)
    }


def _by_deal(words: Iterable[_OfDeal]) -> dict[str, list[_OfDeal]]:
    groups: dict[str, list[_OfDeal]] = {}
    for word in words:
        if word.deal_id is not None:
            groups.setdefault(word.deal_id, []).append(word)
    return groups


def _companies_of(deal: Deal, contacts: Mapping[str, Contact]) -> tuple[str, ...]:
    if deal.company_id is not None:
        return (deal.company_id,)
    of_contacts = (contacts[id_].company_id for id_ in deal.contact_ids if id_ in contacts)
    return tuple(dict.fromkeys(id_ for id_ in of_contacts if id_ is not None))


def _contact_of_call(activity: Activity, deals: Mapping[str, Deal]) -> str | None:
    """The contact of a call record; CRMs that log calls on the deal leave it out."""
    if activity.contact_id is not None or activity.deal_id is None:
        return activity.contact_id
    deal = deals.get(activity.deal_id)
    return deal.contact_ids[0] if deal is not None and len(deal.contact_ids) == 1 else None


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    groups: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for key, value in pairs:
        groups[key][value] = None
    return {key: tuple(values) for key, values in groups.items()}


def _activities(pairs: Iterable[tuple[str | None, Activity]]) -> dict[str, tuple[Activity, ...]]:
    groups: defaultdict[str, list[Activity]] = defaultdict(list)
    for key, activity in pairs:
        if key is not None:
            groups[key].append(activity)
    return {key: tuple(values) for key, values in groups.items()}
