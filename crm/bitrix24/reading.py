"""Reads parts of a portal page by page, and deals with all that hangs on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from crm.bitrix24 import batches
from crm.bitrix24.activities import activity_listing, task_listing, task_of
from crm.bitrix24.batches import Made, merged
from crm.bitrix24.cards import CardWords
from crm.bitrix24.errors import MissingScopeError
from crm.bitrix24.facts import COMPANY, CONTACT, DEAL, Facts, is_missing
from crm.bitrix24.items import in_one_form, listing_of
from crm.bitrix24.listing import Listing, must_have, next_pages, read_all, read_on
from crm.bitrix24.papers import (
    document_listing,
    document_of,
    invoice_listing,
    quote_listing,
    quote_of,
)
from crm.bitrix24.portal import Portal
from crm.bitrix24.stages import changes_of, history_listing
from crm.bitrix24.values import id_of
from crm.errors import CrmError
from crm.rows import Row
from models.vocabulary.crm import Batch, Page, Thing

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
_MOST_WARNINGS = 20

_Making = Callable[[Sequence[Row]], Made]


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
        listing, made = self._listing(part, since), self._makings()[part]
        after, asked = cursor or "0", 1
        while True:
            try:
                some = read_on(self.portal, listing, after, asked)
                batch, odd = made(some.rows)
            except CrmError as error:
                if not _is_left_out(part, error):
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

    def _listing(self, part: str, since: datetime | None) -> Listing:
        listings = {
            "deals": listing_of(DEAL, self.facts, since=since),
            "contacts": listing_of(CONTACT, self.facts, since=since),
            "companies": listing_of(COMPANY, self.facts, since=since),
            "stage_changes": history_listing(since=since),
            "activities": activity_listing(since=since),
            "tasks": task_listing(since=since),
            "quotes": quote_listing(since=since),
            "invoices": invoice_listing(since=since),
            "documents": document_listing(since=since),
        }
        return listings[part]

    def _makings(self) -> Mapping[str, _Making]:
        """What makes a batch of the rows of each part."""
        return {
            "deals": partial(batches.deals, self.portal, self.facts, self.words),
            "contacts": batches.contacts,
            "companies": batches.companies,
            "stage_changes": partial(batches.changes, self.portal),
            "activities": partial(batches.activities, self.portal, self.facts),
            "tasks": partial(batches.each, task_of),
            "quotes": partial(batches.each, quote_of),
            "invoices": partial(batches.invoices, self.portal),
            "documents": partial(batches.each, document_of),
        }

    def _some_deals(self, ids: Sequence[str]) -> Batch:
        listings = {
            "deals": listing_of(DEAL, self.facts, ids=ids),
            "stage_changes": history_listing(deals=ids),
            "activities": activity_listing(deals=ids),
            "tasks": task_listing(deals=ids),
            "quotes": quote_listing(deals=ids),
            "invoices": invoice_listing(deals=ids),
            "documents": document_listing(deals=ids),
        }
        found = read_all(self.portal, listings)
        rows = {part: _rows_of_part(part, one) for part, one in found.items()}
        makings = self._makings()
        deals = makings["deals"](rows["deals"])[0].deals
        there = {deal.id for deal in deals}
        # One that is there and cannot be read is not gone.
        known = {one for row in rows["deals"] if (one := id_of(in_one_form(row).get("id")))}
        itself = Batch(
            deals=deals,
            # The whole history is there: nothing is to be asked for what was before.
            stage_changes=tuple(changes_of(rows["stage_changes"])),
            gone=tuple((Thing.DEAL, one) for one in ids if one not in there | known),
            whole=frozenset(there),
        )
        hanging = ("activities", "tasks", "quotes", "invoices", "documents")
        return merged([itself, *(makings[part](rows[part])[0] for part in hanging)])

    def _some_people(self, kind: int, thing: Thing, ids: Sequence[str]) -> Batch:
        wanted = [one for one in ids if id_of(one) is not None]
        rows: Sequence[Row] = ()
        if wanted:
            found = read_all(self.portal, {"them": listing_of(kind, self.facts, ids=wanted)})
            rows = must_have(found["them"])
        batch, _ = batches.contacts(rows) if kind == CONTACT else batches.companies(rows)
        there = {one.id for one in batch.contacts} | {one.id for one in batch.companies}
        gone = tuple((thing, one) for one in ids if one not in there)
        return merged([batch, Batch(gone=gone)])


def _rows_of_part(part: str, found: list[Row] | CrmError) -> list[Row]:
    """The rows of a part; none of an optional one that the portal does not have."""
    if isinstance(found, CrmError) and _is_left_out(part, found):
        return []
    return must_have(found)


def _is_left_out(part: str, error: CrmError) -> bool:
    """Whether a portal that answers so merely lacks a part that it need not have."""
    return part in _OPTIONAL and (is_missing(error) or isinstance(error, MissingScopeError))
