"""Several utterances about one meeting come to one slot."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from classify.dates import Slot, combine, find_times, slot_value

CALL = datetime(2026, 11, 17, 11, 0, tzinfo=ZoneInfo("Europe/Moscow"))  # a Tuesday


def heard(*utterances: str) -> Slot:
    mentions = [m for said in utterances for m in find_times(said, CALL)]
    return combine(mentions, CALL)


@pytest.mark.parametrize(
    ("utterances", "day", "clock"),
    [
        (["Вам удобно в пятницу?", "Да, часа в три."], date(2026, 11, 20), time(15)),
        (
            ["В котором часу?", "В десять тридцать.", "И день?", "Завтра."],
            date(2026, 11, 18),
            time(10, 30),
        ),
        (["Завтра или в среду?", "В среду, часикам к трём."], date(2026, 11, 18), time(15)),
        (
            ["В четверг в три?", "Ой, лучше в пятницу.", "В пятницу в три, хорошо."],
            date(2026, 11, 20),
            time(15),
        ),
        (["В четверг в одиннадцать.", "А можно в двенадцать?"], date(2026, 11, 19), time(12)),
        (
            [
                "В понедельник в четыре или во вторник утром?",
                "В понедельник не получится.",
                "Двадцать четвёртого, в десять тридцать.",
            ],
            date(2026, 11, 24),
            time(10, 30),
        ),
        (
            [
                "завтра в двенадцать или в понедельник в пять",
                "завтра не выйдет а в понедельник в пять да",
            ],
            date(2026, 11, 23),
            time(17),
        ),
        (
            ["Давайте на следующей неделе.", "Хорошо, в четверг?", "В четверг в два."],
            date(2026, 11, 26),
            time(14),
        ),
        (
            ["Завтра в час?", "Нет, завтра меня не будет. Давайте послезавтра, в то же время."],
            date(2026, 11, 19),
            time(13),
        ),
        (
            ["Договор в пятницу отправил.", "Увидел. Давайте завтра созвонимся."],
            date(2026, 11, 18),
            None,
        ),
        (["В четверг в четыре.", "Нет, давайте утром."], date(2026, 11, 19), time(16)),
        (["Сейчас гляну.", "В субботу к десяти."], date(2026, 11, 21), time(10)),
    ],
)
def test_turns_come_to(utterances: list[str], day: date, clock: time | None) -> None:
    slot = heard(*utterances)
    assert (slot.date, slot.time) == (day, clock)


def test_a_refused_day_leaves_nothing() -> None:
    assert heard("В четверг в три?", "В четверг не могу.").date is None


def test_of_two_days_none_is_settled() -> None:
    assert heard("Завтра или в пятницу") == Slot()


def test_a_clock_time_that_has_passed_gets_no_day() -> None:
    slot = heard("Наберите в десять.")
    assert (slot.date, slot.datetime, slot.time) == (None, None, time(10))


def test_a_clock_time_still_ahead_means_today() -> None:
    assert heard("Наберу в полчетвёртого.").datetime == CALL.replace(hour=15, minute=30)


def test_a_slot_is_written_with_the_offset_of_its_own_day() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    call = datetime(2026, 10, 20, 10, 0, tzinfo=berlin)
    slot = combine(find_times("двадцать восьмого октября в три", call), call)
    assert slot_value(slot, berlin) == {"datetime": "2026-10-28T15:00:00+01:00"}


def test_only_a_day_is_written_as_a_date() -> None:
    (mention,) = find_times("завтра до обеда", CALL)
    assert slot_value(mention, ZoneInfo("Europe/Moscow")) == {"date": "2026-11-18"}
    assert mention.part_of_day == "noon"


def test_nothing_is_written_as_nothing() -> None:
    assert slot_value(Slot(), ZoneInfo("Europe/Moscow")) == {}
