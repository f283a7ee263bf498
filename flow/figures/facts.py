"""Facts for figures, brought up to date with each judging in its own transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from classify.verification.contact_records import tie_records
from core.groups import grouped
from figures.making import (
    Board,
    OfDeal,
    call_fact,
    deal_fact,
    person,
    promise_facts,
)
from flow.figures.lines import boards_of
from flow.question import Question
from flow.verdicts import Judgement
from models.store.facts import save_calls, save_deals, save_lines, save_people
from models.store.facts_mark import FactsMark, current_deals, facts_mark, in_crm
from models.store.weeks import keep_weeks
from models.vocabulary.deal import Activity, CrmSnapshot, Deal
from models.vocabulary.figures import CallFact, DealFact, Person, PromiseFact
from models.vocabulary.verdict import DealVerdict, JudgedCall

_DealPrint = tuple[DealVerdict, Deal]
_CallPrint = tuple[JudgedCall, str | None]


@dataclass(frozen=True, slots=True)
class KeptFacts:
    """What the facts were made of that stand in the database, as one process wrote them last.

    A deal's verdict stays the same object until something could have turned it
    (`classify.verification.memory`), a call until something of it changed.
    """

    mark: FactsMark | None = None
    boards: Mapping[str, Board] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    deals: Mapping[str, _DealPrint] = field(default_factory=dict)
    calls: Mapping[str, _CallPrint] = field(default_factory=dict)


def note_facts(
    session: Session,
    question: Question,
    judgement: Judgement,
    now: datetime,
    before: KeptFacts | None = None,
) -> KeptFacts:
    """Writes what figures are counted from down as it was just judged; gives what was written.

    With what was kept from `before` only facts whose deal or call changed since are made; where
    somebody else wrote facts meanwhile, all are made and compared. Whoever calls keeps the outcome
    once the transaction is committed.
    """
    source, snapshot = question.request.crm_source, question.snapshot
    boards = boards_of(snapshot, question.rules)
    people = {user.id: person(user) for user in snapshot.users}
    known = KeptFacts(
        boards=boards,
        people=people,
        deals=_deal_prints(snapshot, judgement.verification.deals),
        calls=_call_prints(snapshot, judgement.calls, question.as_of),
    )
    if before is None or before.mark is None or before.mark != facts_mark(session, source):
        before = KeptFacts()
    of_deals: Mapping[str, _DealPrint] | None = before.deals
    of_calls: Mapping[str, _CallPrint] | None = before.calls
    if before.mark is None or before.boards != boards:
        save_lines(session, source, [one.line for one in boards.values()], now)
        of_deals = None
    if before.mark is None or before.people != people:
        save_people(session, source, people.values(), now)
        of_deals = of_calls = None
    _note_deals(session, question, judgement, known, of_deals, now)
    _note_calls(session, source, known, of_calls, now)
    session.flush()
    keep_weeks(session, source, ZoneInfo(snapshot.timezone), now)
    mark = facts_mark(session, source)
    return KeptFacts(mark, boards, people, known.deals, known.calls)


def _note_deals(  # noqa: PLR0913, PLR0917 - what is known now and was before
    session: Session,
    question: Question,
    judgement: Judgement,
    known: KeptFacts,
    before: Mapping[str, _DealPrint] | None,
    now: datetime,
) -> None:
    source = question.request.crm_source
    there = current_deals(session, source) if before is None else before.keys()
    gone = _gone(session, question, known, there)
    changed = _changed(known.deals, before)
    if not (changed or gone):
        return
    deals, promises = _facts_of_deals(question, judgement, known, changed)
    save_deals(session, source, deals, promises, now, only=[*changed, *gone])


def _gone(
    session: Session, question: Question, known: KeptFacts, there: Iterable[str]
) -> list[str]:
    """The deals with facts that are not there any more.

    A live CRM's deals of long ago are not judged again; what was found of them stays.
    """
    missing = sorted(set(there) - known.deals.keys())
    if missing and question.request.connection is not None:
        kept = in_crm(session, question.request.crm_source, missing, known.boards)
        missing = [one for one in missing if one not in kept]
    return missing


def _facts_of_deals(
    question: Question, judgement: Judgement, known: KeptFacts, changed: Sequence[str]
) -> tuple[list[DealFact], list[PromiseFact]]:
    snapshot, wanted = question.snapshot, frozenset(changed)
    lead_in = timedelta(hours=question.settings.verification.lead_in_hours)
    records = _records(snapshot, wanted, lead_in)
    moves = grouped((one.deal_id, one) for one in snapshot.stage_changes if one.deal_id in wanted)
    calls = grouped(
        (one.match.deal_id, one)
        for one in judgement.calls
        if one.match and one.match.deal_id in wanted
    )
    companies = {one.id: one.company_id for one in snapshot.contacts}
    deals: list[DealFact] = []
    promises: list[PromiseFact] = []
    for name in changed:
        verdict, deal = known.deals[name]
        of_contacts = (companies.get(id_) for id_ in deal.contact_ids)
        one = OfDeal(
            deal=deal,
            verdict=verdict,
            calls=[c for c in calls.get(name, ()) if c.call.started_at <= question.as_of],
            activities=[a for a in records.get(name, ()) if a.created_at <= question.as_of],
            moves=[m for m in moves.get(name, ()) if m.at <= question.as_of],
            company=next((company for company in of_contacts if company), None),
            lead_in=lead_in,
        )
        fact = deal_fact(one, known.boards[deal.pipeline_id], known.people)
        deals.append(fact)
        promises += promise_facts(one, fact.recorded, known.people)
    return deals, promises


def _records(
    snapshot: CrmSnapshot, wanted: frozenset[str], lead_in: timedelta
) -> Mapping[str, Sequence[Activity]]:
    """The CRM's records of the wanted deals, those that hang on their people alone as well."""
    contacts = {id_ for deal in snapshot.deals if deal.id in wanted for id_ in deal.contact_ids}
    of_contact = grouped(
        (id_, deal) for deal in snapshot.deals for id_ in deal.contact_ids if id_ in contacts
    )
    theirs = (
        one
        for one in snapshot.activities
        if (one.deal_id in wanted if one.deal_id is not None else one.contact_id in contacts)
    )
    return tie_records(theirs, of_contact, lead_in).own


