"""What was planned and done, in our words. Pure: rows in, words out.

An activity hangs on several cards at once: a call is its contact's, and bound to the deal. Ours
hangs on one deal, so it is the owner's, else the oldest deal's that it is bound to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from crm.activity_kinds import activity_kind
from crm.bitrix24.facts import COMPANY, CONTACT, DEAL
from crm.bitrix24.listing import Listing
from crm.bitrix24.values import code_of, flag_of, id_of, moment_of, number_of, plain_text
from crm.rows import Row, row_of, text_of
from models.vocabulary.deal import Activity, ActivityType

TASKS = "CRM_TASKS_TASK"
_CALLS = "VOXIMPLANT_CALL"
_ORIGIN = "VI_"  # before a call's id in `ORIGIN_ID`
_DONE = "5"  # a task's status
_BY_PROVIDER = {
    _CALLS: ActivityType.CALL,
    "CALL": ActivityType.CALL,
    "CRM_CALL": ActivityType.CALL,
    "CRM_MEETING": ActivityType.MEETING,
    "CRM_CALENDAR_SHARING": ActivityType.MEETING,
    "CRM_EMAIL": ActivityType.EMAIL,
    TASKS: ActivityType.TASK,
    "TASKS": ActivityType.TASK,
    "CRM_TODO": ActivityType.TASK,
    "CONFIGURABLE_REST_APP": ActivityType.TASK,
    "REST_APP": ActivityType.TASK,
    "IMOPENLINES_SESSION": ActivityType.MESSAGE,
    "CRM_SMS": ActivityType.MESSAGE,
    "CRM_NOTIFICATION": ActivityType.MESSAGE,
    "CRM_WHATSAPP": ActivityType.MESSAGE,
    "CRM_TELEGRAM": ActivityType.MESSAGE,
    "CRM_DOCUMENT": ActivityType.DOCUMENT,
    "CRM_SIGN_DOCUMENT": ActivityType.DOCUMENT,
    "CRM_PAYMENT": ActivityType.PAYMENT,
}
_BY_TYPE = {
    "1": ActivityType.MEETING,
    "2": ActivityType.CALL,
    "3": ActivityType.TASK,
    "4": ActivityType.EMAIL,
}
_DIRECTIONS = {"1": "in", "2": "out"}
_PLANNED = (ActivityType.TASK, ActivityType.MEETING, ActivityType.CALL)
_SELECTED = (
    "ID OWNER_ID OWNER_TYPE_ID TYPE_ID PROVIDER_ID PROVIDER_TYPE_ID ASSOCIATED_ENTITY_ID SUBJECT "
    "CREATED LAST_UPDATED START_TIME END_TIME DEADLINE COMPLETED RESPONSIBLE_ID DESCRIPTION "
    "DIRECTION LOCATION ORIGIN_ID RESULT_SUM"
)
_SELECTED_TASK = (
    "ID TITLE DESCRIPTION STATUS RESPONSIBLE_ID CREATED_DATE CHANGED_DATE CLOSED_DATE DEADLINE "
    "UF_CRM_TASK"
)


@dataclass(frozen=True, slots=True)
class Ties:
    """Which deal and contact something hangs on, and how a telephone system calls the call."""

    deal_id: str | None = None
    contact_id: str | None = None
    company_id: str | None = None
    call_id: str | None = None

    @property
    def is_ours(self) -> bool:
        """Whether it hangs on anything that we read (leads we do not)."""
        return any((self.deal_id, self.contact_id, self.company_id))


def activity_listing(
    *, since: datetime | None = None, deals: Sequence[str] | None = None
) -> Listing:
    """The list of activities: those changed since, or those bound to deals."""
    told: dict[str, Any] = {}
    if since is not None:
        told[">=LAST_UPDATED"] = since.isoformat(timespec="seconds")
    if deals is not None:
        told["BINDINGS"] = [{"OWNER_TYPE_ID": DEAL, "OWNER_ID": int(one)} for one in deals]
    return Listing("crm.activity.list", {"select": _SELECTED.split()}, told)


def task_listing(*, since: datetime | None = None, deals: Sequence[str] | None = None) -> Listing:
    """The list of tasks: those changed since, or those that hang on deals."""
    told: dict[str, Any] = {}
    if since is not None:
        told[">=CHANGED_DATE"] = since.isoformat(timespec="seconds")
    if deals is not None:
        told["UF_CRM_TASK"] = [f"D_{one}" for one in deals]
    params = {"select": _SELECTED_TASK.split()}
    return Listing("tasks.task.list", params, told, "ID", "id", "tasks")


def is_call(row: Row) -> bool:
    """Whether an activity is a call of the portal's telephony."""
    return code_of(row.get("PROVIDER_ID")) == _CALLS


def is_task(row: Row) -> bool:
    """Whether an activity only stands for a task, which tells more by itself."""
    return code_of(row.get("PROVIDER_ID")) == TASKS


