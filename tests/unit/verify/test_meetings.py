"""Booked, cancelled, moved, held: what becomes of a meeting."""

from __future__ import annotations

from models.vocabulary.deal import Contact
from models.vocabulary.verdict import Gap, PromiseState, Verdict
from tests.fakes.a_deal import (
    a_deal,
    a_snapshot,
    act,
    at,
    call,
    deal_of,
    flags,
    judged,
    promises,
    record,
    unrecorded,
    verdict,
)

TUESDAY_3 = "2026-11-17T15:00:00+03:00"
THURSDAY_3 = "2026-11-19T15:00:00+03:00"


def test_a_booking_cancelled_in_a_later_call_is_contradicted() -> None:
    found = judged(
        a_snapshot(a_deal("meeting")),
        call("10 11:00", act("meeting_booked", datetime=TUESDAY_3)),
        call("12 11:00", act("meeting_booked", "declined", datetime=TUESDAY_3)),
    )
    assert verdict(found, "meeting_scheduling.booked") is Verdict.CONTRADICTED
    assert promises(found, "meeting_booked") == []


def test_a_booking_cancelled_and_made_again_is_met() -> None:
    found = judged(
        a_snapshot(a_deal("meeting")),
        call("10 11:00", act("meeting_booked", datetime=TUESDAY_3)),
        call("12 11:00", act("meeting_booked", "declined", datetime=TUESDAY_3)),
        call("13 11:00", act("meeting_booked", datetime=THURSDAY_3)),
    )
    assert verdict(found, "meeting_scheduling.booked") is Verdict.MET


def test_declining_a_second_meeting_leaves_the_first_one_booked() -> None:
    found = judged(
        a_snapshot(a_deal("proposal")),
        call("10 11:00", act("meeting_booked", datetime="2026-11-11T15:00:00+03:00")),
        call("13 11:00", act("meeting_booked", "declined", date="2026-11-16")),
    )
    assert verdict(found, "meeting_scheduling.booked") is Verdict.MET


def test_a_proposed_meeting_is_no_booking() -> None:
    found = judged(
        a_snapshot(a_deal("meeting")), call("10 11:00", act("meeting_booked", "proposed"))
    )
    assert verdict(found, "meeting_scheduling.booked") is Verdict.MISSING


def test_a_day_without_an_hour_agrees_with_any_hour_of_that_day() -> None:
    snapshot = a_snapshot(
        a_deal("meeting"),
        records=[record("meeting", "10 11:10", due_at="17 9:00", place="у клиента")],
    )
    found = judged(snapshot, call("10 11:00", act("meeting_booked", date="2026-11-17")))
    assert verdict(found, "meeting_scheduling.slot_agrees") is Verdict.MET


def test_a_crm_meeting_left_at_the_old_hour_mismatches() -> None:
    snapshot = a_snapshot(
        a_deal("meeting"),
        records=[record("meeting", "10 11:10", due_at="17 15:00", place="у клиента")],
    )
    found = judged(
        snapshot,
        call("10 11:00", act("meeting_booked", datetime=TUESDAY_3)),
        call("12 11:00", act("meeting_booked", datetime=THURSDAY_3)),
    )
    assert verdict(found, "meeting_scheduling.slot_agrees") is Verdict.CONTRADICTED
    (flag,) = flags(found, "slot_mismatch")
    assert (flag.deal_id, flag.call_id) == ("d1", "call 12 11:00")


def test_a_call_without_words_after_the_booking_leaves_the_mismatch_open() -> None:
    snapshot = a_snapshot(
        a_deal("meeting"),
        records=[record("meeting", "12 11:10", due_at="18 15:00", place="у клиента")],
    )
    found = judged(
        snapshot,
        call("10 11:00", act("meeting_booked", datetime=TUESDAY_3)),
        unrecorded("12 11:00"),
    )
    assert verdict(found, "meeting_scheduling.slot_agrees") is Verdict.UNKNOWN
    assert flags(found, "slot_mismatch") == []


def test_the_second_meeting_at_a_wrong_hour_is_flagged_and_the_first_still_counts() -> None:
    snapshot = a_snapshot(
        a_deal("meeting"),
        records=[
            record(
                "meeting",
                "10 11:10",
                due_at="11 15:00",
                completed_at="11 16:00",
                result="Ждут КП",
                place="у нас",
            ),
            record("meeting", "12 11:10", due_at="19 18:00", place="у нас"),
        ],
    )
    found = judged(
        snapshot,
        call("10 11:00", act("meeting_booked", datetime="2026-11-11T15:00:00+03:00")),
        call("12 11:00", act("meeting_booked", datetime=THURSDAY_3)),
    )
    assert verdict(found, "meeting_scheduling.slot_agrees") is Verdict.MET
    assert [flag.call_id for flag in flags(found, "slot_mismatch")] == ["call 12 11:00"]


def test_a_mismatch_is_flagged_in_a_pipeline_that_does_not_demand_agreement() -> None:
    snapshot = a_snapshot(
        a_deal("meeting"),
        template="classic_cycle",
        records=[record("meeting", "10 11:10", due_at="17 17:00", place="у нас")],
    )
    found = judged(snapshot, call("10 11:00", act("meeting_booked", datetime=TUESDAY_3)))
    assert len(flags(found, "slot_mismatch")) == 1


