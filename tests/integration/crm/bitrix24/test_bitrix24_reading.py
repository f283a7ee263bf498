"""What is special about reading Bitrix24: long chains, many at once, older portals, few rights."""

from __future__ import annotations

from datetime import timedelta

import pytest

from crm.bitrix24.adapter import Bitrix24
from crm.errors import CrmShutError
from models.vocabulary.crm import Thing
from models.vocabulary.deal import StageKind
from tests.fakes.crm.bitrix24 import Portal, portal
from tests.fakes.crm.bitrix24_limits import Bucket
from tests.fakes.crm.bitrix24_office import DEAL, large_office
from tests.integration.crm.bitrix24_world import Bitrix24World


def test_a_large_portal_is_read_with_few_requests_and_below_its_limits() -> None:
    with portal(large_office(5000)) as made:
        made.bucket = Bucket(limit=50)
        world = Bitrix24World(made)
        adapter = Bitrix24(world.access())
        deals = [one.id for page in adapter.read("deals") for one in page.batch.deals]
        contacts = [one.phones for page in adapter.read("contacts") for one in page.batch.contacts]
        asked = len(made.asked)
        adapter.close()
    assert deals == [str(own) for own in range(1, 5001)]
    assert len(set(contacts)) == 5000
    # 200 pages of fifty, one request for sixteen of them.
    assert asked < 25
    assert made.bucket.blocked == 0
    assert made.office.items[DEAL].rows == {}


def test_a_long_reading_goes_on_at_its_cursor_in_another_process() -> None:
    with portal(large_office(1200)) as made:
        world = Bitrix24World(made)
        seen: list[str] = []
        cursor: str | None = None
        sizes = []
        while True:
            adapter = Bitrix24(world.access())
            page = next(iter(adapter.read("deals", cursor=cursor)))
            adapter.close()
            seen += [one.id for one in page.batch.deals]
            sizes.append(len(page.batch.deals))
            cursor = page.cursor
            if cursor is None:
                break
    assert seen == [str(own) for own in range(1, 1201)]
    assert set(sizes) <= {0, 50}


def test_moves_know_where_a_card_came_from_however_far_apart_they_lie() -> None:
    with portal(large_office(700)) as made:
        adapter = Bitrix24(Bitrix24World(made).access())
        changes = [
            one for page in adapter.read("stage_changes") for one in page.batch.stage_changes
        ]
        adapter.close()
    assert len(changes) == 1400
    assert {(one.from_id, one.to_id) for one in changes} == {(None, "NEW"), ("NEW", "PREPARATION")}


def test_pages_end_where_the_list_ends_exactly_at_a_page(office: Portal, adapter: Bitrix24) -> None:
    for number in range(100):
        office.office.new_deal(f"Сделка {number}")
    pages = list(adapter.read("deals"))
    assert [len(page.batch.deals) for page in pages] == [50, 50]
    assert pages[-1].cursor is None


def test_custom_fields_come_in_words_and_under_our_names(
    office: Portal, world: Bitrix24World
) -> None:
    office.office.fields = {
        "UF_CRM_1": {
            "userTypeId": "enumeration",
            "label": "Вид",
            "items": [{"ID": "31", "VALUE": "Сайт"}],
        },
        "UF_CRM_2": {"userTypeId": "string", "label": "Бюджет", "mandatory": "Y"},
        "UF_CRM_3": {"userTypeId": "boolean", "label": "Срочно"},
        "UF_CRM_STAGECHECK_GAP": {"userTypeId": "string", "label": "Наше"},
    }
    deal = office.office.new_deal(
        "Лендинг", UF_CRM_1=31, UF_CRM_2="до 100", UF_CRM_3=True, UF_CRM_STAGECHECK_GAP="впереди"
    )
    world.field_names = {"UF_CRM_1": "order_type", "Бюджет": "budget"}
    adapter = Bitrix24(world.access())
    (card,) = adapter.deals([str(deal)]).deals
    demands = adapter.shape().demands
    adapter.close()
    assert card.fields == {"order_type": "Сайт", "budget": "до 100", "Срочно": True}
    assert [(one.stage_id, one.fields) for one in demands] == [("NEW", (("UF_CRM_2", "Бюджет"),))]


