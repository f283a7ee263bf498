"""Verbatim words and verdicts that go with time; what they proved stays as long as it may."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, select, update
from sqlalchemy.orm import Session

from models.store.calls import touch_calls
from models.store.corrections import fade_corrections
from models.store.holds import Held
from models.store.statements import changed_rows
from models.tables import (
    ActionRow,
    CallFactRow,
    CallRow,
    CheckedItemRow,
    CorrectedHearingRow,
    CorrectionRow,
    CrmWriteRow,
    DealFactRow,
    DealVerdictRow,
    DecisionRow,
    FindingRow,
    FlagRow,
    LineFactRow,
    PersonFactRow,
    PromiseFactRow,
    PromiseRow,
    RequirementVerdictRow,
    RunRow,
)
from models.vocabulary.correction import CorrectionKind

Json = Mapping[str, Any]
_AT_ONCE = 500
_QUOTED = re.compile(r"«[^«»]*(?:«[^«»]*»[^«»]*)*»")


def without_quotes(explanation: str) -> str:
    """A sentence with everything that stands in quotation marks left out."""
    return _QUOTED.sub("«…»", explanation)


def expire_quotes(session: Session, before: datetime, held: Held) -> int:
    """Takes the words of calls begun before a moment out of all that quotes them.

    Actions keep type, status, time and slots, verdicts and flags their evidence without the
    words. Gives how many places quoted something.
    """
    return (
        _actions(session, before, held)
        + _heard_anew(session, before, held)
        + _items(session, before, held)
        + _promises(session, before, held)
        + _evidence(session, before, held)
        + _corrections(session, before, held)
        + fade_writes(
            session, CrmWriteRow.created_at < before, CrmWriteRow.deal_id.not_in(held.deals)
        )
    )


def expire_verdicts(session: Session, before: datetime, held: Held) -> int:
    """Removes the verdicts of runs begun before a moment, and runs that have none left.

    Findings that no run raises any more go with them. What is said of a held deal or call stays.
    Gives how many verdicts and flags went.
    """
    old = select(RunRow.id).where(RunRow.started_at < before, RunRow.state != "running")
    deals = delete(DealVerdictRow).where(
        DealVerdictRow.run.in_(old), DealVerdictRow.deal_id.not_in(held.deals)
    )
    flags = delete(FlagRow).where(
        FlagRow.run.in_(old),
        FlagRow.deal_id.is_(None) | FlagRow.deal_id.not_in(held.deals),
        FlagRow.call_id.is_(None) | FlagRow.call_id.not_in(held.call_ids),
    )
    findings = delete(FindingRow).where(
        FindingRow.withdrawn_at < before,
        FindingRow.deal_id.is_(None) | FindingRow.deal_id.not_in(held.deals),
        FindingRow.call_id.is_(None) | FindingRow.call_id.not_in(held.call_ids),
    )
    removed = sum(changed_rows(session, gone) for gone in (deals, flags, findings))
    removed += _expire_facts(session, before, held)
    empty = delete(RunRow).where(
        RunRow.id.in_(old),
        ~exists().where(DealVerdictRow.run == RunRow.id),
        ~exists().where(FlagRow.run == RunRow.id),
    )
    return removed + changed_rows(session, empty)


def _expire_facts(session: Session, before: datetime, held: Held) -> int:
    """Removes what figures once knew and was not so any more by then; what is so stays."""
    removed = 0
    for table in (DealFactRow, PromiseFactRow, CallFactRow):
        gone = delete(table).where(
            table.valid_until < before,
            table.deal_id.is_(None) | table.deal_id.not_in(held.deals),
        )
        removed += changed_rows(session, gone)
    for shared in (LineFactRow, PersonFactRow):
        removed += changed_rows(session, delete(shared).where(shared.valid_until < before))
    return removed


def fade_writes(session: Session, *chosen: ColumnElement[bool]) -> int:
    """Takes the words of calls out of what we remember of writes into CRMs; gives of how many.

    What stands in the CRM stays. It cannot be told from what people wrote there any more, so that
    taking it back leaves notes and tasks where they are.
    """
    changed = 0
    for row in session.scalars(select(CrmWriteRow).where(*chosen)).yield_per(_AT_ONCE):
        content = row.content
        faded = {**content, "lines": []} if content.get("lines") else content
        if isinstance(content.get("text"), str):
            faded = {**faded, "text": without_quotes(content["text"])}
        if faded != content:
            row.content = faded
            changed += 1
    session.flush()
    return changed


def change_evidence(session: Session, change: Callable[[Json, str | None], Json | None]) -> int:
    """Puts every piece of evidence of runs and findings through `change`; ``None`` drops it.

    `change` is given the piece and the deal that it is about. Where something changed, the
    explanation loses what it quotes. Gives how many pieces changed.
    """
    verdicts = session.scalars(select(RequirementVerdictRow)).yield_per(_AT_ONCE)
    changed = sum(_changed(row, change) for row in verdicts)
    flags = session.scalars(select(FlagRow)).yield_per(_AT_ONCE)
    changed += sum(_changed(row, change) for row in flags)
    findings = session.scalars(select(FindingRow)).yield_per(_AT_ONCE)
    changed += sum(_changed(row, change) for row in findings)
    decisions = session.scalars(select(DecisionRow)).yield_per(_AT_ONCE)
    changed += sum(_shown_changed(row, change) for row in decisions)
    session.flush()
    return changed


def _changed(
    row: RequirementVerdictRow | FlagRow | FindingRow,
    change: Callable[[Json, str | None], Json | None],
) -> int:
    pairs = [(one, change(one, row.deal_id)) for one in row.evidence]
    changed = len([1 for old, new in pairs if old != new])
    if changed:
        row.evidence = [new for _, new in pairs if new is not None]
        row.explanation = without_quotes(row.explanation)
        row.explanation_en = without_quotes(row.explanation_en)
    return changed


def _shown_changed(row: DecisionRow, change: Callable[[Json, str | None], Json | None]) -> int:
    """The same for what was shown to somebody who decided."""
    shown = row.shown
    pairs = [(one, change(one, shown.get("deal_id"))) for one in shown.get("evidence", ())]
    changed = len([1 for old, new in pairs if old != new])
    if changed:
        row.shown = {
            **shown,
            "evidence": [new for _, new in pairs if new is not None],
            "explanation": without_quotes(shown["explanation"]),
            "explanation_en": without_quotes(shown.get("explanation_en", "")),
        }
    return changed


def _corrections(session: Session, before: datetime, held: Held) -> int:
    """Words and actions that somebody heard otherwise."""
    old = select(CallRow.id).join(CorrectionRow, CorrectionRow.call == CallRow.id)
    calls = set(session.scalars(old.where(CallRow.started_at < before))) - held.calls
    kinds = (CorrectionKind.WORD, CorrectionKind.ACTION)
    return fade_corrections(session, kinds, sorted(calls))


def _actions(session: Session, before: datetime, held: Held) -> int:
    of_old = select(CallRow.id).where(CallRow.started_at < before, CallRow.id.not_in(held.calls))
    quoting = (ActionRow.call.in_(of_old), ActionRow.quote != "")
    touch_calls(session, CallRow.id.in_(select(ActionRow.call).where(*quoting)))
    statement = update(ActionRow).where(*quoting).values(quote="", heard_otherwise=None, cues=[])
    return changed_rows(session, statement)


def _heard_anew(session: Session, before: datetime, held: Held) -> int:
    """Actions heard in words that people corrected."""
    rows = select(CorrectedHearingRow).join(CallRow, CallRow.id == CorrectedHearingRow.call)
    changed = 0
    for row in session.scalars(rows.where(CallRow.started_at < before)):
        faded = [
            {**one, "quote": "", "heard_otherwise": None, "cues": []} if one["quote"] else one
            for one in row.actions
        ]
        if row.call not in held.calls and faded != row.actions:
            row.actions = faded
            changed += 1
    return changed


def _items(session: Session, before: datetime, held: Held) -> int:
    rows = (
        select(CheckedItemRow)
        .join(CallRow, CallRow.id == CheckedItemRow.call)
        .where(CallRow.started_at < before, CheckedItemRow.quote.is_not(None))
    )
    changed = 0
    for row in session.scalars(rows):
        if row.call not in held.calls:
            row.quote, row.explanation = None, without_quotes(row.explanation)
            changed += 1
    return changed


def _promises(session: Session, before: datetime, held: Held) -> int:
    changed = 0
    for table in (PromiseRow, PromiseFactRow):
        statement = (
            update(table)
            .where(
                table.made_at < before,
                table.quote != "",
                table.call_id.not_in(held.call_ids),
            )
            .values(quote="")
        )
        changed += changed_rows(session, statement)
    return changed


def _evidence(session: Session, before: datetime, held: Held) -> int:
    old = _old_calls(session, before) - held.call_ids

    def faded(one: Json, _deal: str | None) -> Json:
        if one["kind"] != "call" or not one.get("quote") or one["id"] not in old:
            return one
        return {**one, "quote": None}

    return change_evidence(session, faded)


def _old_calls(session: Session, before: datetime) -> frozenset[str]:
    return frozenset(session.scalars(select(CallRow.call_id).where(CallRow.started_at < before)))
