"""Many ways to say that a contract is signed or will be, and near misses."""

from __future__ import annotations

import pytest

from tests.unit.actions.wordings import cases, heard


@pytest.mark.parametrize(("expected", "said"), list(cases("contract_signed")))
def test_a_signature_is_heard_as_it_is_meant(expected: str, said: str) -> None:
    assert heard(said, "contract_signed") == expected
