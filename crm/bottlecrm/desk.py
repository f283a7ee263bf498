"""What every part of the adapter asks BottleCRM with: requests, and whose office it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from crm.bottlecrm.answers import judge
from crm.bottlecrm.values import zone_of
from crm.bottlecrm.words import Office
from crm.errors import CrmAnswerError
from crm.http import CrmAnswer, CrmHttp
from crm.port import CrmAccess
from crm.rows import Row, row_of, rows_of, text_of

_SIZE, _MOST_PAGES = 200, 1000


@dataclass(slots=True)
class Desk:
    """Asks one BottleCRM with one token."""

    access: CrmAccess
    http: CrmHttp = field(init=False)
    _settings: Row | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        name = self.access.name
        self.http = CrmHttp(
            name,
            self.access.address,
            self.access.pace,
            self.access.rules,
            headers=self._headers,
            judge=lambda status, body: judge(name, status, body),
        )

    def get(self, path: str, **params: str | int) -> tuple[Row, datetime]:
        """An answer that must be an object, and the CRM's clock.

        Raises:
            CrmError: it came to nothing.
        """
        answer = self.http.get(f"/api/{path}", params or None)
        if not isinstance(answer.body, Mapping):
            raise CrmAnswerError(f"{self.access.name}: answered with something else than an object")
        return answer.body, answer.at

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> CrmAnswer:
        """Writes, once.

        Raises:
            CrmError: it was not done, or nobody knows.
        """
        return self.http.send(method, f"/api/{path}", body)

    def all_of(self, path: str, key: str, **params: str) -> Iterator[Row]:
        """Every object of a short list, however many answers it takes."""
        for page in range(_MOST_PAGES):
            body, _ = self.get(path, limit=_SIZE, offset=page * _SIZE, **params)
            rows = rows_of(body.get(key))
            yield from rows
            if len(rows) < _SIZE:
                return

    def settings(self) -> Row:
        """The settings of the organization; asked for once."""
        if self._settings is None:
            self._settings, _ = self.get("org/settings/")
        return self._settings

    def office(self) -> Office:
        """What records are read with."""
        settings = self.settings()
        return Office(
            zone_of(settings.get("timezone")),
            text_of(settings.get("default_currency")) or "USD",
            self.access.field_names,
            frozenset(self.access.own_fields.values()),
        )

    def forget(self) -> None:
        """Asks for the settings anew when they are needed next."""
        self._settings = None

    def _headers(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.access.keeper.tokens().access}"}


def path_of(kind: str, id_: str) -> str:
    """The path of one record."""
    return f"{kind}/{quote(id_, safe='')}/"


def deal_in(body: Row) -> Row:
    """The deal in the answer about one."""
    return row_of(body.get("opportunity_obj"))
