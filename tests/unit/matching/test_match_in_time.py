"""Only deals that lived at the time of the call are meant, by their history and not by now."""

from __future__ import annotations

import pytest

from models.vocabulary.deal import StageKind
from tests.fakes.town import Town, at, call_of

ZAKHAR = "+79130000202"


@pytest.fixture
def zakhar(town: Town) -> Town:
    town.contact("k-zakhar", "Захар Мох", "+7 913 000-02-02")
    return town


def test_the_open_deal_comes_before_the_lost_one(zakhar: Town) -> None:
    zakhar.deal("raft", "k-zakhar")
    zakhar.move("raft", "new", "lost", "11 12:00")
    zakhar.deal("canoe", "k-zakhar", responsible_id="petr")
    match = zakhar.found(call_of(ZAKHAR))
    assert (match.deal_id, match.method) == ("canoe", "phone+time")
    assert match.alternatives[0][0] == "raft"


def test_a_deal_lost_since_was_open_then(zakhar: Town) -> None:
    zakhar.deal("raft", "k-zakhar")
    zakhar.move("raft", "new", "lost", "14 12:00")
    zakhar.deal("canoe", "k-zakhar", created="14 13:00")
    assert zakhar.found(call_of(ZAKHAR, "12 10:30")).deal_id == "raft"
    assert zakhar.found(call_of(ZAKHAR, "15 10:30")).deal_id == "canoe"


def test_a_deal_won_since_without_history_was_open_until_closed(zakhar: Town) -> None:
    zakhar.deal("raft", "k-zakhar", stage_id="won", status=StageKind.WON, closed_at=at("14 12:00"))
    zakhar.deal("canoe", "k-zakhar", created="20 09:00")
    assert zakhar.found(call_of(ZAKHAR, "12 10:30")).deal_id == "raft"
    assert zakhar.found(call_of(ZAKHAR, "21 10:30")).deal_id == "canoe"


def test_a_deal_closed_long_before_is_not_meant_even_alone(zakhar: Town) -> None:
    zakhar.deal("raft", "k-zakhar")
    zakhar.move("raft", "new", "lost", "02 12:00")
    assert zakhar.found(call_of(ZAKHAR, "28 10:30")).deal_id is None


def test_a_deal_won_the_other_day_still_gets_its_calls(zakhar: Town) -> None:
    zakhar.deal("raft", "k-zakhar")
    zakhar.move("raft", "new", "won", "10 12:00")
    assert zakhar.found(call_of(ZAKHAR, "12 10:30")).deal_id == "raft"


def test_a_deal_opened_again_is_meant_again(zakhar: Town) -> None:
    zakhar.deal("raft", "k-zakhar")
    zakhar.move("raft", "new", "lost", "02 12:00")
    zakhar.move("raft", "lost", "talks", "20 12:00")
    assert zakhar.found(call_of(ZAKHAR, "21 10:30")).deal_id == "raft"
    assert zakhar.found(call_of(ZAKHAR, "20 11:30")).deal_id == "raft"
    assert zakhar.found(call_of(ZAKHAR, "15 10:30")).deal_id is None


def test_the_call_that_created_the_card_is_the_cards(zakhar: Town) -> None:
    zakhar.deal("raft", "k-zakhar", created="12 10:41")
    assert zakhar.found(call_of(ZAKHAR, "12 10:30")).deal_id == "raft"


def test_a_card_made_the_next_morning_is_still_the_calls(zakhar: Town) -> None:
    zakhar.deal("raft", "k-zakhar", created="13 09:20")
    assert zakhar.found(call_of(ZAKHAR, "12 18:40")).deal_id == "raft"


def test_a_card_made_days_later_is_not_the_calls(zakhar: Town) -> None:
    zakhar.deal("raft", "k-zakhar", created="16 10:41")
    assert zakhar.found(call_of(ZAKHAR, "12 10:30")).deal_id is None


def test_an_open_deal_comes_before_a_card_made_after(zakhar: Town) -> None:
    zakhar.deal("canoe", "k-zakhar")
    zakhar.deal("raft", "k-zakhar", created="12 17:00")
    assert zakhar.found(call_of(ZAKHAR)).deal_id == "canoe"
