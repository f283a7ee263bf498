from __future__ import annotations

from models.vocabulary.call import Direction
from tests.fakes.spoken_calls import Listen


def test_colleagues_on_an_internal_line(listen: Listen) -> None:
    heard = listen("а: Привет, договор отправил?", "к: Да.", direction=Direction.INTERNAL)
    assert (heard.outcome, heard.actions) == ("internal", ())


def test_a_menu_that_nobody_leaves(listen: Listen) -> None:
    heard = listen(
        "к: Для связи с отделом продаж нажмите один. Оставайтесь на линии.",
        "к: Все операторы заняты.",
    )
    assert heard.outcome == "ivr"


def test_a_telephone_that_is_off(listen: Listen) -> None:
    assert listen("к: Телефон абонента выключен.").outcome == "no_answer"


def test_nobody_picks_up(listen: Listen) -> None:
    assert listen("а: алло", "а: не берут трубку").outcome == "no_answer"


def test_a_wrong_number_keeps_only_courtesies(listen: Listen) -> None:
    heard = listen(
        "а: Добрый день, это Виктор, компания Ракурс. Игоря можно услышать?",
        "к: Вы ошиблись номером, тут такого нет.",
        "а: Извините, до свидания.",
    )
    assert heard.outcome == "wrong_number"
    assert {a.type for a in heard.actions} <= {
        "greeting",
        "self_introduction",
        "company_introduction",
        "farewell",
    }


def test_a_secretary_who_passes_on(listen: Listen) -> None:
    heard = listen(
        "к: Приёмная, слушаю.",
        "а: Добрый день, соедините с директором, пожалуйста.",
        "к: Его нет, он на совещании. Что передать?",
        "а: Спасибо, я перезвоню. До свидания.",
    )
    assert heard.outcome == "gatekeeper"


def test_a_line_that_breaks_at_once(listen: Listen) -> None:
    assert listen("а: Ракурс, добрый день.", "к: Ой, я потом.").outcome == "too_short"


def test_noise(listen: Listen) -> None:
    heard = listen("к: [неразборчиво] да [шум]", "а: Алло? [неразборчиво]", "к: [шум] [шум]")
    assert heard.outcome == "unintelligible"


def test_both_sides_speak_in_substance(listen: Listen) -> None:
    heard = listen(
        "а: Добрый день, вы оставляли заявку на натяжные потолки, верно?",
        "к: Да, нам нужны потолки в две комнаты, сколько это стоит?",
        "а: Около сорока тысяч, точнее скажет замерщик после осмотра.",
        "к: Понятно, спасибо, я посоветуюсь с супругой и решим.",
    )
    assert heard.outcome == "conversation"
