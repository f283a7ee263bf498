"""English exchanges in many manners: meetings and next contacts, with day and hour.

Heard by the wordings alone: a snatch of a call is not enough for the votes.
"""

from __future__ import annotations

import pytest

from classify.dialogue import listen
from classify.hear import CallContext, by_wordings
from models.vocabulary.action import Action, ActionType
from tests.unit.actions.spoken_lines import WEDNESDAY, lines
from tests.unit.actions.wordings import cases

OPENING = (
    "A: Good morning, this is Peter from Hartley Gates.",
    "C: Morning.",
    "A: You asked us about an oak gate for the farm, is that right?",
    "C: I did, two weeks back.",
)
SLOTS = ("datetime", "date", "online")


def _line(action: Action) -> str:
    said = [f"{name}={action.slots[name]}" for name in SLOTS if name in action.slots]
    return " ".join(sorted([str(action.status), *said])).replace(":00+03:00", "")


def _heard(exchange: str, kind: ActionType) -> str:
    talk = listen(lines(" / ".join([*OPENING, exchange])), CallContext(WEDNESDAY))
    found = [action for action in by_wordings(talk).actions if action.type is kind]
    return "; ".join(_line(action) for action in found) or "-"


@pytest.mark.parametrize(("expected", "exchange"), list(cases("english_meeting_booked")))
def test_english_meetings_are_heard_with_their_time(expected: str, exchange: str) -> None:
    assert _heard(exchange, ActionType.MEETING_BOOKED) == expected


@pytest.mark.parametrize(("expected", "exchange"), list(cases("english_follow_up_agreed")))
def test_english_next_contacts_are_heard_with_their_time(expected: str, exchange: str) -> None:
    assert _heard(exchange, ActionType.FOLLOW_UP_AGREED) == expected
