"""The parts of an account that are read each on its own, and what each page of them holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from crm.amocrm.activities import (
    COMPANIES,
    CONTACTS,
    LEADS,
    MESSAGES,
    PAID_NOTES,
    message_activity,
    note_activity,
    task_activity,
)
from crm.amocrm.asking import Asking
from crm.amocrm.cards import Words, company_of, contact_of, deal_of, move_of
from crm.amocrm.named import (
    LEAD_WITH,
    MOVES,
    cards_named,
    deals_named,
    invoices_of,
    people_named,
)
from crm.amocrm.pages import Listing, Row, Turn, by_change, by_event, by_page
from crm.amocrm.shapes import Card, Event, Lead, Note, Task, parsed, read_rows
from models.vocabulary.crm import Batch, Page, Thing

_LOST = (
    "lead_deleted",
    "contact_deleted",
    "company_deleted",
    "entity_merged",
    "lead_restored",
    "contact_restored",
    "company_restored",
    "task_deleted",
    "common_note_deleted",
)
_LAG = timedelta(seconds=30)
Found = tuple[Batch, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Parts:
    """Reads the parts of one account.

    `words` and `lists` give the account's words and the ids of its lists of invoices.
    """

    asks: Asking
    words: Callable[[], Words]
    lists: Callable[[], frozenset[str]]

    def names(self) -> tuple[str, ...]:
        """The parts: those that take longest first."""
        return tuple(self._parts())

    def read(self, part: str, since: datetime | None, cursor: str | None) -> Iterator[Page]:
        """A part, page by page.

        amoCRM's lists lag behind its clock for a moment, so that the last moments before `since`
        are read once more.

        Raises:
            KeyError: there is no such part.
            CrmError: it came to nothing.
        """
        walk, understand = self._parts()[part]
        since = since - _LAG if since is not None else None
        for turn in walk(since, cursor):
            batch, warnings = understand(turn.rows)
            yield Page(batch, turn.cursor, turn.at, tuple(warnings))

    def _parts(self) -> dict[str, tuple[_Walk, Callable[[list[Row]], Found]]]:
        return {
            "moves": (self._events(MOVES), _moves),
            "deals": (self._changes(Listing("/leads", LEADS, LEAD_WITH)), self._deals),
            "deal_notes": (self._notes(LEADS), self._deal_notes),
            "contact_notes": (self._notes(CONTACTS), lambda rows: _notes(rows, CONTACTS)),
            "contacts": (self._changes(Listing("/contacts", CONTACTS, {})), self._contacts),
            "tasks": (self._tasks, _tasks),
            "messages": (self._events(tuple(MESSAGES)), _messages),
            "companies": (self._changes(Listing("/companies", COMPANIES, {})), self._companies),
            "company_notes": (self._notes(COMPANIES), lambda rows: _notes(rows, COMPANIES)),
            "losses": (self._losses, self._lost),
        }

    def _changes(self, listing: Listing) -> _Walk:
        return lambda since, cursor: by_change(self.asks.get, listing, since, cursor)

    def _notes(self, entity: str) -> _Walk:
        return self._changes(Listing(f"/{entity}/notes", "notes", {}))

    def _events(self, types: tuple[str, ...]) -> _Walk:
        return lambda since, cursor: by_event(self.asks.get, types, since, cursor)

    def _tasks(self, since: datetime | None, cursor: str | None) -> Iterator[Turn]:
        return by_page(self.asks.get, Listing("/tasks", "tasks", {}), since, cursor)

    def _losses(self, since: datetime | None, cursor: str | None) -> Iterator[Turn]:
        """Nothing that was removed before the first reading was ever known."""
        if since is not None:
            yield from by_event(self.asks.get, _LOST, since, cursor)
            return
        yield Turn([], None, self.asks.get("/account").at)

    def _deals(self, rows: list[Row]) -> Found:
        leads, odd = read_rows(Lead, rows)
        there = [lead for lead in leads if not lead.is_deleted]
        words = self.words()
        batch = Batch(
            deals=tuple(deal_of(lead, words) for lead in there),
            activities=tuple(invoices_of(self.asks, self.lists(), there)),
            gone=tuple((Thing.DEAL, lead.id) for lead in leads if lead.is_deleted),
        )
        return batch, odd

    def _deal_notes(self, rows: list[Row]) -> Found:
        """Notes of deals; one that tells of a payment has the deal's invoices read again."""
        batch, odd = _notes(rows, LEADS)
        paid = {note.entity_id for note in parsed(Note, rows) if note.note_type in PAID_NOTES}
        known = sorted(id_ for id_ in paid if id_)
        if not known or not self.lists():
            return batch, odd
        leads, _ = cards_named(self.asks, LEADS, known, LEAD_WITH)
        invoices = invoices_of(self.asks, self.lists(), list(parsed(Lead, leads)))
        return Batch(activities=(*batch.activities, *invoices)), odd

    def _contacts(self, rows: list[Row]) -> Found:
        cards, odd = read_rows(Card, rows)
        words = self.words()
        return Batch(contacts=tuple(contact_of(card, words) for card in cards)), odd

    def _companies(self, rows: list[Row]) -> Found:
        cards, odd = read_rows(Card, rows)
        words = self.words()
        return Batch(companies=tuple(company_of(card, words) for card in cards)), odd

    def _lost(self, rows: list[Row]) -> Found:
        """What an event calls removed may have come back since: each card is looked for.

        Deals are read with all that hangs on them: a task or a note of theirs may be what is gone.
        """
        events, odd = read_rows(Event, rows)
        named = {
            kind: sorted({e.entity_id for e in events if e.entity_type == kind and e.entity_id})
            for kind in ("lead", "contact", "company")
        }
        words = self.words()
        deals = deals_named(self.asks, words, self.lists(), named["lead"])
        people = people_named(self.asks, words, named["contact"], named["company"])
        tasks = {
            e.entity_id for e in events if e.type == "task_deleted" and e.entity_type == "task"
        }
        batch = replace(
            deals,
            contacts=people.contacts,
            companies=people.companies,
            gone=(
                *deals.gone,
                *people.gone,
                *((Thing.ACTIVITY, f"task-{id_}") for id_ in sorted(filter(None, tasks))),
            ),
        )
        return batch, odd


_Walk = Callable[[datetime | None, str | None], Iterator[Turn]]


def _moves(rows: list[Row]) -> Found:
    events, odd = read_rows(Event, rows)
    found = (move_of(event) for event in events)
    return Batch(stage_changes=tuple(move for move in found if move is not None)), odd


def _messages(rows: list[Row]) -> Found:
    events, odd = read_rows(Event, rows)
    found = (message_activity(event) for event in events)
    return Batch(activities=tuple(one for one in found if one is not None)), odd


def _tasks(rows: list[Row]) -> Found:
    tasks, odd = read_rows(Task, rows)
    found = (task_activity(task) for task in tasks)
    return Batch(activities=tuple(one for one in found if one is not None)), odd


def _notes(rows: list[Row], entity: str) -> Found:
    notes, odd = read_rows(Note, rows)
    found = (note_activity(note, entity) for note in notes)
    return Batch(activities=tuple(one for one in found if one is not None)), odd
