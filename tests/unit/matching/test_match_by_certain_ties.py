"""What names the deal outright: its id beside the recording, the CRM's own record of the call."""

from __future__ import annotations

import pytest

from models.vocabulary.call import Direction
from tests.fakes.town import Town, call_of

SONYA = "+79130000101"


@pytest.fixture
def sonya(town: Town) -> Town:
    """Соня has two boats on order, both Фёдор's, both untouched since the same morning."""
    town.contact("k-sonya", "Соня Ветрова", "8 913 000-01-01")
    town.deal("kayak", "k-sonya")
    town.deal("yacht", "k-sonya")
    return town


def test_an_explicit_deal_wins_over_everything(sonya: Town) -> None:
    match = sonya.found(call_of("+79130009999", deal_id=" yacht "))
    assert (match.deal_id, match.method, match.score) == ("yacht", "deal_id", 1.0)


def test_an_explicit_deal_that_the_crm_lacks_decides_nothing(sonya: Town) -> None:
    sonya.deals.pop()
    match = sonya.found(call_of(SONYA, deal_id="raft"))
    assert (match.deal_id, match.method) == ("kayak", "phone")


def test_the_crms_record_of_the_call_names_the_deal(sonya: Town) -> None:
    sonya.activity("a1", "call", "12 10:31", deal_id="yacht", call_id="c-1")
    match = sonya.found(call_of("+79139998877"))
    assert (match.deal_id, match.method) == ("yacht", "call_activity")


def test_the_record_may_carry_the_id_of_the_whole_call(sonya: Town) -> None:
    sonya.activity("a1", "call", "12 10:31", deal_id="yacht", call_id="whole-1")
    assert sonya.found(call_of(None, linked_id="whole-1")).deal_id == "yacht"


def test_a_record_on_the_contact_alone_leaves_the_deal_to_be_found(sonya: Town) -> None:
    sonya.deals[1:] = []
    sonya.activity("a1", "call", "12 10:31", contact_id="k-sonya", call_id="c-1")
    match = sonya.found(call_of("+79139998877"))
    assert (match.deal_id, match.method) == ("kayak", "call_activity")


def test_a_record_without_id_counts_by_contact_and_time(sonya: Town) -> None:
    sonya.activity("a1", "call", "12 10:36", deal_id="yacht", contact_id="k-sonya", direction="out")
    assert sonya.found(call_of(SONYA)).method == "call_activity"


@pytest.mark.parametrize(
    "facts",
    [
        {"direction": "in"},
        {"call_id": "another-call"},
        {"contact_id": "k-somebody"},
    ],
)
def test_a_record_of_another_call_does_not_count(sonya: Town, facts: dict[str, object]) -> None:
    sonya.contact("k-somebody", "Кто-то", "8 913 000-01-09")
    record = {"deal_id": "yacht", "contact_id": "k-sonya", "user_id": "inna", **facts}
    sonya.activity("a1", "call", "12 10:32", **record)
    assert sonya.found(call_of(SONYA)).method != "call_activity"


def test_a_record_hours_later_does_not_count(sonya: Town) -> None:
    sonya.activity("a1", "call", "12 13:00", deal_id="yacht", contact_id="k-sonya")
    assert sonya.found(call_of(SONYA)).method == "ambiguous"


def test_an_internal_call_belongs_to_no_deal(sonya: Town) -> None:
    assert sonya.match(call_of(SONYA, direction=Direction.INTERNAL, deal_id="yacht")) is None
