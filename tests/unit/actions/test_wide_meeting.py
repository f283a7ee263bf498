"""Meetings and next contacts in many words, with day and hour, and what only sounds like one."""

from __future__ import annotations

import pytest

from models.vocabulary.action import ActionType
from tests.unit.actions.spoken_lines import told
from tests.unit.actions.wordings import cases

OPENING = (
    "А: Здравствуйте, меня зовут Пётр, компания «Верстак».",
    "К: Добрый день, слушаю вас.",
    "А: Вы оставляли заявку на дубовую лестницу в загородный дом, верно?",
    "К: Да, оставляли, две недели назад, на второй этаж лестница нужна.",
)


@pytest.mark.parametrize(("expected", "exchange"), list(cases("meeting_booked")))
def test_meetings_are_heard_with_their_time(expected: str, exchange: str) -> None:
    assert told(exchange, ActionType.MEETING_BOOKED, OPENING) == expected


@pytest.mark.parametrize(("expected", "exchange"), list(cases("follow_up_agreed")))
def test_next_contacts_are_heard_with_their_time(expected: str, exchange: str) -> None:
    assert told(exchange, ActionType.FOLLOW_UP_AGREED, OPENING) == expected


@pytest.mark.parametrize(("expected", "exchange"), list(cases("meeting_held")))
def test_past_meetings_are_heard_with_their_day(expected: str, exchange: str) -> None:
    assert told(exchange, ActionType.MEETING_HELD, OPENING) == expected
