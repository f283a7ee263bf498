"""How a fake amoCRM answers lists: filters, order, pages, and links to the next page."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from tests.fakes.crm.amocrm_rows import Row
from tests.fakes.crm.amocrm_store import AmoStore

Query = Mapping[str, list[str]]


@dataclass
class Lists:
    """Answers lists of a store.

    `most` caps every page below what is asked for, so that short pages have a next one;
    `filters` says whether filters of cards work, which some accounts have switched off.
    """

    store: AmoStore
    most: int = 250
    filters: bool = True

    def answer(self, kind: str, name: str, query: Query, base: str, path: str) -> Row | None:
        """A page of a list; ``None`` is 204."""
        limit = min(_number(query, "limit", 50), 100 if kind == "events" else 250, self.most)
        page = _number(query, "page", 1)
        found = self._found(kind, query)
        rows = found.part((page - 1) * limit, page * limit)
        if not rows and page * limit >= found.size:
            return None
        links = {"self": {"href": f"{base}{path}?page={page}&limit={limit}"}}
        if found.size > page * limit:
            more = {**{k: v for k, v in query.items() if k != "page"}, "page": [str(page + 1)]}
            links["next"] = {"href": f"{base}{path}?{urlencode(more, doseq=True)}"}
        return {"_page": page, "_links": links, "_embedded": {name: rows}}

    def _found(self, kind: str, query: Query) -> _Found:
        stamp = "created_at" if kind == "events" else "updated_at"
        card = kind in ("leads", "contacts", "companies")
        own = list(self.store.rows[kind].values())
        if not card or self.filters:
            own = [row for row in own if _passes(row, query, stamp)]
        order, down = _order(query, kind)
        own.sort(key=lambda row: (row.get(order, 0), str(row["id"])), reverse=down)
        first, last = self._many(kind, query, stamp, card=card)
        many = range(first, last)
        return _Found(own, many[::-1] if down else many, self._one(kind), own_first=down)

    def _one(self, kind: str) -> Callable[[int], Row | None]:
        def one(index: int) -> Row | None:
            row = self.store.many.row(kind, index)
            return None if row["id"] in self.store.rows[kind] else row

        return one

    def _many(self, kind: str, query: Query, stamp: str, *, card: bool) -> tuple[int, int]:
        """Which of the many a query is for: they stand in the order of their times."""
        many = self.store.many
        if not many.leads or kind not in ("leads", "contacts", "lead_notes", "events"):
            return 0, 0
        if card and not self.filters:
            return 0, many.leads
        if _values(query, "filter[id]"):
            return 0, 0
        if kind == "events" and "lead_status_changed" not in str(query.get("filter[type]", "")):
            return 0, 0
        if kind == "events" and _values(query, "filter[entity_id]"):
            return 0, 0
        since, until = (_number(query, f"filter[{stamp}][{end}]", 0) for end in ("from", "to"))
        places = range(many.leads)
        first = bisect_left(places, since, key=many.at)
        last = bisect_left(places, until + 1, key=many.at) if until else many.leads
        return first, last


@dataclass
class _Found:
    own: list[Row]
    many: Sequence[int]
    one: Callable[[int], Row | None]
    own_first: bool

    @property
    def size(self) -> int:
        return len(self.own) + len(self.many)

    def part(self, begin: int, end: int) -> list[Row]:
        if self.own_first:
            own, many = (begin, end), (begin - len(self.own), end - len(self.own))
        else:
            many, own = (begin, end), (begin - len(self.many), end - len(self.many))
        mine = self.own[max(own[0], 0) : max(own[1], 0)]
        theirs = [self.one(i) for i in self.many[max(many[0], 0) : max(many[1], 0)]]
        kept = [row for row in theirs if row is not None]
        return [*mine, *kept] if self.own_first else [*kept, *mine]


def parsed_query(text: str) -> dict[str, list[str]]:
    """A query by its names; ``filter[id][]`` and ``filter[id][0]`` are ``filter[id]``."""
    found: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        stem = name[: name.rindex("[")] if name.endswith("]") and _is_list(name) else name
        found.setdefault(stem, []).append(value)
    return found


def _is_list(name: str) -> bool:
    inner = name[name.rindex("[") + 1 : -1]
    return inner == "" or inner.isdigit()


def _values(query: Query, name: str) -> set[str]:
    return {one for value in query.get(name, []) for one in value.split(",") if one}


def _number(query: Query, name: str, otherwise: int) -> int:
    text = query.get(name, [""])[0]
    return int(text) if text.isdigit() else otherwise


def _passes(row: Row, query: Query, stamp: str) -> bool:
    since, until = (_number(query, f"filter[{stamp}][{end}]", 0) for end in ("from", "to"))
    if row.get(stamp, 0) < since or (until and row.get(stamp, 0) > until):
        return False
    pairs = {"id": "id", "type": "type", "note_type": "note_type", "entity_id": "entity_id"}
    pairs |= {"entity_type": "entity_type", "entity": "entity_type"}
    for asked, name in pairs.items():
        wanted = _values(query, f"filter[{asked}]")
        if wanted and name in row and str(row[name]) not in wanted:
            return False
    return True


def _order(query: Query, kind: str) -> tuple[str, bool]:
    for name in ("updated_at", "created_at", "id"):
        direction = query.get(f"order[{name}]")
        if direction:
            return name, direction[0] == "desc"
    return ("created_at", True) if kind == "events" else ("id", False)
