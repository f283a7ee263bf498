"""Several open deals of one caller: the agent, the words and the last touch decide, or nothing."""

from __future__ import annotations

import pytest

from tests.fakes.town import Town, at, call_of

LIDIA = "+79130000303"


@pytest.fixture
def lidia(town: Town) -> Town:
    """Лидия buys a boat from Фёдор and a sauna from Инна."""
    town.company("reeds", "Турбаза «Тихий камыш»")
    town.contact("k-lidia", "Лидия Павловна Щукина", "+7 913 000-03-03", company="reeds")
    town.deal("boat", "k-lidia", name="Катер прогулочный")
    town.deal(
        "sauna", "k-lidia", name="Баня на берегу", pipeline_id="saunas", responsible_id="inna"
    )
    return town


@pytest.mark.parametrize(("user", "deal_id"), [("fedor", "boat"), ("inna", "sauna")])
def test_the_agents_own_deal_is_meant(lidia: Town, user: str, deal_id: str) -> None:
    match = lidia.found(call_of(LIDIA, user=user))
    assert (match.deal_id, match.method) == (deal_id, "phone+user")
    assert len(match.alternatives) == 1


@pytest.mark.parametrize("user", ["petr", None])
def test_with_another_agent_it_stays_open(lidia: Town, user: str | None) -> None:
    match = lidia.found(call_of(LIDIA, user=user))
    assert (match.deal_id, match.method) == (None, "ambiguous")
    assert {deal_id for deal_id, _ in match.alternatives} == {"boat", "sauna"}


def test_a_colleague_of_one_pipeline_means_its_deal(lidia: Town) -> None:
    lidia.deal("other", pipeline_id="saunas", responsible_id="petr")
    assert lidia.found(call_of(LIDIA, user="petr")).deal_id == "sauna"


def test_who_worked_on_a_deal_means_it(lidia: Town) -> None:
    lidia.move("sauna", "new", "talks", "01 09:00", by="petr")
    assert lidia.found(call_of(LIDIA, user="petr")).deal_id == "sauna"


def test_what_is_spoken_about_decides(lidia: Town) -> None:
    match = lidia.found(call_of(LIDIA, user=None), "client: Я насчёт бани, когда привезёте печь?")
    assert match.deal_id == "sauna"


def test_the_deal_touched_last_before_the_call_is_meant(lidia: Town) -> None:
    lidia.activity("a1", "email", "05 10:00", deal_id="sauna")
    lidia.activity("a2", "email", "11 10:00", deal_id="boat")
    lidia.activity("a3", "email", "14 10:00", deal_id="sauna")
    match = lidia.found(call_of(LIDIA, user=None))
    assert (match.deal_id, match.method) == ("boat", "phone+time")


def test_two_deals_touched_in_the_same_hour_stay_ambiguous(lidia: Town) -> None:
    lidia.activity("a1", "email", "11 10:00", deal_id="sauna")
    lidia.activity("a2", "email", "11 10:20", deal_id="boat")
    assert lidia.found(call_of(LIDIA, user=None)).method == "ambiguous"


def test_the_card_that_the_agent_wrote_into_right_after_is_meant(lidia: Town) -> None:
    lidia.activity("a1", "email", "11 10:00", deal_id="boat")
    lidia.activity("a2", "meeting", "12 10:40", deal_id="sauna", user_id="petr")
    assert lidia.found(call_of(LIDIA, user="petr")).deal_id == "sauna"


def test_the_deal_with_a_task_for_that_day_is_meant(lidia: Town) -> None:
    lidia.activity("a1", "email", "11 10:00", deal_id="boat")
    lidia.activity("a2", "task", "04 10:00", deal_id="sauna", due_at=at("12 15:00"))
    assert lidia.found(call_of(LIDIA, user=None)).deal_id == "sauna"


def test_the_agent_counts_more_than_the_last_touch(lidia: Town) -> None:
    lidia.activity("a1", "email", "12 09:00", deal_id="sauna")
    assert lidia.found(call_of(LIDIA, user="fedor")).deal_id == "boat"


def test_of_two_people_with_one_number_the_named_one_is_meant(town: Town) -> None:
    town.contact("k1", "Глеб Аркадьевич Норкин", "+79130000404")
    town.contact("k2", "Рита Норкина", "+79130000404")
    town.deal("sled", "k1")
    town.deal("skis", "k2")
    call = call_of("+79130000404")
    assert town.found(call).method == "ambiguous"
    assert town.found(call, "agent: Глеб Аркадьевич, добрый день!").deal_id == "sled"
    assert town.found(call, "agent: Алло, это Рита?").deal_id == "skis"


def test_the_agents_own_first_name_names_no_client(town: Town) -> None:
    town.contact("k1", "Фёдор Зимин", "+79130000404")
    town.contact("k2", "Рита Зимина", "+79130000404")
    town.deal("sled", "k1")
    town.deal("skis", "k2")
    match = town.found(call_of("+79130000404"), "agent: Здравствуйте, меня зовут Фёдор.")
    assert match.method == "ambiguous"


def test_a_person_who_acts_for_two_companies_is_told_apart_by_agent(town: Town) -> None:
    town.company("pier", "ООО «Новая пристань»")
    town.company("bay", "ООО «Дальняя бухта»")
    town.contact("k1", "Савва Ершов", "+79130000505", company="pier")
    town.deal("ropes", "k1", company_id="pier")
    town.deal("buoys", "k1", company_id="bay", responsible_id="inna")
    assert town.found(call_of("+79130000505", user="inna")).deal_id == "buoys"
    named = town.found(call_of("+79130000505", user=None), "client: Это из Дальней бухты, Савва.")
    assert named.deal_id == "buoys"


def test_the_margin_of_ambiguity_is_a_setting(lidia: Town) -> None:
    lidia.activity("a1", "email", "11 10:00", deal_id="boat")
    lidia.settings = lidia.settings.model_copy(update={"ambiguous_margin": 0.2})
    assert lidia.found(call_of(LIDIA, user=None)).method == "ambiguous"
