"""The REST methods of a fake portal, with answers in the shapes of the real one.

Shapes: `resultExample` of the schemas and dataset.json of bitrix-tools/b24-rest-docs (MIT), and
captured answers of leshchenko1979/fast_bitrix24 (tests/real_responses).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests.fakes.crm.bitrix24_activities import ActivityMethods
from tests.fakes.crm.bitrix24_answers import (
    PAGE,
    Answered,
    Refusal,
    plain,
    texts,
    texts_but_flags,
)
from tests.fakes.crm.bitrix24_cards import CardMethods
from tests.fakes.crm.bitrix24_office import DEAL
from tests.fakes.crm.bitrix24_tables import matches, shown_time


@dataclass
class Methods(CardMethods, ActivityMethods):
    """The methods of one portal."""

    def answer(self, method: str, params: Mapping[str, Any]) -> Answered:
        if method in self.without or (self.legacy and method.startswith("crm.item.")):
            raise Refusal("ERROR_METHOD_NOT_FOUND", "Method not found!", 404)
        name = "_" + method.replace(".", "_").lower()
        found: Callable[[Mapping[str, Any]], Any] = getattr(self, name)
        result = found(params)
        return result if isinstance(result, Answered) else Answered(result)

    def _scope(self, _params: Mapping[str, Any]) -> Any:
        return list(self.scopes)

    def _server_time(self, _params: Mapping[str, Any]) -> Any:
        return shown_time(self.office.clock)

    def _user_current(self, _params: Mapping[str, Any]) -> Any:
        row = self.office.users.get(1)
        assert row is not None
        return {**texts(row), "TIME_ZONE": self.timezone, "ACTIVE": True}

    def _profile(self, _params: Mapping[str, Any]) -> Any:
        return {"ID": "1", "ADMIN": True, "NAME": "Анна", "LAST_NAME": "Титова"}

    def _user_admin(self, _params: Mapping[str, Any]) -> Any:
        return True

    def _method_get(self, params: Mapping[str, Any]) -> Any:
        there = params.get("name") not in self.without
        return {"isExisting": there, "isAvailable": there}

    def _crm_currency_base_get(self, _params: Mapping[str, Any]) -> Any:
        return "RUB"

    def _user_get(self, params: Mapping[str, Any]) -> Answered:
        return self.listed(self.office.users, params, texts_but_flags, {})

    def _crm_category_list(self, params: Mapping[str, Any]) -> Answered:
        kind = int(params["entityTypeId"])
        if kind != DEAL:
            return Answered({"categories": []}, total=0)
        rows = [
            {
                "id": own,
                "name": name,
                "sort": 100 + own,
                "entityTypeId": DEAL,
                "isDefault": "Y" if own == 0 else "N",
            }
            for own, name in self.office.categories.items()
        ]
        return Answered({"categories": rows}, total=len(rows))

    def _crm_status_list(self, params: Mapping[str, Any]) -> Answered:
        rows = [row for row in self.office.statuses if matches(row, params.get("filter") or {})]
        return Answered(rows, total=len(rows))

    def _crm_stagehistory_list(self, params: Mapping[str, Any]) -> Answered:
        form = texts if self.history_as_text else plain
        found = self.listed(self.office.history, params, form, params.get("filter") or {})
        return Answered({"items": found.result}, found.next, found.total)

    def _event_get(self, _params: Mapping[str, Any]) -> Any:
        online = [(event, url, 0) for event, url in sorted(self.office.handlers)]
        every = [*online, *((event, "", 1) for event in sorted(self.office.bound))]
        return [
            {"event": event, "handler": url, "auth_type": "0", "offline": offline}
            for event, url, offline in every
        ]

    def _event_unbind(self, params: Mapping[str, Any]) -> Any:
        key = (params["event"], params["handler"])
        there = key in self.office.handlers
        self.office.handlers.discard(key)
        return {"count": int(there)}

    def _event_bind(self, params: Mapping[str, Any]) -> Any:
        if params.get("event_type", "online") == "online":
            if not params.get("handler"):
                raise Refusal("ERROR_ARGUMENT", "Argument 'HANDLER' is null or empty")
            if (params["event"], params["handler"]) in self.office.handlers:
                raise Refusal("ERROR_EVENT_BINDING_EXISTS", "Handler already binded")
            self.office.handlers.add((params["event"], params["handler"]))
            return True
        if params["event"] in self.office.bound:
            raise Refusal("ERROR_EVENT_BINDING_EXISTS", "Handler already binded")
        self.office.bound.add(params["event"])
        return True

    def _event_offline_get(self, params: Mapping[str, Any]) -> Any:
        keeps = str(params.get("clear", 1)) == "0"
        waiting = [key for key, row in self.office.queue.items() if row["process"] is None]
        taken = waiting[: int(params.get("limit", PAGE))]
        process = f"p{self.office.clock.timestamp()}-{len(self.office.queue)}" if keeps else None
        events = [
            {
                "ID": str(at),
                "TIMESTAMP_X": shown_time(self.office.queue[key]["at"]),
                "EVENT_NAME": key[0],
                "EVENT_DATA": {"FIELDS": {"ID": key[1]}},
                "EVENT_ADDITIONAL": False,
                "MESSAGE_ID": str(at),
            }
            for at, key in enumerate(taken, start=1)
        ]
        for key in taken:
            if keeps:
                self.office.queue[key]["process"] = process
            else:
                del self.office.queue[key]
        return {"process_id": process, "events": events}

    def _event_offline_clear(self, params: Mapping[str, Any]) -> Any:
        for key in [
            k for k, v in self.office.queue.items() if v["process"] == params["process_id"]
        ]:
            del self.office.queue[key]
        return True
