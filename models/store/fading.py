"""Verbatim words and verdicts that go with time; what they proved stays as long as it may."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import Session

from models.store.holds import Held
from models.store.keeping import count_of
from models.tables import (
    ActionRow,
    CallRow,
    CheckedItemRow,
    DealVerdictRow,
    FlagRow,
    PromiseRow,
    RequirementVerdictRow,
    RunRow,
)

Json = Mapping[str, Any]
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
        + _items(session, before, held)
        + _promises(session, before, held)
        + _evidence(session, before, held)
    )


def expire_verdicts(session: Session, before: datetime, held: Held) -> int:
    """Removes the verdicts of runs begun before a moment, and runs that have none left.

    What is said of a held deal or call stays. Gives how many verdicts and flags went.
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
    removed = count_of(session, deals) + count_of(session, flags)
    empty = delete(RunRow).where(
        RunRow.id.in_(old),
        ~exists().where(DealVerdictRow.run == RunRow.id),
        ~exists().where(FlagRow.run == RunRow.id),
    )
    return removed + count_of(session, empty)


def change_evidence(
    session: Session, change: Callable[[Json], Json | None]
) -> tuple[int, list[FlagRow]]:
    """Puts every piece of evidence of all runs through `change`; ``None`` takes it away.

    Where something changed, the explanation loses what it quotes. Gives how many pieces changed
    and the flags among the rows.
    """
    changed, flags = 0, []
    tables: tuple[type[RequirementVerdictRow | FlagRow], ...] = (RequirementVerdictRow, FlagRow)
    for table in tables:
        for row in session.scalars(select(table)).yield_per(500):
            before = list(row.evidence)
            after = [new for one in before if (new := change(one)) is not None]
            if after == before:
                continue
            changed += sum(change(one) != one for one in before)
            row.evidence, row.explanation = after, without_quotes(row.explanation)
            if isinstance(row, FlagRow):
                flags.append(row)
    session.flush()
    return changed, flags


def _actions(session: Session, before: datetime, held: Held) -> int:
    of_old = select(CallRow.id).where(CallRow.started_at < before, CallRow.id.not_in(held.calls))
    statement = (
        update(ActionRow)
        .where(ActionRow.call.in_(of_old), ActionRow.quote != "")
        .values(quote="", heard_otherwise=None, cues=[])
    )
    return count_of(session, statement)


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
    statement = (
        update(PromiseRow)
        .where(
            PromiseRow.made_at < before,
            PromiseRow.quote != "",
            PromiseRow.call_id.not_in(held.call_ids),
        )
        .values(quote="")
    )
    return count_of(session, statement)


def _evidence(session: Session, before: datetime, held: Held) -> int:
    old = _old_calls(session, before) - held.call_ids

    def faded(one: Json) -> Json:
        if one["kind"] != "call" or not one.get("quote") or one["id"] not in old:
            return one
        return {**one, "quote": None}

    changed, _ = change_evidence(session, faded)
    return changed


def _old_calls(session: Session, before: datetime) -> frozenset[str]:
    return frozenset(session.scalars(select(CallRow.call_id).where(CallRow.started_at < before)))
