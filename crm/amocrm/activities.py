"""Tasks, notes, messages and invoices of amoCRM as activities.

Their ids say what they are (``task-1``, ``note-1``...): amoCRM counts each kind for itself. What
we wrote ourselves is none.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from crm.activity_kinds import activity_kind
from crm.amocrm.fields import first_code, first_value, of_code
from crm.amocrm.keys import key_of
from crm.amocrm.shapes import Element, Event, Note, Task
from crm.amocrm.values import money, object_, plain, stamp
from models.vocabulary.deal import Activity, ActivityKind, ActivityType

LEADS, CONTACTS, COMPANIES = "leads", "contacts", "companies"
MESSAGES = {"incoming_chat_message": "in", "outgoing_chat_message": "out"}
# amoCRM writes these on a deal when an invoice of it was paid.
PAID_NOTES = frozenset({"invoice_paid", "bill_paid"})
_MEETING = "2"
_CALLS = {"call_in": "in", "call_out": "out"}
_SMS = {"sms_in": "in", "sms_out": "out", "targeting_in": "in", "targeting_out": "out"}
_FILES = frozenset({"attachment", "dropbox", "external_attachment"})
_TEXTS = frozenset({"common", "service_message", "extended_service_message", "geolocation"})
# https://www.amocrm.ru/developers/content/crm_platform/calls-api: those below 4 and above reached
# nobody; their words are such as `verification.call_not_reached` knows.
_CALL_STATUS = {
    "1": "недозвон: оставлено сообщение",
    "2": "просили перезвонить",
    "3": "недозвон: недоступен",
    "4": "разговор состоялся",
    "5": "недозвон: неверный номер",
    "6": "нет ответа",
    "7": "занято",
}
_MOST_TEXT = 10_000


def task_activity(task: Task) -> Activity | None:
    """A task, or a meeting where it is of that type; ``None`` for ours and those of no client."""
    owner = _owner(task.entity_type, task.entity_id)
    if owner is None or task.created_at is None or key_of(task.text) is not None:
        return None
    form = ActivityType.MEETING if task.task_type_id == _MEETING else ActivityType.TASK
    done_at = task.updated_at or task.complete_till or task.created_at
    return Activity(
        id=f"task-{task.id}",
        type=form,
        kind=activity_kind(form, subject=task.text),
        created_at=task.created_at,
        due_at=task.complete_till,
        completed_at=done_at if task.is_completed else None,
        result=plain(task.result.get("text"))[:_MOST_TEXT] or None,
        subject=task.text[:_MOST_TEXT] or None,
        user_id=task.responsible_user_id,
        **owner,
    )


def note_activity(note: Note, entity: str) -> Activity | None:
    """What a note on a lead, contact or company tells of; ``None`` where that is nothing to us."""
    owner = _owner(entity, note.entity_id)
    told = _told(note)
    if told is None or note.created_at is None:
        return None
    if owner is None and told.get("call_id") is None:
        return None
    form = told["type"]
    kind = activity_kind(
        form, subject=told.get("subject"), text=told.get("text"), file=told.pop("file", None)
    )
    return Activity(
        id=f"note-{note.id}",
        kind=kind,
        created_at=note.created_at,
        user_id=told.pop("user_id", None) or note.created_by,
        **(owner or {}),
        **told,
    )


def message_activity(event: Event) -> Activity | None:
    """A message in a chat; its words are not told by the API, and a robot's have no author."""
    owner = _owner(f"{event.entity_type}s", event.entity_id)
    direction = MESSAGES.get(event.type)
    if owner is None or direction is None or event.created_at is None:
        return None
    return Activity(
        id=f"message-{event.id}",
        type=ActivityType.MESSAGE,
        kind=ActivityKind.OTHER,
        created_at=event.created_at,
        completed_at=event.created_at,
        direction=direction,
        user_id=event.created_by,
        **owner,
    )


