from __future__ import annotations

from models.vocabulary.call import Direction
from tests.fakes.spoken_calls import Found, Listen

COURTESIES = {"greeting", "self_introduction", "company_introduction", "farewell"}


def test_all_four_in_a_punctuated_call(listen: Listen) -> None:
    heard = listen(
        "а: Ольга Петровна, добрый день! Меня зовут Виктор, компания «Ракурс».",
        "к: Здравствуйте.",
        "а: Спасибо за время, всего доброго!",
    )
    assert {a.type for a in heard.actions} >= COURTESIES
    names = {str(a.type): a.slots for a in heard.actions}
    assert names["self_introduction"]["name"] == "Виктор"
    assert "Ракурс" in str(names["company_introduction"]["company"])


def test_misspelt_courtesies_of_a_recogniser(listen: Listen) -> None:
    heard = listen(
        "а: здраствуйте это виктор компания ракурс",
        "к: здравствуйте слушаю вас внимательно что вы хотели",
        "а: досвидания",
    )
    assert {a.type for a in heard.actions} >= COURTESIES


def test_the_name_of_the_client_is_not_the_agents(found: Found) -> None:
    assert not found("self_introduction", "а: Тамара Львовна, здравствуйте!", "к: Да?")


def test_on_an_incoming_call_the_agent_says_company_and_name(listen: Listen) -> None:
    heard = listen("а: Ракурс, Виктор, добрый день.", "к: Здравствуйте!", direction=Direction.IN)
    kinds = {a.type for a in heard.actions}
    assert {"self_introduction", "company_introduction"} <= kinds
