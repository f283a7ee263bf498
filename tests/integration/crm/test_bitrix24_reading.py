"""What is special about reading Bitrix24: long chains, many bindings, papers, rights that lack."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from crm.bitrix24.adapter import Bitrix24
from crm.errors import CrmShutError
from models.vocabulary.crm import Thing
from models.vocabulary.deal import Activity, ActivityKind, ActivityType, StageKind
from tests.fakes.crm.bitrix24 import Portal, portal
from tests.fakes.crm.bitrix24_limits import Bucket
from tests.fakes.crm.bitrix24_office import CONTACT, DEAL, INVOICE, QUOTE, large_office
from tests.integration.crm.bitrix24_world import Bitrix24World
from tests.integration.crm.contract import everything


@pytest.fixture
def office() -> Iterator[Portal]:
    with portal() as made:
        yield made
        assert made.faults == []


@pytest.fixture
def world(office: Portal) -> Bitrix24World:
    return Bitrix24World(office)


@pytest.fixture
def adapter(world: Bitrix24World) -> Iterator[Bitrix24]:
    opened = Bitrix24(world.access())
    yield opened
    opened.close()


def activities(adapter: Bitrix24, part: str = "activities") -> list[Activity]:
    return [one for page in adapter.read(part) for one in page.batch.activities]


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


def test_a_call_of_a_contact_is_found_at_the_deal_that_it_is_bound_to(
    office: Portal, adapter: Bitrix24
) -> None:
    contact = office.office.new_contact("Анна Белова", "+79160000001")
    older = office.office.new_deal("Первая", contacts=[contact])
    newer = office.office.new_deal("Вторая", contacts=[contact])
    office.office.new_activity(
        (CONTACT, contact),
        (DEAL, newer),
        (DEAL, older),
        TYPE_ID="2",
        PROVIDER_ID="VOXIMPLANT_CALL",
        DIRECTION="2",
        ORIGIN_ID="VI_externalCall.abc.1",
        COMPLETED=True,
    )
    # Bound to two of the deals that are asked for, it comes twice from the portal.
    found = adapter.deals([str(older), str(newer)])
    (call,) = found.activities
    assert (call.deal_id, call.contact_id) == (str(older), str(contact))
    assert (call.type, call.direction) == (ActivityType.CALL, "out")
    assert call.call_id == "externalCall.abc.1"
    assert activities(adapter) == [call]


def test_what_hangs_on_a_lead_alone_is_left_out(office: Portal, adapter: Bitrix24) -> None:
    office.office.new_activity((1, 7), SUBJECT="Позвонить лиду")
    assert activities(adapter) == []


def test_forms_of_activities_are_told_by_their_providers(office: Portal, adapter: Bitrix24) -> None:
    deal = office.office.new_deal("Лендинг")
    due = office.office.clock + timedelta(days=2)
    told: list[dict[str, Any]] = [
        {"PROVIDER_ID": "CRM_MEETING", "TYPE_ID": 1, "LOCATION": "Офис", "DEADLINE": due},
        {"PROVIDER_ID": "CRM_EMAIL", "TYPE_ID": 4, "SUBJECT": "КП во вложении", "COMPLETED": True},
        {"PROVIDER_ID": "IMOPENLINES_SESSION", "SUBJECT": "Чат"},
        {"PROVIDER_ID": "CONFIGURABLE_REST_APP", "SUBJECT": "Карточка"},
        {"PROVIDER_ID": "CRM_SOMETHING_NEW", "TYPE_ID": 6},
        {"PROVIDER_ID": "", "TYPE_ID": 2, "DIRECTION": 1},
    ]
    for one in told:
        office.office.new_activity((DEAL, deal), **one)
    found = activities(adapter)
    assert [one.type.value for one in found] == [
        "meeting",
        "email",
        "message",
        "task",
        "note",
        "call",
    ]
    assert (found[0].place, found[0].due_at) == ("Офис", due)
    assert found[1].kind is ActivityKind.PROPOSAL
    assert found[1].completed_at is not None
    assert found[5].direction == "in"


def test_a_task_of_the_task_manager_comes_once_with_its_own_dates(
    office: Portal, adapter: Bitrix24
) -> None:
    deal = office.office.new_deal("Лендинг")
    now = office.office.clock
    closed = now + timedelta(hours=5)
    task = office.office.tasks.add(
        {
            "TITLE": "Выставить счёт",
            "DESCRIPTION": "[B]До пятницы[/B]",
            "STATUS": "5",
            "RESPONSIBLE_ID": 1,
            "CREATED_DATE": now,
            "CHANGED_DATE": closed,
            "CLOSED_DATE": closed,
            "DEADLINE": now + timedelta(days=1),
            "UF_CRM_TASK": [f"D_{deal}", "L_4"],
        },
        "ID",
    )
    office.office.new_activity(
        (DEAL, deal), PROVIDER_ID="CRM_TASKS_TASK", TYPE_ID=3, ASSOCIATED_ENTITY_ID=task
    )
    (found,) = adapter.deals([str(deal)]).activities
    assert found == everything(adapter).activities[0]
    assert (found.id, found.deal_id, found.kind) == (
        f"task:{task}",
        str(deal),
        ActivityKind.INVOICE,
    )
    assert (found.completed_at, found.text) == (closed, "До пятницы")


def test_without_the_right_to_tasks_their_activities_stand_for_them(
    office: Portal, adapter: Bitrix24
) -> None:
    office.methods.scopes = ("crm", "user")
    deal = office.office.new_deal("Лендинг")
    office.office.new_activity(
        (DEAL, deal), PROVIDER_ID="CRM_TASKS_TASK", TYPE_ID=3, ASSOCIATED_ENTITY_ID=9, SUBJECT="КП"
    )
    found = everything(adapter)
    assert [one.id for one in found.activities] == ["task:9"]
    (page,) = adapter.read("tasks")
    assert not page.batch
    assert "tasks are not read" in page.warnings[0]
    assert "insufficient_scope".upper() in page.warnings[0]


def test_offers_invoices_and_documents_are_read_as_what_they_are(
    office: Portal, adapter: Bitrix24
) -> None:
    deal = office.office.new_deal("Лендинг")
    now = office.office.clock
    card = {"createdTime": now, "updatedTime": now, "opportunity": 90000.0, "contactIds": []}
    office.office.items[QUOTE].add({**card, "title": "КП", "stageId": "DRAFT", "dealId": deal})
    office.office.items[QUOTE].add({**card, "title": "КП 2", "stageId": "SENT", "dealId": deal})
    paid = {"stageId": "DT31_2:P", "movedTime": now, "closedate": now, "parentId2": deal}
    office.office.items[INVOICE].add({**card, "title": "Счёт 7", **paid})
    document = {"title": "Договор 12", "entityId": deal, "entityTypeId": 2, "createTime": now}
    office.office.documents.add({**document, "updateTime": now, "createdBy": 1})
    found = {one.id: one for one in adapter.deals([str(deal)]).activities}
    assert found == {one.id: one for one in everything(adapter).activities}
    assert {one.deal_id for one in found.values()} == {str(deal)}
    assert found["quote:1"].kind is ActivityKind.PROPOSAL
    assert (found["quote:1"].completed_at, found["quote:2"].completed_at) == (None, now)
    assert (found["invoice:1"].type, found["invoice:1"].amount) == (ActivityType.INVOICE, 90000)
    assert found["payment:invoice:1"].type is ActivityType.PAYMENT
    assert found["document:1"].kind is ActivityKind.CONTRACT


def test_a_portal_without_invoices_is_read_without_them(office: Portal, adapter: Bitrix24) -> None:
    del office.office.items[INVOICE]
    deal = office.office.new_deal("Лендинг")
    (page,) = adapter.read("invoices")
    assert "invoices are not read" in page.warnings[0]
    assert [one.id for one in adapter.deals([str(deal)]).deals] == [str(deal)]


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
