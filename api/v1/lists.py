"""What all lists do: a page of a query about what counts now, filtered."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from api.v1.cursors import Cursor
from api.v1.keys import Caller
from api.v1.listing import Listing, Order
from api.v1.problems import ProblemError
from api.v1.reading import Columns, Json, current_rows, not_found
from models.store.current import Current
from models.store.keyset import Place, page_of
from models.tables import RunRow


@dataclass(frozen=True, slots=True)
class Found:
    """Rows of a page, behind which place the list goes on, and what they rest on.

    `current` is ``None`` before the first verdicts; then there are no rows.
    """

    rows: Sequence[Columns] = ()
    last: tuple[Any, ...] | None = None
    current: Current | None = None

    @property
    def run(self) -> int | None:
        """Whose verdicts were listed."""
        return self.current.run if self.current is not None else None

    def items(self, told: Callable[[Columns, Current], Json]) -> list[Json]:
        """The rows as programs read them."""
        current = self.current
        return [told(row, current) for row in self.rows] if current is not None else []


def find(  # noqa: PLR0913 - which page of what, for whom
    caller: Caller,
    page: Listing,
    place: Place,
    query: Callable[[Current], Select[Any]],
    order: Order = Order.OLDEST,
    *,
    by_run: bool = False,
    most: int | None = None,
) -> Found:
    """A page of a query that selects the columns of `place` by name.

    Args:
        caller: the program that asks.
        page: which page.
        place: what orders the rows; nothing changes it, and no two rows have the same.
        query: the rows, by what counts now.
        order: which row comes first.
        by_run: verdicts are listed: all pages show the run of the first one.
        most: rows of a page, where that is fewer than may be asked for.

    Raises:
        ProblemError: the cursor is none of this list, or its run is not kept any more.
    """
    after = page.after([column.type.python_type for column in place.values()])
    with current_rows(caller) as (session, current):
        if current is None:
            return Found()
        shown = _of_run(session, current, after) if by_run else current
        found = page_of(
            session,
            query(shown),
            place,
            after=after.place if after is not None else None,
            limit=min(page.limit, most or page.limit),
            newest_first=order is Order.NEWEST,
        )
    return Found(found.rows, found.last, shown)


def find_one(
    caller: Caller, what: str, query: Callable[[Current], Select[Any] | None]
) -> tuple[Columns, Current]:
    """The one row that somebody asks for, and what counts now.

    Args:
        caller: who asks.
        what: what it is called where there is none.
        query: the row, by what counts now; ``None`` where there cannot be one.

    Raises:
        ProblemError: there is none.
    """
    with current_rows(caller) as (session, current):
        wanted = query(current) if current is not None else None
        row = session.execute(wanted).mappings().first() if wanted is not None else None
    if row is None or current is None:
        raise not_found(what)
    return row, current


def matching(
    chosen: Select[Any], equal: Mapping[Any, object], *also: ColumnElement[bool] | None
) -> Select[Any]:
    """The rows whose columns are `equal` and that all of `also` hold for; ``None`` asks nothing."""
    asked = [column == value for column, value in equal.items() if value is not None]
    return chosen.where(*asked, *(one for one in also if one is not None))


def since(column: InstrumentedAttribute[datetime], at: datetime | None) -> Any:
    """That something was at a moment or later; ``None`` where no moment is given."""
    return None if at is None else column >= at


def _of_run(session: Session, current: Current, after: Cursor | None) -> Current:
    """What a list shows: the run of its first page, as long as it is kept."""
    if after is None or after.run in (None, current.run):
        return current
    kept = session.scalar(
        select(RunRow.id).where(
            RunRow.id == after.run,
            RunRow.source == current.source,
            RunRow.crm_source == current.crm_source,
        )
    )
    if kept is None:
        raise ProblemError("cursor_expired", "the verdicts that were listed are not kept any more")
    return replace(current, run=kept)
