"""Scores of calls: written down with their items and found again."""

from __future__ import annotations

from datetime import UTC

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.store.calls import touch_calls
from models.store.mapping import columns_of, word_of
from models.tables import CallRow, CallScoreRow, CheckedItemRow
from models.vocabulary.checklist import CallScore, CheckedItem


def save_score(session: Session, call: int, score: CallScore | None) -> None:
    """Replaces the score of a call; ``None`` where nothing is known of what was said in it."""
    before = session.scalar(select(CallScoreRow.score).where(CallScoreRow.call == call))
    if before != (score.score if score is not None else None):
        touch_calls(session, CallRow.id == call)
    session.execute(delete(CheckedItemRow).where(CheckedItemRow.call == call))
    session.execute(delete(CallScoreRow).where(CallScoreRow.call == call))
    if score is None:
        return
    own = {name: value for name, value in columns_of(score).items() if name != "items"}
    session.add(CallScoreRow(call=call, **own))
    session.flush()
    session.add_all(
        CheckedItemRow(call=call, position=position, **columns_of(item))
        for position, item in enumerate(score.items)
    )


def load_score(session: Session, call: int) -> CallScore | None:
    """Gives the score of a call, ``None`` if it has none."""
    row = session.get(CallScoreRow, call)
    if row is None:
        return None
    items = select(CheckedItemRow).where(CheckedItemRow.call == call)
    return CallScore(
        checklist=row.checklist,
        rule_hash=row.rule_hash,
        score=row.score,
        capped_by=tuple(row.capped_by),
        items=tuple(
            word_of(CheckedItem, vars(item), UTC)
            for item in session.scalars(items.order_by(CheckedItemRow.position))
        ),
    )