def ties_of(row: Row, bindings: Sequence[Row]) -> Ties:
    """What an activity hangs on, by its owner and its bindings."""
    found: dict[str, list[str]] = {}
    for kind, own in [
        (code_of(row.get("OWNER_TYPE_ID")), id_of(row.get("OWNER_ID"))),
        *((code_of(one.get("entityTypeId")), id_of(one.get("entityId"))) for one in bindings),
    ]:
        if own is not None:
            found.setdefault(kind, []).append(own)
    owned = code_of(row.get("OWNER_TYPE_ID")) == str(DEAL)
    deals = found.get(str(DEAL), [])
    contacts, companies = found.get(str(CONTACT), []), found.get(str(COMPANY), [])
    return Ties(
        deals[0] if owned and deals else min(deals, key=int, default=None),
        contacts[0] if contacts else None,
        companies[0] if companies else None,
    )


def is_owned_by_deal(row: Row) -> bool:
    """Whether an activity's owner is a deal, so that its bindings need not be asked for."""
    owner = id_of(row.get("OWNER_ID"))
    return code_of(row.get("OWNER_TYPE_ID")) == str(DEAL) and owner is not None


def activity_of(row: Row, ties: Ties) -> Activity | None:
    """An activity in our words; ``None`` without id or date."""
    own = id_of(row.get("ID"))
    created_at = moment_of(row.get("CREATED")) or moment_of(row.get("START_TIME"))
    if own is None or created_at is None:
        return None
    form = _form(row)
    subject, text = text_of(row.get("SUBJECT")), plain_text(row.get("DESCRIPTION"))
    return Activity(
        id=own,
        type=form,
        kind=activity_kind(form, subject=subject, text=text),
        created_at=created_at,
        deal_id=ties.deal_id,
        contact_id=ties.contact_id,
        direction=_DIRECTIONS.get(code_of(row.get("DIRECTION"))),
        due_at=_due(row) if form in _PLANNED else None,
        completed_at=_completed(row, form),
        amount=number_of(row.get("RESULT_SUM")) or None,
        subject=subject,
        text=text,
        place=text_of(row.get("LOCATION")),
        user_id=id_of(row.get("RESPONSIBLE_ID")),
        call_id=ties.call_id or _call_id(row),
    )


def task_of(row: Row) -> Activity | None:
    """A task in our words; ``None`` for one that hangs on no deal and no contact."""
    own, created_at = id_of(row.get("id")), moment_of(row.get("createdDate"))
    cards = row.get("ufCrmTask")
    tied = [code_of(one).partition("_") for one in cards] if isinstance(cards, list) else []
    deals = [one for kind, _, ref in tied if kind == "D" and (one := id_of(ref))]
    contacts = [one for kind, _, ref in tied if kind == "C" and (one := id_of(ref))]
    if own is None or created_at is None or not (deals or contacts):
        return None
    subject, text = text_of(row.get("title")), plain_text(row.get("description"))
    done = code_of(row.get("status")) == _DONE
    closed = moment_of(row.get("closedDate")) or moment_of(row.get("changedDate")) or created_at
    return Activity(
        id=f"task:{own}",
        type=ActivityType.TASK,
        kind=activity_kind(ActivityType.TASK, subject=subject, text=text),
        created_at=created_at,
        deal_id=min(deals, key=int, default=None),
        contact_id=contacts[0] if contacts else None,
        due_at=moment_of(row.get("deadline")),
        completed_at=closed if done else None,
        subject=subject,
        text=text,
        user_id=id_of(row.get("responsibleId")),
    )


def as_task(activity: Activity, row: Row) -> Activity:
    """An activity that stands for a task, under the task's id."""
    task = id_of(row.get("ASSOCIATED_ENTITY_ID"))
    return replace(activity, id=f"task:{task}") if task is not None else activity


def call_ids(rows: Sequence[Row]) -> dict[str, str]:
    """How telephone systems call the calls of activities, from the portal's call statistics."""
    found: dict[str, str] = {}
    for row in rows:
        activity = id_of(row.get("CRM_ACTIVITY_ID"))
        call = text_of(row.get("EXTERNAL_CALL_ID")) or text_of(row.get("CALL_ID"))
        if activity is not None and call is not None:
            found[activity] = call
    return found


def _form(row: Row) -> ActivityType:
    provider = code_of(row.get("PROVIDER_ID")).upper()
    if provider in _BY_PROVIDER:
        return _BY_PROVIDER[provider]
    return _BY_TYPE.get(code_of(row.get("TYPE_ID")), ActivityType.NOTE)


def _due(row: Row) -> datetime | None:
    found = (moment_of(row.get(key)) for key in ("DEADLINE", "END_TIME", "START_TIME"))
    # Without a deadline the portal writes a day at the end of time.
    return next((one for one in found if one is not None and one.year < 2100), None)


def _completed(row: Row, form: ActivityType) -> datetime | None:
    """When it was done: the portal only says that it was, and when it was touched last."""
    if not flag_of(row.get("COMPLETED")):
        return None
    created = moment_of(row.get("CREATED"))
    touched = moment_of(row.get("LAST_UPDATED")) or created
    if form in (ActivityType.CALL, ActivityType.EMAIL, ActivityType.MESSAGE):
        return moment_of(row.get("END_TIME")) or created or touched
    return touched


def _call_id(row: Row) -> str | None:
    if not is_call(row):
        return None
    origin = text_of(row.get("ORIGIN_ID"))
    told = text_of(row_of(row.get("PROVIDER_PARAMS")).get("CALL_ID"))
    return (origin.removeprefix(_ORIGIN) if origin else None) or told
