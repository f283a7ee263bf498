from __future__ import annotations

from tests.fakes.spoken_calls import Found

NEEDS = (
    "а: Сколько человек будет работать за этими столами?",
    "к: Человек двадцать пять, и ещё переговорная на восемь мест.",
)


def test_an_offer_that_the_client_takes_is_booked_with_day_and_hour(found: Found) -> None:
    [meeting] = found(
        "meeting_booked",
        "а: Предлагаю увидеться в пятницу в два, я подъеду к вам.",
        "к: Да, давайте, буду на месте.",
    )
    assert meeting.status == "done"
    assert meeting.slots["datetime"] == "2026-03-13T14:00:00+03:00"
    assert meeting.speaker == "client"


def test_a_client_who_names_another_hour_and_is_confirmed_gets_that_hour(found: Found) -> None:
    [meeting] = found(
        "meeting_booked",
        "а: Наш замерщик может подъехать завтра в девять.",
        "к: В девять не могу. Давайте в одиннадцать.",
        "а: Хорошо, завтра в одиннадцать, записала.",
    )
    assert meeting.status == "done"
    assert meeting.slots["datetime"] == "2026-03-12T11:00:00+03:00"


def test_one_of_two_offered_times_is_chosen(found: Found) -> None:
    [meeting] = found(
        "meeting_booked",
        "а: давайте покажу демонстрацию в зуме завтра в три или в пятницу в десять",
        "к: завтра никак а в пятницу в десять можно",
        "а: отлично записал",
    )
    assert meeting.slots["datetime"] == "2026-03-13T10:00:00+03:00"
    assert meeting.slots["online"] is True


def test_a_meeting_cancelled_later_in_the_call_is_declined_with_the_agreed_time(
    found: Found,
) -> None:
    [meeting] = found(
        "meeting_booked",
        "а: Давайте встретимся в пятницу в два.",
        "к: Да, хорошо.",
        "а: Записал.",
        "к: Ой, нет, отмените, не получится встреча.",
        "а: Понял вас.",
    )
    assert meeting.status == "declined"
    assert meeting.slots["datetime"] == "2026-03-13T14:00:00+03:00"


def test_a_vague_answer_leaves_the_offer_open(found: Found) -> None:
    [meeting] = found(
        "meeting_booked",
        *NEEDS,
        "а: Может, я заеду к вам в понедельник?",
        "к: Ну, не знаю, посмотрим.",
        "а: Хорошо, всего доброго.",
    )
    assert meeting.status == "proposed"
    assert meeting.slots["date"] == "2026-03-16"


def test_a_condition_is_no_agreement(found: Found) -> None:
    [meeting] = found(
        "meeting_booked",
        *NEEDS,
        "а: Давайте встретимся в понедельник.",
        "к: Если начальник разрешит, тогда встретимся.",
        "а: Понял.",
    )
    assert meeting.status == "proposed"


def test_a_refused_visit_is_declined(found: Found) -> None:
    [meeting] = found(
        "meeting_booked",
        "а: Хотел к вам подъехать, показать образцы.",
        "к: Не надо приезжать, я занят.",
    )
    assert meeting.status == "declined"


def test_meetings_with_others_are_not_ours(found: Found) -> None:
    assert not found(
        "meeting_booked",
        "а: Что решили по станку?",
        "к: Завтра встречаемся с другим поставщиком, послушаем их.",
    )


def test_a_lorry_that_comes_is_no_meeting(found: Found) -> None:
    assert not found(
        "meeting_booked",
        "а: Машина приедет завтра к восьми на погрузку.",
        "к: Хорошо, ждём.",
    )


def test_a_past_meeting_is_held_with_its_day(found: Found) -> None:
    [held] = found("meeting_held", "а: Спасибо за вчерашнюю встречу!", "к: И вам.")
    assert held.slots["date"] == "2026-03-10"


def test_a_meeting_of_others_was_not_held_with_us(found: Found) -> None:
    assert not found("meeting_held", "а: Как дела?", "к: Вчера с налоговой встречались весь день.")
