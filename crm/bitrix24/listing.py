"""Reads long lists: many pages in one request, each going on after the last row of the page before.

A page is fifty rows. `start=-1` spares the portal the counting, ``>ID`` in the filter the skipping
(settings/performance/huge-data.md of bitrix-tools/b24-rest-docs); ``$result[...]`` lets a page
begin where the one before it ended, so that a request of a batch brings hundreds of rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from crm.bitrix24.portal import PAGE, Commands, Portal
from crm.bitrix24.values import id_of, rows_of
from crm.errors import CrmAnswerError, CrmError
from crm.rows import Row, row_of

# A long chain costs the portal's time in vain where the list is short, so it grows by what came.
_GROWTH, MOST_PAGES = 4, 16


@dataclass(frozen=True, slots=True)
class Listing:
    """A list method: what is asked of it, and where its rows lie in the answer.

    `id_key` is the id's name in a filter, `row_id` that in a row.
    """

    method: str
    params: Mapping[str, Any]
    filter: Mapping[str, Any] = field(default_factory=dict)
    id_key: str = "ID"
    row_id: str = "ID"
    within: str | None = None

    def params_after(self, after: str) -> dict[str, Any]:
        """The parameters for the page that follows an id (or ``$result[...]``)."""
        return {
            **self.params,
            "filter": {**self.filter, f">{self.id_key}": after},
            "order": {self.id_key: "ASC"},
            "start": -1,
        }

    def rows(self, result: Any) -> list[Row]:
        """The rows of an answer."""
        return rows_of(row_of(result).get(self.within) if self.within else result)

    def last_of(self, name: str) -> str:
        """The id of a full page's last row, as a later command refers to it."""
        within = f"[{self.within}]" if self.within else ""
        return f"$result[{name}]{within}[{PAGE - 1}][{self.row_id}]"


@dataclass(frozen=True, slots=True)
class Rows:
    """Some rows of a list; `after` is the id to go on after, ``None`` at its end."""

    rows: tuple[Row, ...]
    after: str | None
    at: datetime
    pages: int = 1


def next_pages(pages: int) -> int:
    """How many pages are asked for after so many were full."""
    return min(pages * _GROWTH, MOST_PAGES)


def read_on(portal: Portal, listing: Listing, after: str = "0", pages: int = 1) -> Rows:
    """The rows that follow an id: up to so many pages, in one request.

    Raises:
        CrmError: they cannot be read.
    """
    if pages == 1:
        told = portal.call(listing.method, listing.params_after(after))
        return _taken(portal, listing, [listing.rows(told.result)], after, told.at)
    batched = portal.batch(_chain(listing, after, pages))
    found: list[list[Row]] = []
    for at in range(pages):
        found.append(listing.rows(batched.result(f"p{at}")))
        if len(found[-1]) < PAGE:  # what was asked for behind it began anew
            break
    return _taken(portal, listing, found, after, batched.at)


def read_all(portal: Portal, listings: Mapping[str, Listing]) -> dict[str, list[Row] | CrmError]:
    """Several lists to their ends, or why one cannot be read; their first pages in one request.

    Raises:
        CrmError: the portal does not answer.
    """
    first: Commands = {
        name: (listing.method, listing.params_after("0")) for name, listing in listings.items()
    }
    batched = portal.batch(first)
    found: dict[str, list[Row] | CrmError] = {}
    for name, listing in listings.items():
        if name in batched.errors:
            found[name] = batched.errors[name]
            continue
        some = _taken(portal, listing, [listing.rows(batched.result(name))], "0", batched.at)
        rows, pages = list(some.rows), 1
        while some.after is not None:
            pages = next_pages(pages)
            some = read_on(portal, listing, some.after, pages)
            rows += some.rows
        found[name] = rows
    return found


def must_have(found: list[Row] | CrmError) -> list[Row]:
    """The rows of a list of which a portal is never without.

    Raises:
        CrmError: why it cannot be read.
    """
    if isinstance(found, CrmError):
        raise found
    return found


def _chain(listing: Listing, after: str, pages: int) -> Commands:
    starts = [after, *(listing.last_of(f"p{at}") for at in range(pages - 1))]
    return {
        f"p{at}": (listing.method, listing.params_after(start)) for at, start in enumerate(starts)
    }


def _taken(
    portal: Portal, listing: Listing, pages: list[list[Row]], after: str, at: datetime
) -> Rows:
    """The rows that really follow, each once."""
    found: dict[str, Row] = {}
    last = after
    for row in (row for page in pages for row in page):
        own = id_of(row.get(listing.row_id))
        if own is not None and int(own) > int(after):
            found.setdefault(own, row)
            last = max(last, own, key=int)
    full = bool(pages) and len(pages[-1]) >= PAGE
    if full and last == after:
        raise CrmAnswerError(
            f"{portal.access.name}: `{listing.method}` gives the same page again and again; its "
            "order or filter is not kept."
        )
    rows = tuple(found[key] for key in sorted(found, key=int))
    return Rows(rows, last if full else None, at, len(pages))
