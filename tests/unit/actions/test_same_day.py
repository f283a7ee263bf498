"""Days and hours said again with less: without their month, their number, their half of the day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from classify.actions.timing import placed, when
from classify.dialogue import CallContext, Talk, listen
from models.vocabulary.transcript import Segment
from tests.fakes.spoken_calls import SIDES

WEDNESDAY = datetime.fromisoformat("2026-03-11T10:00:00+03:00")


def talk_of(lines: Sequence[str], language: str) -> Talk:
    parts = [line.split(": ", 1) for line in lines]
    segments = [Segment(SIDES[side], text) for side, text in parts]
    return listen(segments, CallContext(WEDNESDAY, language=language))


def last_day(*lines: str, language: str = "ru") -> str:
    """The day of the last time of the last turn."""
    talk = talk_of(lines, language)
    return str(placed(talk, talk.turns[-1])[-1].mention.date)


def last_hour(*lines: str, language: str = "ru") -> str:
    """The hour of the last time of the last turn, as settled or as a beginning."""
    talk = talk_of(lines, language)
    said = placed(talk, talk.turns[-1])[-1].mention
    return f"{said.time or said.earliest:%H:%M}"


@pytest.mark.parametrize(
    ("lines", "language", "day"),
    [
        (("к: Ближе к октябрю определимся.", "а: Шестого наберу?"), "ru", "2026-10-06"),
        (("к: В апреле отпуск кончится.", "а: Ага.", "к: Пятого и звоните."), "ru", "2026-04-05"),
        (("к: В мае уже тепло, шестнадцатого и приезжайте.",), "ru", "2026-05-16"),
        (("c: We open in June.", "a: Shall I call on the 6th?"), "en", "2026-06-06"),
        (("c: Not before May the money's out.", "a: On the twelfth?"), "en", "2026-05-12"),
        (("к: Двадцатого апреля буду.", "а: Запишу на двадцатое."), "ru", "2026-04-20"),
        (("c: I'm back on April 20th.", "a: I'll write down the 20th."), "en", "2026-04-20"),
    ],
)
def test_a_bare_day_of_the_month_is_of_the_month_named_before(
    lines: Sequence[str], language: str, day: str
) -> None:
    assert last_day(*lines, language=language) == day


@pytest.mark.parametrize(
    ("lines", "language", "day"),
    [
        (("к: Давайте созвонимся.", "а: Двадцатого?"), "ru", "2026-03-20"),
        (("к: В январе мы это обсуждали.", "а: Двадцатого наберу?"), "ru", "2026-03-20"),
        (("к: В октябре выставка.", "а: Завтра наберу?"), "ru", "2026-03-12"),
        (("к: В октябре выставка.", "а: Двадцатого мая приеду."), "ru", "2026-05-20"),
        (("к: В октябре выставка.", "а: Через неделю наберу."), "ru", "2026-03-18"),
        (("к: Май он такой, обманчивый.", "а: Маша вас наберёт двадцатого."), "ru", "2026-05-20"),
        (("к: Маркетинг у нас свой.", "а: Двадцатого наберу?"), "ru", "2026-03-20"),
        (("c: You may come round.", "a: On the 20th?"), "en", "2026-03-20"),
        (("c: We open in June.", "a: Tomorrow then?"), "en", "2026-03-12"),
        (("c: We open in June.", "a: Can I call in two weeks?"), "en", "2026-03-25"),
    ],
)
def test_no_other_month_is_taken(lines: Sequence[str], language: str, day: str) -> None:
    assert last_day(*lines, language=language) == day


def test_a_month_of_long_ago_in_the_talk_is_forgotten() -> None:
    idle = ("а: Ясно.", "к: Вот так.", "а: Понимаю.")
    assert last_day("к: В октябре выставка.", *idle[:2], "к: Шестого звоните.") == "2026-10-06"
    assert last_day("к: В октябре выставка.", *idle, "к: Шестого звоните.") == "2026-04-06"


def test_a_month_without_such_a_day_is_not_meant() -> None:
    assert last_day("к: В апреле решим.", "а: Тридцать первого наберу?") == "2026-03-31"


@pytest.mark.parametrize(
    ("lines", "language", "day"),
    [
        (("к: Шестого апреля вернусь.", "а: В понедельник и наберу."), "ru", "2026-04-06"),
        (("c: I'm back on April 6th.", "a: I'll ring on Monday then."), "en", "2026-04-06"),
        (("c: The 23rd suits.", "a: Monday it is."), "en", "2026-03-23"),
    ],
)
def test_a_weekday_is_the_one_whose_number_was_said_before(
    lines: Sequence[str], language: str, day: str
) -> None:
    assert last_day(*lines, language=language) == day


@pytest.mark.parametrize(
    ("lines", "language", "day"),
    [
        (("к: Седьмого апреля вернусь.", "а: В понедельник наберу."), "ru", "2026-03-16"),
        (("к: Второго марта вы уже звонили.", "а: В понедельник наберу."), "ru", "2026-03-16"),
        (("к: Через две недели смета.", "а: В среду наберу."), "ru", "2026-03-18"),
        (("к: Во вторник занят.", "а: В понедельник наберу."), "ru", "2026-03-16"),
        (("к: Сдать всё к шестому апреля.", "а: К понедельнику пришлю."), "ru", "2026-03-16"),
        (("c: I'm back on April 7th.", "a: I'll ring on Monday then."), "en", "2026-03-16"),
        (("c: It's due by April 6th.", "a: You'll have it on Monday."), "en", "2026-03-16"),
    ],
    ids=[
        "another weekday",
        "a day gone by",
        "no number",
        "a weekday",
        "a deadline",
        "another weekday, English",
        "a deadline, English",
    ],
)
def test_a_weekday_is_the_next_one_where_no_number_of_it_was_said(
    lines: Sequence[str], language: str, day: str
) -> None:
    assert last_day(*lines, language=language) == day


@pytest.mark.parametrize(
    ("lines", "language", "hour"),
    [
        (("к: Лучше вечером, после восьми.", "а: В полдевятого?"), "ru", "20:30"),
        (("к: Я до семи, так что вечером.", "а: После восьми?"), "ru", "20:00"),
        (("к: Сегодня вечером дома.", "а: Ага.", "к: В девять звоните."), "ru", "21:00"),
        (("а: К восьми вечера?", "к: Лучше к девяти."), "ru", "21:00"),
        (("а: В 19:30?", "к: Лучше в восемь."), "ru", "20:00"),
        (("c: An evening is best.", "a: Shall we say at eight?"), "en", "20:00"),
        (("c: I'm home tonight.", "a: At half past eight then?"), "en", "20:30"),
        (("к: В пятницу вечером, часов в девять.",), "ru", "21:00"),
    ],
)
def test_a_bare_hour_is_of_the_evening_that_was_spoken_of(
    lines: Sequence[str], language: str, hour: str
) -> None:
    assert last_hour(*lines, language=language) == hour


@pytest.mark.parametrize(
    ("lines", "language", "hour"),
    [
        (("а: Когда удобно?", "к: В полдевятого."), "ru", "08:30"),
        (("к: Вечером не могу.", "а: Тогда в девять?"), "ru", "09:00"),
        (("к: Вечером удобно.", "а: В девять утра подъеду."), "ru", "09:00"),
        (("к: Сегодня вечером занят буду.", "а: Завтра в девять?"), "ru", "09:00"),
        (("к: Вечером, а лучше утром.", "а: В девять?"), "ru", "09:00"),
        (("а: Давайте в шесть вечера.", "к: Нет, в девять."), "ru", "09:00"),
        (("к: Вчера вечером смотрел.", "а: В девять наберу?"), "ru", "09:00"),
        (("а: Добрый вечер!", "к: Слушаю.", "а: В девять наберу?"), "ru", "09:00"),
        (("к: Вечером удобно.", "а: В одиннадцать?"), "ru", "11:00"),
        (("к: Мы тут до вечера.", "а: В девять подъеду?"), "ru", "09:00"),
        (("к: Открыто до восьми вечера.", "а: В девять подъеду?"), "ru", "09:00"),
        (("к: Дома после девяти вечера.", "а: В восемь подъеду?"), "ru", "08:00"),
        (("к: С восьми утра до восьми вечера.", "а: В девять подъеду?"), "ru", "09:00"),
        (
            ("а: Завтра вечером?", "к: Устану уже, в пятницу.", "а: В пятницу в девять."),
            "ru",
            "09:00",
        ),
        (
            ("а: Завтра удобно? Вечером?", "к: Лучше в пятницу.", "а: В пятницу в девять."),
            "ru",
            "09:00",
        ),
        (("c: An evening is best.", "a: I start at 8am."), "en", "08:00"),
        (("c: Tonight's no good.", "a: Tomorrow at nine?"), "en", "09:00"),
    ],
    ids=[
        "nothing said",
        "the evening does not suit",
        "its own half",
        "another day's evening",
        "the morning said last",
        "an hour far away",
        "an evening gone by",
        "a greeting",
        "too late for an evening",
        "until the evening",
        "past its end",
        "before its beginning",
        "the whole day",
        "the evening before another day",
        "the evening of the day named first",
        "its own half, English",
        "another day's evening, English",
    ],
)
def test_other_hours_stay_in_the_morning(lines: Sequence[str], language: str, hour: str) -> None:
    assert last_hour(*lines, language=language) == hour


def test_an_evening_of_long_ago_in_the_talk_is_forgotten() -> None:
    idle = ("а: Ясно.", "к: Вот так.", "а: Понимаю.")
    assert last_hour("к: Вечером удобно.", *idle[:2], "к: В девять звоните.") == "21:00"
    assert last_hour("к: Вечером удобно.", *idle, "к: В девять звоните.") == "09:00"


def test_an_hour_after_an_evening_stays_of_it_however_many_follow() -> None:
    talk = talk_of(("к: Вечером: в восемь, нет, в девять, нет, в полдевятого.",), "ru")
    assert str(when([p.mention for p in placed(talk, talk.turns[0])]).clock) == "20:30:00"


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        (("к: Вечером я дома, а через полчаса наберите.",), "ru"),
        (("c: I'm in this evening, or call me in half an hour.",), "en"),
    ],
)
def test_an_hour_counted_from_now_is_none_of_the_evening(
    lines: Sequence[str], language: str
) -> None:
    talk = talk_of(lines, language)
    assert str(when([p.mention for p in placed(talk, talk.turns[0])]).clock) == "10:30:00"
