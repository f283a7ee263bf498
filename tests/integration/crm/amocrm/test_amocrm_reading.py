"""What amoCRM holds becomes our words, however oddly it is written."""

from __future__ import annotations

import threading
from contextlib import closing
from datetime import UTC, datetime

import pytest

from crm.amocrm.adapter import AmoCrm
from crm.limits import limits_in
from models.vocabulary.crm import Batch, StageDemand, Thing
from models.vocabulary.deal import StageKind
from tests.fakes.crm.amocrm import FakeAmo, amo_running, large_account
from tests.fakes.crm.amocrm_rows import MANAGER, PIPELINE, STAGES, WON, Row
from tests.fakes.crm.amocrm_world import AmoWorld
from tests.integration.crm.contract import everything, gathered


def _field(id_: int, name: str, kind: str, value: object, code: str | None = None) -> Row:
    return {
        "field_id": id_,
        "field_name": name,
        "field_code": code,
        "field_type": kind,
        "values": [{"value": value}],
    }


def _changed(fake: FakeAmo, lead: int, **values: object) -> None:
    fake.store.lead(lead).update(values)


def test_custom_fields_come_under_our_names_with_values_of_their_kind(
    fake: FakeAmo, world: AmoWorld
) -> None:
    world.names |= {"774349": "employees", "ORDER": "order_type", "Откуда": "source"}
    lead = fake.store.add_lead("Лендинг")
    midnight = int(datetime(2026, 11, 19, 20, 0, tzinfo=UTC).timestamp())  # 20 November in Samara
    two = {
        **_field(5, "Услуги", "multiselect", "Сайт"),
        "values": [{"value": "Сайт"}, {"value": "SEO"}],
    }
    fields = [
        _field(774349, "Сотрудников", "numeric", "14012"),
        _field(2, "Вид заказа", "select", "Лендинг", "ORDER"),
        _field(3, "Откуда", "text", "Сайт"),
        _field(4, "Срочно", "checkbox", True),
        two,
        _field(6, "Срок", "date", midnight),
        _field(7, "Пустое", "text", ""),
        _field(8, "Плательщик", "linked_entity", {"name": "ООО Чай", "entity_id": 5}),
        {"field_id": 9, "field_name": "Без значений", "values": None},
        _field(10, "Стадия по звонкам", "text", "Договор", "STAGECHECK_VERIFIED_STAGE"),
    ]
    _changed(fake, lead, custom_fields_values=fields)
    with closing(AmoCrm(world.access())) as amo:
        (deal,) = amo.deals([str(lead)]).deals
    assert deal.fields == {
        "employees": 14012,
        "order_type": "Лендинг",
        "Срочно": True,
        "Услуги": "Сайт, SEO",
        "Срок": "2026-11-20",
        "Плательщик": "ООО Чай",
    }
    assert deal.source == "Сайт"


@pytest.mark.parametrize("empty", [None, [], ""])
def test_a_card_without_fields_is_read_whatever_stands_for_none(
    fake: FakeAmo, amo: AmoCrm, empty: object
) -> None:
    lead = fake.store.add_lead("Лендинг")
    _changed(fake, lead, custom_fields_values=empty, price=None, responsible_user_id=0)
    fake.store.lead(lead)["_embedded"] = []
    (deal,) = [d for page in amo.read("deals") for d in page.batch.deals]
    assert (deal.fields, deal.amount, deal.responsible_id) == ({}, None, None)
    assert deal.contact_ids == ()


def test_a_card_that_cannot_be_read_is_told_without_its_words(fake: FakeAmo, amo: AmoCrm) -> None:
    good, bad = fake.store.add_lead("Хорошая"), fake.store.add_lead("Тайна Ивана +79160000001")
    _changed(fake, bad, status_id=None, pipeline_id={"odd": 1})
    (page,) = list(amo.read("deals"))
    assert [deal.id for deal in page.batch.deals] == [str(good)]
    (told,) = page.warnings
    assert str(bad) in told
    assert "Ивана" not in told


