"""Who is the agent shows in what the sides say."""

from __future__ import annotations

import pytest

from models.vocabulary.call import Direction
from transcribe.engine import Hints
from transcribe.turns import agent_side, is_announcement

OUT = Hints(direction=Direction.OUT)
IN = Hints(direction=Direction.IN)


def test_the_caller_who_introduces_a_company() -> None:
    turns = [
        (1, "Алло, слушаю."),
        (0, "Здравствуйте, меня зовут Глеб, компания Паркет и Ко. Вы оставляли заявку."),
        (1, "Да, оставлял. Мне нужен ламинат."),
        (0, "Подскажите, какая площадь?"),
    ]
    assert agent_side(turns, OUT) == 0


def test_the_one_who_answers_an_incoming_call() -> None:
    turns = [
        (1, "Пекарня на Садовой, Вера, добрый день!"),
        (0, "Добрый день, Вера. Мне нужны пироги на пятницу. Сколько это стоит?"),
        (1, "Вам на сколько человек?"),
    ]
    assert agent_side(turns, IN) == 1


def test_our_names_settle_it() -> None:
    turns = [(0, "Вектор, Кирилл."), (1, "Здравствуйте, Кирилл. Вектор, Алла беспокоит.")]
    assert agent_side(turns, Hints(direction=Direction.OUT, agent_names=("Алла Зимина",))) == 1


def test_a_name_spelt_as_it_was_heard_still_counts() -> None:
    turns = [(0, "Слушаю."), (1, "Добрый день. Это Глеп, Паркетыко.")]
    hints = Hints(agent_names=("Глеб",), company_names=("Паркет и Ко",))
    assert agent_side(turns, hints) == 1


def test_a_machine_is_never_the_agent() -> None:
    turns = [
        (0, "Компания Заря приветствует вас. Абонент не может ответить на ваш звонок."),
        (1, "Ясно."),
    ]
    assert agent_side(turns, OUT) == 1


def test_a_secretary_is_not_the_agent() -> None:
    turns = [
        (0, "Приёмная, слушаю вас."),
        (1, "Добрый день, компания Паркет. Соедините с отделом закупок."),
        (0, "По какому вопросу?"),
    ]
    assert agent_side(turns, OUT) == 1


def test_nothing_said_tells_nothing() -> None:
    assert agent_side([], OUT) is None


@pytest.mark.parametrize(
    "text",
    [
        "Оставьте сообщение после звукового сигнала.",
        "Аппарат абонента выключен или находится вне зоны действия сети.",
        "Ваш звонок очень важен для нас.",
        "Для связи с бухгалтерией нажмите два.",
        "Please leave a message after the tone.",
    ],
)
def test_announcements(text: str) -> None:
    assert is_announcement(text)


@pytest.mark.parametrize(
    "text", ["Оставьте мне каталог.", "Я вам звонок сделаю завтра.", "Очень важно успеть."]
)
def test_people_are_no_announcements(text: str) -> None:
    assert not is_announcement(text)
