"""Reads BottleCRM part by part: everything, or what changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from zlib import crc32

from crm.bottlecrm import lists
from crm.bottlecrm.answers import CrmModuleOffError
from crm.bottlecrm.desk import Desk, deal_in, path_of
from crm.bottlecrm.feed import Change, changes_since
from crm.bottlecrm.marks import is_ours
from crm.bottlecrm.values import id_of, moment_of
from crm.bottlecrm.words import (
    company_of,
    contact_of,
    deal_of,
    move_of,
    note_of,
    talk_of,
    task_of,
)
from crm.errors import CrmGoneError
from crm.rows import Row, row_of, rows_of
from models.vocabulary.crm import Batch, Page, Thing
from models.vocabulary.deal import Activity, Deal

_TALKS_AT_ONCE = 20  # deals in a page of what was said with them: two requests each
_CHANGED_AT_ONCE = 10
_FEED = "feed "
# What was said on an open deal is looked for once in so many minutes: no feed tells of it.
_ROUND_MIN = 30
_NO_MOVES = frozenset({Thing.STAGE_CHANGE})


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the CRM: its lists, what the feed calls it, and how it becomes our words.

    One that is not needed is empty where its module is switched off.
    """

    lists: tuple[lists.LongList, ...]
    feed: str
    batch: Callable[[Desk, Sequence[Row], datetime], Batch]
    anew: Callable[[Desk, Sequence[str]], Batch]
    needed: bool = True


def read_part(desk: Desk, part: Part, since: datetime | None, cursor: str | None) -> Iterator[Page]:
    """A part, page by page: by the feed where it reaches back to `since`, else from its lists."""
    if since is not None and (cursor is None or cursor.startswith(_FEED)):
        from_ = moment_of((cursor or "").removeprefix(_FEED)) or since
        changes, at = changes_since(desk, part.feed, from_)
        if changes is not None:
            yield from _changed(desk, part, changes, at)
            return
        cursor = None
    try:
        for page in lists.pages_of(desk, part.lists, cursor):
            batch = part.batch(desk, page.rows, page.at)
            yield Page(batch, page.cursor, page.at, _unread(page.rows, batch))
    except CrmModuleOffError as error:
        if part.needed:
            raise
        _, at = desk.get("profile/")
        yield Page(Batch(), None, at, (str(error),))


def _changed(desk: Desk, part: Part, changes: list[Change], at: datetime) -> Iterator[Page]:
    if not changes:
        yield Page(Batch(), None, at)
    for start in range(0, len(changes), _CHANGED_AT_ONCE):
        some = changes[start : start + _CHANGED_AT_ONCE]
        batch = part.anew(desk, [one.id for one in some])
        last = start + _CHANGED_AT_ONCE >= len(changes)
        yield Page(batch, None if last else f"{_FEED}{some[-1].at.isoformat()}", at)


def read_talks(desk: Desk, since: datetime | None, cursor: str | None) -> Iterator[Page]:
    """What was said with clients and written down on deals: interactions and comments.

    Neither is in a list or a feed of its own: each deal is asked for them. Where only changes are
    wanted each open deal has its turn twice an hour.
    """
    chosen = lists.DEALS if since is None else lists.OPEN_DEALS
    size = min(_TALKS_AT_ONCE, lists.SIZE) if since is None else lists.SIZE
    for page in lists.pages_of(desk, chosen, cursor, size):
        activities: list[Activity] = []
        for row in page.rows:
            deal = id_of(row)
            if deal is None or (since is not None and not has_turn(deal, since, page.at)):
                continue
            try:
                body, _ = desk.get(path_of("opportunities", deal))
            except CrmGoneError:
                continue  # the reading of the deals tells
            activities += [*_notes(body, deal), *_talks(desk, deal_in(body))]
        yield Page(Batch(activities=tuple(activities)), page.cursor, page.at)


