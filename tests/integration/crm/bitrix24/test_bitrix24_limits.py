"""Bitrix24's limits, tokens and bad answers, over real HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from crm.bitrix24.adapter import Bitrix24
from crm.bitrix24.oauth import authorize_url, exchange_code
from crm.errors import CrmAwayError, CrmBusyError, CrmError, CrmShutError
from models.vocabulary.crm import Tokens
from models.vocabulary.crm_write import NoteText, Write, WriteKind
from tests.fakes.crm.bitrix24 import CLIENT, CLIENT_SECRET, Portal, portal
from tests.fakes.crm.bitrix24_limits import Bucket
from tests.fakes.crm.bitrix24_office import large_office
from tests.fakes.crm.keeping import CountingPace
from tests.integration.crm.bitrix24_world import Bitrix24World


def application(office: Portal) -> Bitrix24World:
    tokens = Tokens("access-1", "refresh-1", client_id=CLIENT, client_secret=CLIENT_SECRET)
    return Bitrix24World(office, tokens)


@pytest.fixture
def open_(request: pytest.FixtureRequest) -> Callable[[Bitrix24World], Bitrix24]:
    def opened(world: Bitrix24World) -> Bitrix24:
        adapter = Bitrix24(world.access(), token_server=world.portal.address)
        request.addfinalizer(adapter.close)
        return adapter

    return opened


Open = Callable[[Bitrix24World], Bitrix24]


class Ticking(CountingPace):
    """A pace whose pauses pass on a clock of the test's own."""

    now = 0.0

    def hold(self, seconds: float) -> None:
        super().hold(seconds)
        self.now += seconds


def test_a_full_bucket_is_waited_out_and_nothing_is_lost(open_: Open) -> None:
    with portal(large_office(2000)) as made:
        world = Bitrix24World(made)
        pace = Ticking()
        world.pace = pace
        made.bucket = Bucket(limit=2, drain_per_s=2, clock=lambda: pace.now)
        adapter = open_(world)
        found = [one.id for page in adapter.read("deals") for one in page.batch.deals]
    assert found == [str(own) for own in range(1, 2001)]
    assert made.bucket.blocked == len(pace.held) > 0
    assert made.bucket.worst == 3


def test_a_method_whose_time_is_used_up_holds_no_other_method(office: Portal, open_: Open) -> None:
    world = Bitrix24World(office)
    adapter = open_(world)
    office.office.new_deal("Лендинг")
    office.office.new_contact("Анна", "+79160000001")
    assert [one.id for page in adapter.read("deals") for one in page.batch.deals] == ["1"]
    office.time.budget_s = 0.2
    office.time.cost_s["crm.stagehistory.list"] = 0.3
    list(adapter.read("stage_changes"))
    with pytest.raises(CrmBusyError) as raised:
        list(adapter.read("stage_changes"))
    assert raised.value.wait_s is not None
    assert 500 < raised.value.wait_s <= 600
    assert world.pace.held == []
    assert adapter.account().name  # others answer
    office.office.clock = office.office.clock.replace(hour=9)
    assert len(list(adapter.read("stage_changes"))) == 1


def test_a_method_blocked_for_moments_is_waited_for(office: Portal, open_: Open) -> None:
    world = Bitrix24World(office)
    adapter = open_(world)
    slept: list[float] = []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        world.forward(seconds)

    adapter._portal.sleep = sleep
    office.time.window_s = 20
    office.time.budget_s = 0.2
    office.time.cost_s["crm.stagehistory.list"] = 0.3
    list(adapter.read("stage_changes"))
    list(adapter.read("stage_changes"))
    assert slept
    assert sum(slept) >= 19


def test_an_error_without_times_is_waited_out_as_well(office: Portal, open_: Open) -> None:
    office.without_time = True
    adapter = open_(Bitrix24World(office))
    office.time.budget_s = 0.01
    office.time.cost_s["crm.category.list"] = 1.0
    adapter.shape()
    with pytest.raises(CrmBusyError) as raised:
        adapter.shape()
    assert raised.value.wait_s == 60


def test_a_token_that_is_over_is_renewed_once_by_many_threads(office: Portal, open_: Open) -> None:
    world = application(office)
    adapter = open_(world)
    for number in range(60):
        office.office.new_deal(f"Сделка {number}")
    adapter.account()
    office.expired = True
    failed: list[CrmError] = []

    def read(part: str) -> None:
        try:
            list(adapter.read(part))
        except CrmError as error:
            failed.append(error)

    threads = [threading.Thread(target=read, args=(one,), daemon=True) for one in adapter.parts]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert not any(one.is_alive() for one in threads)
    assert failed == []
    assert office.renewals == world.keeper.renewals == 1
    assert world.keeper.now.access == office.access
    assert world.keeper.now.refresh == office.refresh
    assert world.keeper.now.expires_at is not None


def test_a_write_by_a_token_that_is_over_is_done_once(office: Portal, open_: Open) -> None:
    world = application(office)
    adapter = open_(world)
    deal = str(office.office.new_deal("Лендинг"))
    office.expired = True
    adapter.write(Write("k", WriteKind.NOTE, deal, NoteText("Заметка")))
    assert len(world.notes_of(deal)) == 1


def test_a_write_that_came_at_a_busy_time_is_done_once(office: Portal, open_: Open) -> None:
    world = Bitrix24World(office)
    adapter = open_(world)
    deal = str(office.office.new_deal("Лендинг"))
    office.flooded = 2
    adapter.write(Write("k", WriteKind.NOTE, deal, NoteText("Заметка")))
    assert len(world.notes_of(deal)) == 1
    assert len(world.pace.held) == 2


def test_tokens_that_nobody_renews_need_a_person(office: Portal, open_: Open) -> None:
    world = application(office)
    adapter = open_(world)
    office.expired, office.refresh = True, "another"
    with pytest.raises(CrmShutError, match="Connect again") as raised:
        adapter.account()
    told = f"{raised.value!r} {raised.value.__cause__!r}"
    assert not [secret for secret in world.secrets() if secret in told]


def test_a_code_becomes_tokens_once(office: Portal) -> None:
    world = application(office)
    assert authorize_url("https://p.bitrix24.ru", CLIENT, "a b&c") == (
        "https://p.bitrix24.ru/oauth/authorize/?client_id=local.68a1b2c3d4e5f6.01234567&state=a+b%26c"
    )
    office.codes.add("code-1")

    def exchanged() -> Tokens:
        return exchange_code(
            "Портал",
            code="code-1",
            client_id=CLIENT,
            client_secret=CLIENT_SECRET,
            rules=world.access().rules,
            server=office.address,
        )

    tokens = exchanged()
    assert (tokens.access, tokens.refresh) == (office.access, office.refresh)
    assert (tokens.client_id, tokens.client_secret) == (CLIENT, CLIENT_SECRET)
    with pytest.raises(CrmShutError):
        exchanged()


def test_an_error_page_instead_of_data_is_not_taken_for_an_empty_portal(
    office: Portal, open_: Open
) -> None:
    office.broken = 1000
    adapter = open_(Bitrix24World(office))
    with pytest.raises(CrmAwayError):
        adapter.deals(["1"])


def test_a_secret_that_is_none_of_a_web_hook_gets_into_no_address(
    office: Portal, open_: Open
) -> None:
    world = Bitrix24World(office, Tokens("1/../../admin?x=1"))
    adapter = open_(world)
    with pytest.raises(CrmShutError):
        adapter.account()
    assert office.asked == ["batch.json"]
