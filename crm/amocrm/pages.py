"""Walks through amoCRM's lists page by page, so that it can go on where it stopped.

Page numbers alone miss things: a card that changes moves to another place, and the card behind it
slips over the edge of a page. So cards are read in the order of their changes, and each page asks
for what changed at or after the last one seen. The filter for that is not switched on in every
account and is ignored in silence then; whoever sees things that are older than asked for, or in
another order, reads page by page instead, what changed last first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crm.amocrm.asking import Params
from crm.amocrm.shapes import embedded, goes_on
from crm.amocrm.values import stamp
from crm.errors import CrmAnswerError
from crm.http import CrmAnswer

MOST, MOST_EVENTS = 250, 100
_EMPTY_IN_A_ROW = 20
_AHEAD = 4
Get = Callable[[str, Params], CrmAnswer]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Listing:
    """A list: its path, what its entries are called in an answer, and what is always asked."""

    path: str
    name: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Turn:
    """One page's entries, where to go on after it, and the CRM's clock."""

    rows: list[Row]
    cursor: str | None
    at: datetime


class _Circle:
    """Ends a walk that a server leads in a circle."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._before: set[object] = set()
        self._empty = 0

    def check(self, rows: list[Row], *, new: bool = False) -> None:
        """Takes a page that another follows.

        Raises:
            CrmAnswerError: it is the one before once more, or one of too many empty ones.
        """
        seen = {row.get("id") for row in rows}
        self._empty = 0 if rows or new else self._empty + 1
        if self._empty > _EMPTY_IN_A_ROW or (seen and seen == self._before):
            raise CrmAnswerError(f"amoCRM gives the same page of {self._path} again and again.")
        self._before = seen


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a walk stands: `since` is in seconds, ``None`` where the filter does not work."""

    since: int | None
    page: int = 1

    def __str__(self) -> str:
        return f"{'-' if self.since is None else self.since}:{self.page}"

    @classmethod
    def read(cls, cursor: str) -> _Place:
        since, _, page = cursor.partition(":")
        return cls(None if since == "-" else int(since), int(page))


def by_change(
    get: Get, listing: Listing, since: datetime | None, cursor: str | None
) -> Iterator[Turn]:
    """Everything that changed since a moment, whatever changes meanwhile.

    What changes while it is read may come twice.

    Raises:
        CrmError: as `get` does.
    """
    least = _seconds(since)
    place: _Place | None = _Place.read(cursor) if cursor else _Place(least)
    circle = _Circle(listing.path)
    while place is not None:
        answer = get(listing.path, {**listing.params, **_asked(place, least)})
        rows = embedded(answer.body, listing.name)
        if place.since is not None and not _is_as_asked(rows, place.since):
            place, circle = _Place(None), _Circle(listing.path)
            continue
        following = _after(place, rows, least) if goes_on(answer.body) else None
        if following is not None:
            # A page that begins anew at the last change may hold the same things once.
            circle.check(rows if following.page > 1 else [], new=following.page == 1)
        kept = [row for row in rows if _changed(row) >= least]
        yield Turn(kept, str(following) if following else None, answer.at)
        place = following


def by_page(
    get: Get, listing: Listing, since: datetime | None, cursor: str | None
) -> Iterator[Turn]:
    """Everything that changed since a moment, oldest first, where changes give no order (tasks).

    Raises:
        CrmError: as `get` does.
    """
    least = _seconds(since)
    asked: dict[str, Any] = {**listing.params, "limit": MOST, "order[id]": "asc"}
    if least:
        asked["filter[updated_at][from]"] = least
    ask, circle = _numbered(get, listing.path, asked), _Circle(listing.path)
    for page, answer in _in_turn(ask, int(cursor) if cursor else 1):
        rows = [r for r in embedded(answer.body, listing.name) if _changed(r) >= least]
        more = goes_on(answer.body)
        yield Turn(rows, str(page + 1) if more else None, answer.at)
        if not more:
            return
        circle.check(rows)


def by_event(
    get: Get, types: tuple[str, ...], since: datetime | None, cursor: str | None
) -> Iterator[Turn]:
    """Events of some types since a moment, up to when the walk began.

    Newer events come first and push the others on; the end that is fixed keeps them in place.

    Raises:
        CrmError: as `get` does.
    """
    until, _, number = (cursor or "").partition(":")
    asked: dict[str, Any] = {"limit": MOST_EVENTS, "filter[type]": ",".join(types)}
    if least := _seconds(since):
        asked["filter[created_at][from]"] = least
    if not until:
        answer = get("/events", {**asked, "page": 1})
        until = str(_seconds(answer.at))
        more = goes_on(answer.body)
        yield Turn(embedded(answer.body, "events"), f"{until}:2" if more else None, answer.at)
        if not more:
            return
    asked |= {"filter[created_at][from]": least, "filter[created_at][to]": until}
    ask, circle = _numbered(get, "/events", asked), _Circle("/events")
    for page, answer in _in_turn(ask, int(number) if number else 2):
        rows, more = embedded(answer.body, "events"), goes_on(answer.body)
        yield Turn(rows, f"{until}:{page + 1}" if more else None, answer.at)
        if not more:
            return
        circle.check(rows)


def _numbered(get: Get, path: str, asked: Params) -> Callable[[int], CrmAnswer]:
    return lambda page: get(path, {**asked, "page": page})


def _in_turn(ask: Callable[[int], CrmAnswer], first: int) -> Iterator[tuple[int, CrmAnswer]]:
    """Numbered pages in their order; once there are several, some are asked for ahead.

    An answer takes much longer than the pause between two requests, and events come a hundred
    at a time: one after the other they would take most of a first reading.
    """
    yield first, ask(first)
    page = first + 1
    with ThreadPoolExecutor(_AHEAD, thread_name_prefix="amocrm") as pool:
        waiting = deque(pool.submit(ask, page + more) for more in range(_AHEAD))
        try:
            while True:
                yield page, waiting.popleft().result()
                waiting.append(pool.submit(ask, page + _AHEAD))
                page += 1
        finally:
            for one in waiting:
                one.cancel()


def whole_list(get: Get, path: str, name: str, params: Params | None = None) -> Iterator[Row]:
    """All entries of a short list (fields, users, lists).

    Raises:
        CrmError: as `get` does.
    """
    page, known = 1, set[object]()
    while True:
        answer = get(path, {"page": page, "limit": MOST, **(params or {})})
        rows = embedded(answer.body, name)
        fresh = [row for row in rows if row.get("id") not in known]
        known |= {row.get("id") for row in rows}
        yield from fresh
        if not fresh or not goes_on(answer.body):
            return
        page += 1


def _asked(place: _Place, least: int) -> dict[str, Any]:
    order = "desc" if place.since is None else "asc"
    asked: dict[str, Any] = {"page": place.page, "limit": MOST, "order[updated_at]": order}
    since = least if place.since is None else place.since
    if since:
        asked["filter[updated_at][from]"] = since
    return asked


def _is_as_asked(rows: list[Row], since: int) -> bool:
    """Whether nothing older came than was asked for, and in the order of the changes."""
    stamps = [found for row in rows if (found := _changed(row))]
    return stamps == sorted(stamps) and all(one >= since for one in stamps)


def _after(place: _Place, rows: list[Row], least: int) -> _Place | None:
    if place.since is None:
        # What changed last comes first: the first one that is too old ends it.
        stamps = [_changed(row) for row in rows]
        is_down = stamps == sorted(stamps, reverse=True)
        over = is_down and bool(stamps) and stamps[-1] < least
        return None if over else _Place(None, place.page + 1)
    stamps = [_changed(row) for row in rows]
    if not stamps or max(stamps) <= place.since:
        return _Place(place.since, place.page + 1)
    if place.page == 1 and min(stamps) == max(stamps):
        return _Place(max(stamps), 2)
    return _Place(max(stamps))


def _changed(row: Row) -> int:
    for name in ("updated_at", "created_at"):
        try:
            moment = stamp(row.get(name))
        except ValueError:
            continue
        if moment is not None:
            return _seconds(moment)
    return 0


def _seconds(moment: datetime | None) -> int:
    return int(moment.timestamp()) if moment is not None else 0
