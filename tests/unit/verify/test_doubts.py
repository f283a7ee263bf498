"""A flag that rests on words which were heard otherwise a second time grows quiet and says so."""

from __future__ import annotations

from dataclasses import replace

from models.vocabulary.action import Action
from models.vocabulary.verdict import FlagSeverity, Gap, Verdict
from tests.fakes.a_deal import (
    a_deal,
    a_snapshot,
    act,
    call,
    deal_of,
    explanation,
    flags,
    judged,
    record,
    verdict,
)

BOOKED = act("meeting_booked", quote="в среду в три", datetime="2026-11-11T15:00:00+03:00")
PROMISED = act("proposal_sent", "promised", "agent", quote="пришлю завтра", due="2026-11-10")
OFF = act("meeting_booked", "declined", quote="давайте отменим")
ELSEWHEN = record(
    "meeting", "9 11:30", "meeting", due_at="11 18:00", place="у клиента", contact_id="belova"
)
TOLD = "При повторном прослушивании слышно иначе: «в пятницу»."


def doubted(action: Action) -> Action:
    return replace(action, confidence=0.45, heard_otherwise="в пятницу")


def test_a_broken_promise_in_doubt_is_something_to_listen_to() -> None:
    sure = judged(a_snapshot(a_deal("classified")), call("9 11:00", PROMISED))
    doubt = judged(a_snapshot(a_deal("classified")), call("9 11:00", doubted(PROMISED)))
    assert [f.severity for f in flags(sure, "promise_broken")] == [FlagSeverity.HIGH]
    [flag] = flags(doubt, "promise_broken")
    assert flag.severity is FlagSeverity.LOW
    assert TOLD in flag.explanation


def test_a_slot_mismatch_in_doubt_as_well() -> None:
    found = judged(
        a_snapshot(a_deal("meeting"), records=[ELSEWHEN]), call("9 11:00", doubted(BOOKED)),
        as_of="10 18:00",
    )  # fmt: skip
    [flag] = flags(found, "slot_mismatch")
    assert flag.severity is FlagSeverity.LOW
    assert TOLD in flag.explanation


def test_verdicts_and_stages_stay_as_the_first_hearing_settled_them() -> None:
    fitting = replace(ELSEWHEN, due_at=call("11 15:00").call.started_at)
    snapshot = a_snapshot(a_deal("meeting"), records=[fitting])
    sure = judged(snapshot, call("9 11:00", BOOKED), as_of="10 18:00")
    doubt = judged(snapshot, call("9 11:00", doubted(BOOKED)), as_of="10 18:00")
    assert deal_of(doubt).verified_stage == deal_of(sure).verified_stage
    assert verdict(doubt, "meeting_scheduling.booked") is Verdict.MET
    assert TOLD in explanation(doubt, "meeting_scheduling.booked")
    assert TOLD not in explanation(sure, "meeting_scheduling.booked")


def test_a_stage_held_back_by_doubtful_words_alone_is_no_accusation() -> None:
    fitting = replace(ELSEWHEN, due_at=call("11 15:00").call.started_at)
    snapshot = a_snapshot(a_deal("meeting"), records=[fitting])
    calls = (call("9 11:00", BOOKED), call("10 11:00", OFF))
    unsure = (call("9 11:00", BOOKED), call("10 11:00", doubted(OFF)))
    sure = judged(snapshot, *calls, as_of="10 18:00")
    doubt = judged(snapshot, *unsure, as_of="10 18:00")
    assert deal_of(sure).gap is deal_of(doubt).gap is Gap.AHEAD
    assert [f.severity for f in flags(sure, "stage_ahead_of_reality")] == [FlagSeverity.HIGH]
    assert [f.severity for f in flags(doubt, "stage_ahead_of_reality")] == [FlagSeverity.LOW]


def test_a_stage_that_lacks_more_stays_loud() -> None:
    snapshot = a_snapshot(a_deal("meeting"))  # and no meeting in the CRM
    doubt = judged(
        snapshot, call("9 11:00", BOOKED), call("10 11:00", doubted(OFF)), as_of="10 18:00"
    )
    assert [f.severity for f in flags(doubt, "stage_ahead_of_reality")] == [FlagSeverity.HIGH]


def test_a_doubt_about_other_words_changes_nothing() -> None:
    other = doubted(act("budget_named", quote="сто тысяч"))
    sure = judged(a_snapshot(a_deal("classified")), call("9 11:00", PROMISED))
    both = judged(a_snapshot(a_deal("classified")), call("9 11:00", PROMISED, other))
    assert both.flags == sure.flags


def test_words_that_another_sure_action_rests_on_are_not_in_doubt() -> None:
    misheard = doubted(act("budget_named", quote=PROMISED.quote))
    sure = judged(a_snapshot(a_deal("classified")), call("9 11:00", PROMISED))
    both = judged(a_snapshot(a_deal("classified")), call("9 11:00", PROMISED, misheard))
    assert both.flags == sure.flags
