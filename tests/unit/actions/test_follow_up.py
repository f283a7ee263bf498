from __future__ import annotations

from tests.fakes.spoken_calls import Found, Listen

NEEDS = (
    "а: Сколько человек будет работать за этими столами?",
    "к: Человек двадцать пять, и ещё переговорная на восемь мест.",
)


def test_a_call_back_that_the_client_takes_is_agreed(found: Found) -> None:
    [call] = found("follow_up_agreed", "а: Тогда наберу вам в пятницу в десять.", "к: Хорошо.")
    assert call.status == "done"
    assert call.slots["datetime"] == "2026-03-13T10:00:00+03:00"


def test_the_clients_request_and_the_agents_yes_are_an_agreement(found: Found) -> None:
    [call] = found("follow_up_agreed", "к: Перезвоните мне завтра.", "а: Хорошо, завтра перезвоню.")
    assert call.status == "done"
    assert call.slots["date"] == "2026-03-12"


def test_an_evasive_answer_leaves_it_proposed(found: Found) -> None:
    [call] = found(
        "follow_up_agreed", *NEEDS, "а: Может, я завтра перезвоню?", "к: Ну, не знаю, как хотите."
    )
    assert call.status == "proposed"


def test_a_refused_call_back_is_declined_and_keeps_its_day(found: Found) -> None:
    [call] = found(
        "follow_up_agreed", "а: Давайте я позвоню вам в пятницу?", "к: Нет, не надо звонить."
    )
    assert call.status == "declined"
    assert call.slots["date"] == "2026-03-13"


def test_a_refusal_without_an_offer_is_no_follow_up(found: Found) -> None:
    assert not found("follow_up_agreed", "а: У нас скидки.", "к: Не интересно, не звоните больше.")


def test_in_an_hour_gives_the_moment(found: Found) -> None:
    [call] = found(
        "follow_up_agreed", "а: узнаю у склада и перезвоню вам через два часа", "к: хорошо жду"
    )
    assert call.slots["datetime"] == "2026-03-11T12:00:00+03:00"


def test_a_promise_to_a_machine_stays_proposed(listen: Listen) -> None:
    heard = listen(
        "к: Абонент не может ответить. Оставьте сообщение после сигнала.",
        "а: Ольга, добрый день, это Пётр, компания Ракурс. Перезвоню вам завтра. До свидания.",
    )
    assert heard.outcome == "voicemail"
    [call] = [a for a in heard.actions if a.type == "follow_up_agreed"]
    assert call.status == "proposed"
