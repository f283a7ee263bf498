"""Reads long lists of BottleCRM so that nothing slips through while others write.

Its lists know offsets only: what is deleted in front of us moves the rest up. Each page therefore
begins with the last record of the page before it; where that is not found, the reading steps back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from crm.bottlecrm.desk import Desk
from crm.bottlecrm.values import id_of
from crm.rows import Row, row_of, rows_of

SIZE = 200


@dataclass(frozen=True, slots=True)
class LongList:
    """A list: where it is asked for, and where its records stand in the answer."""

    path: str
    place: tuple[str, ...]
    params: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ListPage:
    """Some records of a list, and the cursor to go on at (``None`` at its end)."""

    rows: list[Row]
    cursor: str | None
    at: datetime


COMPANIES = (
    LongList("accounts/", ("active_accounts", "open_accounts"), {"is_active": "true"}),
    LongList("accounts/", ("closed_accounts", "close_accounts"), {"is_active": "false"}),
)
CONTACTS = (LongList("contacts/", ("results",)),)
DEALS = (LongList("opportunities/", ("opportunities",)),)
OPEN_DEALS = (LongList("opportunities/", ("opportunities",), {"open": "true"}),)
TASKS = (LongList("tasks/", ("tasks",), {"slim": "true"}),)


def pages_of(
    desk: Desk, lists: tuple[LongList, ...], cursor: str | None = None, size: int = 0
) -> Iterator[ListPage]:
    """All records of lists, one list after the other; at least one page.

    Args:
        desk: asks.
        lists: of which the records are.
        cursor: of the page after which to go on.
        size: how many records a page has at most; `SIZE` where unset.
    """
    size = size or SIZE
    turn, offset, last = _read_cursor(cursor, len(lists))
    while True:
        rows, at = _rows(desk, lists[turn], max(0, offset - 1), size)
        back = last is not None and (not rows or id_of(rows[0]) != last)
        if back:
            offset = max(0, offset - size)
            rows, at = _rows(desk, lists[turn], offset, size)
        else:
            offset = max(0, offset - 1)
        if len(rows) < size:
            turn, offset, last = turn + 1, 0, None
        else:
            # Not back twice in a row: a list whose order wavers would hold us for ever.
            offset, last = offset + len(rows), None if back else id_of(rows[-1])
        over = turn == len(lists)
        yield ListPage(rows, None if over else f"{turn} {offset} {last or ''}".strip(), at)
        if over:
            return


def _rows(desk: Desk, one: LongList, offset: int, size: int) -> tuple[list[Row], datetime]:
    body, at = desk.get(one.path, limit=size, offset=offset, **one.params)
    *outer, inner = one.place
    for name in outer:
        body = row_of(body.get(name))
    return rows_of(body.get(inner)), at


def _read_cursor(cursor: str | None, lists: int) -> tuple[int, int, str | None]:
    """Which list, from where on and after which record; from the start where it is none of ours."""
    parts = (cursor or "").split()
    if len(parts) not in (2, 3) or not all(part.isdecimal() for part in parts[:2]):
        return 0, 0, None
    turn, offset = int(parts[0]), int(parts[1])
    if turn >= lists or offset > 10**9:
        return 0, 0, None
    return turn, offset, parts[2] if len(parts) == 3 else None
