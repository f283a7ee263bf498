"""Many ways to agree to terms, to accept work and to ask for a review, and near misses."""

from __future__ import annotations

import pytest

from tests.unit.actions.wordings import cases, heard

KINDS = ("terms_agreed", "work_accepted", "review_requested", "proposal_discussed")


@pytest.mark.parametrize(
    ("kind", "expected", "said"),
    [(kind, expected, said) for kind in KINDS for expected, said in cases(kind)],
)
def test_the_end_of_a_deal_is_heard_as_it_is_meant(kind: str, expected: str, said: str) -> None:
    assert heard(said, kind) == expected
