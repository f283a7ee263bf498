"""Long lists in pages: each goes on behind the last row, whatever was added meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, literal, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

Place = Mapping[str, InstrumentedAttribute[Any]]


@dataclass(frozen=True, slots=True)
class PageOfRows:
    """Some rows of a list, and behind which place it goes on; ``None``: there are no more."""

    rows: Sequence[RowMapping]
    last: tuple[Any, ...] | None


def page_of(  # noqa: PLR0913 - which page of what
    session: Session,
    chosen: Select[Any],
    place: Place,
    *,
    after: Sequence[Any] | None,
    limit: int,
    newest_first: bool = False,
) -> PageOfRows:
    """One page of a query that selects the columns of `place`, which nothing changes, by name."""
    columns = list(place.values())
    if after is not None:
        chosen = chosen.where(_behind(columns, after, newest_first=newest_first))
    order = [column.desc() if newest_first else column.asc() for column in columns]
    rows = session.execute(chosen.order_by(*order).limit(limit + 1)).mappings().all()
    shown = rows[:limit]
    more = len(rows) > limit
    return PageOfRows(shown, tuple(shown[-1][name] for name in place) if more else None)


def _behind(
    columns: Sequence[InstrumentedAttribute[Any]], after: Sequence[Any], *, newest_first: bool
) -> ColumnElement[bool]:
    values = [literal(value, column.type) for column, value in zip(columns, after, strict=True)]
    if len(columns) == 1:
        return columns[0] < values[0] if newest_first else columns[0] > values[0]
    here, there = tuple_(*columns), tuple_(*values)
    return here < there if newest_first else here > there
