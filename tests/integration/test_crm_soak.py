"""People work in a CRM while web-hooks get lost, doubled and late: nothing is missed in the end."""

from __future__ import annotations

from pathlib import Path

import pytest

import crm.http
from benchmarks.crm_soak import soaked


@pytest.mark.slow
def test_nothing_is_missed_though_bells_get_lost_and_the_crm_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crm.http, "_FIRST_PAUSE_S", 0.01)  # nobody waits in a test
    said: list[str] = []
    done = soaked(tmp_path, changes=300, seed=7, say=said.append)
    assert done.missed == []
    # And all of that did happen on the way.
    assert min(done.lost, done.doubled, done.late) >= 5, done
    assert done.renewals >= 2
    assert any("It is tried again" in line for line in said), "it was never away"
    assert "sales: is read again." in said
    assert min(done.there[thing] for thing in ("deal", "stage_change", "activity")) > 40