def _note_calls(
    session: Session,
    source: str,
    known: KeptFacts,
    before: Mapping[str, _CallPrint] | None,
    now: datetime,
) -> None:
    changed = _changed(known.calls, before)
    gone = [] if before is None else sorted(before.keys() - known.calls.keys())
    made = (call_fact(*known.calls[name], known.people) for name in changed)
    facts: list[CallFact] = [one for one in made if one is not None]
    if before is None or changed or gone:
        only = None if before is None else [*changed, *gone]
        save_calls(session, source, facts, now, only)


def _deal_prints(snapshot: CrmSnapshot, verdicts: Iterable[DealVerdict]) -> dict[str, _DealPrint]:
    deals = {deal.id: deal for deal in snapshot.deals}
    return {one.deal_id: (one, deals[one.deal_id]) for one in verdicts}


def _call_prints(
    snapshot: CrmSnapshot, calls: Iterable[JudgedCall], as_of: datetime
) -> dict[str, _CallPrint]:
    pipelines = {deal.id: deal.pipeline_id for deal in snapshot.deals}
    return {
        one.call.call_id: (one, pipelines.get(one.match.deal_id or "") if one.match else None)
        for one in calls
        if one.call.started_at <= as_of
    }


def _changed(
    now: Mapping[str, tuple[object, object]], before: Mapping[str, tuple[object, object]] | None
) -> list[str]:
    if before is None:
        return list(now)
    return [
        name
        for name, (what, of) in now.items()
        if (was := before.get(name)) is None or was[0] is not what or was[1] != of
    ]
