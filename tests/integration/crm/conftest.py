"""What the tests of every CRM's adapter stand on."""

from __future__ import annotations

import pytest

import crm.http


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Has what failed tried again at once."""
    monkeypatch.setattr(crm.http, "_FIRST_PAUSE_S", 0.01)
