"""What each path of a fake amoCRM answers: a status and a body."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.fakes.crm.amocrm_checks import (
    Complaint,
    check_fields,
    check_hook,
    check_lead_patch,
    check_notes,
    check_task_patch,
    check_tasks,
    refused,
)
from tests.fakes.crm.amocrm_lists import Lists, Query
from tests.fakes.crm.amocrm_rows import Row, note_row, task_row
from tests.fakes.crm.amocrm_store import AmoStore

Answer = tuple[int, Any]
_CARDS = ("leads", "contacts", "companies")
_NOTES = {"leads": "lead_notes", "contacts": "contact_notes", "companies": "company_notes"}
NOTHING: Answer = (204, None)


@dataclass
class Paths:
    """Answers requests below ``/api/v4``."""

    store: AmoStore
    lists: Lists
    base: str = ""
    refuse_notes: bool = False
    hide_users: bool = False  # as from whoever is no administrator

    def answer(self, method: str, path: str, query: Query, body: Any) -> Answer:
        if self.hide_users and path.startswith("/users"):
            return 403, {"title": "Forbidden", "status": 403, "detail": "Нет прав"}
        for pattern, verb, act in self._routes():
            found = re.fullmatch(pattern, path)
            if found and verb == method:
                return act(found, query, body)
        return 404, {"title": "Not Found", "status": 404, "detail": path}

    def _routes(self) -> list[tuple[str, str, Callable[[re.Match[str], Query, Any], Answer]]]:
        cards = "leads|contacts|companies"
        return [
            ("/account", "GET", lambda *_: (200, self.store.account)),
            ("/leads/pipelines", "GET", lambda *_: (200, self._pipelines())),
            (r"/leads/pipelines/(\d+)/statuses", "GET", self._statuses),
            ("/leads/custom_fields", "GET", self._list("fields", "custom_fields")),
            ("/leads/custom_fields", "POST", self._make_fields),
            ("/users", "GET", self._list("users", "users")),
            (r"/users/(\d+)", "GET", self._one("users")),
            ("/events", "GET", self._list("events", "events")),
            ("/tasks", "GET", self._list("tasks", "tasks")),
            ("/tasks", "POST", self._make_tasks),
            (r"/tasks/(\d+)", "GET", self._one("tasks")),
            (r"/tasks/(\d+)", "PATCH", self._patch_task),
            ("/catalogs", "GET", self._list("catalogs", "catalogs")),
            (r"/catalogs/\d+/elements", "GET", self._list("elements", "elements")),
            ("/sources", "GET", lambda *_: NOTHING),
            ("/webhooks", "GET", self._hooks),
            ("/webhooks", "POST", self._subscribe),
            ("/webhooks", "DELETE", self._unsubscribe),
            (rf"/({cards})/notes", "GET", self._notes),
            (rf"/({cards})/(\d+)/notes", "GET", self._notes_of),
            (rf"/({cards})/(\d+)/notes", "POST", self._make_notes),
            (rf"/({cards})/\d+/notes/(\d+)", "GET", self._note),
            (rf"/({cards})/\d+/notes/(\d+)", "PATCH", self._patch_note),
            (rf"/({cards})", "GET", self._cards),
            (rf"/({cards})/(\d+)", "GET", self._card),
            (r"/leads/(\d+)", "PATCH", self._patch_lead),
        ]

    def _list(self, kind: str, name: str) -> Callable[[Any, Query, Any], Answer]:
        def answer(_found: Any, query: Query, _body: Any) -> Answer:
            return self._page(kind, name, query, f"/api/v4/{name}")

        return answer

    def _page(self, kind: str, name: str, query: Query, path: str) -> Answer:
        page = self.lists.answer(kind, name, query, self.base, path)
        return (200, page) if page is not None else NOTHING

    def _one(self, kind: str) -> Callable[[re.Match[str], Query, Any], Answer]:
        def answer(found: re.Match[str], _query: Query, _body: Any) -> Answer:
            row = self.store.rows[kind].get(int(found[1]))
            return (200, row) if row is not None else NOTHING

        return answer

    def _pipelines(self) -> Row:
        return {"_total_items": 1, "_embedded": {"pipelines": self.store.pipelines}}

    def _statuses(self, found: re.Match[str], query: Query, _body: Any) -> Answer:
        """Descriptions are told only where they are asked for."""
        for pipeline in self.store.pipelines:
            if pipeline["id"] == int(found[1]):
                statuses = [dict(one) for one in pipeline["_embedded"]["statuses"]]
                for one in statuses:
                    if query.get("with") != ["descriptions"]:
                        one.pop("descriptions", None)
                return 200, {"_embedded": {"statuses": statuses}}
        return NOTHING

    def _cards(self, found: re.Match[str], query: Query, _body: Any) -> Answer:
        return self._page(found[1], found[1], query, f"/api/v4/{found[1]}")

    def _card(self, found: re.Match[str], _query: Query, _body: Any) -> Answer:
        try:
            return 200, self.store.row(found[1], int(found[2]))
        except KeyError:
            return NOTHING

    def _notes(self, found: re.Match[str], query: Query, _body: Any) -> Answer:
        return self._page(_NOTES[found[1]], "notes", query, f"/api/v4/{found[1]}/notes")

    def _notes_of(self, found: re.Match[str], query: Query, _body: Any) -> Answer:
        if not self._there(found[1], int(found[2])):
            return 404, {"title": "Not Found", "status": 404}
        asked = {**query, "filter[entity_id]": [found[2]]}
        path = f"/api/v4/{found[1]}/{found[2]}/notes"
        return self._page(_NOTES[found[1]], "notes", asked, path)

    def _note(self, found: re.Match[str], _query: Query, _body: Any) -> Answer:
        row = self.store.rows[_NOTES[found[1]]].get(int(found[2]))
        return (200, row) if row is not None else NOTHING

    def _make_notes(self, found: re.Match[str], _query: Query, body: Any) -> Answer:
        if not self._there(found[1], int(found[2])):
            return 404, {"title": "Not Found", "status": 404}
        wrong = check_notes(body)
        if self.refuse_notes:
            wrong = [refused("NotBlank", "0.params.text", "Проверено")]
        if wrong:
            return _invalid(wrong)
        made = []
        for one in body:
            row = note_row(
                self.store.new_id(), int(found[2]), one["note_type"], one["params"], self.store.now
            )
            self.store.rows[_NOTES[found[1]]][row["id"]] = row
            made.append({"id": row["id"], "entity_id": row["entity_id"], "request_id": "0"})
        return 200, {"_embedded": {"notes": made}}

    def _patch_note(self, found: re.Match[str], _query: Query, body: Any) -> Answer:
        wrong = check_notes([body])
        row = self.store.rows[_NOTES[found[1]]].get(int(found[2]))
        if wrong or row is None:
            return _invalid(wrong) if wrong else NOTHING
        row["params"] = body["params"]
        row["updated_at"] = self.store.now
        return 200, {"id": row["id"], "entity_id": row["entity_id"], "updated_at": self.store.now}

    def _make_tasks(self, _found: Any, _query: Query, body: Any) -> Answer:
        wrong = check_tasks(body, self.store.rows["leads"])
        if wrong:
            return _invalid(wrong)
        made = []
        for one in body:
            other = {k: v for k, v in one.items() if k in ("responsible_user_id", "task_type_id")}
            row = task_row(
                self.store.new_id(), one["entity_id"], one["text"], one["complete_till"],
                self.store.now, **other,
            )  # fmt: skip
            self.store.rows["tasks"][row["id"]] = row
            made.append({"id": row["id"], "request_id": "0"})
        return 200, {"_embedded": {"tasks": made}}

    def _patch_task(self, found: re.Match[str], _query: Query, body: Any) -> Answer:
        wrong = check_task_patch(body)
        row = self.store.rows["tasks"].get(int(found[1]))
        if wrong or row is None:
            return _invalid(wrong) if wrong else NOTHING
        row.update(is_completed=body["is_completed"], result=body["result"])
        row["updated_at"] = self.store.now
        return 200, {"id": row["id"], "updated_at": self.store.now}

    def _patch_lead(self, found: re.Match[str], _query: Query, body: Any) -> Answer:
        if not self._there("leads", int(found[1])):
            return NOTHING
        wrong = check_lead_patch(body, self.store.rows["fields"])
        if wrong:
            return _invalid(wrong)
        row = self.store.lead(int(found[1]))
        if {"status_id", "pipeline_id"} & set(body):
            self.store.stage_writes += 1
        _set_fields(row, body.get("custom_fields_values") or [], self.store.rows["fields"])
        tags = row["_embedded"]["tags"]
        tags += [
            {"id": self.store.new_id(), "name": one["name"], "color": None}
            for one in body.get("tags_to_add") or []
            if one["name"] not in {tag["name"] for tag in tags}
        ]
        taken = {one["name"] for one in body.get("tags_to_delete") or []}
        row["_embedded"]["tags"] = [tag for tag in tags if tag["name"] not in taken]
        for name in {"name", "price"} & set(body):
            row[name] = body[name]
        self.store.touch("leads", row["id"])
        return 200, {"id": row["id"], "updated_at": self.store.now}

    def _make_fields(self, _found: Any, _query: Query, body: Any) -> Answer:
        wrong = check_fields(body, self.store.rows["fields"])
        if wrong:
            return _invalid(wrong)
        made = []
        for one in body:
            row = {"id": self.store.new_id(), "sort": 500, "entity_type": "leads", **one}
            row |= {"account_id": 31727418, "required_statuses": [], "updated_at": self.store.now}
            self.store.rows["fields"][row["id"]] = row
            made.append(row)
        return 200, {"_embedded": {"custom_fields": made}}

    def _hooks(self, *_: Any) -> Answer:
        found = list(self.store.rows["webhooks"].values())
        return (200, {"_embedded": {"webhooks": found}}) if found else NOTHING

    def _subscribe(self, _found: Any, _query: Query, body: Any) -> Answer:
        wrong = check_hook(body)
        if wrong:
            return _invalid(wrong)
        row = {"id": self.store.new_id(), **body, "disabled": False, "sort": 1}
        self.store.rows["webhooks"][body["destination"]] = row
        return 201, row

    def _unsubscribe(self, _found: Any, _query: Query, body: Any) -> Answer:
        gone = self.store.rows["webhooks"].pop((body or {}).get("destination"), None)
        return NOTHING if gone else _invalid([refused("NotFound", "destination")])

    def _there(self, kind: str, id_: int) -> bool:
        known = id_ in self.store.rows[kind]
        return known or self.store.many.index_of(kind, id_) is not None


def _set_fields(row: Row, changes: list[Row], known: dict[Any, Row]) -> None:
    """Fields as they are read afterwards: numbers are texts, and without any they are null."""
    stands = {one["field_id"]: one for one in row["custom_fields_values"] or []}
    for one in changes:
        field = known[one["field_id"]]
        if one["values"] is None:
            stands.pop(field["id"], None)
            continue
        value = one["values"][0]["value"]
        told = str(value) if field["type"] == "numeric" else value
        stands[field["id"]] = {
            "field_id": field["id"], "field_name": field["name"], "field_code": field.get("code"),
            "field_type": field["type"], "values": [{"value": told}],
        }  # fmt: skip
    row["custom_fields_values"] = list(stands.values()) or None


def _invalid(wrong: list[Complaint]) -> Answer:
    return 400, {
        "validation-errors": [{"request_id": "0", "errors": wrong}],
        "title": "Bad Request", "type": "https://httpstatus.es/400", "status": 400,
        "detail": "Request validation failed",
    }  # fmt: skip
