"""Every requirement of the packaged pipelines is proved by its own examples."""

from __future__ import annotations

import pytest

from classify.pipeline_file import load_pipelines
from classify.verification.proving import Proof, proofs, verdict_of
from classify.verification.rules import PipelineRules

PIPELINES = load_pipelines(None)
PROOFS = [(rules, proof) for rules in PIPELINES.values() for proof in proofs(rules)]


@pytest.mark.parametrize(("rules", "proof"), PROOFS, ids=[proof.name for _, proof in PROOFS])
def test_an_example_comes_to_the_verdict_it_names(rules: PipelineRules, proof: Proof) -> None:
    assert verdict_of(rules, proof) is proof.expected
