"""What Bitrix24's methods take: the small table that our requests and the fake are held against.

Source: api-reference of bitrix-tools/b24-rest-docs (MIT) at 2ba82021; where a page says more than
the schema of a method, the page is named.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

INT, TEXT, FLAG, OBJECT, LIST, TIME, NUMBER = (
    "integer",
    "string",
    "boolean",
    "object",
    "array",
    "datetime",
    "double",
)


@dataclass(frozen=True, slots=True)
class Method:
    """What a method takes; `inner` are the keys of an object or of a list's objects among it."""

    scope: str
    takes: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    inner: Mapping[str, tuple[tuple[str, ...], tuple[str, ...]]] = field(default_factory=dict)
    writes: bool = False
    application: bool = False


_ITEMS = {"select": LIST, "filter": OBJECT, "order": OBJECT, "start": INT}
_OWN = {"useOriginalUfNames": FLAG}
_ID = {"id": INT}
_UF_OLD = (
    "USER_TYPE_ID FIELD_NAME LABEL XML_ID LIST_FILTER_LABEL LIST_COLUMN_LABEL EDIT_FORM_LABEL "
    "ERROR_MESSAGE HELP_MESSAGE MULTIPLE MANDATORY SHOW_FILTER SETTINGS LIST SORT SHOW_IN_LIST "
    "EDIT_IN_LIST IS_SEARCHABLE"
)
_UF_NEW = (
    "entityId fieldName userTypeId xmlId sort multiple mandatory showFilter editInList "
    "isSearchable settings editFormLabel helpMessage enum"
)


def _keys(known: str, needed: str = "") -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(known.split()), tuple(needed.split())


METHODS: dict[str, Method] = {
    "batch": Method("", {"cmd": OBJECT, "halt": INT}, ("cmd",)),
    "scope": Method(""),
    "server.time": Method(""),
    "profile": Method(""),
    "user.admin": Method(""),
    "method.get": Method("", {"name": TEXT}),
    "user.current": Method("user"),
    "user.get": Method(
        "user",
        {
            "sort": TEXT,
            "order": TEXT,
            "FILTER": OBJECT,  # user-get.md: an object, though the schema calls it a string
            "ADMIN_MODE": FLAG,
            "select": LIST,
            "IMAGE_RESIZE": TEXT,
            "start": INT,
        },
    ),
    "crm.currency.base.get": Method("crm"),
    "crm.category.list": Method("crm", {"entityTypeId": INT}, ("entityTypeId",)),
    "crm.status.list": Method("crm", {"order": OBJECT, "filter": OBJECT}),
    "crm.item.fields": Method("crm", {"entityTypeId": INT, **_OWN}, ("entityTypeId",)),
    "crm.item.list": Method("crm", {"entityTypeId": INT, **_ITEMS, **_OWN}, ("entityTypeId",)),
    "crm.item.get": Method("crm", {"entityTypeId": INT, **_ID, **_OWN}, ("entityTypeId", "id")),
    "crm.item.update": Method(
        "crm",
        {"entityTypeId": INT, **_ID, "fields": OBJECT, **_OWN},
        ("entityTypeId", "id", "fields"),
        writes=True,
    ),
    "crm.deal.fields": Method("crm"),
    "crm.deal.list": Method("crm", _ITEMS),
    "crm.deal.get": Method("crm", _ID, ("id",)),
    "crm.deal.update": Method(
        "crm", {**_ID, "fields": OBJECT, "params": OBJECT}, ("id",), writes=True
    ),
    "crm.deal.contact.items.get": Method("crm", _ID, ("id",)),
    "crm.contact.list": Method("crm", _ITEMS),
    "crm.company.list": Method("crm", _ITEMS),
    "crm.stagehistory.list": Method(
        "crm",
        {
            "entityTypeId": INT,
            "order": OBJECT,
            "filter": OBJECT,
            "select": OBJECT,
            "start": INT,
        },
    ),
    "crm.activity.list": Method("crm", _ITEMS),
    # crm-activity-binding-list.md
    "crm.activity.binding.list": Method("crm", {"activityId": INT}, ("activityId",)),
    # crm-activity-delete.md
    "crm.activity.delete": Method("crm", _ID, ("id",), writes=True),
    "crm.activity.todo.add": Method(
        "crm",
        {
            "ownerTypeId": INT,
            "ownerId": INT,
            "deadline": TIME,
            "title": TEXT,
            "description": TEXT,
            "responsibleId": INT,
            "parentActivityId": INT,
            "pingOffsets": LIST,
            "colorId": TEXT,
        },
        ("ownerTypeId", "ownerId", "deadline"),
        writes=True,
    ),
    "crm.activity.call.getTranscript": Method("crm", {"activityId": INT}, ("activityId",)),
    "crm.timeline.comment.add": Method(
        "crm",
        {"fields": OBJECT},
        ("fields",),
        {"fields": _keys("ENTITY_ID ENTITY_TYPE COMMENT FILES", "ENTITY_ID ENTITY_TYPE COMMENT")},
        writes=True,
    ),
    "crm.timeline.comment.list": Method("crm", _ITEMS, ("filter",)),
    "crm.timeline.comment.delete": Method(
        "crm", {**_ID, "ownerTypeId": INT, "ownerId": INT}, ("id",), writes=True
    ),
    # crm-document-generator-document-list.md
    "crm.documentgenerator.document.list": Method("crm", _ITEMS),
    "tasks.task.list": Method("task", {**_ITEMS, "params": OBJECT}),
    "voximplant.statistic.get": Method(
        "telephony", {"FILTER": OBJECT, "SORT": TEXT, "ORDER": TEXT, "start": INT}
    ),
    "telephony.call.attachTranscription": Method(
        "telephony",
        {"CALL_ID": TEXT, "MESSAGES": LIST, "COST": NUMBER, "COST_CURRENCY": TEXT},
        ("CALL_ID", "MESSAGES"),
        {
            "MESSAGES": _keys(
                "SIDE START_TIME STOP_TIME MESSAGE", "SIDE START_TIME STOP_TIME MESSAGE"
            )
        },
        writes=True,
        application=True,
    ),
    "userfieldconfig.list": Method(
        "userfieldconfig",
        {"moduleId": TEXT, "select": OBJECT, "order": OBJECT, "filter": OBJECT, "start": INT},
        ("moduleId",),
    ),
    "userfieldconfig.add": Method(
        "userfieldconfig",
        {"moduleId": TEXT, "field": OBJECT},
        ("moduleId", "field"),
        {"field": _keys(_UF_NEW, "entityId fieldName userTypeId")},
        writes=True,
    ),
    "crm.deal.userfield.list": Method("crm", {"filter": OBJECT, "order": OBJECT}),
    "crm.deal.userfield.add": Method(
        "crm",
        {"fields": OBJECT},
        ("fields",),
        {"fields": _keys(_UF_OLD, "USER_TYPE_ID FIELD_NAME")},
        writes=True,
    ),
    "event.bind": Method(
        "",
        {
            "event": TEXT,
            "handler": TEXT,  # offline-events.md: not given where `event_type` is offline
            "auth_type": INT,
            "event_type": TEXT,
            "auth_connector": TEXT,
            "options": OBJECT,
        },
        ("event",),
        writes=True,
        application=True,
    ),
    "event.get": Method("", application=True),  # event-get.md
    "event.unbind": Method(
        "",
        {"event": TEXT, "handler": TEXT, "auth_type": INT, "event_type": TEXT},
        ("event", "handler"),
        writes=True,
        application=True,
    ),
    "event.offline.get": Method(
        "",
        {
            "filter": LIST,
            "order": LIST,
            "limit": INT,
            "clear": INT,  # event-offline-get.md names these four as further parameters
            "process_id": TEXT,
            "auth_connector": TEXT,
            "error": INT,
        },
        application=True,
    ),
    "event.offline.clear": Method(
        "",
        {"process_id": TEXT, "id": LIST, "message_id": LIST},
        ("process_id",),
        application=True,
    ),
}
# What the pages say and the schemas do not.
BEYOND_THE_SCHEMAS = {
    ("event.offline.get", "clear"),
    ("event.offline.get", "process_id"),
    ("event.offline.get", "auth_connector"),
    ("event.offline.get", "error"),
}
NOT_NEEDED_AFTER_ALL = {("event.bind", "handler")}
OTHER_TYPES = {("user.get", "FILTER")}


