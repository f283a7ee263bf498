"""BottleCRM's records in our words. Every function gives ``None`` for what cannot be used."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from crm.activity_kinds import activity_kind
from crm.bottlecrm.marks import is_ours, without_ours
from crm.bottlecrm.values import end_of_day, id_of, moment_of, number_of
from crm.rows import Row, joined, row_of, rows_of, text_of
from models.vocabulary.deal import (
    Activity,
    ActivityType,
    Company,
    Contact,
    Deal,
    Pipeline,
    Stage,
    StageChange,
    StageKind,
    User,
)

_KINDS = {kind.value: kind for kind in StageKind}
_FORMS = {
    "call": ActivityType.CALL,
    "meeting": ActivityType.MEETING,
    "email": ActivityType.EMAIL,
    "whatsapp": ActivityType.MESSAGE,
    "sms": ActivityType.MESSAGE,
    "enquiry": ActivityType.MESSAGE,
}
_DIRECTIONS = {"inbound": "in", "outbound": "out"}
# Of a company's own fields, those that rules ask for under another name.
_OF_COMPANY = {
    "industry": "category",
    "number_of_employees": "employees",
    "state": "region",
}
_OF_DEAL = ("opportunity_type", "description", "closed_on", "probability", "source_detail")
_DONE = "Completed"
# A deal's first stage is set a moment before its row is written.
_AT_ONCE = timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class Office:
    """What records are read with: the office's zone and currency, and how fields are called.

    `names` maps a field's key to ours, `ours` are the keys of our own fields, which prove nothing.
    """

    zone: ZoneInfo
    currency: str
    names: Mapping[str, str] = field(default_factory=dict)
    ours: Collection[str] = ()


def pipeline_of(row: Row) -> Pipeline | None:
    """A pipeline. Deals hold a stage's `code`, which is one of the pipeline's and never changes."""
    id_ = id_of(row)
    stages = [
        Stage(code, text_of(one.get("label")) or code, _kind(one.get("kind")))
        for one in rows_of(row.get("stages"))
        if (code := text_of(one.get("code"))) is not None
    ]
    if id_ is None or not stages:
        return None
    return Pipeline(id_, text_of(row.get("name")) or id_, "", tuple(stages))


def user_of(row: Row) -> User | None:
    """One of our people, by their profile in the organization."""
    id_, details = id_of(row), row_of(row.get("user_details"))
    if id_ is None:
        return None
    phone = text_of(row.get("phone"))
    return User(
        id_,
        text_of(details.get("name")) or text_of(details.get("email")) or id_,
        phones=(phone,) if phone else (),
        role=text_of(row.get("role")),
    )


def company_of(row: Row, office: Office) -> Company | None:
    """An account."""
    id_ = id_of(row)
    if id_ is None:
        return None
    phone = text_of(row.get("phone"))
    own = {ours: row.get(theirs) for theirs, ours in _OF_COMPANY.items()}
    own["turnover"] = number_of(row.get("annual_revenue"))
    return Company(
        id_,
        text_of(row.get("name")) or id_,
        phones=(phone,) if phone else (),
        fields={**_said(own), **_custom(row, office)},
    )


def contact_of(row: Row, office: Office) -> Contact | None:
    """A contact. It is tied to accounts twice over; the one that it names itself comes first."""
    id_ = id_of(row)
    if id_ is None:
        return None
    linked = [id_of(row.get("account")), *map(id_of, rows_of(row.get("linked_accounts")))]
    phone = text_of(row.get("phone")) or text_of(row.get("phone_e164"))
    email = text_of(row.get("email"))
    return Contact(
        id_,
        joined(row.get("first_name"), row.get("last_name")) or id_,
        company_id=next((one for one in linked if one is not None), None),
        phones=(phone,) if phone else (),
        emails=(email,) if email else (),
        decision_maker=_custom(row, office).get("decision_maker") is True,
    )


def deal_of(row: Row, office: Office) -> Deal | None:
    """An opportunity. It may have several people of ours; the one who is there longest answers."""
    id_, pipeline = id_of(row), id_of(row.get("pipeline"))
    stage, created = text_of(row.get("stage")), moment_of(row.get("created_at"))
    if id_ is None or pipeline is None or stage is None or created is None:
        return None
    status = _kind(row.get("stage_kind"))
    people = sorted(
        (str(one.get("created_at") or ""), person)
        for one in rows_of(row.get("assigned_to"))
        if (person := id_of(one)) is not None
    )
    contacts = (id_of(one) for one in rows_of(row.get("contacts")))
    return Deal(
        id_,
        text_of(row.get("name")) or id_,
        pipeline,
        stage,
        status,
        created,
        amount=number_of(row.get("amount")),
        currency=text_of(row.get("currency")) or office.currency,
        contact_ids=tuple(dict.fromkeys(one for one in contacts if one is not None)),
        company_id=id_of(row.get("account")),
        responsible_id=people[0][1] if people else None,
        source=text_of(row.get("lead_source")),
        # `closed_on` of an open deal is when people hope to close it.
        closed_at=None if status is StageKind.OPEN else moment_of(row.get("stage_changed_at")),
        fields=_fields(row, office),
    )


def move_of(row: Row) -> StageChange | None:
    """The last move of an opportunity, which is all that BottleCRM keeps of its way."""
    id_, stage = id_of(row), text_of(row.get("stage"))
    created = moment_of(row.get("created_at"))
    moved = moment_of(row.get("stage_changed_at")) or created
    if id_ is None or stage is None or moved is None:
        return None
    if created is not None and created - _AT_ONCE < moved < created:
        moved = created
    return StageChange(
        id_,
        stage,
        moved,
        by=id_of(row.get("closed_by")) if _kind(row.get("stage_kind")) != StageKind.OPEN else None,
        id=f"{id_}@{moved.isoformat()}",
    )


def talk_of(row: Row) -> Activity | None:
    """An interaction: a call, meeting or letter that somebody wrote down after it took place."""
    id_, form = id_of(row), _FORMS.get(str(row.get("kind")))
    at = moment_of(row.get("occurred_at")) or moment_of(row.get("created_at"))
    if id_ is None or form is None or at is None:
        return None
    subject, text = text_of(row.get("subject")), without_ours(text_of(row.get("body")))
    direction = _DIRECTIONS.get(str(row.get("direction")))
    outcome = text_of(row.get("outcome"))
    return Activity(
        id_,
        form,
        activity_kind(form, subject=subject, text=text),
        moment_of(row.get("created_at")) or at,
        deal_id=id_of(row.get("opportunity")),
        contact_id=id_of(row.get("contact")),
        direction=None if form is ActivityType.MEETING else direction,
        completed_at=at,
        result=outcome if form is ActivityType.CALL else text or subject,
        subject=subject,
        text=text,
        user_id=id_of(row.get("logged_by")),
        call_id=text_of(row.get("external_id")) if form is ActivityType.CALL else None,
    )


def task_of(row: Row, zone: ZoneInfo, at: datetime) -> Activity | None:
    """A task as it is at a moment; nothing for one that we wrote.

    BottleCRM does not keep when a task was completed: it is taken to be the day it was due, or
    where that is still to come the moment it was made, so that nobody is told to have been late.
    """
    id_, created = id_of(row), moment_of(row.get("created_at"))
    title = text_of(row.get("title"))
    if id_ is None or created is None or is_ours(title):
        return None
    due, done = end_of_day(row.get("due_date"), zone), row.get("status") == _DONE
    over = due if due is not None and created < due <= at else created
    people = sorted(one for one in map(id_of, rows_of(row.get("assigned_to"))) if one is not None)
    return Activity(
        id_,
        ActivityType.TASK,
        activity_kind(ActivityType.TASK, subject=title),
        created,
        deal_id=id_of(row.get("opportunity")),
        due_at=due,
        completed_at=over if done else None,
        result=_DONE if done else None,
        subject=title,
        user_id=people[0] if people else None,
    )


def note_of(row: Row, deal_id: str) -> Activity | None:
    """A comment on an opportunity; nothing for one that we wrote."""
    id_, at = id_of(row), moment_of(row.get("commented_on"))
    text = text_of(row.get("comment"))
    if id_ is None or at is None or is_ours(text):
        return None
    return Activity(
        id_,
        ActivityType.NOTE,
        activity_kind(ActivityType.NOTE, text=text),
        at,
        deal_id=deal_id,
        text=text,
        user_id=id_of(row.get("commented_by")),
    )


def _kind(value: object) -> StageKind:
    """What a stage means; a deal whose stage its pipeline does not know stands open."""
    return _KINDS.get(str(value), StageKind.OPEN)


def _fields(row: Row, office: Office) -> dict[str, object]:
    own = {office.names.get(name, name): row.get(name) for name in _OF_DEAL}
    return {**_said(own), **_custom(row, office)}


def _custom(row: Row, office: Office) -> dict[str, object]:
    """Custom fields under our names, without those that we fill ourselves."""
    held = row_of(row.get("custom_fields")).items()
    return _said(
        {office.names.get(key, key): value for key, value in held if key not in office.ours}
    )


def _said(values: Mapping[str, object]) -> dict[str, object]:
    """The values that say something; a blank text says nothing."""
    return {
        name: value.strip() if isinstance(value, str) else value
        for name, value in values.items()
        if (isinstance(value, str) and value.strip())
        or isinstance(value, bool)
        or (isinstance(value, int | float) and number_of(value) is not None)
    }
