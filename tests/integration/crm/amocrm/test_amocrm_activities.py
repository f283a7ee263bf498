"""Notes, tasks, messages and invoices of amoCRM become activities."""

from __future__ import annotations

from datetime import timedelta

from crm.amocrm.adapter import AmoCrm
from models.vocabulary.deal import ActivityKind, ActivityType
from tests.fakes.crm.amocrm import FakeAmo
from tests.fakes.crm.amocrm_rows import ADMIN, Row, call_params
from tests.integration.crm.contract import everything, gathered


def test_notes_of_each_kind_are_what_they_tell_of(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    mail = {"income": False, "subject": "КП: лендинг", "content_summary": "Во вложении", "to": []}
    told: list[tuple[str, Row]] = [
        ("amomail_message", mail),
        ("amomail_message", {**mail, "income": True, "subject": "Вопрос"}),
        ("sms_out", {"text": "Высылаю счёт на оплату", "phone": "+7916"}),
        ("attachment", {"original_name": "Договор 12.docx", "attachment": "x"}),
        ("common", {"text": "Обсудили сроки"}),
        ("zoom_meeting", {"conference": {"topic": "Показ макета"}, "recordings": []}),
        ("call_out", call_params("1.2", "+7916", call_status=6)),
        ("lead_auto_created", {"lead_id": 5}),
        ("12", []),  # type: ignore[list-item] # as PHP writes an empty object
    ]
    for kind, params in told:
        fake.store.add_note("lead", lead, kind, params)
    found = amo.deals([str(lead)]).activities
    assert [(one.type, one.kind, one.direction) for one in found] == [
        (ActivityType.EMAIL, ActivityKind.PROPOSAL, "out"),
        (ActivityType.EMAIL, ActivityKind.OTHER, "in"),
        (ActivityType.MESSAGE, ActivityKind.INVOICE, "out"),
        (ActivityType.DOCUMENT, ActivityKind.CONTRACT, None),
        (ActivityType.NOTE, ActivityKind.OTHER, None),
        (ActivityType.MEETING, ActivityKind.MEETING, None),
        (ActivityType.CALL, ActivityKind.CALL, "out"),
    ]
    assert found[-1].result == "нет ответа"
    assert found[-2].completed_at == fake.now()
    same = [page.batch.activities for page in amo.read("deal_notes")]
    assert same == [found]


def test_calls_are_found_on_people_and_companies_too(fake: FakeAmo, amo: AmoCrm) -> None:
    contact = fake.store.add_card("contacts", "Анна", [])
    company = fake.store.add_card("companies", "Лавка", [])
    fake.store.add_note("contact", contact, "call_in", call_params("1.1", "+7916"))
    fake.store.add_note("company", company, "call_out", call_params("1.2", "+7495"))
    fake.store.add_note("company", company, "common", {"text": "Заметка о компании"})
    found = everything(amo).activities
    assert {(one.call_id, one.contact_id, one.direction) for one in found} == {
        ("1.1", str(contact), "in"),
        ("1.2", None, "out"),
    }


def test_meetings_and_done_tasks_are_told_as_such(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    due = fake.store.now + 3600
    fake.store.add_task(lead, "Встреча в офисе", due, task_type_id=2)
    result = {"text": "Посмотрели макет"}
    fake.store.add_task(lead, "Позвонить по КП", due, is_completed=True, result=result)
    meeting, task = amo.deals([str(lead)]).activities
    assert meeting.type is ActivityType.MEETING
    assert (meeting.completed_at, meeting.result) == (None, None)
    assert meeting.due_at == fake.now() + timedelta(hours=1)
    assert (task.kind, task.result) == (ActivityKind.NUDGE, "Посмотрели макет")
    assert task.completed_at == fake.now()


def test_messages_in_chats_are_told_by_events(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    fake.store.message(lead, incoming=True)
    fake.store.message(lead, incoming=False, by=ADMIN)
    found = amo.deals([str(lead)]).activities
    assert {(one.direction, one.user_id) for one in found} == {("in", None), ("out", str(ADMIN))}
    (part,) = [page.batch.activities for page in amo.read("messages")]
    assert set(part) == set(found)


def test_an_invoice_hangs_on_its_deal_and_its_payment_is_noticed(
    fake: FakeAmo, amo: AmoCrm
) -> None:
    lead = fake.store.add_lead("Лендинг")
    invoice = fake.store.add_invoice(lead, "Счёт №15", 90000)
    (told,) = everything(amo).activities
    assert (told.type, told.amount, told.deal_id) == (ActivityType.INVOICE, 90000, str(lead))
    fake.forward(600)
    since = fake.now()
    fake.forward(5)
    fake.store.pay(lead, invoice)
    batches = (page.batch for part in amo.parts for page in amo.read(part, since=since))
    (paid,) = [one for one in gathered(batches).activities if one.type is ActivityType.PAYMENT]
    assert (paid.amount, paid.direction, paid.completed_at) == (90000, "in", fake.now())
    assert paid in amo.deals([str(lead)]).activities