def fault_of(method: str, params: Mapping[str, Any]) -> str | None:
    """What is wrong with a request, in one sentence; ``None`` where nothing is."""
    known = METHODS[method]
    for name in params:
        if name not in known.takes:
            return f"{method} takes no parameter `{name}`"
    for name in known.needs:
        if params.get(name) in (None, ""):
            return f"{method} needs `{name}`"
    for name, value in params.items():
        if not _is(known.takes[name], value):
            return f"{method}: `{name}` is no {known.takes[name]}"
    return next(
        (
            fault
            for name, keys in known.inner.items()
            for one in _inner(params.get(name))
            if (fault := _inner_fault(f"{method}: `{name}`", one, keys)) is not None
        ),
        None,
    )


def _inner(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _inner_fault(
    place: str, value: Any, keys: tuple[tuple[str, ...], tuple[str, ...]]
) -> str | None:
    known, needed = keys
    if not isinstance(value, Mapping):
        return f"{place} is no object"
    strange = [name for name in value if name not in known]
    missing = [name for name in needed if value.get(name) in (None, "")]
    if strange:
        return f"{place} has no `{strange[0]}`"
    return f"{place} needs `{missing[0]}`" if missing else None


def _is(kind: str, value: Any) -> bool:
    """Whether a value may stand for a type; in a batch everything is a text."""
    text = value if isinstance(value, str) else ""
    number = isinstance(value, int | float) and not isinstance(value, bool)
    checks = {
        INT: (number and isinstance(value, int)) or re.fullmatch(r"-?\d+", text) is not None,
        NUMBER: number or re.fullmatch(r"-?\d+(\.\d+)?", text) is not None,
        FLAG: isinstance(value, bool) or text in ("Y", "N", "1", "0", "true", "false"),
        TIME: _is_time(text),
        OBJECT: isinstance(value, Mapping) or value == [],
        LIST: isinstance(value, list | Mapping),
        TEXT: isinstance(value, str),
    }
    return checks[kind]


def _is_time(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
