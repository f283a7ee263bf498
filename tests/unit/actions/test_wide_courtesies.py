"""Who calls and from where: greetings, names, companies and good-byes as people say them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from classify.hear import CallContext, hear
from models.vocabulary.action import Action
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Segment, Speaker

STARTED = datetime(2026, 3, 11, 10, 20, tzinfo=timezone(timedelta(hours=3)))
SIDES = {"A": Speaker.AGENT, "C": Speaker.CLIENT}
TAIL = " | C: Да, слушаю. Нам нужен навес на дачу, шесть на четыре. | A: Понял, посчитаю сегодня."


def courtesies(lines: str, direction: str = "out", **context: object) -> dict[str, Action]:
    """The actions of a dialogue written as «A: ... | C: ...», by type."""
    segments = [Segment(SIDES[p[0]], p[2:].strip()) for p in lines.split(" | ")]
    told = CallContext(STARTED, direction=Direction(direction), **context)  # type: ignore[arg-type] # words only
    return {str(a.type): a for a in hear(segments, told).actions}


GREETINGS = [
    "Здравствуйте, Марьям.",
    "добрый день это волков",
    "Доброго времени суток, отдел доставки.",
    "С добрым утром, Павел Ильич!",
    "приветствую вас",
    "Здравия желаю, Степан Кузьмич.",
    "доброго дня вам",
    "Добрейший вечерочек!",
    "Бодрого утра, Зинаида!",
    "Хорошего дня, вас беспокоит склад.",
    "Здорово, Михалыч, это Витя с пилорамы.",
    "здрасьте вам",
    "Моё почтение, Рудольф Карлович.",
    "Утро доброе!",
    "доброе",
    "Вечер добрый, не отвлекаю?",
    "День добрый, Айгуль.",
    "здравсвуйте александр",
    "добрый ден",
    "Рад вас слышать, Герман.",
    "Салам алейкум, Рашид, это Олег.",
    "Ещё раз здравствуйте, Нелли.",
    "дравствуйте вас беспокоит климат юг",
    "И вам добрый день.",
]
NO_GREETING = [
    "Алло, Марьям?",
    "Да, слушаю вас.",
    "Это опять я.",
    "Говорит Семён.",
    "Какой сегодня добрый день для скидок, слышали?",
    "Вы меня слышите?",
]
FAREWELLS = [
    "До свидания.",
    "всего доброго",
    "Всего вам самого наилучшего!",
    "Хорошего вам дня.",
    "хорошева дня",
    "Отличных выходных, Лидия.",
    "до встречи в четверг",
    "Пока-пока!",
    "до связи",
    "Удачной дороги вам.",
    "Лёгкой смены, не скучайте.",
    "Тепла вам и уюта.",
    "мирного неба",
    "Успешного сезона вам.",
    "Всех благ!",
    "счастливо оставаться",
    "Ну, будьте здоровы.",
    "досвиданье",
    "Берегите себя.",
    "доброй ночи",
    "Созвонимся, пока.",
    "Приятного аппетита и до понедельника.",
    "всего хорошего вам и супругу",
    "Не болейте!",
    "Желаю вам хороших продаж.",
    "Спасибо, на связи!",
    "Обнял, до вечера.",
    "До завтра.",
    "С наступающим вас!",
    "Увидимся в среду.",
    "Честь имею.",
    "Прощаюсь с вами.",
    "удачи",
    "добро всего доброго",
]
NO_FAREWELL = [
    "Всего выходит сорок тысяч.",
    "До встречи надо подготовить чертежи.",
    "Пока не знаю, уточню на складе.",
    "До завтра посчитаю и пришлю.",
    "Хорошо, записал.",
    "Хорошего качества доска, первый сорт.",
    "Спасибо, понял вас.",
    "Удачно вы позвонили, как раз скидка.",
]
# said by the agent, the agent's name, the agent's company (either may be missing)
INTRODUCTIONS: list[tuple[str, str | None, str | None]] = [
    ("Здравствуйте, меня зовут Айрат, компания «Тент-Волга».", "Айрат", "Тент-Волга"),
    ("Добрый день, это Ксения, магазин плитки «Керамос».", "Ксения", "Керамос"),
    ("здравствуйте ваш менеджер игорь компания северный путь", "Игорь", "северный путь"),
    (
        "Леонид Аркадьевич, добрый день, это Полина, питомник «Зелёная ветка».",
        "Полина",
        "Зелёная ветка",
    ),
    ("добрый день роман викторович вас беспокоит елена фирма стекломир", "Елена", "стекломир"),
    ("Алло, добрый день, Тимофей беспокоит, «Пар и жар».", "Тимофей", "Пар и жар"),
    ("Доброе утро! Меня Глеб зовут, я из компании «Ферма-Снаб».", "Глеб", "Ферма-Снаб"),
    ("здравствуйте меня тагир звать строительная компания опора", "Тагир", "опора"),
    ("Светлана Юрьевна, здравствуйте, Дамир на линии, «Вектор-Пласт».", "Дамир", "Вектор-Пласт"),
    (
        "Здравствуйте, с вами говорит Антон Белов, автоцентр «Магистраль».",
        "Антон Белов",
        "Магистраль",
    ),
    ("добрый день на связи карина студия интерьера лофт", "Карина", "лофт"),
    ("Добрый вечер, моё имя Фарид, «Ковры Востока».", "Фарид", "Ковры Востока"),
    (
        "Здравствуйте, Инна Сергеевна. Это снова Макар из «Дровяного двора».",
        "Макар",
        "Дровяного двора",
    ),
    ("алло здравствуйте это рустам беспокою насчет забора компания заборыч", "Рустам", "заборыч"),
    ("Приветствую, Олег! Звонит Наталья, агентство «Тихая гавань».", "Наталья", "Тихая гавань"),
    ("Здравствуйте, бюро переводов «Глагол», София.", "София", "Глагол"),
    ("«Глобус-Тур», менеджер Вероника, добрый день.", "Вероника", "Глобус-Тур"),
    ("Мастерская «Латунь», Ефим слушает.", "Ефим", "Латунь"),
    ("Типография Пятый цвет, Марина, слушаю вас.", "Марина", "Пятый цвет"),
    ("добрый день компания русский лен меня зовут василиса", "Василиса", "русский лен"),
    ("Добрый день! Говорит Эльдар Каримов, «Инжстрой».", "Эльдар Каримов", "Инжстрой"),
    ("Здравствуйте, это ателье «Игла», Жанна.", "Жанна", "Игла"),
    ("Здравствуйте, я Юля, помощница по подбору мебели, фабрика «Дубрава».", "Юля", "Дубрава"),
    ("Здравствуйте, представлюсь: Камиль, «Сибирские насосы».", "Камиль", "Сибирские насосы"),
    ("Здравствуйте, Марк Ильич. Компания «Атлант», отдел продаж, Яна.", "Яна", "Атлант"),
    ("добрый день денис компания пласт мир вы оставляли заявку", "Денис", "пласт мир"),
    ("Здравствуйте, это доставка воды «Родник».", None, "Родник"),
    ("Добрый день, я представляю завод «Гидромаш», зовут Пётр.", "Пётр", "Гидромаш"),
    (
        "Здравствуйте, Анна Павловна, из «Мебельного квартала» вас беспокоят, Савелий.",
        "Савелий",
        "Мебельного квартала",
    ),
]
NOT_OWN_NAME = [
    "Здравствуйте, Тимур.",
    "Добрый день, можно Ольгу Петровну?",
    "алло борис добрый день по поводу крыши",
    "Здравствуйте, вам вчера звонил наш Никита, верно?",
    "Марина, добрый день! Компания «Лён».",
    "Добрый день, соедините с Верой Кузьминичной.",
]
NOT_OUR_COMPANY = [
    "Здравствуйте, это ваша компания занимается забором?",
    "Алло, добрый день, какая у вас компания?",
    "Добрый день, Тимур, удобно говорить?",
    "Здравствуйте, Лидия Карповна, звоню как обещал.",
]


@pytest.mark.parametrize("words", GREETINGS)
def test_a_greeting_is_heard(words: str) -> None:
    assert "greeting" in courtesies(f"A: {words}{TAIL}")


@pytest.mark.parametrize("words", NO_GREETING)
def test_other_openings_are_no_greeting(words: str) -> None:
    assert "greeting" not in courtesies(f"A: {words}{TAIL}")


@pytest.mark.parametrize("words", FAREWELLS)
def test_a_good_bye_is_heard(words: str) -> None:
    assert "farewell" in courtesies(f"A: Добрый день, Марьям.{TAIL} | C: Жду. | A: {words}")


@pytest.mark.parametrize("words", NO_FAREWELL)
def test_other_endings_are_no_good_bye(words: str) -> None:
    assert "farewell" not in courtesies(f"A: Добрый день, Марьям.{TAIL} | C: Жду. | A: {words}")


@pytest.mark.parametrize(("words", "name", "company"), INTRODUCTIONS)
def test_an_agent_says_who_calls(words: str, name: str | None, company: str | None) -> None:
    incoming = not words.lower().startswith(
        ("здравствуйте", "добр", "алло", "привет", "светл", "леон")
    )
    found = courtesies(f"A: {words}{TAIL}", "in" if incoming else "out")
    said = found["self_introduction"].slots["name"] if "self_introduction" in found else None
    firm = (
        found["company_introduction"].slots["company"] if "company_introduction" in found else None
    )
    assert (said, firm and str(firm).lower()) == (name, company and company.lower())


@pytest.mark.parametrize("words", NOT_OWN_NAME)
def test_the_clients_name_is_not_the_agents(words: str) -> None:
    assert "self_introduction" not in courtesies(f"A: {words}{TAIL}")


@pytest.mark.parametrize("words", NOT_OUR_COMPANY)
def test_another_company_is_not_ours(words: str) -> None:
    assert "company_introduction" not in courtesies(f"A: {words}{TAIL}")


@pytest.mark.parametrize(
    ("words", "quote", "company"),
    [
        (
            "Павел Андреевич, добрый день, это Зоя, салон Сереневыйтуман",
            "салон Сереневыйтуман",
            "Сереневыйтуман",
        ),
        (
            "Добрый день это Егор компания Плас март вы оставляли заявку на окна",
            "компания Плас март",
            "Плас март",
        ),
        ("Завод Гидра маж, Инна, слушаю.", "Завод Гидра маж", "Гидра маж"),
    ],
)
def test_a_misheard_company_is_quoted_alone(words: str, quote: str, company: str) -> None:
    found = courtesies(f"A: {words}{TAIL}")["company_introduction"]
    assert (found.quote, found.slots["company"]) == (quote, company)


def test_a_known_company_is_found_though_misspelt() -> None:
    found = courtesies(
        f"A: Роман, добрый день, Зоя, серенивый туманн вас беспокоит{TAIL}",
        company_names=("Сиреневый туман",),
    )["company_introduction"]
    assert (found.quote, found.slots["company"]) == ("серенивый туманн", "Сиреневый туман")


def test_a_known_agent_is_found_though_misspelt() -> None:
    found = courtesies(
        f"A: Роман добрый день элмира тепло дом{TAIL}", agent_names=("Эльмира Сафина",)
    )["self_introduction"]
    assert (found.quote.split()[0], found.slots["name"]) == ("элмира", "Эльмира")
