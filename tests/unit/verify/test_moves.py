"""A card that moves although nothing happened with the client."""

from __future__ import annotations

import pytest

from models.vocabulary.deal import Activity, StageChange
from models.vocabulary.verdict import JudgedCall
from tests.fakes.a_deal import (
    a_deal,
    a_snapshot,
    at,
    call,
    flags,
    judged,
    moved,
    record,
    unrecorded,
)

FIRST = moved("9 12:00", "lead_received", "classified")
SECOND = moved("12 12:00", "classified", "meeting_scheduling")


def raised(*calls: JudgedCall, records: tuple[Activity, ...] = ()) -> int:
    snapshot = a_snapshot(a_deal("meeting_scheduling"), moves=[FIRST, SECOND], records=records)
    return len(flags(judged(snapshot, *calls), "moved_without_contact"))


def test_a_move_after_nothing_is_flagged_once() -> None:
    assert raised() == 1


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (call("10 11:00"), 0),
        (unrecorded("10 11:00"), 0),
        (unrecorded("10 11:00", answered=False), 1),
        (call("10 11:00", outcome="wrong_number"), 1),
        (call("10 11:00", outcome="gatekeeper"), 1),
        (call("9 11:00"), 1),
        (call("12 12:05"), 1),
    ],
    ids=[
        "conversation",
        "no recording",
        "no answer",
        "wrong number",
        "secretary",
        "too early",
        "too late",
    ],
)
def test_only_what_reached_the_client_since_the_last_move_counts(
    one: JudgedCall, expected: int
) -> None:
    assert raised(one) == expected


@pytest.mark.parametrize(
    ("one", "expected"),
    [
        (record("message", "10 11:00", direction="in", text="Подходит"), 0),
        (record("email", "10 11:00", "proposal", direction="out"), 0),
        (record("message", "10 11:00", direction="out", subject="Автоответ: заявка"), 1),
        (record("task", "10 11:00", "call", due_at="10 15:00"), 1),
        (record("note", "10 11:00"), 1),
        (record("meeting", "9 13:00", completed_at="11 15:00", due_at="11 14:00", result="Да"), 0),
        (record("meeting", "9 13:00", due_at="11 14:00"), 1),
    ],
    ids=["their message", "our proposal", "automatic", "task", "note", "held", "only planned"],
)
def test_messages_by_people_and_held_meetings_count(one: Activity, expected: int) -> None:
    assert raised(records=(one,)) == expected


def test_what_a_machine_sends_at_once_with_the_card_is_no_message_by_a_person() -> None:
    leap = [moved("9 12:00", "lead_received", "meeting")]
    greeting = record("message", "9 10:01", direction="out", user_id=None)
    letter = record("message", "9 10:01", direction="out")
    for one, expected in ((greeting, 1), (letter, 0)):
        snapshot = a_snapshot(a_deal("meeting"), moves=leap, records=[one])
        assert len(flags(judged(snapshot), "moved_without_contact")) == expected


def test_sorting_a_new_card_needs_no_contact_but_a_leap_does() -> None:
    sorted_only = a_snapshot(a_deal("classified"), moves=[FIRST])
    assert flags(judged(sorted_only), "moved_without_contact") == []
    leap = a_snapshot(a_deal("proposal"), moves=[moved("9 12:00", "lead_received", "proposal")])
    assert len(flags(judged(leap), "moved_without_contact")) == 1


def test_several_moves_within_an_hour_are_one() -> None:
    moves = [
        FIRST,
        moved("12 12:00", "classified", "meeting_scheduling"),
        moved("12 12:20", "meeting_scheduling", "meeting"),
        moved("12 12:50", "meeting", "proposal"),
    ]
    snapshot = a_snapshot(a_deal("proposal"), moves=moves)
    (flag,) = flags(judged(snapshot), "moved_without_contact")
    assert flag.at == at("12 12:50")


def test_putting_a_card_back_is_no_unearned_move() -> None:
    moves = [FIRST, SECOND, moved("16 12:00", "meeting_scheduling", "classified")]
    snapshot = a_snapshot(a_deal("classified"), moves=moves)
    assert len(flags(judged(snapshot, call("10 11:00")), "moved_without_contact")) == 0


def test_a_time_before_the_recordings_accuses_nobody() -> None:
    snapshot = a_snapshot(a_deal("meeting_scheduling"), moves=[FIRST, SECOND])
    begin = call("10 9:00", outcome="voicemail", deal=None, number=None)
    assert flags(judged(snapshot, since=begin), "moved_without_contact") == []


def test_giving_up_a_lead_that_nobody_talked_to_is_flagged() -> None:
    moves = [FIRST, moved("16 12:00", "classified", "lost")]
    snapshot = a_snapshot(a_deal("lost"), moves=moves)
    assert len(flags(judged(snapshot), "moved_without_contact")) == 1


def test_a_crm_that_writes_down_the_making_of_a_card_moved_nothing_then() -> None:
    made = StageChange("d1", "lead_received", at("9 10:00"), None, "irina")
    again = StageChange("d1", "classified", at("11 10:00"), "classified", "irina")
    snapshot = a_snapshot(a_deal("classified"), moves=[made, FIRST, again])
    assert flags(judged(snapshot), "moved_without_contact") == []


def test_a_move_from_nowhere_came_from_where_the_card_had_gone() -> None:
    unsaid = StageChange("d1", "meeting", at("12 12:00"), None, "irina")
    snapshot = a_snapshot(a_deal("meeting"), moves=[FIRST, unsaid])
    assert len(flags(judged(snapshot), "moved_without_contact")) == 1
