"""Planted leaks are found and nothing else: worst step, inflation, heat, conveyor, stage time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from figures.conveyor import conveyor
from figures.heat import heat_map
from figures.inflation import inflation
from figures.leaks import leaks
from figures.scope import Period
from figures.stage_time import quantiles, stage_times
from models.vocabulary.deal import StageKind
from models.vocabulary.figures import Payment, RequirementFact, Visit
from models.vocabulary.verdict import Gap, Verdict
from tests.fakes.department import MONDAY, Plan, department
from tests.unit.figures.some_deals import (
    MONTH,
    NOW,
    START,
    deal,
    facts,
    line,
    thirty_fifteen_three,
)

LINE = line("a", "b", "c")
QUARTER = Period(MONDAY, MONDAY + timedelta(weeks=13))


def test_the_worst_step_says_what_a_better_one_would_give() -> None:
    found = leaks(facts(thirty_fifteen_three(), LINE), LINE, MONTH)
    worst = found.worst
    assert worst is not None
    assert worst.gain is not None
    assert (worst.key, worst.lost.count, worst.level) == ("c", 12, 0.5)
    assert worst.gain.deals == pytest.approx(4.5)
    assert worst.gain.leads == pytest.approx(45)
    assert "15 × (0,5 − 0,2)" in found.sentence.ru
    assert "it would take 45 more" in found.sentence.en


def test_no_step_is_named_of_a_handful_of_deals() -> None:
    found = leaks(facts(thirty_fifteen_three()[-5:], LINE), LINE, MONTH)
    assert found.worst is None
    assert found.too_small == (0, 1, 2)
    assert "10" in found.sentence.ru


def test_what_fails_most_among_the_lost_is_named_in_its_own_words() -> None:
    missing = (RequirementFact("c.done", Verdict.MISSING),)
    deals = [replace(one, requirements=missing) for one in thirty_fifteen_three()]
    worst = leaks(facts(deals, LINE), LINE, MONTH).worst
    assert worst is not None
    assert worst.failing[0].share.count == 12
    assert "«c нет» (12 из 12)" in worst.sentence.ru


def test_what_a_given_up_deal_fell_for_is_named_though_nobody_demands_it_now() -> None:
    waived = (RequirementFact("c.done", Verdict.WAIVED),)
    deals = [replace(one, requirements=waived) for one in thirty_fifteen_three()]
    worst = leaks(facts(deals, LINE), LINE, MONTH).worst
    assert worst is not None
    assert worst.failing[0].deals == worst.lost.deals


@pytest.mark.parametrize("leaking", [0, 1, 2])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_planted_leak_is_found_and_no_other(leaking: int, seed: int) -> None:
    passes = [0.9] * 5
    passes[leaking] = 0.3
    made = department(Plan(seed=seed, deals=600, passes=tuple(passes)))
    worst = leaks(made.facts, made.facts.lines[0], QUARTER).worst
    assert worst is not None
    assert (worst.place, worst.is_clear) == (leaking + 1, True)
    stood = made.truth.stood["p1"]
    share = worst.conversion.share
    assert (share.count, share.of) == (stood[leaking + 1], stood[leaking])


def test_inflation_finds_the_cards_that_were_run_ahead_and_no_other() -> None:
    made = department(Plan(deals=600, gaming=("u2",)))
    index = inflation(made.facts)
    is_open = {one.deal_id for one in made.facts.deals if one.status is StageKind.OPEN}
    assert set(index.total.unproved.deals) == made.truth.ahead & is_open
    assert index.by_manager[0].key == "u2"
    assert index.by_manager[0].rank == 1
    assert all(one.share.count == 0 for one in index.by_manager[1:])


def test_deals_nobody_could_hear_inflate_nothing() -> None:
    made = department(Plan(deals=400, unheard={"u1": 1.0}))
    index = inflation(made.facts)
    assert not index.total.unproved.count
    assert set(index.total.unknown.deals) <= made.truth.silent
    assert index.total.unknown.count


def test_nobody_is_ranked_by_a_handful_of_deals() -> None:
    ahead = [deal(n, 2, 0, blocked=1, gap=Gap.AHEAD) for n in range(9)]
    assert inflation(facts(ahead, LINE)).by_manager[0].rank is None
    assert inflation(facts(ahead, LINE), least=9).by_manager[0].rank == 1


def test_inflation_adds_up_by_every_cut() -> None:
    made = department(Plan(deals=500, gaming=("u3",), unheard={"u4": 0.5}))
    index = inflation(made.facts)
    for cut in (index.by_pipeline, index.by_manager, index.by_source):
        assert sum(one.share.of + one.unknown.count for one in cut) == (
            index.total.share.of + index.total.unknown.count
        )


def test_a_heat_map_tells_failing_from_unknown_and_small_samples() -> None:
    verdicts = [Verdict.MISSING] * 6 + [Verdict.MET] * 4 + [Verdict.UNKNOWN, Verdict.PENDING]
    deals = [
        deal(n, 0, 0, requirements=(RequirementFact("a.done", verdict),))
        for n, verdict in enumerate(verdicts)
    ]
    other = deal(99, 0, 0, user_id="u2", requirements=(RequirementFact("a.done", Verdict.LATE),))
    cells = heat_map(facts([*deals, other], LINE), LINE).cells
    cell = cells["u1", "a.done"]
    assert (cell.share.count, cell.share.of, cell.unknown, cell.is_enough) == (6, 10, 1, True)
    assert not cells["u2", "a.done"].is_enough
    assert cells["u2", "a.done"].share.count == 0


def test_what_still_stands_on_a_stage_counts_with_the_time_so_far() -> None:
    hours = [(1, True), (2, True), (3, True), (1000, False), (1000, False)]
    deals = [
        deal(n, 0, 0, visits=(Visit(0, NOW - timedelta(hours=h), end),))
        for n, (h, is_over) in enumerate(hours)
        for end in [NOW if is_over else None]
    ]
    time = stage_times(facts(deals, LINE), LINE)[0]
    assert (time.median, time.p90) == (3.0, None)
    assert (len(time.left), len(time.standing)) == (3, 2)
    assert time.finished is not None
    assert time.finished.median == 2.0


def test_without_anything_running_the_quantiles_are_the_plain_ones() -> None:
    assert quantiles([4, 1, 3, 2], []) == (2.5, 4)
    assert quantiles([*range(1, 11)], []) == (5.5, 9)
    assert quantiles([], []) == (None, None)


def test_the_time_from_proof_to_proof_stands_beside_the_cards() -> None:
    proved = (START, START + timedelta(hours=5), START + timedelta(hours=2))
    times = stage_times(facts([deal(1, 2, 2, proved=proved)], LINE), LINE)
    assert [t.proof.median if t.proof else None for t in times] == [None, 5.0, 0.0]


def test_first_purchases_are_the_hunters_and_repeat_ones_the_farmers() -> None:
    day = timedelta(days=1)
    deals = [
        deal(1, 2, 2, client="c", payments=(Payment(START + day, 100.0),)),
        deal(2, 2, 2, client="c", roles=("farmer",), payments=(Payment(START + 2 * day, 70.0),)),
    ]
    of = {one.role: one for one in conveyor(facts(deals, LINE), MONTH).sections}
    hunter, farmer = of["hunter"].product, of["farmer"].product
    assert hunter is not None
    assert farmer is not None
    assert dict(hunter.money) == {"RUB": 100.0}
    assert dict(farmer.money) == {"RUB": 70.0}
    assert farmer.deals == ("d0002",)


def test_the_section_that_fails_is_named_with_its_load_and_no_order() -> None:
    own = line("lead_received", "meeting", "proposal")
    hunted = thirty_fifteen_three(roles=("hunter",), user_id="u1")
    busy = [deal(n, 0, 0, roles=("hunter",)) for n in range(100, 140)]
    idle = [deal(n, 0, 0, roles=("closer",), user_id="u2") for n in range(200, 210)]
    old = [replace(d, first_contact_at=START - timedelta(days=9)) for d in (*busy, *idle)]
    found = conveyor(facts([*hunted, *old], own), MONTH)
    assert [(one.role, one.leak.key) for one in found.failures] == [("hunter", "proposal")]
    added = found.additions[0]
    assert (added.people, added.each, added.level) == (4, 43.0, 10.0)
    assert "43 / 10 − 1" in added.sentence.ru
    assert "not an order" in added.sentence.en


def test_nobody_is_missed_where_the_sample_is_small() -> None:
    found = conveyor(facts(thirty_fifteen_three()[-5:], LINE), MONTH)
    assert found.failures == ()
    assert found.additions == ()


def test_a_role_of_the_customers_own_has_its_load() -> None:
    found = conveyor(facts([deal(1, 0, 0, roles=("documents",))], LINE), MONTH)
    own = next(one for one in found.sections if one.role == "documents")
    assert own.product is None
    assert own.load.open_deals == 1
