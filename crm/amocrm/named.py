"""Reads things by their ids, and finds out which are gone.

Where an account's filters are not switched on, a list answers with everything; then each thing is
asked for alone. What a list leaves out is asked for alone too before it is told as gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from crm.amocrm.activities import (
    LEADS,
    MESSAGES,
    invoice_activities,
    message_activity,
    note_activity,
    task_activity,
)
from crm.amocrm.asking import Asking
from crm.amocrm.cards import Words, company_of, contact_of, deal_of, move_of
from crm.amocrm.pages import MOST, MOST_EVENTS, Row
from crm.amocrm.shapes import (
    Card,
    Element,
    Event,
    Lead,
    Note,
    Task,
    embedded,
    goes_on,
    parsed,
)
from crm.amocrm.values import object_, plain, some_id
from crm.errors import CrmGoneError
from models.vocabulary.crm import Batch, Thing
from models.vocabulary.deal import Activity, StageChange

LEAD_WITH = {"with": "contacts,catalog_elements,loss_reason,source_id"}
MOVES = ("lead_status_changed",)
_CARDS_AT_ONCE, _EVENTS_OF = 50, 10  # as many as one request may name


def deals_named(asks: Asking, words: Words, lists: frozenset[str], ids: Sequence[str]) -> Batch:
    """Deals with everything that hangs on them.

    Args:
        asks: the account.
        words: its zone, currency and names.
        lists: ids of its lists of invoices.
        ids: of the deals.
    """
    rows, gone = cards_named(asks, LEADS, ids, LEAD_WITH)
    leads = list(parsed(Lead, rows))
    known = [lead.id for lead in leads]
    activities = [
        *_tasks_of(asks, known),
        *(one for id_ in known for one in _notes_of(asks, id_)),
        *_messages_of(asks, known),
        *invoices_of(asks, lists, leads),
    ]
    return Batch(
        deals=tuple(deal_of(lead, words) for lead in leads),
        stage_changes=tuple(_moves_of(asks, known)),
        activities=tuple(activities),
        gone=tuple((Thing.DEAL, id_) for id_ in gone),
        whole=frozenset(known),
    )


def people_named(
    asks: Asking, words: Words, contacts: Sequence[str], companies: Sequence[str]
) -> Batch:
    """Contacts and companies."""
    people, no_people = cards_named(asks, "contacts", contacts)
    firms, no_firms = cards_named(asks, "companies", companies)
    return Batch(
        contacts=tuple(contact_of(card, words) for card in parsed(Card, people)),
        companies=tuple(company_of(card, words) for card in parsed(Card, firms)),
        gone=(
            *((Thing.CONTACT, id_) for id_ in no_people),
            *((Thing.COMPANY, id_) for id_ in no_firms),
        ),
    )


def cards_named(
    asks: Asking, entity: str, ids: Sequence[str], params: dict[str, Any] | None = None
) -> tuple[list[Row], list[str]]:
    """Cards in the order of their ids, and the ids of those that are gone."""
    wanted = [id_ for id_ in dict.fromkeys(ids) if id_.isdigit()]
    found: dict[str, Row] = {}
    for some in _chunks(wanted, _CARDS_AT_ONCE):
        if len(some) > 1:
            asked = {**(params or {}), "filter[id][]": some, "limit": MOST}
            rows = embedded(asks.get(f"/{entity}", asked).body, entity)
            found |= {id_: row for row in rows if (id_ := _id(row)) in some}
        for id_ in some:
            row = found.get(id_) or _card(asks, entity, id_, params)
            if row is not None:
                found[id_] = row
    there = {id_: row for id_, row in found.items() if row.get("is_deleted") is not True}
    return [there[id_] for id_ in wanted if id_ in there], [
        id_ for id_ in dict.fromkeys(ids) if id_ not in there
    ]


def invoices_of(asks: Asking, lists: frozenset[str], leads: Sequence[Lead]) -> list[Activity]:
    """Invoices that hang on deals, with their payments."""
    wanted: dict[str, dict[str, str]] = {}
    for lead in leads:
        for one in lead.inside("catalog_elements"):
            meta = object_(one.get("metadata"))
            held_in = plain(one.get("catalog_id")) or plain(meta.get("catalog_id"))
            if held_in in lists and (id_ := _id(one)):
                wanted.setdefault(held_in, {})[id_] = lead.id
    told: list[Activity] = []
    for held_in, deal_of_element in wanted.items():
        for some in _chunks(list(deal_of_element), _CARDS_AT_ONCE):
            asked = {"filter[id][]": some, "limit": MOST}
            body = asks.get(f"/catalogs/{held_in}/elements", asked).body
            for element in parsed(Element, embedded(body, "elements")):
                if element.id in some:
                    told += invoice_activities(element, deal_of_element[element.id])
    return told


def _card(asks: Asking, entity: str, id_: str, params: dict[str, Any] | None) -> Row | None:
    """One card; amoCRM says by 204 that there is none."""
    try:
        body = asks.get(f"/{entity}/{id_}", params).body
    except CrmGoneError:
        return None
    return body if isinstance(body, dict) and _id(body) == id_ else None


def _tasks_of(asks: Asking, ids: Sequence[str]) -> Iterator[Activity]:
    for some in _chunks(ids, _CARDS_AT_ONCE):
        asked = {"filter[entity_type]": LEADS, "filter[entity_id][]": some, "order[id]": "asc"}
        for row in _all(asks, "/tasks", "tasks", asked, MOST):
            for task in parsed(Task, [row]):
                activity = task_activity(task)
                if activity is not None and activity.deal_id in some:
                    yield activity


def _notes_of(asks: Asking, id_: str) -> Iterator[Activity]:
    for note in parsed(Note, _all(asks, f"/leads/{id_}/notes", "notes", {}, MOST)):
        activity = note_activity(note, LEADS)
        if activity is not None:
            yield activity


def _messages_of(asks: Asking, ids: Sequence[str]) -> Iterator[Activity]:
    for event in _events_of(asks, ids, tuple(MESSAGES)):
        activity = message_activity(event)
        if activity is not None:
            yield activity


def _moves_of(asks: Asking, ids: Sequence[str]) -> Iterator[StageChange]:
    for event in _events_of(asks, ids, MOVES):
        move = move_of(event)
        if move is not None:
            yield move


def _events_of(asks: Asking, ids: Sequence[str], types: tuple[str, ...]) -> Iterator[Event]:
    for some in _chunks(ids, _EVENTS_OF):
        asked = {
            "filter[type]": ",".join(types),
            "filter[entity]": "lead",
            "filter[entity_id]": ",".join(some),
        }
        for event in parsed(Event, _all(asks, "/events", "events", asked, MOST_EVENTS)):
            if event.entity_id in some and event.entity_type == "lead" and event.type in types:
                yield event


def _all(asks: Asking, path: str, name: str, params: dict[str, Any], most: int) -> Iterator[Row]:
    page = 1
    while True:
        try:
            body = asks.get(path, {**params, "page": page, "limit": most}).body
        except CrmGoneError:
            return
        yield from embedded(body, name)
        if not goes_on(body):
            return
        page += 1


def _chunks(ids: Sequence[str], size: int) -> Iterator[list[str]]:
    rest = iter(ids)
    while some := list(islice(rest, size)):
        yield some


def _id(row: Row) -> str:
    try:
        return some_id(row.get("id")) or ""
    except ValueError:
        return ""
