"""Activities, tasks and papers of Bitrix24 become activities of ours, each once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from crm.bitrix24.adapter import Bitrix24
from models.vocabulary.deal import Activity, ActivityKind, ActivityType
from tests.fakes.crm.bitrix24 import Portal
from tests.fakes.crm.bitrix24_office import CONTACT, DEAL, INVOICE, QUOTE
from tests.integration.crm.contract import everything


def activities(adapter: Bitrix24, part: str = "activities") -> list[Activity]:
    return [one for page in adapter.read(part) for one in page.batch.activities]


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
