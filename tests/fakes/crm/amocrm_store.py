"""What a fake amoCRM holds, and what people and telephone systems do with it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from tests.fakes.crm.amocrm_rows import (
    ADMIN,
    LOST,
    MANAGER,
    STAGES,
    WON,
    Row,
    account_row,
    call_params,
    card_row,
    element_row,
    event_row,
    lead_row,
    note_row,
    phone_field,
    pipeline_row,
    task_row,
    user_row,
)

START = datetime(2026, 11, 9, 7, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Many:
    """A large account that takes no memory: leads with a contact, a move and a call each.

    Ids and times grow with the index. `spacing_s` lies between two changes.
    """

    leads: int = 0
    spacing_s: int = 60
    first: int = int(datetime(2025, 1, 1, tzinfo=UTC).timestamp())

    def at(self, index: int) -> int:
        return self.first + index * self.spacing_s

    def row(self, kind: str, index: int) -> Row:
        at = self.at(index)
        return {
            "leads": self._lead,
            "contacts": self._contact,
            "lead_notes": self._call,
            "events": self._move,
        }[kind](index, at)

    def index_of(self, kind: str, id_: int) -> int | None:
        first = {"leads": 1_000_000, "contacts": 3_000_000}.get(kind)
        index = -1 if first is None else id_ - first
        return index if 0 <= index < self.leads else None

    def _lead(self, index: int, at: int) -> Row:
        return lead_row(
            1_000_000 + index,
            f"Сделка {index}",
            at,
            status_id=STAGES[index % 4],
            price=1000 + index,
            contacts=[{"id": 3_000_000 + index, "is_main": True}],
        )

    def _contact(self, index: int, at: int) -> Row:
        phone = f"+7916{index:07d}"
        return card_row(3_000_000 + index, f"Контакт {index}", at, [phone_field(phone)])

    def _call(self, index: int, at: int) -> Row:
        params = call_params(f"{at}.{index}", f"+7916{index:07d}")
        return note_row(5_000_000 + index, 1_000_000 + index, "call_in", params, at)

    def _move(self, index: int, at: int) -> Row:
        before, after = STAGES[0], STAGES[index % 4]
        return event_row(
            f"many{index:022d}", "lead_status_changed", 1_000_000 + index, at, before, after
        )


@dataclass
class AmoStore:
    """The rows, and what people and telephone systems do with them.

    `told` hears of every change as (entity, action, row).
    """

    many: Many = field(default_factory=Many)
    now: int = int(START.timestamp())
    told: Callable[[str, str, Row], None] = lambda *_: None
    rows: dict[str, dict[Any, Row]] = field(default_factory=dict)
    stage_writes: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    _last_id: int = 20_000_000

    def __post_init__(self) -> None:
        kinds = ("leads", "contacts", "companies", "tasks", "events", "users", "fields", "webhooks")
        for kind in (
            *kinds,
            "lead_notes",
            "contact_notes",
            "company_notes",
            "catalogs",
            "elements",
        ):
            self.rows.setdefault(kind, {})
        self.account = account_row()
        self.pipelines = [pipeline_row()]
        for id_, name, admin in ((ADMIN, "Анна Старшая", True), (MANAGER, "Пётр", False)):
            self.rows["users"][id_] = user_row(id_, name, admin=admin)

    # What people do

    def add_lead(self, name: str, **other: Any) -> int:
        id_ = self.new_id()
        self.rows["leads"][id_] = lead_row(id_, name, self.now, **other)
        self.told("leads", "add", self.rows["leads"][id_])
        return id_

    def add_card(self, kind: str, name: str, fields: list[Row], company: int | None = None) -> int:
        id_ = self.new_id()
        companies = [{"id": company}] if company else []
        self.rows[kind][id_] = card_row(id_, name, self.now, fields, companies)
        self.told("contacts", "add", {**self.rows[kind][id_], "kind": kind})
        return id_

    def add_task(self, lead: int, text: str, due: int, **other: Any) -> int:
        id_ = self.new_id()
        self.rows["tasks"][id_] = task_row(id_, lead, text, due, self.now, **other)
        self.told("task", "add", self.rows["tasks"][id_])
        return id_

    def add_note(self, entity: str, entity_id: int, kind: str, params: Row) -> int:
        id_ = self.new_id()
        self.rows[f"{entity}_notes"][id_] = note_row(id_, entity_id, kind, params, self.now)
        owners = {"lead": "leads", "contact": "contacts", "company": "companies"}[entity]
        self.told(owners, "note", self.rows[f"{entity}_notes"][id_])
        return id_

    def add_invoice(self, lead: int, name: str, price: int, status: str = "created") -> int:
        catalog = 4521
        self.rows["catalogs"].setdefault(
            catalog, {"id": catalog, "name": "Счета", "type": "invoices"}
        )
        id_ = self.new_id()
        self.rows["elements"][id_] = element_row(id_, catalog, name, price, status, self.now)
        link = {"id": id_, "metadata": {"quantity": 1, "catalog_id": catalog}}
        self.lead(lead)["_embedded"]["catalog_elements"].append(link)
        self.touch("leads", lead)
        return id_

    def pay(self, lead: int, invoice: int) -> None:
        element = self.rows["elements"][invoice]
        for one in element["custom_fields_values"]:
            if one["field_code"] == "BILL_STATUS":
                one["values"] = [{"value": "Оплачен", "enum_id": 2, "enum_code": "paid"}]
        paid = {"field_id": 94, "field_code": "BILL_PAYMENT_DATE", "field_type": "date_time"}
        element["custom_fields_values"].append({**paid, "values": [{"value": self.now}]})
        element["updated_at"] = self.now
        self.add_note("lead", lead, "invoice_paid", {"text": "Счёт оплачен", "icon_url": ""})

    def move(self, lead: int, status: int) -> None:
        row = self.lead(lead)
        before, row["status_id"] = row["status_id"], status
        if before == status:
            return
        row["closed_at"] = self.now if status in (WON, LOST) else None
        self.touch("leads", lead, "status", {"old_status_id": before})
        self.event("lead_status_changed", "lead", lead, before, status)

    def touch(self, kind: str, id_: int, action: str = "update", more: Row | None = None) -> None:
        row = self.row(kind, id_)
        row["updated_at"] = self.now
        entity = "leads" if kind == "leads" else "contacts"
        self.told(entity, action, {**row, **(more or {}), "kind": kind})

    def remove(self, kind: str, id_: int) -> None:
        row = self.rows[kind].pop(id_)
        singular = {"leads": "lead", "contacts": "contact", "companies": "company"}.get(kind)
        if kind == "tasks":
            self.event("task_deleted", "task", id_)
        if kind == "lead_notes":
            self.event("common_note_deleted", "lead", row["entity_id"])
        if singular is not None:
            self.event(f"{singular}_deleted", singular, id_)
            self.told("leads" if kind == "leads" else "contacts", "delete", {**row, "kind": kind})

    def restore(self, kind: str, row: Row) -> None:
        self.rows[kind][row["id"]] = {**row, "updated_at": self.now}
        self.event("lead_restored", "lead", row["id"])

    def message(self, lead: int, *, incoming: bool, by: int = 0) -> str:
        kind = "incoming_chat_message" if incoming else "outgoing_chat_message"
        after = [{"message": {"id": f"m{self.new_id()}", "talk_id": 1109, "origin": "telegram"}}]
        return self.event(kind, "lead", lead, by=by, after=after)

    # What the API needs

    def new_id(self) -> int:
        with self.lock:
            self._last_id += 1
            return self._last_id

    def row(self, kind: str, id_: int) -> Row:
        """A row; one of the many becomes one of its own when it is changed."""
        if id_ not in self.rows[kind]:
            index = self.many.index_of(kind, id_)
            if index is None:
                raise KeyError(id_)
            self.rows[kind][id_] = self.many.row(kind, index)
        return self.rows[kind][id_]

    def lead(self, id_: int) -> Row:
        return self.row("leads", id_)

    def event(  # noqa: PLR0917 - a row
        self,
        kind: str,
        entity: str,
        id_: int,
        before: int = 0,
        to: int = 0,
        by: int = MANAGER,
        after: list[Row] | None = None,
    ) -> str:
        name = f"01event{self.new_id():019d}"
        row = event_row(name, kind, id_, self.now, before, to, by)
        row["entity_type"] = entity
        if after is not None:
            row["value_after"] = after
        self.rows["events"][name] = row
        return name
