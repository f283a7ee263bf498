"""What a fake portal holds: rows in memory, or made up one by one for a large portal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

Row = dict[str, Any]
MOSCOW = timezone(timedelta(hours=3))
_OPERATOR = re.compile(r"(>=|<=|!@|!=|>|<|@|!|=|%)?(.*)")


@dataclass
class Table:
    """Rows by id; `made` gives those up to `count` that nobody changed, without keeping them."""

    rows: dict[int, Row] = field(default_factory=dict)
    count: int = 0
    made: Callable[[int], Row] | None = None
    removed: set[int] = field(default_factory=set)
    last: int = 0
    narrow: Callable[[Mapping[str, Any]], list[int] | None] = lambda _asked: None

    def add(self, row: Row, key: str = "id") -> int:
        self.last = max(self.last, self.count) + 1
        self.rows[self.last] = {key: self.last, **row}
        return self.last

    def get(self, own: int) -> Row | None:
        if own in self.removed:
            return None
        if own in self.rows:
            return self.rows[own]
        return self.made(own) if self.made is not None and 0 < own <= self.count else None

    def change(self, own: int, **fields: Any) -> Row:
        row = self.get(own)
        assert row is not None, f"no row {own}"
        self.rows[own] = {**row, **fields}
        return self.rows[own]

    def remove(self, own: int) -> None:
        assert self.get(own) is not None, f"no row {own}"
        self.removed.add(own)
        self.rows.pop(own, None)

    def after(self, bound: int, asked: Mapping[str, Any] | None = None) -> Iterator[Row]:
        """Rows with a greater id, in the order of ids; `narrow` may know which a filter means."""
        only = self.narrow(asked or {})
        if only is not None:
            found = (self.get(own) for own in sorted(only) if own > bound)
            yield from (row for row in found if row is not None)
            return
        for own in range(bound + 1, self.count + 1):
            row = self.get(own)
            if row is not None:
                yield row
        for own in sorted(own for own in self.rows if own > max(bound, self.count)):
            yield self.rows[own]


def matches(row: Mapping[str, Any], asked: Mapping[str, Any]) -> bool:
    """Whether a row passes a filter of Bitrix24's form."""
    return all(_passes(row, key, value) for key, value in asked.items())


def lower_bound(asked: Mapping[str, Any], key: str) -> int:
    """What ``>id`` says; nothing at all counts as zero, which is a trap of long chains."""
    value = asked.get(f">{key}")
    return int(value) if value not in (None, "") else 0


def shown_time(moment: datetime) -> str:
    return moment.astimezone(MOSCOW).isoformat(timespec="seconds")


def in_old_form(value: Any) -> Any:
    """A value as the older methods write it: a text for everything, "Y" and "N"."""
    if isinstance(value, bool):
        return "Y" if value else "N"
    if isinstance(value, datetime):
        return shown_time(value)
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, int):
        return str(value)
    return value


def in_new_form(value: Any) -> Any:
    """A value as `crm.item.*` writes it."""
    if isinstance(value, bool):
        return "Y" if value else "N"
    return shown_time(value) if isinstance(value, datetime) else value


def _passes(row: Mapping[str, Any], key: str, value: Any) -> bool:
    found = _OPERATOR.fullmatch(key)
    assert found is not None
    operator, name = found.group(1) or "=", found.group(2)
    own = row.get(name)
    if operator in ("@", "=") and isinstance(value, list | Mapping):
        wanted = {str(one) for one in (value if isinstance(value, list) else value.values())}
        return bool(wanted & {str(one) for one in (own if isinstance(own, list) else [own])})
    if operator in (">", ">=", "<", "<="):
        return value in (None, "") or _compared(own, value, operator)
    if operator in ("!", "!="):
        return str(own) != str(value)
    if isinstance(own, bool):
        own = "Y" if own else "N"
    return str(own) == str(value)


def _compared(own: Any, value: Any, operator: str) -> bool:
    if own is None:
        return False
    one: Any
    other: Any
    if isinstance(own, datetime):
        told = datetime.fromisoformat(str(value))
        one = own.replace(microsecond=0)
        other = told if told.tzinfo else told.replace(tzinfo=UTC)
    else:
        one, other = float(own), float(value)
    results: dict[str, bool] = {
        ">": one > other,
        ">=": one >= other,
        "<": one < other,
        "<=": one <= other,
    }
    return results[operator]
