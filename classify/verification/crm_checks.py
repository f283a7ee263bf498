"""Checks that read the CRM: activities, fields, payments and the agreed meeting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta

from classify.evidence import Finding, Hit, State, Window, activity_hit, field_hit, found
from classify.verification.call_checks import (
    Said,
    said_hit,
    slot_day,
    slot_moment,
    standing_bookings,
)
from classify.verification.case import Case, ended_at
from classify.verification.check_kinds import ActivityCheck, Agreement, FieldCheck
from models.vocabulary.deal import Activity, ActivityKind, ActivityType
from models.vocabulary.verdict import Verdict

_SIGNED = re.compile(r"(?<!не )(?<!not )(signed|подписан|подписал)", re.IGNORECASE)
_LOOKALIKES = str.maketrans("АВСЕ", "ABCE")
_ONLINE = re.compile(r"онлайн|on-?line|zoom|skype|teams|meet|телемост|видео", re.IGNORECASE)


def activity(case: Case, check: ActivityCheck) -> Finding:
    """Whether the CRM holds such a record; a meeting that fell through opposes."""
    records = [a for a in _relevant(case) if _is_such(a, check)]
    good = [a for a in records if _says(case, a, check)]
    if good:
        return found(
            activity_hit(a, done_at(a) if check.done else a.created_at, _day_of(case, a))
            for a in good
        )
    fallen = [a for a in records if "result" in check.says and fell_through(case, a)]
    if fallen and not _made_again(case):
        return Finding(State.OPPOSED, (activity_hit(fallen[-1], done_at(fallen[-1])),))
    return Finding(State.NO)


def _made_again(case: Case) -> bool:
    """Whether another meeting lies ahead, in the CRM or agreed in a call."""
    today = case.clock.calendar.day_of(case.as_of)
    planned = [
        case.clock.calendar.day_of(a.due_at)
        for a in case.activities
        if a.type is ActivityType.MEETING and a.due_at and a.completed_at is None
    ]
    slots = [booking.action.slots for booking in standing_bookings(case)]
    spoken = [slot_day(slot.get("datetime") or slot.get("date")) for slot in slots]
    return any(day is not None and day >= today for day in (*planned, *spoken))


def is_done(record: Activity) -> bool:
    """Whether a record tells of something that happened, not of a plan.

    An invoice's due date is the client's, so that an invoice stands once it is there.
    """
    if record.completed_at is not None or record.type is ActivityType.INVOICE:
        return True
    return record.due_at is None and record.type not in (ActivityType.TASK, ActivityType.MEETING)


def done_at(record: Activity) -> datetime:
    """When it happened; for what is only planned, when it was written down."""
    return record.completed_at or record.created_at


def fell_through(case: Case, record: Activity) -> bool:
    """Whether a meeting's result says that it did not take place."""
    words = record.result or ""
    return bool(re.search(case.clock.settings.meeting_not_held, words, re.IGNORECASE))


def fields(case: Case, check: FieldCheck) -> Finding:
    """Whether the fields are filled; of a contact, all on the same person."""
    for owner, values in _owners(case, check.of):
        names = [*check.filled, *check.among]
        known = [name for name in check.any_filled if _filled(values.get(name))]
        if not all(_filled(values.get(name)) for name in names):
            continue
        if any(not _among(values[name], allowed) for name, allowed in check.among.items()):
            continue
        if check.any_filled and not known:
            continue
        at = case.deal.created_at if "created_at" in check.filled else None
        return found(field_hit(f"{owner}.{n}", _shown(values[n]), at) for n in names + known[:1])
    return Finding(State.NO)


def payments(case: Case) -> list[Activity]:
    """The payments that the CRM says came in."""
    return [
        a
        for a in case.activities
        if a.type is ActivityType.PAYMENT and is_done(a) and a.direction != "out"
    ]


def total(case: Case) -> Finding:
    """Whether payments less refunds reach the amount; a deal without one never is paid."""
    got = payments(case)
    back = [
        a
        for a in case.activities
        if a.type is ActivityType.PAYMENT and is_done(a) and a.direction == "out"
    ]
    paid = sum(a.amount or 0.0 for a in got) - sum(a.amount or 0.0 for a in back)
    hits = tuple(activity_hit(a, done_at(a)) for a in got)
    # Half a kopeck: sums of decimal amounts are not exact in binary.
    if case.deal.amount and paid >= case.deal.amount - 0.005:
        return found(hits)
    return Finding(State.NO, hits)


