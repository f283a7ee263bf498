"""Corrections by hand: each is added, none replaces what the machine heard."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, tzinfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.batches import batched
from models.store.mapping import columns_of, word_of
from models.tables import CorrectionRow
from models.vocabulary.correction import ChosenDeal, Correction, CorrectionKind, in_force

_SAID = ("text", "quote", "note")


def add_correction(session: Session, correction: Correction) -> int:
    """Writes a correction down and gives its id."""
    row = CorrectionRow(**columns_of(correction))
    session.add(row)
    session.flush()
    return row.id


def corrections_of(session: Session, call: int, zone: tzinfo) -> list[Correction]:
    """What was corrected in a call, the oldest first."""
    rows = select(CorrectionRow).where(CorrectionRow.call == call).order_by(CorrectionRow.id)
    return [word_of(Correction, vars(row), zone) for row in session.scalars(rows)]


def corrected_actions(
    session: Session, calls: Sequence[int], zone: tzinfo
) -> dict[int, list[Correction]]:
    """What people say of the actions of calls, by call: of those of the calls with such."""
    found: dict[int, list[Correction]] = defaultdict(list)
    for some in batched(calls):
        rows = select(CorrectionRow).where(
            CorrectionRow.call.in_(some), CorrectionRow.kind == CorrectionKind.ACTION.value
        )
        for row in session.scalars(rows.order_by(CorrectionRow.id)):
            found[row.call].append(word_of(Correction, vars(row), zone))
    return {call: list(in_force(told).values()) for call, told in found.items()}


def chosen_deals(session: Session, calls: Sequence[int]) -> dict[int, ChosenDeal]:
    """Those of the calls whose deal was last chosen by hand, with the choice."""
    found: dict[int, ChosenDeal] = {}
    for some in batched(calls):
        last = (
            select(func.max(CorrectionRow.id))
            .where(CorrectionRow.call.in_(some), CorrectionRow.kind == CorrectionKind.DEAL.value)
            .group_by(CorrectionRow.call)
        )
        for row in session.scalars(select(CorrectionRow).where(CorrectionRow.id.in_(last))):
            if row.corrected:
                deal = row.corrected["deal_id"]
                found[row.call] = ChosenDeal(deal, row.who, row.at.astimezone(UTC))
    return found


def fade_corrections(
    session: Session, kinds: Iterable[CorrectionKind], calls: Sequence[int]
) -> int:
    """Takes what was said out of the corrections of calls; gives how many held something."""
    wanted, changed = [kind.value for kind in kinds], 0
    for some in batched(calls):
        rows = select(CorrectionRow).where(
            CorrectionRow.call.in_(some), CorrectionRow.kind.in_(wanted)
        )
        for row in session.scalars(rows):
            for name in ("machine", "corrected"):
                said = getattr(row, name)
                faded = {key: "" if key in _SAID else value for key, value in said.items()}
                if faded != said:
                    setattr(row, name, faded)
                    changed += 1
    session.flush()
    return changed
