"""Every new client becomes a card within a quarter of an hour."""

from __future__ import annotations

from dataclasses import replace

from models.vocabulary.verdict import Verdict
from tests.fakes.a_deal import (
    BELOVA,
    STRANGER,
    a_deal,
    a_snapshot,
    act,
    at,
    call,
    flags,
    judged,
    unrecorded,
    verdict,
)

KIND = "unregistered_lead"
CARD = "lead_received.card_in_time"


def test_a_conversation_with_a_stranger_is_an_unregistered_lead_once() -> None:
    calls = [
        call(when, deal=None, number=STRANGER, direction="in") for when in ("10 11:00", "10 15:00")
    ]
    (flag,) = flags(judged(a_snapshot(a_deal("classified")), *calls), KIND)
    assert (flag.deal_id, flag.call_id) == (None, "call 10 11:00")


def test_an_unregistered_lead_shows_where_the_stranger_asked() -> None:
    wants = replace(act("interest_expressed", quote="нужен забор"), start=12.5)
    for actions, shown in (((wants,), ("нужен забор", 12.5)), ((), (None, None))):
        one = call("10 11:00", *actions, deal=None, number=STRANGER, direction="in")
        (flag,) = flags(judged(a_snapshot(a_deal("classified")), one), KIND)
        assert [(e.quote, e.start) for e in flag.evidence] == [shown]


def test_the_card_still_has_a_quarter_of_an_hour() -> None:
    one = call("20 17:50", deal=None, number=STRANGER, direction="in")
    assert flags(judged(a_snapshot(a_deal("classified")), one), KIND) == []


def test_a_known_number_an_undecided_deal_and_an_inside_call_are_no_leads() -> None:
    calls = [
        call("10 11:00", deal=None, number=BELOVA, direction="in"),
        call("10 12:00", deal=None, number=STRANGER, alternatives=[("d1", 0.5)]),
        call("10 13:00", deal=None, number=STRANGER, direction="internal"),
        call("10 14:00", deal=None, number=STRANGER, outcome="wrong_number"),
        call("10 15:00", deal=None, number=None, direction="in"),
    ]
    assert flags(judged(a_snapshot(a_deal("classified")), *calls), KIND) == []


def test_a_card_in_time_is_met_and_a_late_one_is_late_and_flagged() -> None:
    caller = call("9 10:00", direction="in")
    for created, expected, count in (
        ("9 10:16", Verdict.MET, 0),
        ("9 10:17", Verdict.LATE, 1),
        ("9 15:00", Verdict.LATE, 1),
    ):
        found = judged(a_snapshot(a_deal("classified", created_at=at(created))), caller)
        assert verdict(found, CARD) is expected
        assert len(flags(found, KIND)) == count


def test_a_late_card_does_not_hold_the_deal_back_for_ever() -> None:
    late = a_deal("classified", created_at=at("9 15:00"))
    found = judged(a_snapshot(late), call("9 10:00", direction="in"))
    assert found.deals[0].verified_stage == "meeting_scheduling"


def test_a_client_who_came_through_the_site_needs_a_conversation_instead() -> None:
    found = judged(a_snapshot(a_deal("meeting")))
    assert verdict(found, CARD) is Verdict.WAIVED
    assert verdict(found, "classified.conversation") is Verdict.MISSING


def test_a_client_who_called_first_needs_no_second_conversation() -> None:
    deal = a_deal("meeting", created_at=at("9 10:10"), source="Входящий звонок")
    found = judged(a_snapshot(deal), unrecorded("9 10:00", direction="in"))
    assert verdict(found, CARD) is Verdict.MET
    assert verdict(found, "classified.conversation") is Verdict.WAIVED


def test_a_known_clients_next_order_is_no_unregistered_lead() -> None:
    earlier = a_deal("paid", id="d0", created_at=at("2 10:00"))
    order = a_deal("classified", created_at=at("9 15:00"))
    found = judged(a_snapshot(earlier, order), call("9 10:00", direction="in"))
    assert flags(found, KIND) == []