def agreement(case: Case, check: Agreement) -> Finding:
    """Whether the CRM's meeting stands when the two agreed on it.

    The last standing agreement counts, or an earlier one whose meeting took place.
    """
    bookings = standing_bookings(case)
    if not bookings:
        return Finding(State.NO, window=Window(case.since, case.as_of))
    last = bookings[-1]
    window = Window(ended_at(last.call), case.as_of)
    meetings = planned_for(case, last)
    agreeing = [m for m in meetings if agrees(case, last, m, check.within_minutes)]
    if agreeing or not has_slot(last):
        return found([said_hit(last), *(activity_hit(m, m.created_at) for m in agreeing)])
    for booking in bookings:
        held = [m for m in planned_for(case, booking) if m.completed_at and m.result]
        kept = [m for m in held if agrees(case, booking, m, check.within_minutes)]
        if kept:
            return found([said_hit(booking), activity_hit(kept[0], done_at(kept[0]))])
    due = ended_at(last.call) + timedelta(minutes=case.clock.settings.card_minutes)
    if not meetings:
        return Finding(State.NO, (said_hit(last),), due=due)
    hits = (said_hit(last), activity_hit(meetings[-1], meetings[-1].created_at))
    return Finding(State.NO, hits, due=due, window=window, absent=Verdict.CONTRADICTED)


def planned_for(case: Case, booking: Said) -> list[Activity]:
    """The CRM's meetings that a booking may speak of: not over before it was made."""
    return [
        a
        for a in case.activities
        if a.type is ActivityType.MEETING
        and a.due_at is not None
        and (a.completed_at is None or a.completed_at > booking.at)
        and not fell_through(case, a)
    ]


def agrees(case: Case, booking: Said, meeting: Activity, within_minutes: int) -> bool:
    """Whether a meeting stands at the spoken time; on the spoken day where no hour was said."""
    assert meeting.due_at is not None  # noqa: S101 - `planned_for` gives dated meetings only
    moment = slot_moment(booking.action.slots.get("datetime"))
    if moment is not None:
        return abs(meeting.due_at - moment) <= timedelta(minutes=within_minutes)
    day = slot_day(booking.action.slots.get("date"))
    return day == case.clock.calendar.day_of(meeting.due_at)


def has_slot(booking: Said) -> bool:
    """Whether a booking names at least the day."""
    return bool(booking.action.slots.get("datetime") or booking.action.slots.get("date"))


def _relevant(case: Case) -> Iterable[Activity]:
    return (a for a in case.activities if a.created_at >= case.since)


def _is_such(record: Activity, check: ActivityCheck) -> bool:
    if record.type not in check.type or (check.about and record.kind not in check.about):
        return False
    if check.direction and record.direction not in (check.direction, None):
        return False
    return is_done(record) or not check.done


def _says(case: Case, record: Activity, check: ActivityCheck) -> bool:
    text = " ".join(filter(None, (record.place, record.subject, record.text)))
    told = {
        "due": record.due_at is not None,
        "place": bool(record.place) or bool(_ONLINE.search(text)),
        "contact": bool(record.contact_id or case.deal.contact_ids),
        "result": bool(record.result) and not fell_through(case, record),
        "signed": bool(_SIGNED.search(" ".join(filter(None, (record.result, record.subject))))),
    }
    return all(told[name] for name in check.says)


def _owners(case: Case, of: str) -> Iterable[tuple[str, Mapping[str, object]]]:
    deal = case.deal
    if of == "deal":
        own = {
            "amount": deal.amount or None,
            "source": deal.source,
            "company": deal.company_id or (case.company.id if case.company else None),
            "responsible": deal.responsible_id,
            "created_at": deal.created_at,
        }
        return [("deal", {**deal.fields, **own})]
    if of == "company":
        company = case.company
        return [("company", {**company.fields, "name": company.name})] if company else []
    return [
        (
            f"contact:{contact.id}",
            {
                "name": contact.name.strip(),
                "phone": ", ".join(contact.phones),
                "email": ", ".join(contact.emails),
                "decision_maker": contact.decision_maker,
            },
        )
        for contact in case.contacts
    ]


def _filled(value: object) -> bool:
    """Whether a field says something; zero branches is an answer."""
    return value is not None and str(value).strip() != ""


def _among(value: object, allowed: tuple[str | bool, ...]) -> bool:
    """Letters are compared by their looks: a Cyrillic «А» in a category is an A."""
    return _plain(value) in {_plain(one) for one in allowed}


def _shown(value: object) -> object:
    if isinstance(value, bool):
        return "да" if value else "нет"
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _plain(value: object) -> object:
    return value if isinstance(value, bool) else str(value).strip().upper().translate(_LOOKALIKES)


def _day_of(case: Case, record: Activity) -> date | None:
    if record.type is not ActivityType.MEETING:
        return None
    return case.clock.calendar.day_of(record.due_at or done_at(record))


def of_kind(case: Case, kind: ActivityKind) -> list[Activity]:
    """The deal's done records about one thing that came from us."""
    return [
        a
        for a in case.activities
        if (a.kind is kind or a.type.value == kind.value) and is_done(a) and a.direction != "in"
    ]


def signed(record: Activity) -> bool:
    """Whether a record says that the document is signed."""
    return bool(_SIGNED.search(" ".join(filter(None, (record.result, record.subject)))))


def hits_of(records: Iterable[Activity]) -> tuple[Hit, ...]:
    """Records as evidence, each at the time it was done."""
    return tuple(activity_hit(record, done_at(record)) for record in records)
