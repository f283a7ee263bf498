"""How a fake portal answers: lists by fifty, values in the old form or the new, refusals.

Shapes: `resultExample` of the schemas and dataset.json of bitrix-tools/b24-rest-docs (MIT), and
captured answers of leshchenko1979/fast_bitrix24 (tests/real_responses).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fakes.crm.bitrix24_office import Office
from tests.fakes.crm.bitrix24_tables import (
    Row,
    Table,
    in_new_form,
    in_old_form,
    lower_bound,
    matches,
)

PAGE = 50


class Refusal(Exception):  # noqa: N818 - what the portal answers
    """An error that a method answers with."""

    def __init__(self, code: str, text: str = "", status: int = 400) -> None:
        self.code, self.text, self.status = code, text, status
        super().__init__(code)


@dataclass(frozen=True, slots=True)
class Answered:
    """What a method answered; lists have `next` and `total` where they were counted."""

    result: Any
    next: int | None = None
    total: int | None = None


@dataclass
class Answering:
    """What the methods of one portal stand on. The switches make it an older or smaller one."""

    office: Office
    legacy: bool = False
    history_as_text: bool = False
    without: set[str] = field(default_factory=set)  # methods that it does not have
    timezone: str = ""
    scopes: tuple[str, ...] = ("crm", "user", "task", "telephony", "userfieldconfig")

    def table(self, params: Mapping[str, Any]) -> Table:
        table = self.office.items.get(int(params["entityTypeId"]))
        if table is None:
            raise Refusal("NOT_FOUND", "Entity type is not found")
        return table

    def listed(
        self,
        table: Table,
        params: Mapping[str, Any],
        form: Callable[[Row], Row],
        asked: Mapping[str, Any],
        key: str = "ID",
    ) -> Answered:
        rows = (row for row in table.after(lower_bound(asked, key), asked) if matches(row, asked))
        return paged(rows, params, form)


def paged(rows: Iterable[Row], params: Mapping[str, Any], form: Callable[[Row], Row]) -> Answered:
    """Fifty rows; counted only where `start` is not -1."""
    start = int(params.get("start", 0))
    found = []
    if start < 0:
        for row in rows:
            found.append(form(row))
            if len(found) == PAGE:
                break
        return Answered(found, total=0)
    every = list(rows)
    following = start + PAGE if len(every) > start + PAGE else None
    return Answered([form(row) for row in every[start : start + PAGE]], following, len(every))


def texts(row: Row) -> Row:
    return {key: in_old_form(value) for key, value in row.items()}


def texts_but_flags(row: Row) -> Row:
    return {k: v if isinstance(v, bool) else in_old_form(v) for k, v in row.items()}


def plain(row: Row) -> Row:
    return {key: in_new_form(value) for key, value in row.items()}
