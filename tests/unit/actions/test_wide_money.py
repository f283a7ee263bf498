"""Many ways to name the order's price or the client's budget, and sums that are neither."""

from __future__ import annotations

import pytest

from tests.unit.actions.wordings import cases, heard


@pytest.mark.parametrize(("expected", "said"), list(cases("budget_named")))
def test_a_price_or_budget_is_heard_with_its_sum(expected: str, said: str) -> None:
    assert heard(said, "budget_named") == expected
