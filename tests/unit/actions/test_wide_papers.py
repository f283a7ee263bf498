"""Many ways to promise, send and receive a proposal, a contract, an invoice, and not to."""

from __future__ import annotations

import pytest

from tests.unit.actions.wordings import cases, heard

KINDS = ("proposal_sent", "contract_sent", "invoice_sent")


@pytest.mark.parametrize(
    ("kind", "expected", "said"),
    [(kind, expected, said) for kind in KINDS for expected, said in cases(kind)],
)
def test_a_paper_is_heard_as_it_is_meant(kind: str, expected: str, said: str) -> None:
    assert heard(said, kind) == expected
