"""What a fake amoCRM refuses of request bodies, in the words of the real one.

Codes as amocrm.ru/developers tells them (errors of `application/problem+json`), rules by the
official SDK's models (`NoteModel`, `TaskModel`, `CustomFieldModel`, `WebhookModel`).
"""

from __future__ import annotations

import re
from typing import Any

Complaint = dict[str, str]
_FIELD_TYPES = {"text", "numeric", "checkbox", "select", "date", "date_time", "url", "textarea"}
_LEAD_KEYS = {
    "name", "price", "status_id", "pipeline_id", "responsible_user_id", "custom_fields_values",
    "tags_to_add", "tags_to_delete", "closed_at", "loss_reason_id", "updated_by", "request_id",
    "_embedded", "id",
}  # fmt: skip
_WRITABLE_NOTES = {
    "common", "call_in", "call_out", "service_message", "extended_service_message",
    "message_cashier", "invoice_paid", "geolocation", "sms_in", "sms_out", "attachment",
}  # fmt: skip
_CODE = re.compile(r"[A-Z0-9_]+")


def refused(code: str, path: str, detail: str = "") -> Complaint:
    return {"code": code, "path": path, "detail": detail or "This value is not valid."}


def check_notes(body: Any) -> list[Complaint]:
    if not isinstance(body, list) or not body:
        return [refused("InvalidType", "", "This value should be of type array.")]
    return [found for at, one in enumerate(body) for found in _check_note(at, one)]


def _check_note(at: int, one: Any) -> list[Complaint]:
    if not isinstance(one, dict) or one.get("note_type") not in _WRITABLE_NOTES:
        return [refused("NotSupportedChoice", f"{at}.note_type")]
    params = one.get("params")
    if not isinstance(params, dict):
        return [refused("FieldMissing", f"{at}.params")]
    if one["note_type"] == "common" and not _text(params.get("text")):
        return [refused("NotBlank", f"{at}.params.text")]
    return [
        refused("NotNullable", f"{at}.params.{name}", "This value should not be null.")
        for name, value in params.items()
        if value is None
    ]


def check_tasks(body: Any, leads: Any) -> list[Complaint]:
    if not isinstance(body, list) or not body:
        return [refused("InvalidType", "", "This value should be of type array.")]
    found = []
    for at, one in enumerate(body):
        if not _text(one.get("text")):
            found.append(refused("NotBlank", f"{at}.text"))
        if not _whole(one.get("complete_till")):
            found.append(refused("FieldMissing", f"{at}.complete_till"))
        if one.get("entity_type") == "leads" and one.get("entity_id") not in leads:
            found.append(refused("NotFound", f"{at}.entity_id"))
        if not _whole(one.get("task_type_id", 1)) or not _whole(one.get("responsible_user_id", 1)):
            found.append(refused("InvalidType", f"{at}.task_type_id"))
    return found


def check_task_patch(body: Any) -> list[Complaint]:
    if not isinstance(body, dict) or not isinstance(body.get("is_completed"), bool):
        return [refused("InvalidType", "is_completed")]
    result = body.get("result")
    fits = isinstance(result, dict) and _text(result.get("text"))
    return [] if fits else [refused("NotBlank", "result.text")]


def check_lead_patch(body: Any, fields: dict[Any, Any]) -> list[Complaint]:
    if not isinstance(body, dict):
        return [refused("InvalidType", "", "This value should be of type object.")]
    found = [refused("ExtraField", name) for name in body if name not in _LEAD_KEYS]
    for at, one in enumerate(body.get("custom_fields_values") or []):
        path = f"custom_fields_values.{at}"
        known = fields.get(one.get("field_id"))
        if known is None:
            found.append(refused("NotSupportedChoice", f"{path}.field_id"))
        elif one.get("values") is not None:
            found += _check_values(one["values"], known["type"], f"{path}.values")
    for name in ("tags_to_add", "tags_to_delete"):
        for at, one in enumerate(body.get(name) or []):
            if not _text(one.get("name")) and not _whole(one.get("id")):
                found.append(refused("FieldMissing", f"{name}.{at}.name"))
    return found


def _check_values(values: Any, kind: str, path: str) -> list[Complaint]:
    if not isinstance(values, list) or not values:
        return [refused("InvalidType", path)]
    value = values[0].get("value")
    fits = {
        "text": isinstance(value, str) and 0 < len(value) <= 256,
        "numeric": isinstance(value, int | float) and not isinstance(value, bool),
        "date_time": _whole(value),
        "url": isinstance(value, str) and value.startswith(("http://", "https://")),
    }.get(kind, value is not None)
    return [] if fits else [refused("InvalidType", f"{path}.0.value")]


def check_fields(body: Any, known: dict[Any, Any]) -> list[Complaint]:
    if not isinstance(body, list) or not body:
        return [refused("InvalidType", "", "This value should be of type array.")]
    found = []
    codes = {row["code"] for row in known.values() if row.get("code")}
    for at, one in enumerate(body):
        if not _text(one.get("name")):
            found.append(refused("NotBlank", f"{at}.name"))
        if one.get("type") not in _FIELD_TYPES:
            found.append(refused("NotSupportedChoice", f"{at}.type"))
        code = one.get("code")
        if code is not None and (not _CODE.fullmatch(str(code)) or code in codes):
            found.append(refused("NotUnique", f"{at}.code"))
    return found


def check_hook(body: Any) -> list[Complaint]:
    if not isinstance(body, dict) or not str(body.get("destination", "")).startswith("http"):
        return [refused("InvalidUrl", "destination")]
    settings = body.get("settings")
    words = re.compile(
        r"(add|update|delete|restore|status|responsible|note)_(lead|contact|company|task|customer)"
    )
    fits = isinstance(settings, list) and settings and all(words.fullmatch(s) for s in settings)
    return [] if fits else [refused("NotSupportedChoice", "settings")]


def _text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)
