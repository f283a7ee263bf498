"""Reads parts of a portal page by page, and deals with all that hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from crm.bitrix24.activities import (
    Ties,
    activity_listing,
    activity_of,
    as_task,
    call_ids,
    is_call,
    is_owned_by_deal,
    is_task,
    task_listing,
    task_of,
    ties_of,
)
from crm.bitrix24.cards import CardWords, company_of, contact_of, deal_of
from crm.bitrix24.errors import MissingScopeError
from crm.bitrix24.facts import COMPANY, CONTACT, DEAL, Facts, is_missing
from crm.bitrix24.items import in_one_form, listing_of, with_contacts
from crm.bitrix24.keys import is_ours
from crm.bitrix24.listing import Listing, next_pages, read_all, read_on
from crm.bitrix24.papers import (
    document_listing,
    document_of,
    invoice_listing,
    invoice_of,
    paid_stages,
    quote_listing,
    quote_of,
)
from crm.bitrix24.portal import PAGE, Portal
from crm.bitrix24.stages import changes_of, history_listing
from crm.bitrix24.values import Row, code_of, id_of, rows_of
from crm.errors import CrmError, CrmGoneError
from models.vocabulary.crm import Batch, Page, Thing
from models.vocabulary.deal import Activity, Deal

PARTS = (
    "deals",
    "contacts",
    "companies",
    "stage_changes",
    "activities",
    "tasks",
    "quotes",
    "invoices",
    "documents",
)
# Parts that a portal need not have: its rights, tariff or version leave them out.
_OPTIONAL = ("tasks", "quotes", "invoices", "documents")
_ROUND = 50
_HISTORIES = 8  # deals whose moves mostly fit on one page
_MADE = "1"  # the kind of a row of the history that says that a card was made
_MOST_WARNINGS = 20

Made = tuple[Batch, list[str]]


@dataclass(frozen=True, slots=True)
class Reading:
    """A portal and what is known of it."""

    portal: Portal
    facts: Facts
    words: CardWords

    def pages(self, part: str, since: datetime | None, cursor: str | None) -> Iterator[Page]:
        """A part page by page; one that the portal does not have is empty, with a warning.

        Raises:
            CrmError: it cannot be read.
        """
        listing, made = self._plan(part, since)
        after, asked = cursor or "0", 1
        while True:
            try:
                some = read_on(self.portal, listing, after, asked)
                batch, odd = made(some.rows)
            except CrmError as error:
                missing = part in _OPTIONAL and (
                    is_missing(error) or isinstance(error, MissingScopeError)
                )
                if not missing:
                    raise
                at = self.portal.call("server.time").at
                yield Page(Batch(), None, at, (f"{part} are not read. {error}",))
                return
            yield Page(batch, some.after, some.at, tuple(odd[:_MOST_WARNINGS]))
            if some.after is None:
                return
            after, asked = some.after, next_pages(asked)

    def deals(self, ids: Sequence[str]) -> Batch:
        """Deals with all that hangs on them.

        Raises:
            CrmError: they cannot be read.
        """
        wanted = list(dict.fromkeys(one for raw in ids if (one := id_of(raw)) is not None))
        rounds = [wanted[at : at + _ROUND] for at in range(0, len(wanted), _ROUND)]
        batch = merged([self._some_deals(some) for some in rounds])
        # What is no id of a portal cannot be there.
        strange = tuple((Thing.DEAL, raw) for raw in dict.fromkeys(ids) if id_of(raw) is None)
        return merged([batch, Batch(gone=strange)])

    def people(self, contacts: Sequence[str], companies: Sequence[str]) -> Batch:
        """Contacts and companies as they are now.

        Raises:
            CrmError: they cannot be read.
        """
        asked = (
            (CONTACT, Thing.CONTACT, list(dict.fromkeys(contacts))),
            (COMPANY, Thing.COMPANY, list(dict.fromkeys(companies))),
        )
        return merged(
            [
                self._some_people(kind, thing, ids[at : at + _ROUND])
                for kind, thing, ids in asked
                for at in range(0, len(ids), _ROUND)
            ]
        )

    def _plan(
        self, part: str, since: datetime | None
    ) -> tuple[Listing, Callable[[Sequence[Row]], Made]]:
        plans: Mapping[str, tuple[Listing, Callable[[Sequence[Row]], Made]]] = {
            "deals": (listing_of(DEAL, self.facts, since=since), self._deals),
            "contacts": (listing_of(CONTACT, self.facts, since=since), _contacts),
            "companies": (listing_of(COMPANY, self.facts, since=since), _companies),
            "stage_changes": (history_listing(since=since), self._changes),
            "activities": (activity_listing(since=since), self._activities),
            "tasks": (task_listing(since=since), _tasks),
            "quotes": (quote_listing(since=since), _quotes),
            "invoices": (invoice_listing(since=since), self._invoices),
            "documents": (document_listing(since=since), _documents),
        }
        return plans[part]

    def _some_deals(self, ids: Sequence[str]) -> Batch:
        listings = {
            "deals": listing_of(DEAL, self.facts, ids=ids),
            "changes": history_listing(deals=ids),
            "activities": activity_listing(deals=ids),
            "tasks": task_listing(deals=ids),
            "quotes": quote_listing(deals=ids),
            "invoices": invoice_listing(deals=ids),
            "documents": document_listing(deals=ids),
        }
        found = read_all(self.portal, listings)
        rows = {name: _needed(name, one) for name, one in found.items()}
        deals, _ = self._deals(rows["deals"])
        there = {deal.id for deal in deals.deals}
        gone = tuple((Thing.DEAL, one) for one in ids if one not in there)
        known = {one for row in rows["deals"] if (one := id_of(in_one_form(row).get("id")))}
        return merged(
            [
                Batch(
                    deals=deals.deals,
                    stage_changes=tuple(changes_of(rows["changes"])),
                    gone=tuple(one for one in gone if one[1] not in known),
                    whole=frozenset(there),
                ),
                self._activities(rows["activities"])[0],
                _tasks(rows["tasks"])[0],
                _quotes(rows["quotes"])[0],
                self._invoices(rows["invoices"])[0],
                _documents(rows["documents"])[0],
            ]
        )

    def _some_people(self, kind: int, thing: Thing, ids: Sequence[str]) -> Batch:
        wanted = [one for one in ids if id_of(one) is not None]
        rows: Sequence[Row] = ()
        if wanted:
            found = read_all(self.portal, {"them": listing_of(kind, self.facts, ids=wanted)})
            rows = _needed("deals", found["them"])
        batch, _ = _contacts(rows) if kind == CONTACT else _companies(rows)
        there = {one.id for one in batch.contacts} | {one.id for one in batch.companies}
        gone = tuple((thing, one) for one in ids if one not in there)
        return merged([batch, Batch(gone=gone)])

    def _deals(self, rows: Sequence[Row]) -> Made:
        told = with_contacts(self.portal, self.facts, rows)
        found: list[Deal] = []
        odd = []
        for row in told:
            deal = deal_of(row, self.words)
            if deal is None:
                odd.append(f"deal {id_of(row.get('id'))} has no stage or no date and is left out")
            else:
                found.append(deal)
        return Batch(deals=tuple(found)), odd

    def _changes(self, rows: Sequence[Row]) -> Made:
        """Moved cards, each with where it came from: what was before is read as well."""
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
        for found in read_all(self.portal, listings).values():
            for row in _needed("changes", found):
                known.setdefault(id_of(row.get("ID")), row)
        asked = {id_of(row.get("ID")) for row in rows}
        changes = [one for one in changes_of(list(known.values())) if one.id in asked]
        odd = [f"{len(asked) - len(changes)} moves of cards are incomplete and are left out"]
        return Batch(stage_changes=tuple(changes)), odd if len(asked) > len(changes) else []

    def _activities(self, rows: Sequence[Row]) -> Made:
        apart = self.facts.has("task")
        told = [row for row in rows if not (apart and is_task(row))]
        # What we wrote ourselves proves nothing about the deal.
        once = {id_of(row.get("ID")): row for row in told if not is_ours(row.get("DESCRIPTION"))}
        rows = list(once.values())
        bindings, calls = self._ties(rows)
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

    def _ties(self, rows: Sequence[Row]) -> tuple[dict[str, list[Row]], dict[str, str]]:
        """What activities are bound to, and the ids of calls, by the activities' ids."""
        unknown = [one for row in rows if not is_owned_by_deal(row) and (one := id_of(row["ID"]))]
        calls = [one for row in rows if is_call(row) and (one := id_of(row["ID"]))]
        commands: dict[str, tuple[str, Mapping[str, object]]] = {
            f"b{one}": ("crm.activity.binding.list", {"activityId": int(one)}) for one in unknown
        }
        if self.facts.has("telephony"):
            for at in range(0, len(calls), PAGE):
                told = {"FILTER": {"CRM_ACTIVITY_ID": calls[at : at + PAGE]}}
                commands[f"s{at}"] = ("voximplant.statistic.get", told)
        if not commands:
            return {}, {}
        batched = self.portal.batch(commands)
        bound = {
            one: rows_of(batched.result(f"b{one}"))
            for one in unknown
            if not isinstance(batched.errors.get(f"b{one}"), CrmGoneError)
        }
        # Statistics need a right of the user as well; without it the activity itself tells.
        told_calls = [rows_of(one.result) for name, one in batched.told.items() if name[0] == "s"]
        return bound, call_ids([row for some in told_calls for row in some])

    def _invoices(self, rows: Sequence[Row]) -> Made:
        paid = paid_stages(self.portal) if rows else frozenset()
        return Batch(activities=tuple(one for row in rows for one in invoice_of(row, paid))), []


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


