"""All that is known of one deal, read with a number of queries that does not grow with it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from typing import Any, TypeVar

from sqlalchemy import Select, and_, or_, select
from sqlalchemy.orm import Session

from core.batches import batched
from models.store.corrections import corrected_actions
from models.store.deals import Judging
from models.store.decisions import decisions_of
from models.store.findings import finding_of
from models.store.hearing import corrected_hearings, load_judged_calls
from models.store.mapping import word_of
from models.store.reach import seen_by
from models.tables import (
    ActivityRow,
    CallRow,
    CompanyRow,
    ContactRow,
    DealMatchRow,
    DealRow,
    DealVerdictRow,
    FindingRow,
    PromiseRow,
    RecordingRow,
    RequirementVerdictRow,
    StageChangeRow,
    WaiverRow,
)
from models.vocabulary.access import Reach
from models.vocabulary.correction import CorrectedHearing, Correction
from models.vocabulary.deal import Activity, Company, Contact, Deal, StageChange
from models.vocabulary.phone import normalise_phone
from models.vocabulary.review import Decision, Finding
from models.vocabulary.verdict import Gap, JudgedCall, Promise, RequirementVerdict, Waiver

Word = TypeVar("Word")
_LEAD_IN = timedelta(days=1)  # the call that made the card is a little older


@dataclass(frozen=True, slots=True)
class CallOfDeal:
    """A call that goes with a deal; `row` is its id in the pages' addresses.

    `recording` is the state of its recording, ``None`` where none came. `seen` is false for the
    call of somebody whose calls the visitor does not see: nothing of what was said is told then.
    `judged` is what the machine heard, `corrections` what people say of its actions, `anew` what is
    heard in its words as people corrected them.
    """

    row: int
    judged: JudgedCall
    recording: str | None
    seen: bool
    corrections: tuple[Correction, ...] = ()
    anew: CorrectedHearing | None = None


@dataclass(frozen=True, slots=True)
class DealFile:
    """One deal with all that is known of it.

    `untied` counts calls with its people that nobody could tie to any deal.
    """

    deal: Deal
    company: Company | None
    contacts: tuple[Contact, ...]
    recorded: str | None
    verified: str | None
    gap: Gap
    requirements: tuple[RequirementVerdict, ...]
    promises: tuple[Promise, ...]
    calls: tuple[CallOfDeal, ...]
    untied: int
    activities: tuple[Activity, ...]
    moves: tuple[StageChange, ...]
    findings: tuple[Finding, ...]
    decisions: dict[int, list[Decision]]
    waivers: tuple[Waiver, ...]


def load_deal_file(  # noqa: PLR0913 - which deal, for whom, told how
    session: Session,
    judging: Judging,
    deal_id: str,
    reach: Reach,
    zone: tzinfo,
    *,
    region: str,
) -> DealFile | None:
    """One deal, where it is within reach; times in `zone`.

    Args:
        session: reads.
        judging: the run that is shown.
        deal_id: the CRM's id.
        reach: whose deals and calls the visitor sees.
        zone: of the CRM.
        region: the country of numbers without a country code.
    """
    row = _deal_row(session, judging, deal_id, reach)
    verdict = session.get(DealVerdictRow, (judging.run, deal_id))
    if row is None or verdict is None:
        return None
    deal = word_of(Deal, vars(row), zone)
    shelf = _Shelf(session, judging, deal_id, zone)
    contacts = tuple(shelf.of_crm(ContactRow, Contact, deal.contact_ids))
    companies = shelf.of_crm(CompanyRow, Company, [deal.company_id] if deal.company_id else [])
    findings = _findings(shelf, reach)
    phones = [
        *(p for one in contacts for p in one.phones),
        *(p for c in companies for p in c.phones),
    ]
    return DealFile(
        deal=deal,
        company=companies[0] if companies else None,
        contacts=contacts,
        recorded=verdict.recorded_stage,
        verified=verdict.verified_stage,
        gap=Gap(verdict.gap),
        requirements=tuple(shelf.of_run(RequirementVerdictRow, RequirementVerdict)),
        promises=tuple(shelf.of_run(PromiseRow, Promise)),
        calls=_calls(shelf, reach),
        untied=_untied(shelf, phones, region),
        activities=tuple(shelf.activities(deal)),
        moves=tuple(shelf.moves()),
        findings=findings,
        decisions=decisions_of(session, [one.id for one in findings], zone),
        waivers=_waivers(shelf),
    )


def _deal_row(session: Session, judging: Judging, deal_id: str, reach: Reach) -> DealRow | None:
    return session.scalar(
        select(DealRow)
        .where(
            DealRow.crm == judging.crm,
            DealRow.id == deal_id,
            seen_by(reach, DealRow.responsible_id),
        )
        .limit(1)
    )


def call_rows(
    session: Session, judging: Judging, calls: Iterable[str], reach: Reach
) -> dict[str, int]:
    """The calls' numbers in the pages' addresses by call id, of those within reach."""
    rows = session.execute(
        select(CallRow.call_id, CallRow.id, CallRow.source, CallRow.current).where(
            CallRow.call_id.in_(sorted(set(calls))), seen_by(reach, CallRow.user_id)
        )
    )
    return {row.call_id: row.id for row in rows if row.current and row.source == judging.source}


@dataclass(frozen=True, slots=True)
class _Shelf:
    """Where the rows of one deal stand."""

    session: Session
    judging: Judging
    deal: str
    zone: tzinfo

    def of_crm(
        self, table: type[ContactRow | CompanyRow], kind: type[Word], ids: Sequence[str]
    ) -> list[Word]:
        chosen = select(table).where(table.crm == self.judging.crm, table.id.in_(ids))
        return self._words(kind, chosen.order_by(table.position))

    def of_run(
        self, table: type[RequirementVerdictRow | PromiseRow], kind: type[Word]
    ) -> list[Word]:
        chosen = select(table).where(table.run == self.judging.run, table.deal_id == self.deal)
        return self._words(kind, chosen.order_by(table.position))

    def activities(self, deal: Deal) -> list[Activity]:
        """Of the deal, and of its people alone while it was open."""
        table = ActivityRow
        of_people = [
            table.deal_id.is_(None),
            table.contact_id.in_(deal.contact_ids),
            table.created_at >= deal.created_at - _LEAD_IN,
        ]
        if deal.closed_at is not None:
            of_people.append(table.created_at <= deal.closed_at)
        chosen = select(table).where(
            table.crm == self.judging.crm, or_(table.deal_id == self.deal, and_(*of_people))
        )
        return self._words(Activity, chosen.order_by(table.position))

    def moves(self) -> list[StageChange]:
        table = StageChangeRow
        chosen = select(table).where(table.crm == self.judging.crm, table.deal_id == self.deal)
        return self._words(StageChange, chosen.order_by(table.position))

    def _words(self, kind: type[Word], chosen: Select[Any]) -> list[Word]:
        return [word_of(kind, vars(row), self.zone) for row in self.session.scalars(chosen)]


@dataclass(frozen=True, slots=True)
class ShownCall:
    """A call that somebody may see: its number in addresses, and the client's."""

    row: int
    number: str | None


