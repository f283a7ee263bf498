"""An unknown caller who introduces himself; a name that merely falls is not an introduction."""

from __future__ import annotations

import pytest

from tests.fakes.town import Town, call_of

UNKNOWN = "+79137770000"


@pytest.fixture
def lighthouse(town: Town) -> Town:
    town.company("light", "ООО «Белый маяк»")
    town.company("net", "Артель «Крепкая сеть»")
    town.company("reed", "ИП Камышов")
    town.deal("lamps", company_id="light")
    town.deal("nets", company_id="net")
    town.deal("mats", company_id="reed")
    return town


@pytest.mark.parametrize(
    "words",
    [
        "client: Здравствуйте, это Белый маяк, Олег.",
        "client: добрый день меня зовут олег я из белого маяка",
        "unknown: Белый маяк, приёмная, слушаю вас.",
        "client: Компания Белый Маяк вас беспокоит.",
    ],
)
def test_a_company_that_introduces_itself_is_found(lighthouse: Town, words: str) -> None:
    match = lighthouse.found(call_of(UNKNOWN), words)
    assert (match.deal_id, match.method) == ("lamps", "name")
    assert match.score < 0.5


@pytest.mark.parametrize(
    "words",
    [
        ["client: Мы видели белый маяк у моря."],
        ["agent: Это Белый маяк?", "client: Нет, не туда попали."],
        ["client: Это Белый маяк, нам вас советовали в Крепкой сети, мы из Крепкой сети знаем."],
        ["client: Это Камышов."],
        ["client: Алло.", "client: Да.", "client: Слушаю.", "client: Кстати, это Белый маяк."],
        [],
    ],
)
def test_a_name_that_merely_falls_decides_nothing(lighthouse: Town, words: list[str]) -> None:
    assert lighthouse.match(call_of(UNKNOWN), *words) is None


def test_a_company_with_two_open_deals_is_not_enough(lighthouse: Town) -> None:
    lighthouse.deal("bulbs", company_id="light")
    assert lighthouse.match(call_of(UNKNOWN), "client: Это Белый маяк, Олег.") is None


def test_a_known_person_without_deal_may_speak_for_a_company(lighthouse: Town) -> None:
    lighthouse.contact("k1", "Олег", UNKNOWN)
    assert lighthouse.found(call_of(UNKNOWN), "client: Это Белый маяк.").deal_id == "lamps"
