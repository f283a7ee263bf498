"""Agreements reached over several turns: the day and the hour come from the turns around them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import pytest

from classify.actions.around import BEFORE, completed
from classify.citation import make_action
from classify.dialogue import CallContext, Talk, listen
from models.vocabulary.action import Action, ActionStatus, ActionType, SlotValue
from models.vocabulary.transcript import Segment
from tests.fakes.spoken_calls import SIDES

WEDNESDAY = datetime.fromisoformat("2026-03-11T10:00:00+03:00")
MEETING, CALL_BACK = ActionType.MEETING_BOOKED, ActionType.FOLLOW_UP_AGREED
DONE, DECLINED, PROPOSED = ActionStatus.DONE, ActionStatus.DECLINED, ActionStatus.PROPOSED


def talk_of(lines: Sequence[str], language: str) -> Talk:
    parts = [line.split(": ", 1) for line in lines]
    segments = [Segment(SIDES[side], text) for side, text in parts]
    return listen(segments, CallContext(WEDNESDAY, language=language))


def settled(
    *lines: str,
    kind: ActionType = MEETING,
    status: ActionStatus = DONE,
    by: int = -1,
    language: str = "ru",
    **slots: SlotValue,
) -> dict[str, SlotValue]:
    """The slots that an action resting on the turn `by` gets, where its own words gave `slots`."""
    talk = talk_of(lines, language)
    turn = talk.turns[by]
    action = make_action(kind, status, turn, (0, len(turn.tokens)), slots=slots, whole_clause=False)
    return dict(completed(talk, action).slots)


OVER_TURNS = (
    "а: Может, я загляну к вам в пятницу?",
    "к: Можно, только с утра у нас разгрузка.",
    "а: А в половине четвёртого?",
    "к: Вот это годится.",
)
OVER_TURNS_EN = (
    "а: Shall I pop in on Friday?",
    "к: Fine by me, mornings are a zoo though.",
    "а: How about half past three?",
    "к: That suits me.",
)


@pytest.mark.parametrize(("lines", "language"), [(OVER_TURNS, "ru"), (OVER_TURNS_EN, "en")])
def test_a_meeting_takes_the_day_of_one_turn_and_the_hour_of_another(
    lines: Sequence[str], language: str
) -> None:
    assert settled(*lines, language=language) == {"datetime": "2026-03-13T15:30:00+03:00"}


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        (("а: Тогда подъеду в пятницу.", "к: Подъезжайте, чего уж."), "ru"),
        (("а: I'll drop by on Friday then.", "к: Do, by all means."), "en"),
    ],
)
def test_a_booked_meeting_takes_a_day_alone(lines: Sequence[str], language: str) -> None:
    assert settled(*lines, language=language) == {"date": "2026-03-13"}


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        (("а: Наберу вас в пятницу.", "к: Набирайте."), "ru"),
        (("а: I'll ring you on Friday.", "к: Go on then."), "en"),
    ],
)
@pytest.mark.parametrize(("kind", "status"), [(CALL_BACK, DONE), (MEETING, DECLINED)])
def test_a_call_back_and_what_was_called_off_take_no_day_alone(
    lines: Sequence[str], language: str, kind: ActionType, status: ActionStatus
) -> None:
    assert settled(*lines, language=language, kind=kind, status=status) == {}


@pytest.mark.parametrize(("lines", "language"), [(OVER_TURNS, "ru"), (OVER_TURNS_EN, "en")])
@pytest.mark.parametrize(("kind", "status"), [(CALL_BACK, DONE), (MEETING, DECLINED)])
def test_a_call_back_and_what_was_called_off_take_a_whole_moment(
    lines: Sequence[str], language: str, kind: ActionType, status: ActionStatus
) -> None:
    got = settled(*lines, language=language, kind=kind, status=status)
    assert got == {"datetime": "2026-03-13T15:30:00+03:00"}


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        (("к: В субботу мы на даче, соседи заедут.", "а: К четырём буду.", "к: Жду."), "ru"),
        (("к: On Saturday the place is open.", "а: I'll be there at four.", "к: Lovely."), "en"),
    ],
)
def test_an_hour_of_today_goes_to_the_day_that_was_spoken_of(
    lines: Sequence[str], language: str
) -> None:
    got = settled(*lines, language=language, datetime="2026-03-11T16:00:00+03:00")
    assert got == {"datetime": "2026-03-14T16:00:00+03:00"}


@pytest.mark.parametrize(
    ("lines", "language"),
    [
        (("к: В субботу мы на даче, а сегодня дома.", "а: К четырём буду.", "к: Жду."), "ru"),
        (("к: Saturday we are off, today we are in.", "а: I'll be there at four.", "к: Ok."), "en"),
        (("а: К четырём буду.", "к: Жду."), "ru"),
    ],
    ids=["today too, Russian", "today too, English", "no day at all"],
)
def test_an_hour_of_today_stays_where_today_was_spoken_of_or_no_day(
    lines: Sequence[str], language: str
) -> None:
    today = "2026-03-11T16:00:00+03:00"
    assert settled(*lines, language=language, datetime=today) == {"datetime": today}


def test_a_moment_of_another_day_is_left_alone() -> None:
    told = "2026-03-12T11:00:00+03:00"
    got = settled("а: А в субботу?", "к: Нет, завтра в одиннадцать, и всё.", datetime=told)
    assert got == {"datetime": told}


def test_a_day_gets_its_hour_but_no_other_day() -> None:
    lines = ("а: Часиков в шесть удобно?", "к: Удобно.", "а: Тогда в пятницу.")
    assert settled(*lines, date="2026-03-13") == {"datetime": "2026-03-13T18:00:00+03:00"}
    assert settled(*lines, date="2026-03-20") == {"date": "2026-03-20"}


def test_a_day_whose_hour_nobody_named_stays_a_day() -> None:
    lines = ("а: В пятницу заеду.", "к: Заезжайте.")
    assert settled(*lines, date="2026-03-13") == {"date": "2026-03-13"}


def test_the_other_slots_stay() -> None:
    got = settled(*OVER_TURNS, place="на складе", online=False)
    assert got == {
        "datetime": "2026-03-13T15:30:00+03:00",
        "place": "на складе",
        "online": False,
    }


@pytest.mark.parametrize(
    "line",
    [
        "а: Мы же в пятницу в три у вас были.",
        "к: В пятницу в три не могу.",
        "а: Смету пришлю до пятницы.",
    ],
    ids=["past", "refused", "a deadline"],
)
def test_what_was_or_did_not_suit_or_is_a_deadline_gives_nothing(line: str) -> None:
    assert settled(line, "а: Так что, приезжать?", "к: Приезжайте.") == {}


def test_what_is_only_proposed_is_left_as_it_is() -> None:
    assert settled(*OVER_TURNS, status=PROPOSED) == {}


def test_other_actions_take_nothing_from_the_turns_around() -> None:
    assert settled(*OVER_TURNS, kind=ActionType.TERMS_AGREED) == {}


def test_only_the_turns_near_the_words_count() -> None:
    idle = ["а: Кабель есть.", "к: Какой?", "а: Медный.", "к: Почём?", "а: Как везде.", "к: Ясно."]
    near, far = idle[:BEFORE], [*idle, "а: И муфты."]
    named, agreed = "к: Приходите в пятницу в три.", "а: Буду."
    assert settled(named, *near[1:], agreed) == {"datetime": "2026-03-13T15:00:00+03:00"}
    assert settled(named, *far, "к: Ну всё.", agreed) == {}
    assert settled(*near, agreed, named, by=-2) == {"datetime": "2026-03-13T15:00:00+03:00"}
    assert settled(agreed, "к: Какой?", "а: Медный.", named, by=0) == {}


def test_the_same_words_are_taken_where_they_were_said_last() -> None:
    lines = (
        "к: Приходите в пятницу в три.",
        "а: Ладно.",
        *("к: Погодите, гляну.", "а: Смотрите.", "к: Так.", "а: Слушаю.", "к: Вот, нашёл."),
        "а: Что там?",
        "к: В четверг в пять свободно.",
        "а: Ладно.",
    )
    assert settled(*lines, by=1) == {"datetime": "2026-03-12T17:00:00+03:00"}


def test_a_machines_hours_are_nobodys() -> None:
    tape = "Вы позвонили в «Кров». Мы работаем в пятницу с десяти. Говорите после сигнала."
    talk = talk_of(("а: Алло?", f"к: {tape}", "а: Приезжайте к нам."), "ru")
    assert [turn.machine for turn in talk.turns] == [False, True, False]
    said = talk.turns[-1]
    action = make_action(MEETING, DONE, said, (0, len(said.tokens)), whole_clause=False)
    assert completed(talk, action) == action


def test_words_that_no_turn_holds_change_nothing() -> None:
    talk = talk_of(OVER_TURNS, "ru")
    lost = Action(MEETING, DONE, SIDES["к"], "этого никто не говорил", 0.8)
    assert completed(talk, lost) == lost
