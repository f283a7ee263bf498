"""Names for the recogniser to listen for, known before a word is transcribed."""

from __future__ import annotations

from classify.matching import candidate_names
from models.vocabulary.call import Direction
from tests.fakes.town import Town, call_of


def test_agent_company_and_contacts_of_the_deals_are_expected(town: Town) -> None:
    town.company("light", "ООО «Белый маяк»")
    town.contact("k1", "Олег Бортников", "+79130000606", company="light")
    town.contact("k2", "Яна Штиль", company="light")
    town.contact("k3", "Посторонний", "+79130000607")
    town.deal("lamps", "k1", "k2", company_id="light")
    names = candidate_names(call_of("+79130000606"), town.index())
    assert names == ("Фёдор", "Белый маяк", "Олег Бортников", "Яна Штиль")


def test_an_explicit_deal_brings_its_people(town: Town) -> None:
    town.contact("k2", "Яна Штиль")
    town.deal("lamps", "k2")
    names = candidate_names(
        call_of(None, user=None, deal_id="lamps", agent_name="Инна"), town.index()
    )
    assert names == ("Инна", "Яна Штиль")


def test_an_unknown_number_brings_the_agent_alone(town: Town) -> None:
    assert candidate_names(call_of("+79130000608"), town.index()) == ("Фёдор",)


def test_an_internal_call_brings_no_clients(town: Town) -> None:
    town.contact("k1", "Олег Бортников", "+79130000606")
    call = call_of("+79130000606", direction=Direction.INTERNAL)
    assert candidate_names(call, town.index()) == ("Фёдор",)
