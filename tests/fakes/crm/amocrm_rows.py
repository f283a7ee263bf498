"""Rows of a fake amoCRM, in the shapes in which the real one answers.

Captured answers are quoted by the official SDK's repository (github.com/amocrm/amocrm-api-php,
README and examples), by amocrm.ru/developers (leads-api, events-and-notes, tasks-api), and by
issues 383 and 441 of that repository (null where writing refuses it).
"""

from __future__ import annotations

from typing import Any

Row = dict[str, Any]
WON, LOST = 142, 143
PIPELINE, STAGES = 8117898, (66101, 66102, 66103, 66104)
ADMIN, MANAGER = 10998074, 10998075
_NAMES = ("Новая заявка", "Квалификация", "КП отправлено", "Договор")


def lead_row(id_: int, name: str, at: int, **other: Any) -> Row:
    """A lead; captured from a live account (interfaces of the project, section 2.2)."""
    embedded = {
        "tags": [],
        "companies": other.pop("companies", []),
        "contacts": other.pop("contacts", []),
        "catalog_elements": [],
        "loss_reason": [],
    }
    return {
        "id": id_, "name": name, "price": 0, "responsible_user_id": MANAGER, "group_id": 0,
        "status_id": STAGES[0], "pipeline_id": PIPELINE, "loss_reason_id": None,
        "created_by": MANAGER, "updated_by": MANAGER, "created_at": at, "updated_at": at,
        "closed_at": None, "closest_task_at": None, "is_deleted": False,
        "custom_fields_values": None, "score": None, "account_id": 31727418, "labor_cost": None,
        **other, "_embedded": embedded,
    }  # fmt: skip


def card_row(
    id_: int, name: str, at: int, fields: list[Row], companies: list[Row] | None = None
) -> Row:
    """A contact or a company."""
    return {
        "id": id_, "name": name, "first_name": "", "last_name": "",
        "responsible_user_id": MANAGER, "group_id": 0, "created_by": MANAGER, "updated_by": MANAGER,
        "created_at": at, "updated_at": at, "closest_task_at": None, "is_deleted": False,
        "is_unsorted": False, "custom_fields_values": fields or None, "account_id": 31727418,
        "_embedded": {"tags": [], "companies": companies or []},
    }  # fmt: skip


def phone_field(*phones: str) -> Row:
    values = [{"value": one, "enum_id": 1, "enum_code": "WORK"} for one in phones]
    return {
        "field_id": 771, "field_name": "Телефон", "field_code": "PHONE",
        "field_type": "multitext", "values": values,
    }  # fmt: skip


def task_row(id_: int, lead: int, text: str, due: int, at: int, **other: Any) -> Row:
    """A task; PHP writes the result that is not there as an empty list."""
    return {
        "id": id_, "created_by": MANAGER, "updated_by": MANAGER, "created_at": at,
        "updated_at": at, "responsible_user_id": MANAGER, "group_id": 0, "entity_id": lead,
        "entity_type": "leads", "duration": 0, "is_completed": False, "task_type_id": 1,
        "text": text, "result": [], "complete_till": due, "account_id": 31727418, **other,
    }  # fmt: skip


def note_row(id_: int, entity_id: int, kind: str, params: Row, at: int) -> Row:
    return {
        "id": id_, "entity_id": entity_id, "created_by": MANAGER, "updated_by": MANAGER,
        "created_at": at, "updated_at": at, "responsible_user_id": MANAGER, "group_id": 0,
        "note_type": kind, "params": params, "account_id": 31727418,
    }  # fmt: skip


def call_params(uniq: str, phone: str, **other: Any) -> Row:
    """A call as it is read: null where writing refuses it (issue 383 of the SDK)."""
    return {
        "uniq": uniq, "duration": 148, "source": "asterisk", "link": None, "phone": phone,
        "call_result": None, "call_status": None, **other,
    }  # fmt: skip


def event_row(  # noqa: PLR0917 - a row
    id_: str, kind: str, entity_id: int, at: int, before: int, to: int, by: int = MANAGER
) -> Row:
    """An event; those of a move tell both statuses, others an empty list."""
    moved = kind == "lead_status_changed"
    return {
        "id": id_, "type": kind, "entity_id": entity_id, "entity_type": "lead",
        "created_by": by, "created_at": at, "account_id": 31727418,
        "value_before": [{"lead_status": {"id": before, "pipeline_id": PIPELINE}}] if moved else [],
        "value_after": [{"lead_status": {"id": to, "pipeline_id": PIPELINE}}] if moved else [],
    }  # fmt: skip


def element_row(  # noqa: PLR0917 - a row
    id_: int, catalog: int, name: str, price: int, status: str, at: int
) -> Row:
    """An invoice (codes: `InvoicesCustomFieldsEnums`, `BillStatusEnumCode` of the SDK)."""
    chosen = {"value": "Создан", "enum_id": 1, "enum_code": status}
    return {
        "id": id_, "catalog_id": catalog, "name": name, "created_by": MANAGER,
        "updated_by": MANAGER, "created_at": at, "updated_at": at, "is_deleted": None,
        "custom_fields_values": [
            {"field_id": 91, "field_code": "BILL_STATUS", "field_type": "select", "values": [chosen]},
            {"field_id": 92, "field_code": "BILL_PRICE", "field_type": "numeric",
             "values": [{"value": str(price)}]},
        ],
        "account_id": 31727418,
    }  # fmt: skip


def account_row() -> Row:
    """The account, with what `with` adds."""
    return {
        "id": 31727418, "name": "Студия «Белый слон»", "subdomain": "belyslon",
        "current_user_id": ADMIN, "country": "RU", "currency": "RUB", "currency_symbol": "₽",
        "customers_mode": "disabled", "is_unsorted_on": True, "version": 12,
        "is_api_filter_enabled": True,
        "_embedded": {"datetime_settings": {"timezone": "Europe/Samara", "timezone_offset": "+04:00"}},
    }  # fmt: skip


def pipeline_row() -> Row:
    """A pipeline: the entrance first, 142 and 143 last, whatever order they are told in."""
    statuses = [
        {
            "id": id_, "name": name, "sort": 20 + 10 * place, "is_editable": True,
            "pipeline_id": PIPELINE, "color": "#fffeb2", "type": 0, "account_id": 31727418,
        }
        for place, (id_, name) in enumerate(zip(STAGES, _NAMES, strict=True))
    ]  # fmt: skip
    ends = [
        {"id": LOST, "name": "Закрыто и не реализовано", "sort": 11000, "type": 0},
        {"id": WON, "name": "Успешно реализовано", "sort": 10000, "type": 0},
    ]
    entrance = {"id": 66100, "name": "Неразобранное", "sort": 10, "type": 1}
    return {
        "id": PIPELINE, "name": "Продажи", "sort": 1, "is_main": True, "is_unsorted_on": True,
        "is_archive": False, "account_id": 31727418,
        "_embedded": {"statuses": [*ends, *statuses, entrance]},
    }  # fmt: skip


def user_row(id_: int, name: str, *, admin: bool) -> Row:
    rights = {"view": "A", "edit": "A", "add": "A", "delete": "D", "export": "D"}
    return {
        "id": id_, "name": name, "email": f"u{id_}@example.test", "lang": "ru",
        "rights": {
            "leads": rights, "contacts": rights, "companies": rights,
            "tasks": {"edit": "A", "delete": "D"}, "is_admin": admin, "is_active": True,
        },
        "_embedded": {"roles": [] if admin else [{"id": 1, "name": "Менеджер"}], "groups": []},
    }  # fmt: skip
