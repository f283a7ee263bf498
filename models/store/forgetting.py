"""A person's rows: found by number and contact, and deleted in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, literal, or_, select, update
from sqlalchemy.orm import Session

from core.batches import batched
from models.store.fading import change_evidence, fade_writes
from models.store.files import forget_files_of
from models.store.keeping import OldRecording, forget_answers, old_recording
from models.store.statements import changed_rows
from models.tables import (
    ActivityRow,
    CallFactRow,
    CallRow,
    CdrEntryRow,
    CompanyRow,
    ContactRow,
    CrmRow,
    CrmWriteRow,
    DealFactRow,
    DealMatchRow,
    DealRow,
    FindingRow,
    FlagRow,
    JudgeAnswerRow,
    PromiseFactRow,
    PromiseRow,
    RecordingRow,
    TranscriptRow,
    UserRow,
)
from models.vocabulary.traces import Traces

ReadNumber = Callable[[str], str | None]


@dataclass(frozen=True, slots=True)
class Contact:
    """A contact's row, as far as it tells who somebody is."""

    crm: int
    position: int
    id: str
    name: str
    numbers: frozenset[str]
    emails: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to forget: their traces, and the contacts' rows that are wholly theirs.

    `sharing` are ids of contacts that have one of the numbers and others beside.
    """

    traces: Traces
    contacts: tuple[Contact, ...]
    sharing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PersonRows:
    """What is a person's in the tables: calls (rows and ids), ledger, recordings, deals."""

    calls: frozenset[int]
    call_ids: frozenset[str]
    ledger: frozenset[int]
    ledger_ids: frozenset[str]
    recordings: tuple[OldRecording, ...]
    deals: tuple[str, ...]
    matched_deals: frozenset[str]


def load_contacts(session: Session, read: ReadNumber, source: str | None = None) -> list[Contact]:
    """Gives all contacts that were read from the CRMs, or from `source` alone."""
    rows = select(ContactRow).join(CrmRow, CrmRow.id == ContactRow.crm)
    if source is not None:
        rows = rows.where(CrmRow.source == source)
    return [
        Contact(
            row.crm,
            row.position,
            row.id,
            row.name,
            frozenset(number for raw in row.phones if (number := read(str(raw)))),
            tuple(row.emails),
        )
        for row in session.scalars(rows)
    ]


def names_of_users(session: Session) -> list[tuple[str, list[str]]]:
    """Gives our own people: names and numbers."""
    return [(row.name, list(row.phones)) for row in session.scalars(select(UserRow))]


def find_rows(session: Session, person: Person) -> PersonRows:
    """Finds everything that is a person's, without changing anything."""
    traces = person.traces
    calls = [row for row in session.scalars(select(CallRow)) if _is_theirs(row, traces)]
    sounds = {row.sha256 for row in calls if row.sha256}
    calls += session.scalars(
        select(CallRow).where(
            CallRow.sha256.in_(sounds), CallRow.id.not_in([row.id for row in calls])
        )
    )
    recordings = [
        row
        for row in session.scalars(select(RecordingRow))
        if row.sha256 in sounds or any(traces.count(str(file)) for file in row.files)
    ]
    ledger = _ledger(session, traces)
    matches = select(DealMatchRow.deal_id).where(DealMatchRow.call.in_([row.id for row in calls]))
    return PersonRows(
        calls=frozenset(row.id for row in calls),
        call_ids=frozenset(row.call_id for row in calls),
        ledger=frozenset(row.id for row in ledger),
        ledger_ids=frozenset(
            one for row in ledger for one in (row.call_id, row.linked_id) if one is not None
        ),
        recordings=tuple(old_recording(session, row) for row in recordings),
        deals=tuple(sorted(_deals(session, {(one.crm, one.id) for one in person.contacts}))),
        matched_deals=frozenset(filter(None, session.scalars(matches))),
    )


def delete_rows(session: Session, person: Person, rows: PersonRows) -> dict[str, int]:
    """Deletes a person's rows and what past runs say of them; gives how many of each kind."""
    activities = _activities(session, person, rows)
    counts = {"verdict evidence": _evidence(session, rows, activities)}
    counts["promises"] = changed_rows(
        session, delete(PromiseRow).where(PromiseRow.call_id.in_(rows.call_ids))
    )
    counts["facts for figures"] = _facts(session, person, rows)
    counts["flags"] = changed_rows(
        session, delete(FlagRow).where(FlagRow.call_id.in_(rows.call_ids))
    )
    counts["findings"] = changed_rows(  # with the decisions about them
        session, delete(FindingRow).where(FindingRow.call_id.in_(rows.call_ids))
    )
    deals = sorted({*rows.deals, *rows.matched_deals})
    counts["writes into CRMs"] = sum(
        fade_writes(session, CrmWriteRow.deal_id.in_(some)) for some in batched(deals)
    )
    counts["CDR rows"] = changed_rows(
        session, delete(CdrEntryRow).where(CdrEntryRow.id.in_(rows.ledger))
    )
    sounds = {one.sha256 for one in rows.recordings}
    counts["known files"] = forget_files_of(session, person.traces, sounds)
    counts["calls"] = changed_rows(session, delete(CallRow).where(CallRow.id.in_(rows.calls)))
    counts |= _sounds(session, [one.sha256 for one in rows.recordings])
    for row in activities:
        session.delete(row)
    counts["CRM activities"] = len(activities)
    counts["CRM contacts"] = _contacts(session, person)
    session.flush()
    return counts


