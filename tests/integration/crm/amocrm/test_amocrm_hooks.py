"""Web-hooks of amoCRM: asked for, looked at, given up, and read as they come."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from crm.amocrm.adapter import AmoCrm
from crm.amocrm.hooks import read_hook
from crm.errors import CrmRefusedError
from models.vocabulary.crm import HookThere, Thing
from tests.fakes.crm.amocrm import FakeAmo
from tests.fakes.crm.amocrm_hooks import Fate
from tests.fakes.crm.amocrm_rows import STAGES
from tests.fakes.receiver import Receiver, receiving


@pytest.fixture
def ours() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def _rung(ours: Receiver) -> list[tuple[Thing, str]]:
    return [
        thing
        for got in ours.got
        for thing in read_hook(got.raw, got.headers["content-type"])[0].things
    ]


def test_what_changes_rings_the_card_it_hangs_on(
    fake: FakeAmo, amo: AmoCrm, ours: Receiver
) -> None:
    assert amo.hooks() == ()
    for _ in range(2):
        amo.subscribe(ours.url)
        assert amo.hooks() == (HookThere(ours.url, on=True),)
    assert len(fake.store.rows["webhooks"]) == 1
    lead = fake.store.add_lead("Лендинг")
    fake.store.move(lead, STAGES[1])
    fake.store.add_task(lead, "Позвонить", fake.store.now)
    fake.store.add_note("lead", lead, "common", {"text": "x"})
    company = fake.store.add_card("companies", "Лавка", [])
    person = fake.store.add_card("contacts", "Анна", [])
    fake.hooks.settle()
    assert _rung(ours) == [
        *[(Thing.DEAL, str(lead))] * 4,
        (Thing.COMPANY, str(company)),
        (Thing.CONTACT, str(person)),
    ]
    amo.unsubscribe(ours.url)
    amo.unsubscribe(ours.url)
    fake.store.add_lead("Ещё одна")
    fake.hooks.settle()
    assert len(ours.got) == 6


def test_web_hooks_come_twice_late_or_not_at_all(
    fake: FakeAmo, amo: AmoCrm, ours: Receiver
) -> None:
    fates = [Fate.TWICE, Fate.LOST, Fate.LATE, Fate.SENT]
    fake.hooks.fate = lambda number: fates[number - 1]
    amo.subscribe(ours.url)
    first, _lost, late, last = (str(fake.store.add_lead(f"Сделка {n}")) for n in range(4))
    fake.hooks.settle()
    fake.hooks.release()
    fake.hooks.settle()
    assert [id_ for _, id_ in _rung(ours)] == [first, first, last, late]


def test_a_web_hook_that_was_switched_off_is_told_and_asked_for_again(
    fake: FakeAmo, amo: AmoCrm, ours: Receiver
) -> None:
    amo.subscribe(ours.url)
    ours.answer = lambda _got: 500
    for number in range(6):
        fake.store.add_lead(f"Сделка {number}")
    fake.hooks.settle()
    assert amo.hooks() == (HookThere(ours.url, on=False),)
    amo.subscribe(ours.url)
    assert amo.hooks() == (HookThere(ours.url, on=True),)


def test_our_secret_address_is_told_in_no_error_and_no_query(fake: FakeAmo, amo: AmoCrm) -> None:
    ours = "ftp://stagecheck.example/hooks/s3cr3t"
    with pytest.raises(CrmRefusedError, match="destination: InvalidUrl") as raised:
        amo.subscribe(ours)
    amo.unsubscribe(ours)
    assert "s3cr3t" not in str(raised.value)
    assert not [one for one in fake.asked if "s3cr3t" in str(one.query)]