def _needed(name: str, found: list[Row] | CrmError) -> list[Row]:
    """Rows that must be there; of optional parts none where the portal does not have them."""
    if not isinstance(found, CrmError):
        return found
    if name in _OPTIONAL and (is_missing(found) or isinstance(found, MissingScopeError)):
        return []
    raise found


def _with_call(ties: Ties, call_id: str | None) -> Ties:
    return replace(ties, call_id=call_id) if call_id else ties


def _contacts(rows: Sequence[Row]) -> Made:
    found = (contact_of(in_one_form(row)) for row in rows)
    return Batch(contacts=tuple(one for one in found if one is not None)), []


def _companies(rows: Sequence[Row]) -> Made:
    found = (company_of(in_one_form(row)) for row in rows)
    return Batch(companies=tuple(one for one in found if one is not None)), []


def _tasks(rows: Sequence[Row]) -> Made:
    found = (task_of(row) for row in rows)
    return Batch(activities=tuple(one for one in found if one is not None)), []


def _quotes(rows: Sequence[Row]) -> Made:
    found = (quote_of(row) for row in rows)
    return Batch(activities=tuple(one for one in found if one is not None)), []


def _documents(rows: Sequence[Row]) -> Made:
    found = (document_of(row) for row in rows)
    return Batch(activities=tuple(one for one in found if one is not None)), []
