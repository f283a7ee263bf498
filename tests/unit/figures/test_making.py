"""Facts say of a deal, a call and a person what the verdicts, the card and the calls bear out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from figures.making import OfDeal, call_fact, deal_fact, person, promise_facts, roles_of
from flow.figures.lines import boards_of
from models.vocabulary.deal import (
    Activity,
    ActivityKind,
    ActivityType,
    CrmSnapshot,
    Deal,
    StageChange,
    StageKind,
    User,
)
from models.vocabulary.figures import DealFact, Payment, Visit
from models.vocabulary.verdict import Gap, JudgedCall, PromiseState
from tests.fakes.a_deal import PIPELINES, a_deal, a_snapshot, act, at, call, deal_of, judged

PEOPLE = {"irina": person(User("irina", "Ирина", role="Хантер, closer"))}
BOOKED = act("meeting_booked", datetime="2026-11-12T15:00:00+03:00")


def fact_of(snapshot: CrmSnapshot, *calls: JudgedCall, as_of: str = "20 18:00") -> DealFact:
    known = known_of(snapshot, *calls, as_of=as_of)
    return deal_fact(known, boards_of(snapshot, PIPELINES)["p1"], PEOPLE)


def known_of(snapshot: CrmSnapshot, *calls: JudgedCall, as_of: str = "20 18:00") -> OfDeal:
    found = judged(snapshot, *calls, as_of=as_of)
    return OfDeal(
        snapshot.deals[0], deal_of(found), calls, snapshot.activities, snapshot.stage_changes
    )


def move(to: str, when: str, source: str | None = None) -> StageChange:
    return StageChange("d1", to, at(when), source)


def record(type_: str, when: str, **more: object) -> Activity:
    one = Activity(f"{type_} {when}", ActivityType(type_), ActivityKind.OTHER, at(when), "d1")
    return replace(one, **more)  # type: ignore[arg-type]  # tests name fields freely


def of_card(deal: Deal, *moves: StageChange) -> DealFact:
    return fact_of(a_snapshot(deal, moves=moves))


def test_a_card_that_claims_more_than_was_done_is_blocked_where_the_work_is_missing() -> None:
    fact = fact_of(a_snapshot(a_deal("proposal")), call("10 11:00"))
    assert (fact.recorded, fact.reached, fact.gap) == (4, 4, Gap.AHEAD)
    assert fact.verified == 1
    assert fact.blocked == 2
    assert fact.proved[2:5] == (None, None, None)


def test_a_stage_under_way_is_neither_proved_nor_failed() -> None:
    fact = fact_of(a_snapshot(a_deal("meeting_scheduling")), call("10 11:00"), as_of="10 18:00")
    assert (fact.recorded, fact.verified, fact.blocked, fact.unsure) == (2, 1, None, None)


def test_what_nobody_could_hear_is_unsure_and_not_missing() -> None:
    silent = replace(call("11 11:00", outcome="unintelligible"), understood=False)
    fact = fact_of(a_snapshot(a_deal("proposal")), call("10 11:00"), silent)
    assert (fact.blocked, fact.unsure) == (2, 3)  # the CRM has no meeting; what was said is open
    assert (fact.calls, fact.unheard) == (2, 1)


def test_a_lost_deal_is_not_proved_by_what_is_not_demanded_any_more() -> None:
    lost = a_deal("lost", status=StageKind.LOST, closed_at=at("12 10:00"))
    fact = of_card(lost, move("meeting_scheduling", "10 12:00", "classified"),
                   move("lost", "12 10:00", "meeting_scheduling"))  # fmt: skip
    assert (fact.recorded, fact.reached) == (None, 2)
    assert fact.proved[2:] == (None,) * 9
    assert (fact.verified or 0) <= 1


def test_a_deal_that_nobody_judged_is_unsure_from_the_first_stage() -> None:
    closed = a_deal("paid", status=StageKind.WON, closed_at=at("1 10:00"), created_at=at("1 09:00"))
    snapshot = a_snapshot(closed)
    known = OfDeal(closed, deal_of(judged(snapshot, since=None)))
    fact = deal_fact(known, boards_of(snapshot, PIPELINES)["p1"], PEOPLE)
    assert (fact.verified, fact.unsure, fact.gap) == (None, 0, Gap.UNKNOWN)


def test_contact_before_the_card_is_the_first_contact() -> None:
    deal = a_deal("classified", created_at=at("10 12:00"))
    missed = call("10 11:00", outcome="no_answer")
    assert fact_of(a_snapshot(deal), missed).first_contact_at == at("10 11:00")
    letter = record("email", "10 10:30", direction="in")
    plan = record("message", "10 09:00", due_at=at("12 09:00"))
    note = record("note", "10 08:00")
    written = a_snapshot(deal, records=[letter, plan, note])
    assert fact_of(written, missed).first_contact_at == at("10 10:30")
    assert fact_of(a_snapshot(deal), call("11 09:00")).first_contact_at == at("10 12:00")


def test_visits_follow_the_moves_and_robots_move_nothing() -> None:
    deal = a_deal("meeting", created_at=at("10 10:00"))
    fact = of_card(
        deal,
        move("proposal", "10 10:00"),  # thrown about by robots while it was made
        move("classified", "10 10:01", "proposal"),
        move("meeting", "11 10:00", "classified"),
    )
    assert fact.visits == (
        Visit(1, at("10 10:00"), at("11 10:00")), Visit(3, at("11 10:00"), None)
    )  # fmt: skip
    assert fact.reached == 3


def test_since_when_a_card_stands_is_not_invented() -> None:
    assert of_card(a_deal("proposal")).visits == ()
    deal = a_deal("lead_received")
    assert of_card(deal).visits == (Visit(0, deal.created_at, None),)


def test_payments_count_when_they_came_and_refunds_against_them() -> None:
    records = [
        record("payment", "12 10:00", amount=100.0),
        record("payment", "13 10:00", amount=30.0, direction="out"),
        record("payment", "14 10:00", amount=50.0, due_at=at("20 10:00")),
    ]
    fact = fact_of(a_snapshot(a_deal("prepaid"), records=records))
    assert fact.payments == (Payment(at("12 10:00"), 100.0), Payment(at("13 10:00"), -30.0))


def test_a_promise_says_when_its_time_was_over_and_when_it_was_done() -> None:
    due = act("proposal_sent", "promised", "agent", due="2026-11-11T12:00:00+03:00")
    sent = record("email", "12 10:00", kind=ActivityKind.PROPOSAL, direction="out")
    known = known_of(a_snapshot(a_deal("meeting"), records=[sent]), call("10 11:00", due))
    (promise,) = promise_facts(known, 3, PEOPLE)
    assert promise.state is PromiseState.LATE
    assert promise.deadline is not None
    assert at("11 12:00") <= promise.deadline < at("12 10:00")
    assert promise.done_at == at("12 10:00")
    assert (promise.user_id, promise.roles, promise.place) == ("irina", ("hunter", "closer"), 3)


@pytest.mark.parametrize(
    ("outcome", "answered", "heard"),
    [
        ("conversation", True, True),
        ("no_answer", False, False),
        ("voicemail", False, False),
        ("unintelligible", True, False),
    ],
)
def test_a_call_is_answered_by_people_and_heard_by_words(
    outcome: str, answered: bool, heard: bool
) -> None:
    fact = call_fact(call("10 11:00", outcome=outcome), "p1", PEOPLE)
    assert fact is not None
    assert (fact.answered, fact.heard, fact.seconds > 0) == (answered, heard, answered)
    assert call_fact(call("10 11:00", direction="internal"), "p1", PEOPLE) is None


def test_a_person_may_hold_several_roles() -> None:
    assert roles_of("Хантер / Farmer, , closer,hunter") == ("hunter", "farmer", "closer")
    assert roles_of(None) == ()


STAGES = [stage.key for stage in PIPELINES["web_studio"].stages]
CARDS = st.lists(st.tuples(st.sampled_from([*STAGES, "lost"]), st.integers(0, 20_000)), max_size=6)


@given(cards=CARDS, stage=st.sampled_from([*STAGES, "lost"]), shuffled=st.randoms())
def test_facts_hold_together_whatever_the_card_went_through(
    cards: Sequence[tuple[str, int]], stage: str, shuffled: object
) -> None:
    deal = a_deal(stage, created_at=at("9 10:00"))
    if stage == "lost":
        deal = replace(deal, status=StageKind.LOST)
    moves = [StageChange("d1", to, deal.created_at + timedelta(minutes=m)) for to, m in cards]
    calls = [call("10 11:00", BOOKED), call("12 11:00", outcome="no_answer")]
    fact = fact_of(a_snapshot(deal, moves=moves), *calls)
    assert fact.first_contact_at <= fact.created_at
    assert fact.recorded is None or (fact.reached is not None and fact.recorded <= fact.reached)
    proved = [at is not None for at in fact.proved]
    assert proved[: (-1 if fact.verified is None else fact.verified) + 1] == [True] * (
        0 if fact.verified is None else fact.verified + 1
    )
    for place in (fact.blocked, fact.unsure):
        assert place is None or (fact.reached is not None and place <= fact.reached)
        assert place is None or fact.proved[place] is None
    ends = [(one.since, one.until) for one in fact.visits]
    assert all(until is None or since <= until for since, until in ends)
    assert all(until is not None and until <= after for (_, until), (after, _) in pairwise(ends))
    assert 0 <= fact.unheard <= fact.calls
