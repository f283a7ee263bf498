"""How Bitrix24 tells of changes: its offline queue, and web-hooks that an application sets up."""

from __future__ import annotations

import pytest

from crm.bitrix24.adapter import Bitrix24
from crm.bitrix24.hooks import read_hook
from crm.errors import CrmRefusedError
from crm.port import Subscribing
from crm.registry import hook_reader
from models.vocabulary.crm import CrmKind, HookThere, Thing
from tests.fakes.crm.bitrix24 import APPLICATION_TOKEN, Portal
from tests.fakes.crm.bitrix24_office import DEAL
from tests.fakes.receiver import receiving


def test_the_offline_queue_rings_once_for_each_thing(office: Portal, application: Bitrix24) -> None:
    assert application.rung().things == ()
    deal = office.office.new_deal("Лендинг")
    contact = office.office.new_contact("Анна", "+79160000001")
    for number in range(70):
        office.office.change_deal(deal, title=f"Лендинг {number}")
        office.office.new_activity((DEAL, deal))
    office.office.remove_deal(deal)
    rung = application.rung().things
    assert set(rung) == {
        (Thing.DEAL, str(deal)),
        (Thing.CONTACT, str(contact)),
        *((Thing.ACTIVITY, str(own)) for own in range(1, 71)),
    }
    assert len(rung) == len(set(rung))
    assert application.rung().things == ()
    assert office.office.queue == {}


def test_the_offline_queue_survives_being_bound_before(
    office: Portal, application: Bitrix24
) -> None:
    office.office.bound.add("ONCRMDEALUPDATE")
    assert application.rung().things == ()
    assert "ONCRMDEALADD" in office.office.bound


def test_an_application_sets_up_its_web_hooks_itself(office: Portal, application: Bitrix24) -> None:
    assert isinstance(application, Subscribing)
    url = "https://calls.example.ru/crm/hooks/secret"
    application.rung()  # what lies in the offline queue is no web-hook
    application.subscribe(url)
    application.subscribe(url)
    assert application.hooks() == (HookThere(url, on=True),)
    assert ("ONCRMDEALUPDATE", url) in office.office.handlers
    application.unsubscribe(url)
    application.unsubscribe(url)
    assert application.hooks() == ()


def test_a_web_hook_cannot_set_up_others(adapter: Bitrix24) -> None:
    with pytest.raises(CrmRefusedError, match="connect as an application"):
        adapter.subscribe("https://calls.example.ru/hook")
    with pytest.raises(CrmRefusedError, match="connect as an application"):
        adapter.hooks()


def test_a_web_hook_has_no_offline_queue(adapter: Bitrix24) -> None:
    with pytest.raises(CrmRefusedError, match="for applications"):
        adapter.rung()


def test_events_are_read_however_they_come(office: Portal) -> None:
    first, second = office.office.new_deal("Первая"), office.office.new_deal("Вторая")
    office.office.new_activity((DEAL, first))
    office.office.remove_deal(second)
    with receiving() as ours:
        office.deliver(ours.url, copies=lambda number: (1, 0, 2, 1)[number], late=lambda n: n == 3)
        assert len(ours.got) == 3
        office.deliver(ours.url)
    assert hook_reader(CrmKind.BITRIX24) is read_hook
    read = [read_hook(one.raw, one.headers["content-type"]) for one in ours.got]
    assert {token for _, token in read} == {APPLICATION_TOKEN}
    assert [rung.things for rung, _ in read] == [
        ((Thing.DEAL, str(first)),),
        ((Thing.ACTIVITY, "1"),),
        ((Thing.ACTIVITY, "1"),),
        ((Thing.DEAL, str(second)),),
    ]
