"""Rows of a portal become batches of our words; what they do not say themselves is asked for.

Each function gives the batch and sentences about the rows that were left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from crm.bitrix24.activities import (
    Ties,
    activity_of,
    as_task,
    call_ids,
    is_call,
    is_owned_by_deal,
    is_task,
    ties_of,
)
from crm.bitrix24.cards import CardWords, company_of, contact_of, deal_of
from crm.bitrix24.facts import Facts
from crm.bitrix24.items import in_one_form, with_contacts
from crm.bitrix24.keys import is_ours
from crm.bitrix24.listing import must_have, read_all
from crm.bitrix24.papers import invoice_of, paid_stages
from crm.bitrix24.portal import PAGE, Portal
from crm.bitrix24.stages import changes_of, history_listing
from crm.bitrix24.values import code_of, id_of, rows_of
from crm.errors import CrmGoneError
from crm.rows import Row
from models.vocabulary.crm import Batch
from models.vocabulary.deal import Activity, Deal

_HISTORIES = 8  # deals whose moves mostly fit on one page
_MADE = "1"  # the kind of a row of the history that says that a card was made

Made = tuple[Batch, list[str]]


def deals(portal: Portal, facts: Facts, words: CardWords, rows: Sequence[Row]) -> Made:
    """Deals with all their contacts.

    Raises:
        CrmError: the contacts cannot be asked for.
    """
    told = with_contacts(portal, facts, rows)
    found: list[Deal] = []
    odd = []
    for row in told:
        deal = deal_of(row, words)
        if deal is None:
            odd.append(f"deal {id_of(row.get('id'))} has no stage or no date and is left out")
        else:
            found.append(deal)
    return Batch(deals=tuple(found)), odd


def changes(portal: Portal, rows: Sequence[Row]) -> Made:
    """Moved cards, each with where it came from: what was before is read as well.

    Raises:
        CrmError: it cannot be read.
    """
    begun: set[str | None] = set()
    partly: list[str] = []
    for row in rows:
        owner = id_of(row.get("OWNER_ID"))
        if owner not in begun and code_of(row.get("TYPE_ID")) != _MADE and owner is not None:
            partly.append(owner)
        begun.add(owner)
    known = {id_of(row.get("ID")): row for row in rows}
    listings = {
        f"of{at}": history_listing(deals=partly[at : at + _HISTORIES])
        for at in range(0, len(partly), _HISTORIES)
    }
    for found in read_all(portal, listings).values():
        for row in must_have(found):
            known.setdefault(id_of(row.get("ID")), row)
    asked = {id_of(row.get("ID")) for row in rows}
    moves = [one for one in changes_of(list(known.values())) if one.id in asked]
    odd = [f"{len(asked) - len(moves)} moves of cards are incomplete and are left out"]
    return Batch(stage_changes=tuple(moves)), odd if len(asked) > len(moves) else []


def activities(portal: Portal, facts: Facts, rows: Sequence[Row]) -> Made:
    """Activities that hang on anything of ours, each with its deal and its call.

    Raises:
        CrmError: what they are bound to cannot be asked for.
    """
    apart = facts.has("task")
    told = [row for row in rows if not (apart and is_task(row))]
    # What we wrote ourselves proves nothing about the deal.
    once = {id_of(row.get("ID")): row for row in told if not is_ours(row.get("DESCRIPTION"))}
    rows = list(once.values())
    bindings, calls = _ties(portal, facts, rows)
    found: list[Activity] = []
    odd: list[str] = []
    for row in rows:
        own = id_of(row.get("ID"))
        tied = bindings.get(own or "")
        if tied is None and not is_owned_by_deal(row):
            continue  # deleted in between
        ties = ties_of(row, tied or ())
        activity = activity_of(row, _with_call(ties, calls.get(own or "")))
        if activity is None:
            odd.append(f"activity {own} has no date and is left out")
        elif ties.is_ours:
            found.append(as_task(activity, row) if is_task(row) else activity)
    return Batch(activities=tuple(found)), odd


def invoices(portal: Portal, rows: Sequence[Row]) -> Made:
    """Invoices, and a payment for each that is paid.

    Raises:
        CrmError: it cannot be asked for which stages mean that one is paid.
    """
    paid = paid_stages(portal) if rows else frozenset()
    return Batch(activities=tuple(one for row in rows for one in invoice_of(row, paid))), []


def contacts(rows: Sequence[Row]) -> Made:
    """Contacts; one without an id is left out."""
    found = (contact_of(in_one_form(row)) for row in rows)
    return Batch(contacts=tuple(one for one in found if one is not None)), []


def companies(rows: Sequence[Row]) -> Made:
    """Companies; one without an id is left out."""
    found = (company_of(in_one_form(row)) for row in rows)
    return Batch(companies=tuple(one for one in found if one is not None)), []


def each(activity: Callable[[Row], Activity | None], rows: Sequence[Row]) -> Made:
    """Rows of which each says all of its activity (tasks, offers, documents), if it is ours."""
    found = (activity(row) for row in rows)
    return Batch(activities=tuple(one for one in found if one is not None)), []


def merged(batches: Sequence[Batch]) -> Batch:
    """Several batches in one."""
    return Batch(
        deals=tuple(one for batch in batches for one in batch.deals),
        contacts=tuple(one for batch in batches for one in batch.contacts),
        companies=tuple(one for batch in batches for one in batch.companies),
        stage_changes=tuple(one for batch in batches for one in batch.stage_changes),
        activities=tuple(one for batch in batches for one in batch.activities),
        gone=tuple(one for batch in batches for one in batch.gone),
        whole=frozenset(one for batch in batches for one in batch.whole),
    )


def _ties(
    portal: Portal, facts: Facts, rows: Sequence[Row]
) -> tuple[dict[str, list[Row]], dict[str, str]]:
    """What activities are bound to, and the ids of calls, by the activities' ids."""
    unknown = [one for row in rows if not is_owned_by_deal(row) and (one := id_of(row["ID"]))]
    calls = [one for row in rows if is_call(row) and (one := id_of(row["ID"]))]
    commands: dict[str, tuple[str, Mapping[str, object]]] = {
        f"b{one}": ("crm.activity.binding.list", {"activityId": int(one)}) for one in unknown
    }
    if facts.has("telephony"):
        for at in range(0, len(calls), PAGE):
            told = {"FILTER": {"CRM_ACTIVITY_ID": calls[at : at + PAGE]}}
            commands[f"s{at}"] = ("voximplant.statistic.get", told)
    if not commands:
        return {}, {}
    batched = portal.batch(commands)
    bound = {
        one: rows_of(batched.result(f"b{one}"))
        for one in unknown
        if not isinstance(batched.errors.get(f"b{one}"), CrmGoneError)
    }
    # Statistics need a right of the user as well; without it the activity itself tells.
    told_calls = [rows_of(one.result) for name, one in batched.told.items() if name[0] == "s"]
    return bound, call_ids([row for some in told_calls for row in some])


def _with_call(ties: Ties, call_id: str | None) -> Ties:
    return replace(ties, call_id=call_id) if call_id else ties
