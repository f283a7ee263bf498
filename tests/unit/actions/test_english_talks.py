"""English exchanges in many manners: meetings and next contacts, with day and hour.

Heard by the wordings alone: a snatch of a call is not enough for the votes.
"""

from __future__ import annotations

import pytest

from models.vocabulary.action import ActionType
from tests.unit.actions.spoken_lines import told
from tests.unit.actions.wordings import cases

OPENING = (
    "A: Good morning, this is Peter from Hartley Gates.",
    "C: Morning.",
    "A: You asked us about an oak gate for the farm, is that right?",
    "C: I did, two weeks back.",
)


@pytest.mark.parametrize(("expected", "exchange"), list(cases("english_meeting_booked")))
def test_english_meetings_are_heard_with_their_time(expected: str, exchange: str) -> None:
    assert told(exchange, ActionType.MEETING_BOOKED, OPENING) == expected


@pytest.mark.parametrize(("expected", "exchange"), list(cases("english_follow_up_agreed")))
def test_english_next_contacts_are_heard_with_their_time(expected: str, exchange: str) -> None:
    assert told(exchange, ActionType.FOLLOW_UP_AGREED, OPENING) == expected