def test_won_and_lost_are_the_same_in_every_pipeline(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    fake.store.move(lead, WON)
    (deal,) = amo.deals([str(lead)]).deals
    assert (deal.stage_id, deal.status) == ("142", StageKind.WON)
    assert deal.closed_at == fake.now()
    (pipeline,) = amo.shape().pipelines
    assert [stage.name for stage in pipeline.stages][-2:] == [
        "Успешно реализовано",
        "Закрыто и не реализовано",
    ]


def test_money_and_time_are_the_accounts(fake: FakeAmo, amo: AmoCrm) -> None:
    fake.store.account["currency"] = "KZT"
    account = amo.account()
    assert (account.timezone, account.currency) == ("Europe/Samara", "KZT")
    assert account.user == "Анна Старшая"
    assert account.may == {"read", "notes", "tasks", "tags", "fields", "make_fields", "hooks"}
    fake.store.add_lead("Лендинг", price="1500")
    (deal,) = everything(amo).deals
    assert (deal.amount, deal.currency) == (1500, "KZT")


def test_who_is_no_administrator_may_less(fake: FakeAmo, amo: AmoCrm) -> None:
    fake.store.account["current_user_id"] = MANAGER
    rights = fake.store.rows["users"][MANAGER]["rights"]
    assert amo.account().may == {"read", "notes", "tasks", "tags", "fields"}
    rights["leads"]["edit"] = "D"
    assert amo.account().may == {"read", "tasks"}
    fake.paths.hide_users = True
    assert amo.account().user == str(MANAGER)
    shape = amo.shape()
    assert (len(shape.pipelines), shape.users) == (1, ())


def test_demands_of_stages_come_from_required_fields_and_descriptions(
    fake: FakeAmo, amo: AmoCrm
) -> None:
    needed = [{"status_id": STAGES[2], "pipeline_id": PIPELINE}]
    fake.store.rows["fields"][31] = {
        "id": 31,
        "name": "Бюджет",
        "code": None,
        "type": "numeric",
        "required_statuses": needed,
    }
    fake.store.rows["fields"][32] = {"id": 32, "name": "Прочее", "required_statuses": None}
    stage = next(
        one for one in fake.store.pipelines[0]["_embedded"]["statuses"] if one["id"] == STAGES[1]
    )
    stage["descriptions"] = [{"level": "newbie", "description": "Узнайте потребность"}]
    assert amo.shape().demands == (
        StageDemand(str(PIPELINE), str(STAGES[1]), (), ("Узнайте потребность",)),
        StageDemand(str(PIPELINE), str(STAGES[2]), (("31", "Бюджет"),), ()),
    )


def test_a_person_is_the_decision_maker_where_a_named_field_says_so(
    fake: FakeAmo, world: AmoWorld
) -> None:
    world.names |= {"ЛПР": "decision_maker"}
    boss = fake.store.add_card("contacts", "Глава", [_field(61, "ЛПР", "checkbox", True)])
    other = fake.store.add_card("contacts", "Другой", [_field(61, "ЛПР", "checkbox", False)])
    with closing(AmoCrm(world.access())) as amo:
        found = {one.id: one.decision_maker for one in everything(amo).contacts}
    assert found == {str(boss): True, str(other): False}


def test_what_was_removed_is_told_and_what_came_back_is_read(fake: FakeAmo, amo: AmoCrm) -> None:
    gone, back = fake.store.add_lead("Уйдёт"), fake.store.add_lead("Вернётся")
    person = fake.store.add_card("contacts", "Анна", [])
    since = fake.now()
    fake.forward(60)
    row = fake.store.lead(back)
    for lead in (gone, back):
        fake.store.remove("leads", lead)
    fake.store.remove("contacts", person)
    fake.store.restore("leads", row)
    found = gathered(page.batch for page in amo.read("losses", since=since))
    assert set(found.gone) == {(Thing.DEAL, str(gone)), (Thing.CONTACT, str(person))}
    assert [deal.id for deal in found.deals] == [str(back)]


def test_a_removed_task_or_note_is_told_as_gone(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    task = fake.store.add_task(lead, "Позвонить", fake.store.now)
    note = fake.store.add_note("lead", lead, "common", {"text": "Заметка"})
    since = fake.now()
    fake.forward(60)
    fake.store.remove("tasks", task)
    fake.store.remove("lead_notes", note)
    found = gathered(page.batch for page in amo.read("losses", since=since))
    assert found.gone == ((Thing.ACTIVITY, f"task-{task}"),)
    assert found.whole == {str(lead)}
    assert not found.activities


def test_a_move_that_begins_and_ends_in_the_first_second_is_read_once(
    fake: FakeAmo, amo: AmoCrm
) -> None:
    lead = fake.store.add_lead("Лендинг")
    for stage in STAGES[1:]:
        fake.store.move(lead, stage)
    fake.lists.most = 2
    moves = [one for page in amo.read("moves") for one in page.batch.stage_changes]
    assert sorted(move.to_id for move in moves) == sorted(map(str, STAGES[1:]))


def test_moves_that_happen_while_they_are_read_push_none_off(fake: FakeAmo, amo: AmoCrm) -> None:
    lead = fake.store.add_lead("Лендинг")
    for stage in STAGES[1:]:
        fake.forward(60)
        fake.store.move(lead, stage)
    fake.lists.most = 1
    seen: set[str] = set()
    for page in amo.read("moves"):
        fake.forward(60)
        fake.store.move(lead, STAGES[0] if len(seen) % 2 else STAGES[1])
        seen |= {one.to_id for one in page.batch.stage_changes}
    assert seen >= set(map(str, STAGES[1:]))


def test_an_account_without_filters_is_read_all_the_same(fake: FakeAmo, amo: AmoCrm) -> None:
    fake.lists.filters = False
    fake.store.account["is_api_filter_enabled"] = False
    fake.lists.most = 3
    leads = []
    for number in range(10):
        leads.append(fake.store.add_lead(f"Сделка {number}"))
        fake.forward(60)
    assert "фильтр" in limits_in(amo.account(), "ru").lower()
    assert {deal.id for deal in everything(amo).deals} == set(map(str, leads))
    since = fake.now()
    fake.forward(60)
    fake.store.touch("leads", leads[0])
    asked = len(fake.asked)
    found = gathered(page.batch for page in amo.read("deals", since=since))
    assert [deal.id for deal in found.deals] == [str(leads[0])]
    assert len(fake.asked) - asked <= 3  # not the whole account
    assert [deal.id for deal in amo.deals([str(leads[3]), str(leads[5])]).deals] == [
        str(leads[3]),
        str(leads[5]),
    ]


def test_a_large_account_is_read_once_in_as_few_requests_as_its_pages() -> None:
    with amo_running(large_account(3000)) as fake:
        world = AmoWorld(fake)
        with closing(AmoCrm(world.access())) as amo:
            found: list[Batch] = []
            threads = [
                threading.Thread(
                    target=lambda part=part: found.extend(p.batch for p in amo.read(part)),
                    daemon=True,
                )
                for part in amo.parts
            ]
            for one in threads:
                one.start()
            for one in threads:
                one.join(120)
            assert not any(one.is_alive() for one in threads)
        whole = gathered(iter(found))
        assert (len(whole.deals), len(whole.contacts)) == (3000, 3000)
        assert len(whole.stage_changes) == 3000
        assert len({one.call_id for one in whole.activities}) == 3000
        # 12 pages of 250 of three kinds, 30 of 100 events, and a handful of short lists.
        assert len(fake.asked) < 3 * 13 + 30 + 20