def test_the_crm_has_some_minutes_to_follow_the_call() -> None:
    snapshot = a_snapshot(
        a_deal("meeting"),
        records=[record("meeting", "10 10:10", due_at="16 15:00", place="у нас")],
    )
    booking = call("10 11:00", act("meeting_booked", datetime=TUESDAY_3))
    soon, later = (judged(snapshot, booking, as_of=moment) for moment in ("10 11:10", "10 11:30"))
    assert verdict(soon, "meeting_scheduling.slot_agrees") is Verdict.PENDING
    assert verdict(later, "meeting_scheduling.slot_agrees") is Verdict.CONTRADICTED


def test_an_agreed_meeting_that_nobody_held_is_the_agents_no_show() -> None:
    snapshot = a_snapshot(
        a_deal("meeting"),
        records=[record("meeting", "10 11:10", due_at="17 15:00", place="у нас")],
    )
    booking = call("10 11:00", act("meeting_booked", datetime=TUESDAY_3))
    assert flags(judged(snapshot, booking, as_of="17 18:00"), "no_show_of_agent") == []
    (flag,) = flags(judged(snapshot, booking, as_of="18 10:00"), "no_show_of_agent")
    assert flag.call_id == "call 10 11:00"


def test_a_meeting_moved_before_its_time_is_no_no_show() -> None:
    found = judged(
        a_snapshot(a_deal("meeting")),
        call("10 11:00", act("meeting_booked", datetime="2026-11-11T15:00:00+03:00")),
        call("11 9:00", act("meeting_booked", datetime="2026-11-24T15:00:00+03:00")),
    )
    assert [p.state for p in promises(found, "meeting_booked")] == [PromiseState.OPEN]
    assert flags(found, "no_show_of_agent") == []


def test_a_result_that_tells_of_an_empty_room_is_no_meeting() -> None:
    snapshot = a_snapshot(
        a_deal("proposal"),
        records=[
            record(
                "meeting",
                "10 11:10",
                due_at="11 15:00",
                completed_at="11 16:00",
                result="Клиент не пришёл, звонить завтра",
            )
        ],
    )
    assert verdict(judged(snapshot), "meeting.held") is Verdict.CONTRADICTED


def test_words_about_moving_a_site_are_no_cancelled_meeting() -> None:
    snapshot = a_snapshot(
        a_deal("proposal"),
        records=[
            record(
                "meeting",
                "10 11:10",
                due_at="11 15:00",
                completed_at="11 16:00",
                result="Обсудили перенос сайта и отмену старого тарифа",
            )
        ],
    )
    assert verdict(judged(snapshot), "meeting.held") is Verdict.MET


def test_a_meeting_ahead_is_pending_even_where_the_card_claims_more() -> None:
    snapshot = a_snapshot(
        a_deal("proposal"),
        records=[record("meeting", "10 11:10", due_at="24 15:00", place="у нас")],
    )
    found = judged(
        snapshot,
        call(
            "10 11:00",
            act("needs_clarified"),
            act("meeting_booked", datetime="2026-11-24T15:00:00+03:00"),
        ),
    )
    assert verdict(found, "meeting.held") is Verdict.PENDING
    assert (deal_of(found).verified_stage, deal_of(found).gap) == ("meeting", Gap.AHEAD)


def test_a_meeting_of_an_earlier_deal_does_not_count() -> None:
    found = judged(
        a_snapshot(a_deal("proposal")), call("10 11:00", act("meeting_held", date="2026-10-05"))
    )
    assert verdict(found, "meeting.held") is Verdict.MISSING


def test_a_deal_without_contacts_has_nobody_to_meet() -> None:
    found = judged(
        a_snapshot(
            a_deal("proposal", contact_ids=()),
            contacts=[Contact("belova", "Анна Белова", phones=("8 916 000-00-01",))],
            records=[record("meeting", "10 11:10", due_at="11 15:00", place="у нас")],
        )
    )
    assert verdict(found, "meeting.people") is Verdict.MISSING
    assert verdict(found, "meeting_scheduling.crm_meeting") is Verdict.MISSING


def test_nothing_from_after_the_judged_moment_counts() -> None:
    snapshot = a_snapshot(
        a_deal("proposal"),
        records=[
            record(
                "meeting", "10 11:10", due_at="11 15:00", completed_at="11 16:00", result="Ждут КП"
            )
        ],
    )
    found = judged(snapshot, as_of="11 15:30")
    assert verdict(found, "meeting.held") is Verdict.PENDING
    assert found.as_of == at("11 15:30")


def test_a_meeting_that_fell_through_and_was_made_again_is_pending() -> None:
    fallen = record(
        "meeting", "10 11:10", due_at="11 15:00", completed_at="11 16:00", result="Не состоялась"
    )
    again = record("meeting", "12 11:10", due_at="24 15:00", place="у нас")
    found = judged(a_snapshot(a_deal("meeting"), records=[fallen, again]))
    assert verdict(found, "meeting.held") is Verdict.PENDING
    spoken = call("12 11:00", act("meeting_booked", date="2026-11-24"))
    found = judged(a_snapshot(a_deal("meeting"), records=[fallen]), spoken)
    assert verdict(found, "meeting.held") is Verdict.PENDING
