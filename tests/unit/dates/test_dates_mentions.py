"""What a mention tells beside its day and hour."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from classify.dates import TimeMention, find_times

CALL = datetime(2026, 11, 18, 15, 30, 12, tzinfo=ZoneInfo("Europe/Moscow"))  # a Wednesday


def only(text: str, *, past: bool | None = None) -> TimeMention:
    (mention,) = find_times(text, CALL, past=past)
    return mention


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("завтра", "day"),
        ("в три", "clock"),
        ("завтра в три", "day+clock"),
        ("завтра с трёх до четырёх", "range"),
        ("через два часа", "offset"),
        ("через неделю", "offset"),
        ("сейчас", "now"),
        ("к вечеру", "part"),
        ("на следующей неделе", "vague"),
        ("на днях", "vague"),
    ],
)
def test_kind(text: str, kind: str) -> None:
    assert only(text).kind == kind


def test_a_mention_points_at_its_words() -> None:
    text = "Записала: среда, три часа, Лесная, семь."
    mention = only(text)
    assert mention.text == "среда, три часа"
    assert text[mention.start : mention.end] == mention.text


def test_an_offset_in_hours_is_exact_to_the_minute() -> None:
    mention = only("перезвоню через два часа")
    assert mention.exact_offset
    assert (mention.date, mention.time) == (date(2026, 11, 18), time(17, 30))


def test_an_offset_in_days_is_a_day() -> None:
    mention = only("через пару дней")
    assert not mention.exact_offset
    assert mention.approximate
    assert (mention.date, mention.time) == (date(2026, 11, 20), None)


@pytest.mark.parametrize("text", ["часикам к трём", "часа в три", "около трёх", "в районе трёх"])
def test_a_rough_hour_is_approximate(text: str) -> None:
    mention = only(text)
    assert mention.approximate
    assert mention.time == time(15)


def test_an_exact_hour_is_not() -> None:
    assert not only("ровно в три").approximate


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("до пятницы", "by"),
        ("к пятнице", "by"),
        ("с понедельника", "from"),
        ("после трёх", "after"),
        ("в пятницу", None),
    ],
)
def test_bound(text: str, bound: str | None) -> None:
    assert only(text).bound == bound


def test_after_an_hour_is_no_hour() -> None:
    mention = only("завтра после трёх")
    assert (mention.date, mention.time) == (date(2026, 11, 19), None)


@pytest.mark.parametrize(
    "text",
    [
        "не в пятницу",
        "в пятницу не могу",
        "пятница никак",
        "в пятницу у меня врач",
        "в пятницу я на выезде",
        "в пятницу меня не будет",
        "не получится в пятницу",
    ],
)
def test_refused(text: str) -> None:
    assert only(text).refused


@pytest.mark.parametrize(
    "text",
    [
        "в пятницу удобно",
        "не позднее пятницы",
        "в пятницу у меня окно",
        "не могли бы вы в пятницу подъехать",
    ],
)
def test_not_refused(text: str) -> None:
    assert not only(text).refused


@pytest.mark.parametrize(
    "text",
    [
        "в пятницу вам отправила",
        "мы в пятницу встречались",
        "в прошлую пятницу",
        "акт подписали ещё в пятницу",
    ],
)
def test_past_by_its_verb(text: str) -> None:
    mention = only(text)
    assert mention.past
    assert mention.date == date(2026, 11, 13)


@pytest.mark.parametrize(
    "text",
    [
        "договаривались на пятницу",
        "говорили про пятницу",
        "записала вас на пятницу",
        "в пятницу отправлю",
        "хотел предложить в пятницу",
    ],
)
def test_not_past_though_a_verb_is(text: str) -> None:
    mention = only(text)
    assert not mention.past
    assert mention.date == date(2026, 11, 20)


def test_the_caller_may_know_better_than_the_verb() -> None:
    assert only("в пятницу", past=True).date == date(2026, 11, 13)
    assert only("в пятницу отправил", past=False).date == date(2026, 11, 20)


def test_one_of_several() -> None:
    first, second = find_times("завтра или в пятницу", CALL)
    assert not first.alternative
    assert second.alternative


def test_a_week_is_kept_for_the_weekday_that_follows() -> None:
    assert only("на следующей неделе").week == date(2026, 11, 23)


def test_a_weekday_wins_back_the_tens_that_were_not_heard() -> None:
    """«Понедельник, третьего» said on 18 November can only be the twenty-third."""
    assert only("в понедельник третьего").date == date(2026, 11, 23)


def test_of_a_weekday_and_a_date_that_disagree_the_date_counts() -> None:
    assert only("в четверг двадцать пятого").date == date(2026, 11, 25)
