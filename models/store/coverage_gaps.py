"""Gaps between the ledger and what was heard that were told: each once, until it is filled."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core.batches import batched
from models.tables import CoverageGapRow
from models.vocabulary.reconciliation import Gap


def keep_gaps(session: Session, gaps: Sequence[Gap], now: datetime) -> list[Gap]:
    """Writes down the gaps that are open now; gives those that are new.

    What is filled is forgotten, so that it is told anew should it come again.
    """
    open_now = {gap_digest(one): one for one in gaps}
    known = set(session.scalars(select(CoverageGapRow.digest)))
    for some in batched(sorted(known - open_now.keys())):
        session.execute(delete(CoverageGapRow).where(CoverageGapRow.digest.in_(some)))
    new = {digest: one for digest, one in open_now.items() if digest not in known}
    session.add_all(
        CoverageGapRow(
            digest=digest, kind=one.kind.value, account=one.account, day=one.day, told_at=now
        )
        for digest, one in new.items()
    )
    session.flush()
    return list(new.values())


def gap_digest(gap: Gap) -> str:
    """The identity of a gap, whatever its age."""
    since = gap.since.isoformat() if gap.call_id is None else ""
    parts = [gap.kind.value, gap.account, gap.day.isoformat(), gap.call_id, gap.recording, since]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:32]
