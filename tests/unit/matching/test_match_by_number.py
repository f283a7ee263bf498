"""Whose number it is: a person's, a company's switchboard's, everybody's, our own, nobody's."""

from __future__ import annotations

import pytest

from core.settings import PbxSettings
from tests.fakes.town import Town, call_of


@pytest.mark.parametrize(
    "written",
    [
        "8 (913) 000-01-01",
        "т. 8.913.000.01.01",
        "8 383 000-00-09; 89130000101 (после 10)",
        "+7 913 000 01 01, +7 913 000 01 02",
    ],
)
def test_a_number_is_found_however_it_is_written(town: Town, written: str) -> None:
    town.contact("k1", "Соня Ветрова", written)
    town.deal("kayak", "k1")
    assert town.found(call_of("+79130000101")).deal_id == "kayak"


def test_the_second_number_of_one_field_counts_too(town: Town) -> None:
    town.contact("k1", "Соня Ветрова", "8 913 000-01-01, 8 913 000-01-02")
    town.deal("kayak", "k1")
    assert town.found(call_of("+79130000102")).deal_id == "kayak"


def test_a_number_outside_every_plan_is_known_by_its_last_ten_digits(town: Town) -> None:
    town.contact("k1", "Соня Ветрова", "8 (213) 000-01-01")
    town.deal("kayak", "k1")
    assert town.found(call_of("+72130000101")).deal_id == "kayak"


def test_the_only_open_deal_of_a_caller_is_meant(town: Town) -> None:
    town.contact("k1", "Соня Ветрова", "+79130000101")
    town.deal("kayak", "k1")
    match = town.found(call_of("+79130000101"))
    assert (match.deal_id, match.method, match.alternatives) == ("kayak", "phone", ())
    assert match.score > 0.8
    assert any("Соня Ветрова" in reason for reason in match.reasons)


def test_a_colleague_on_the_only_open_deal_is_no_obstacle(town: Town) -> None:
    town.contact("k1", "Соня Ветрова", "+79130000101")
    town.deal("kayak", "k1")
    own, colleague = (town.found(call_of("+79130000101", user=u)) for u in ("fedor", "petr"))
    assert colleague.deal_id == "kayak"
    assert colleague.score < own.score


@pytest.mark.parametrize("number", ["+79135550000", None])
def test_a_number_that_nobody_has_matches_nothing(town: Town, number: str | None) -> None:
    town.contact("k1", "Соня Ветрова", "+79130000101")
    town.deal("kayak", "k1")
    assert town.match(call_of(number)) is None


def test_a_known_number_without_deals_is_told_from_an_unknown_one(town: Town) -> None:
    town.contact("k1", "Соня Ветрова", "+79130000101")
    match = town.found(call_of("+79130000101"))
    assert (match.deal_id, match.method) == (None, "contact")


def test_our_agents_phone_on_a_contact_names_no_client(town: Town) -> None:
    town.contact("k1", "Соня Ветрова", "+7 923 000-90-11")
    town.deal("kayak", "k1")
    assert town.match(call_of("+79230009011")) is None


def test_our_own_line_on_a_contact_names_no_client(town: Town) -> None:
    town.pbx = PbxSettings(own_numbers=("8 (383) 000-20-00",))
    town.contact("k1", "Соня Ветрова", "+7 383 000-20-00")
    town.deal("kayak", "k1")
    assert town.match(call_of("+73830002000")) is None


def test_behind_a_switchboard_the_open_deal_is_meant(town: Town) -> None:
    town.company("mill", "ООО «Старая мельница»")
    town.contact("k1", "Руслан, склад", "8 (383) 000-30-00 доб. 215", company="mill")
    town.contact("k2", "Ева, приёмная", "+7 383 000-30-00", company="mill")
    town.deal("flour", "k1")
    town.deal("bran", "k2", created="01 08:00")
    town.move("bran", "new", "lost", "02 12:00")
    match = town.found(call_of("+73830003000"))
    assert (match.deal_id, match.method) == ("flour", "phone")


def test_behind_a_switchboard_nobody_in_particular_is_called(town: Town) -> None:
    town.company("mill", "ООО «Старая мельница»", "+73830003000")
    town.contact("k1", "Руслан Осин", "8 (383) 000-30-00 доб. 215", company="mill")
    town.contact("k2", "Ева Листова", "+7 913 000-30-02", company="mill")
    town.deal("flour", "k1")
    town.deal("bran", "k2")
    assert town.found(call_of("+73830003000")).method == "ambiguous"
    asked = town.found(call_of("+73830003000"), "agent: Соедините с Евой Листовой, пожалуйста.")
    assert asked.deal_id == "bran"


def test_a_number_that_only_the_company_has_finds_its_deal(town: Town) -> None:
    town.company("mill", "ООО «Старая мельница»", "8 383 000 30 00")
    town.deal("flour", company_id="mill")
    match = town.found(call_of("+73830003000"))
    assert (match.deal_id, match.method) == ("flour", "company")


def test_a_persons_call_is_for_the_deal_that_hangs_on_the_company(town: Town) -> None:
    town.company("mill", "ООО «Старая мельница»")
    town.contact("k1", "Руслан Осин", "+79130003001", company="mill")
    town.deal("flour", company_id="mill")
    match = town.found(call_of("+79130003001"))
    assert (match.deal_id, match.method) == ("flour", "phone")


def test_a_persons_own_deal_comes_before_the_companys_others(town: Town) -> None:
    town.company("mill", "ООО «Старая мельница»")
    town.contact("k1", "Руслан Осин", "+79130003001", company="mill")
    town.deal("flour", company_id="mill")
    town.deal("bran", "k1", company_id="mill")
    assert town.found(call_of("+79130003001")).deal_id == "bran"


def test_a_number_on_many_contacts_names_nobody(town: Town) -> None:
    for n, name in enumerate(["Аня Коваль", "Боря Гусь", "Вова Дуб", "Галя Ель"]):
        town.contact(f"k{n}", name, "+79130004444")
    town.deal("kayak", "k0")
    match = town.found(call_of("+79130004444"))
    assert (match.deal_id, match.method) == (None, "ambiguous")
    assert [deal_id for deal_id, _ in match.alternatives] == ["kayak"]
    named = town.found(call_of("+79130004444"), "client: Это Аня Коваль, по поводу лодки.")
    assert named.deal_id == "kayak"


def test_a_number_on_many_contacts_of_one_company_names_the_company(town: Town) -> None:
    town.company("mill", "ООО «Старая мельница»")
    for n, name in enumerate(["Аня Коваль", "Боря Гусь", "Вова Дуб", "Галя Ель"]):
        town.contact(f"k{n}", name, "+79130004444", company="mill")
    town.deal("kayak", "k0")
    assert town.found(call_of("+79130004444")).deal_id == "kayak"
