"""The departments that figures are tried on are what they say they are."""

from __future__ import annotations

import pytest

from models.vocabulary.verdict import Gap, PromiseState
from tests.fakes.department import LAST, Plan, department


@pytest.mark.parametrize("seed", range(4))
def test_what_was_planted_is_there_and_hangs_together(seed: int) -> None:
    plan = Plan(seed=seed, gaming=("u2",), unheard={"u3": 0.5}, broken=0.25)
    made = department(plan)
    facts, truth = made.facts, made.truth
    assert department(plan) == made
    assert truth.stood["p1"] == (300, 240, 168, 50, 40, 36)
    assert {one.user_id for one in facts.deals if one.gap is Gap.AHEAD} == {"u2"}
    assert {one.deal_id for one in facts.deals if one.unsure is not None} == truth.silent
    broken = {one.deal_id for one in facts.promises if one.state is PromiseState.BROKEN}
    assert broken == truth.broken
    for deal in facts.deals:
        assert facts.as_of >= max([deal.first_contact_at, *filter(None, deal.proved)])
        proved = [at for at in deal.proved if at is not None]
        assert proved == sorted(proved)
        assert deal.verified == len(proved) - 1
        done = truth.provable[deal.deal_id]
        assert deal.verified == (4 if done == LAST - 2 else done)