def has_turn(deal_id: str, since: datetime, now: datetime) -> bool:
    """Whether one of the minutes between two moments is a deal's own in the round of them."""
    first, last = int(since.timestamp() // 60), int(now.timestamp() // 60)
    own = crc32(deal_id.encode()) % _ROUND_MIN
    return last - first + 1 >= _ROUND_MIN or any(
        minute % _ROUND_MIN == own for minute in range(first, last + 1)
    )


def deals_anew(desk: Desk, ids: Sequence[str]) -> Batch:
    """Deals with all that hangs on them."""
    office = desk.office()
    deals: list[Deal] = []
    moves, activities, gone = [], [], []
    for one in ids:
        try:
            body, at = desk.get(path_of("opportunities", one))
            row = deal_in(body)
            hanging = [*_notes(body, one), *_talks(desk, row), *_tasks(desk, one, at)]
        except CrmGoneError:
            gone.append((Thing.DEAL, one))
            continue
        deal, move = deal_of(row, office), move_of(row)
        if deal is not None and move is not None:
            deals.append(deal)
            moves.append(move)
            activities += hanging
    return Batch(
        deals=tuple(deals),
        stage_changes=tuple(moves),
        activities=tuple(activities),
        gone=tuple(gone),
        whole=frozenset(deal.id for deal in deals),
        partial=_NO_MOVES,
    )


def people_anew(desk: Desk, contacts: Sequence[str], companies: Sequence[str]) -> Batch:
    """Contacts and companies as they are now."""
    office = desk.office()
    of_contacts, no_contacts = _records(desk, "contacts", "contact_obj", contacts)
    of_companies, no_companies = _records(desk, "accounts", "account_obj", companies)
    people = (contact_of(row, office) for row in of_contacts)
    firms = (company_of(row, office) for row in of_companies)
    return Batch(
        contacts=tuple(one for one in people if one is not None),
        companies=tuple(one for one in firms if one is not None),
        gone=(
            *((Thing.CONTACT, one) for one in no_contacts),
            *((Thing.COMPANY, one) for one in no_companies),
        ),
    )


def tasks_anew(desk: Desk, ids: Sequence[str]) -> Batch:
    """Tasks as they are now."""
    zone = desk.office().zone
    found, gone = [], []
    for one in ids:
        try:
            body, at = desk.get(path_of("tasks", one))
        except CrmGoneError:
            gone.append((Thing.ACTIVITY, one))
            continue
        task = task_of(row_of(body.get("task_obj")), zone, at)
        if task is not None:
            found.append(task)
    return Batch(activities=tuple(found), gone=tuple(gone))


def _records(desk: Desk, kind: str, place: str, ids: Sequence[str]) -> tuple[list[Row], list[str]]:
    """The records that there are, and the ids of those that are gone."""
    found, gone = [], []
    for one in ids:
        try:
            body, _ = desk.get(path_of(kind, one))
        except CrmGoneError:
            gone.append(one)
        else:
            found.append(row_of(body.get(place)))
    return found, gone


def _notes(body: Row, deal_id: str) -> list[Activity]:
    notes = (note_of(row, deal_id) for row in rows_of(body.get("comments")))
    return [one for one in notes if one is not None]


def _talks(desk: Desk, deal: Row) -> list[Activity]:
    """The interactions that stand on a deal, and those that stand on its contacts."""
    found: list[Activity] = []
    records = [("opportunity", deal), *(("contact", one) for one in rows_of(deal.get("contacts")))]
    for kind, record in records:
        id_ = id_of(record)
        if id_ is None:
            continue
        try:
            rows = list(desk.all_of("interactions/", "interactions", **{kind: id_}))
        except CrmGoneError:
            continue  # a contact that this token is not shown, or that went away meanwhile
        found += [one for row in rows if (one := talk_of(row)) is not None]
    return found


def _tasks(desk: Desk, deal_id: str, at: datetime) -> list[Activity]:
    zone = desk.office().zone
    try:
        rows = list(desk.all_of("tasks/", "tasks", opportunity=deal_id, slim="true"))
    except CrmModuleOffError:
        return []
    tasks = (task_of(row, zone, at) for row in rows)
    return [one for one in tasks if one is not None]


def _unread(rows: Sequence[Row], batch: Batch) -> tuple[str, ...]:
    """Says how many records could not be used."""
    used = len(batch) - len(batch.stage_changes)
    left = sum(not is_ours(row.get("title")) for row in rows) - used
    return (f"{left} records of {len(rows)} could not be read and were left out.",) if left else ()


def _companies(desk: Desk, rows: Sequence[Row], _at: datetime) -> Batch:
    office = desk.office()
    found = (company_of(row, office) for row in rows)
    return Batch(companies=tuple(one for one in found if one is not None))


def _contacts(desk: Desk, rows: Sequence[Row], _at: datetime) -> Batch:
    office = desk.office()
    found = (contact_of(row, office) for row in rows)
    return Batch(contacts=tuple(one for one in found if one is not None))


def _deals(desk: Desk, rows: Sequence[Row], _at: datetime) -> Batch:
    office = desk.office()
    pairs = [(deal_of(row, office), move_of(row)) for row in rows]
    both = [(deal, move) for deal, move in pairs if deal is not None and move is not None]
    return Batch(
        deals=tuple(deal for deal, _ in both),
        stage_changes=tuple(move for _, move in both),
        partial=_NO_MOVES,
    )


def _all_tasks(desk: Desk, rows: Sequence[Row], at: datetime) -> Batch:
    zone = desk.office().zone
    found = (task_of(row, zone, at) for row in rows)
    return Batch(activities=tuple(one for one in found if one is not None))


PARTS = {
    "companies": Part(
        lists.COMPANIES, "Account", _companies, lambda d, ids: people_anew(d, (), ids)
    ),
    "contacts": Part(lists.CONTACTS, "Contact", _contacts, lambda d, ids: people_anew(d, ids, ())),
    "deals": Part(lists.DEALS, "Opportunity", _deals, deals_anew),
    "tasks": Part(lists.TASKS, "Task", _all_tasks, tasks_anew, needed=False),
}
