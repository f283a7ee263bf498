"""Every item of the packaged checklist is proved by its own examples."""

from __future__ import annotations

import pytest

from classify.checklist import load_checklist
from classify.checklist.proving import ItemProof, item_proofs, verdict_of_item

SALES_CALL = load_checklist(None)
PROOFS = list(item_proofs(SALES_CALL))


@pytest.mark.parametrize("proof", PROOFS, ids=[proof.name for proof in PROOFS])
def test_an_example_comes_to_the_verdict_it_names(proof: ItemProof) -> None:
    assert verdict_of_item(SALES_CALL, proof) is proof.expected
