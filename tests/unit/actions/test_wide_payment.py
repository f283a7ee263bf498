"""Many ways to promise a payment and to say that it was made, and near misses."""

from __future__ import annotations

import pytest

from tests.unit.actions.wordings import cases, heard


@pytest.mark.parametrize(("expected", "said"), list(cases("payment")))
def test_a_payment_is_heard_as_it_is_meant(expected: str, said: str) -> None:
    assert heard(said, "payment") == expected