def test_pipelines_have_their_own_stages_and_moves_between_them(
    office: Portal, adapter: Bitrix24
) -> None:
    office.office.add_category(9, "Опт")
    office.office.add_user("Борис", "Ильин", extension="102", ACTIVE=False, WORK_PHONE="+7495")
    shape = adapter.shape()
    assert [(one.id, one.name) for one in shape.pipelines] == [("0", "Общая"), ("9", "Опт")]
    kinds = {stage.id: stage.kind for stage in shape.pipelines[1].stages}
    assert (kinds["C9:NEW"], kinds["C9:WON"], kinds["C9:LOSE"]) == (
        StageKind.OPEN,
        StageKind.WON,
        StageKind.LOST,
    )
    assert [(one.name, one.extensions, one.phones) for one in shape.users] == [
        ("Анна Титова", ("101",), ()),
        ("Борис Ильин", ("102",), ("+7495",)),
    ]
    deal = office.office.new_deal("Лендинг")
    office.office.clock += timedelta(minutes=1)
    office.office.move_deal(deal, "C9:WON")
    found = adapter.deals([str(deal)])
    assert (found.deals[0].pipeline_id, found.deals[0].status) == ("9", StageKind.WON)
    assert found.deals[0].closed_at == office.office.clock
    assert [(one.from_id, one.to_id) for one in found.stage_changes] == [
        (None, "NEW"),
        ("NEW", "C9:WON"),
    ]


def test_many_users_come_whole(office: Portal, adapter: Bitrix24) -> None:
    for number in range(120):
        office.office.add_user("Сотрудник", str(number))
    assert len(adapter.shape().users) == 121


def test_many_deals_at_once_are_read_in_rounds_and_the_missing_told(
    office: Portal, adapter: Bitrix24
) -> None:
    deals = [str(office.office.new_deal(f"Сделка {number}")) for number in range(120)]
    office.office.remove_deal(int(deals[7]))
    found = adapter.deals([*deals, "999", "abc", "0"])
    assert {one.id for one in found.deals} == set(deals) - {deals[7]}
    assert set(found.gone) == {(Thing.DEAL, one) for one in (deals[7], "999", "abc", "0")}
    assert found.whole == set(deals) - {deals[7]}


def test_an_older_portal_tells_all_contacts_of_a_deal(office: Portal, adapter: Bitrix24) -> None:
    office.methods.legacy = True
    people = [office.office.new_contact(f"Клиент {n}", f"+7916000000{n}") for n in range(3)]
    deal = office.office.new_deal("Лендинг", contacts=people, opportunity=19999.99)
    (card,) = adapter.deals([str(deal)]).deals
    assert card.contact_ids == tuple(map(str, people))
    assert card.amount == 19999.99


def test_a_web_hook_without_the_right_to_the_crm_is_told_with_its_remedy(
    office: Portal, adapter: Bitrix24
) -> None:
    office.methods.scopes = ("user",)
    with pytest.raises(CrmShutError, match="Give the web-hook or application the right"):
        list(adapter.read("deals"))


def test_the_account_tells_time_zone_rights_and_limits(office: Portal, adapter: Bitrix24) -> None:
    office.methods.timezone = "Asia/Yekaterinburg"
    account = adapter.account()
    assert account.timezone == "Asia/Yekaterinburg"
    assert account.user == "Анна Титова"
    assert {"read", "fields", "notes", "tasks", "users", "calls", "webhook"} <= account.may
    assert "transcripts" not in account.may
    office.methods.timezone = ""
    office.methods.scopes = ("crm",)
    account = adapter.account()
    assert account.timezone == "Europe/Moscow"
    assert not {"users", "calls"} & account.may
