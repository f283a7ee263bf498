"""The currency of a sum that names none is that of the place where an English call is made."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from classify.currencies import home_currency
from classify.english_amounts import find_english_amounts
from classify.hear import CallContext, hear
from models.vocabulary.action import ActionType
from models.vocabulary.transcript import Segment, Speaker

NOON = datetime(2026, 3, 11, 12, 0, tzinfo=ZoneInfo("UTC"))


@pytest.mark.parametrize(
    ("zone", "code"),
    [
        ("Europe/London", "GBP"),
        ("Europe/Dublin", "EUR"),
        ("America/New_York", "USD"),
        ("America/Toronto", "CAD"),
        ("Australia/Sydney", "AUD"),
        ("Africa/Johannesburg", "ZAR"),
        ("Asia/Dubai", "AED"),
        ("Europe/Moscow", "RUB"),
    ],
)
def test_a_time_zone_has_its_currency(zone: str, code: str) -> None:
    assert home_currency(NOON, zone) == code
    assert home_currency(NOON.astimezone(ZoneInfo(zone))) == code


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2026-03-11T12:00:00+00:00", "GBP"),
        ("2026-06-11T12:00:00+01:00", "GBP"),
        ("2026-06-11T12:00:00-05:00", "USD"),
        ("2026-06-11T12:00:00+03:00", "RUB"),
    ],
)
def test_an_offset_alone_tells_roughly(moment: str, code: str) -> None:
    assert home_currency(datetime.fromisoformat(moment)) == code


def test_named_dollars_are_those_of_the_place() -> None:
    assert [a.currency for a in find_english_amounts("400 dollars, or 300 euros", "AUD")] == [
        "AUD",
        "EUR",
    ]


@pytest.mark.parametrize(
    ("language", "words", "code"),
    [
        ("en", "The total for the kitchen comes to twelve thousand.", "GBP"),
        ("ru", "Итого по кухне выходит двести тысяч.", "RUB"),
    ],
)
def test_a_call_in_london_is_in_pounds_only_in_english(
    language: str, words: str, code: str
) -> None:
    context = CallContext(NOON, language=language, timezone="Europe/London")
    call = hear([Segment(Speaker.AGENT, words), Segment(Speaker.CLIENT, "OK.")], context)
    named = [a for a in call.actions if a.type is ActionType.BUDGET_NAMED]
    assert [a.slots["currency"] for a in named] == [code]