def calls_within_reach(
    session: Session, calls: Iterable[str], reach: Reach
) -> dict[str, ShownCall]:
    """Calls of any source by call id, of those within reach."""
    found = {}
    for some in batched(sorted(set(calls))):
        rows = session.execute(
            select(CallRow.call_id, CallRow.id, CallRow.client_number, CallRow.current).where(
                CallRow.call_id.in_(some), seen_by(reach, CallRow.user_id)
            )
        )
        found.update(
            {row.call_id: ShownCall(row.id, row.client_number) for row in rows if row.current}
        )
    return found


def _calls(shelf: _Shelf, reach: Reach) -> tuple[CallOfDeal, ...]:
    found = shelf.session.execute(
        select(CallRow.id, CallRow.user_id, CallRow.source, CallRow.current, RecordingRow.state)
        .outerjoin(RecordingRow, RecordingRow.sha256 == CallRow.sha256)
        .where(CallRow.id.in_(select(DealMatchRow.call).where(DealMatchRow.deal_id == shelf.deal)))
        .order_by(CallRow.started_at, CallRow.id)
    )
    # Told apart here: SQLite would rather go through all current calls than by the deal.
    rows = [row for row in found if row.current and row.source == shelf.judging.source]
    ids = [row.id for row in rows]
    judged = load_judged_calls(shelf.session, ids, shelf.zone)
    told = corrected_actions(shelf.session, ids, shelf.zone)
    anew = corrected_hearings(shelf.session, ids)
    return tuple(
        CallOfDeal(
            row.id,
            one,
            row.state,
            reach.sees(row.user_id),
            tuple(told.get(row.id, ())),
            anew.get(row.id),
        )
        for row, one in zip(rows, judged, strict=True)
    )


def _untied(shelf: _Shelf, phones: Sequence[str], region: str) -> int:
    known = (normalise_phone(phone, region=region) for phone in phones)
    numbers = sorted({one.e164 for one in known if one is not None and one.e164})
    if not numbers:
        return 0
    rows = shelf.session.execute(
        select(CallRow.source, CallRow.current, CallRow.answered, DealMatchRow.deal_id)
        .outerjoin(DealMatchRow, DealMatchRow.call == CallRow.id)
        .where(CallRow.client_number.in_(numbers))
    )
    return sum(
        row.deal_id is None
        and row.current
        and row.answered is not False
        and row.source == shelf.judging.source
        for row in rows
    )


def _findings(shelf: _Shelf, reach: Reach) -> tuple[Finding, ...]:
    rows = shelf.session.scalars(
        select(FindingRow)
        .where(
            FindingRow.deal_id == shelf.deal,
            FindingRow.source == shelf.judging.source,
            FindingRow.crm_source == shelf.judging.crm_source,
            or_(FindingRow.withdrawn_at.is_(None), FindingRow.version > 0),
            seen_by(reach, FindingRow.user_id),
        )
        .order_by(FindingRow.weight.desc(), FindingRow.id)
    )
    return tuple(finding_of(row, shelf.zone) for row in rows)


def _waivers(shelf: _Shelf) -> tuple[Waiver, ...]:
    rows = shelf.session.scalars(
        select(WaiverRow)
        .where(WaiverRow.crm_source == shelf.judging.crm_source, WaiverRow.deal_id == shelf.deal)
        .order_by(WaiverRow.id)
    )
    return tuple(word_of(Waiver, vars(row), shelf.zone) for row in rows)
