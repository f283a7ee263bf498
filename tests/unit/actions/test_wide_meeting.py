"""Meetings and next contacts in many words, with day and hour, and what only sounds like one."""

from __future__ import annotations

import pytest

from models.vocabulary.action import Action, ActionType
from tests.unit.actions.spoken_lines import heard
from tests.unit.actions.wordings import cases

OPENING = (
    "А: Здравствуйте, меня зовут Пётр, компания «Верстак».",
    "К: Добрый день, слушаю вас.",
    "А: Вы оставляли заявку на дубовую лестницу в загородный дом, верно?",
    "К: Да, оставляли, две недели назад, на второй этаж лестница нужна.",
)
SLOTS = ("datetime", "date", "online")


def _line(action: Action) -> str:
    said = [f"{name}={action.slots[name]}" for name in SLOTS if name in action.slots]
    return " ".join(sorted([str(action.status), *said])).replace(":00+03:00", "")


def _heard(exchange: str, kind: ActionType) -> str:
    return "; ".join(_line(action) for action in heard(exchange, kind, OPENING)) or "-"


@pytest.mark.parametrize(("expected", "exchange"), list(cases("meeting_booked")))
def test_meetings_are_heard_with_their_time(expected: str, exchange: str) -> None:
    assert _heard(exchange, ActionType.MEETING_BOOKED) == expected


@pytest.mark.parametrize(("expected", "exchange"), list(cases("follow_up_agreed")))
def test_next_contacts_are_heard_with_their_time(expected: str, exchange: str) -> None:
    assert _heard(exchange, ActionType.FOLLOW_UP_AGREED) == expected


@pytest.mark.parametrize(("expected", "exchange"), list(cases("meeting_held")))
def test_past_meetings_are_heard_with_their_day(expected: str, exchange: str) -> None:
    assert _heard(exchange, ActionType.MEETING_HELD) == expected