def _is_theirs(row: CallRow, traces: Traces) -> bool:
    if row.client_number in traces.numbers:
        return True
    told = (row.client_number, row.recording, row.call_id, row.linked_id)
    return any(text and traces.count(text) for text in told)


def _ledger(session: Session, traces: Traces) -> list[CdrEntryRow]:
    """The rows with the number, and the other legs of the same calls."""
    every = list(session.scalars(select(CdrEntryRow)))
    theirs = [row for row in every if any(traces.count(text) for text in _texts(row))]
    ids = {one for row in theirs for one in (row.call_id, row.linked_id) if one}
    return [row for row in every if {row.call_id, row.linked_id} & ids]


def _texts(row: CdrEntryRow) -> Iterable[str]:
    named = (row.source_number, row.destination_number, row.channel, row.destination_channel)
    more = (row.did, row.recording, row.userfield, row.call_id)
    return [text for text in (*named, *more) if text]


def _deals(session: Session, contacts: set[tuple[int, str]]) -> set[str]:
    return {
        row.id
        for row in session.scalars(select(DealRow))
        if any((row.crm, str(one)) in contacts for one in row.contact_ids)
    }


def _activities(session: Session, person: Person, rows: PersonRows) -> list[ActivityRow]:
    """What the CRM says was done with the contact, or in one of the calls."""
    theirs = {(one.crm, one.id) for one in person.contacts}
    chosen = select(ActivityRow).where(
        or_(
            ActivityRow.contact_id.in_([id_ for _, id_ in theirs]),
            ActivityRow.call_id.in_(rows.call_ids),
        )
    )
    return [
        row
        for row in session.scalars(chosen)
        if row.call_id in rows.call_ids or (row.crm, row.contact_id) in theirs
    ]


def _evidence(session: Session, rows: PersonRows, activities: Iterable[ActivityRow]) -> int:
    records = {f"activity:{row.id}" for row in activities}

    def left(one: Mapping[str, Any], deal: str | None) -> Mapping[str, Any] | None:
        if one["kind"] == "call":
            return None if one["id"] in rows.call_ids else one
        of_contact = deal in rows.deals and str(one["id"]).startswith("field:contact")
        return None if of_contact or one["id"] in records else one

    return change_evidence(session, left)


def _facts(session: Session, person: Person, rows: PersonRows) -> int:
    """Every version of what figures knew of the person's calls; a deal's client has no id more.

    Names in the names of deals go with all other texts (`models.store.search`).
    """
    gone = 0
    for some in batched(sorted(rows.call_ids)):
        for table in (PromiseFactRow, CallFactRow):
            gone += changed_rows(session, delete(table).where(table.call_id.in_(some)))
    sources = {row.id: row.source for row in session.execute(select(CrmRow.id, CrmRow.source))}
    for one in person.contacts:
        theirs = update(DealFactRow).where(
            DealFactRow.crm_source == sources.get(one.crm, ""),
            DealFactRow.client == f"contact:{one.id}",
        )
        session.execute(theirs.values(client=literal("deal:").concat(DealFactRow.deal_id)))
    return gone


def _sounds(session: Session, recordings: list[str]) -> dict[str, int]:
    """Transcripts with all that hangs on them, then the recordings themselves."""
    transcripts = list(
        session.scalars(select(TranscriptRow).where(TranscriptRow.sha256.in_(recordings)))
    )
    answers = sum(forget_answers(session, row) for row in transcripts)
    # Answers of before we knew whose words they were about; they can be asked for anew.
    answers += changed_rows(session, delete(JudgeAnswerRow).where(JudgeAnswerRow.words.is_(None)))
    for row in transcripts:
        session.delete(row)
    session.flush()
    gone = delete(RecordingRow).where(RecordingRow.sha256.in_(recordings))
    return {
        "judge answers": answers,
        "transcripts": len(transcripts),
        "recordings": changed_rows(session, gone),
    }


def _contacts(session: Session, person: Person) -> int:
    """Contacts that are wholly the person's go; others, and companies, lose the number."""
    for one in person.contacts:
        session.execute(delete(ContactRow).filter_by(crm=one.crm, position=one.position))
    gone = {(one.crm, one.id) for one in person.contacts}
    for deal in session.scalars(select(DealRow)):
        left = [id_ for id_ in deal.contact_ids if (deal.crm, str(id_)) not in gone]
        if left != deal.contact_ids:
            deal.contact_ids = left
    _drop_numbers(session.scalars(select(ContactRow)), person.traces)
    _drop_numbers(session.scalars(select(CompanyRow)), person.traces)
    return len(person.contacts)


def _drop_numbers(rows: Iterable[ContactRow | CompanyRow], traces: Traces) -> None:
    for row in rows:
        left = [phone for phone in row.phones if not traces.count(str(phone))]
        if left != row.phones:
            row.phones = left