def invoice_activities(element: Element, deal_id: str) -> list[Activity]:
    """An invoice of a deal, and its payment where it was paid in full."""
    if element.is_deleted or element.created_at is None:
        return []
    values = element.values()
    amount = money(first_value(of_code(values, "BILL_PRICE")))
    invoice = Activity(
        id=f"invoice-{element.id}",
        type=ActivityType.INVOICE,
        kind=ActivityKind.INVOICE,
        created_at=element.created_at,
        deal_id=deal_id,
        direction="out",
        amount=amount,
        subject=element.name or None,
        user_id=element.created_by,
    )
    if first_code(of_code(values, "BILL_STATUS")) not in ("paid", "paid_in_advance"):
        return [invoice]
    paid_at = _moment(first_value(of_code(values, "BILL_PAYMENT_DATE"))) or element.updated_at
    payment = Activity(
        id=f"payment-{element.id}",
        type=ActivityType.PAYMENT,
        kind=ActivityKind.PAYMENT,
        created_at=paid_at or element.created_at,
        completed_at=paid_at or element.created_at,
        deal_id=deal_id,
        direction="in",
        amount=amount,
        subject=element.name or None,
    )
    return [invoice, payment]


def _owner(entity: str, id_: str | None) -> dict[str, Any] | None:
    if id_ is None:
        return None
    return {LEADS: {"deal_id": id_}, CONTACTS: {"contact_id": id_}}.get(entity)


def _told(note: Note) -> dict[str, Any] | None:
    kind = note.note_type
    if kind in _CALLS:
        return _call(note)
    if kind == "amomail_message":
        return _mail(note)
    if kind in _SMS:
        return _sms(note)
    if kind in _FILES:
        return _file(note)
    return _zoom(note) if kind == "zoom_meeting" else _plain_note(note)


def _sms(note: Note) -> dict[str, Any]:
    return {
        "type": ActivityType.MESSAGE,
        "direction": _SMS[note.note_type],
        "completed_at": note.created_at,
        "text": _text(note.params.get("text")),
    }


def _file(note: Note) -> dict[str, Any]:
    names = (_text(note.params.get(one)) for one in ("original_name", "file_name", "text"))
    name = next(filter(None, names), None)
    return {"type": ActivityType.DOCUMENT, "subject": name, "file": name}


def _zoom(note: Note) -> dict[str, Any]:
    return {
        "type": ActivityType.MEETING,
        "subject": _text(object_(note.params.get("conference")).get("topic")),
        "place": "Zoom",
        "completed_at": note.created_at,
    }


def _plain_note(note: Note) -> dict[str, Any] | None:
    text = _text(note.params.get("text"))
    if note.note_type not in _TEXTS or text is None or key_of(text) is not None:
        return None
    place = _text(note.params.get("address")) if note.note_type == "geolocation" else None
    return {"type": ActivityType.NOTE, "text": text, "place": place}


def _call(note: Note) -> dict[str, Any]:
    """Calls as telephone systems write them; `uniq` is their id, `link` holds secrets at times."""
    params = note.params
    status = _CALL_STATUS.get(plain(params.get("call_status")), "")
    if not status and plain(params.get("duration")) == "0":
        status = _CALL_STATUS["6"]
    said = plain(params.get("call_result"))
    return {
        "type": ActivityType.CALL,
        "direction": _CALLS[note.note_type],
        "completed_at": note.created_at,
        "result": _text("; ".join(filter(None, (status, said)))),
        "call_id": _text(params.get("uniq")),
        "user_id": note.responsible_user_id,
    }


def _mail(note: Note) -> dict[str, Any]:
    income = note.params.get("income")
    return {
        "type": ActivityType.EMAIL,
        "direction": "in" if income is True or plain(income).lower() in ("1", "true") else "out",
        "completed_at": note.created_at,
        "subject": _text(note.params.get("subject")),
        "text": _text(note.params.get("content_summary")),
    }


def _text(value: object) -> str | None:
    return plain(value)[:_MOST_TEXT] or None


def _moment(value: object) -> datetime | None:
    try:
        return stamp(value)
    except ValueError:
        return None
