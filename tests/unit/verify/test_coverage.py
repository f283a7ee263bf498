"""Absence is claimed only where the recordings are complete."""

from __future__ import annotations

import pytest

from models.vocabulary.deal import StageKind
from models.vocabulary.verdict import Gap, JudgedCall, Verdict
from tests.fakes.a_deal import (
    RECORDINGS_BEGIN,
    a_deal,
    a_snapshot,
    act,
    at,
    call,
    deal_of,
    flags,
    judged,
    moved,
    record,
    unrecorded,
    verdict,
)

CONVERSATION = "classified.conversation"


def test_no_call_at_all_is_missing_where_everything_is_recorded() -> None:
    found = judged(a_snapshot(a_deal("meeting")))
    assert verdict(found, CONVERSATION) is Verdict.MISSING
    assert deal_of(found).gap is Gap.AHEAD


@pytest.mark.parametrize(
    ("blind", "expected"),
    [
        (unrecorded("10 11:00"), Verdict.UNKNOWN),
        (unrecorded("10 11:00", answered=False), Verdict.MISSING),
        (unrecorded("10 11:00", talk_s=4.0), Verdict.MISSING),
        (call("10 11:00", outcome="unintelligible"), Verdict.UNKNOWN),
        (unrecorded("10 11:00", deal="another"), Verdict.MISSING),
    ],
    ids=["answered", "nobody answered", "a few seconds", "unintelligible", "another client's"],
)
def test_only_an_answered_call_without_words_hides_something(
    blind: JudgedCall, expected: Verdict
) -> None:
    assert verdict(judged(a_snapshot(a_deal("meeting")), blind), CONVERSATION) is expected


def test_a_call_that_only_the_crm_knows_hides_something_too() -> None:
    reached = a_snapshot(a_deal("meeting"), records=[record("call", "10 11:00")])
    missed = a_snapshot(a_deal("meeting"), records=[record("call", "10 11:00", result="Недозвон")])
    assert verdict(judged(reached), CONVERSATION) is Verdict.UNKNOWN
    assert verdict(judged(missed), CONVERSATION) is Verdict.MISSING


def test_a_crm_call_with_its_recording_hides_nothing() -> None:
    snapshot = a_snapshot(a_deal("meeting"), records=[record("call", "10 11:02")])
    found = judged(snapshot, call("10 11:00", outcome="voicemail"))
    assert verdict(found, CONVERSATION) is Verdict.MISSING


def test_a_call_that_may_be_another_deals_proves_nothing_and_disproves_nothing() -> None:
    unsettled = call("10 11:00", deal=None, alternatives=[("d1", 0.5), ("d2", 0.5)])
    found = judged(a_snapshot(a_deal("meeting")), unsettled)
    assert verdict(found, CONVERSATION) is Verdict.UNKNOWN


def test_a_deal_older_than_the_recordings_is_not_accused() -> None:
    old = a_deal("negotiation", created_at=at("9 10:00").replace(month=9))
    found = judged(a_snapshot(old))
    assert deal_of(found).gap is Gap.UNKNOWN
    assert flags(found, "stage_ahead_of_reality") == []


def test_a_deal_hardly_older_is_judged_by_what_came_after_the_recordings_began() -> None:
    found = judged(
        a_snapshot(a_deal("meeting"), moves=[moved("13 10:00", "classified", "meeting")]),
        since=call("11 9:00", outcome="voicemail", deal=None, number=None),
    )
    assert deal_of(found).gap is Gap.AHEAD


def test_a_deal_that_left_the_stage_before_the_recordings_is_not_accused() -> None:
    found = judged(
        a_snapshot(a_deal("meeting"), moves=[moved("10 10:00", "classified", "meeting")]),
        since=call("11 9:00", outcome="voicemail", deal=None, number=None),
    )
    assert deal_of(found).gap is Gap.UNKNOWN


def test_without_any_recording_nothing_is_claimed() -> None:
    found = judged(a_snapshot(a_deal("meeting")), since=None)
    assert deal_of(found).gap is Gap.UNKNOWN


def test_a_deal_closed_before_the_recordings_is_not_judged() -> None:
    closed = a_deal("paid", status=StageKind.WON, closed_at=at("9 11:00"))
    found = judged(a_snapshot(closed), since=call("11 9:00", outcome="voicemail", deal=None))
    deal = deal_of(found)
    assert (deal.recorded_stage, deal.verified_stage, deal.gap) == ("paid", None, Gap.UNKNOWN)
    assert deal.requirements == ()
    assert found.flags == ()


def test_a_reopened_deal_is_judged_again() -> None:
    reopened = a_deal("meeting", closed_at=at("9 11:00"), created_at=at("8 10:00"))
    found = judged(a_snapshot(reopened), since=call("11 9:00", outcome="voicemail", deal=None))
    assert deal_of(found).verified_stage == "classified"


def test_a_repeat_order_placed_in_the_middle_of_the_line_is_not_accused() -> None:
    earlier = a_deal("paid", id="d0", status=StageKind.WON, created_at=at("9").replace(month=3))
    found = judged(a_snapshot(earlier, a_deal("proposal")))
    assert deal_of(found).gap is Gap.UNKNOWN


def test_an_answered_call_without_a_file_is_flagged_and_an_internal_one_is_not() -> None:
    found = judged(a_snapshot(a_deal("classified")), unrecorded("10 11:00"))
    (flag,) = flags(found, "missing_recording")
    assert (flag.deal_id, flag.call_id) == ("d1", "cdr 10 11:00")
    inside = judged(a_snapshot(a_deal("classified")), unrecorded("10 11:00", direction="internal"))
    assert flags(inside, "missing_recording") == []


def test_the_stage_of_a_blind_call_is_open_only_where_the_call_could_help() -> None:
    snapshot = a_snapshot(
        a_deal("proposal"),
        records=[record("email", "12 12:00", "proposal", direction="out")],
    )
    found = judged(snapshot, call("10 11:00", act("needs_clarified")), unrecorded("11 11:00"))
    assert verdict(found, "proposal.discussed") is Verdict.MISSING  # the call came before
    assert verdict(found, "meeting_scheduling.booked") is Verdict.UNKNOWN
    assert verdict(found, "meeting_scheduling.crm_meeting") is Verdict.MISSING
    assert RECORDINGS_BEGIN.call.started_at < at("9 10:00")
