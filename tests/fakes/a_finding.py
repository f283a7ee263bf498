"""A finding as a row, for tests that need one to be there."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from models.tables import FindingRow
from models.vocabulary.review import FindingState
from models.vocabulary.verdict import FlagKind, FlagSeverity

RAISED = datetime(2026, 11, 20, 15, tzinfo=UTC)


def a_finding(key: str, **columns: Any) -> FindingRow:
    """A broken promise about deal 1001 of Irina's, that is open; `columns` replace what it says."""
    told: dict[str, Any] = {
        "source": "/records",
        "crm_source": "/crm.json",
        "kind": FlagKind.PROMISE_BROKEN.value,
        "severity": FlagSeverity.HIGH.value,
        "explanation": "Обещание не выполнено.",
        "deal_id": "1001",
        "user_id": "u101",
        "at": RAISED,
        "evidence": [],
        "confidence": 0.9,
        "weight": 1.0,
        "state": FindingState.OPEN.value,
        "raised_at": RAISED,
        "updated_at": RAISED,
        "version": 0,
        "digest": "",
    }
    return FindingRow(key=key, **told | columns)
