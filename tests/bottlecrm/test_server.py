"""What the adapter takes for granted of the real server holds."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta

import pytest

from crm.bottlecrm import lists
from crm.errors import CrmGoneError, CrmRefusedError, CrmShutError
from crm.port import Adapter
from crm.registry import open_crm
from models.vocabulary.crm import Tokens
from models.vocabulary.crm_write import (
    CallWords,
    FieldValues,
    NoteText,
    OwnField,
    SpokenLine,
    TaskText,
    Write,
    WriteKind,
)
from tests.bottlecrm.gate import gate_before
from tests.bottlecrm.office import Office
from tests.bottlecrm.server import Server
from tests.bottlecrm.world import BottleWorld

pytestmark = pytest.mark.bottlecrm

_LABELS = {one: f"Stagecheck: {one.value}" for one in OwnField}


@pytest.fixture
def adapter(world: BottleWorld) -> Iterator[Adapter]:
    with closing(open_crm(world.kind, world.access())) as opened:
        yield opened


@contextmanager
def with_token(world: BottleWorld, token: str) -> Iterator[Adapter]:
    """An adapter that comes in by another token."""
    kept = world.keeper.now
    world.keeper.now = Tokens(token)
    try:
        with closing(open_crm(world.kind, world.access())) as opened:
            yield opened
    finally:
        world.keeper.now = kept


def test_a_seeded_office_is_read_in_pages_without_losing_anything(
    bottlecrm: Server, seeded: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "SIZE", 7)
    with gate_before(bottlecrm.address) as gate:
        world = BottleWorld(seeded, gate, bottlecrm.database, monkeypatch)
        with closing(open_crm(world.kind, world.access())) as adapter:
            read = {
                part: [page.batch for page in adapter.read(part)]
                for part in ("companies", "contacts", "deals", "tasks")
            }
    deals = {deal.id: deal for batch in read["deals"] for deal in batch.deals}
    contacts = {one.id: one for batch in read["contacts"] for one in batch.contacts}
    companies = {one.id for batch in read["companies"] for one in batch.companies}
    tasks = {one.id for batch in read["tasks"] for one in batch.activities}
    assert (len(deals), len(contacts), len(companies), len(tasks)) == (30, 30, 12, 20)
    assert {one for deal in deals.values() for one in deal.contact_ids} <= contacts.keys()
    assert {deal.company_id for deal in deals.values()} - {None} <= companies
    assert all(contact.phones for contact in contacts.values())
    assert all(deal.closed_at for deal in deals.values() if deal.status != "open")


def test_what_may_be_done_is_found_out_without_writing(
    world: BottleWorld, adapter: Adapter
) -> None:
    assert adapter.account().may >= {"read", "fields", "notes", "tasks", "tags", "make_fields"}
    reads_only, _ = world.office.token("*:read")
    with with_token(world, reads_only) as reader:
        account = reader.account()
        assert account.may == {"read"}
        deal = world.add_deal("Лендинг")
        with pytest.raises(CrmShutError, match="opportunities:write"):
            reader.write(Write("k", WriteKind.NOTE, deal, NoteText("Заметка")))
    assert world.office.ask("GET", "activities/", limit="50", entity_type="Task")["count"] == 0
    assert world.notes_of(deal) == []


def switch_off(world: BottleWorld, *modules: str) -> None:
    """The administrator switches these modules off and all others on."""
    order = [one["key"] for one in world.office.ask("GET", "org/modules/")["modules"]]
    world.office.ask("PUT", "org/modules/", {"off": modules, "order": order})


def test_a_module_that_is_switched_off_loses_nobody_anything(
    world: BottleWorld, adapter: Adapter
) -> None:
    deal = world.add_deal("Лендинг")
    switch_off(world, "deals", "goals")  # goals need deals
    with pytest.raises(CrmShutError, match="switched off"):
        adapter.deals([deal])
    with pytest.raises(CrmShutError, match="switched off"):
        list(adapter.read("deals"))
    switch_off(world, "tasks")
    (page,) = adapter.read("tasks")
    assert not page.batch
    assert page.warnings
    assert [one.id for one in adapter.deals([deal]).deals] == [deal]


def test_a_contact_that_was_deleted_while_we_paged_costs_nobody_their_place(
    world: BottleWorld, adapter: Adapter
) -> None:
    world.small_pages()
    people = [world.add_contact(f"Клиент {n}", f"+7916000000{n}") for n in range(9)]
    pages = adapter.read("contacts")
    seen = {one.id for one in next(pages).batch.contacts}
    for gone in list(seen)[:2]:
        world.remove_contact(gone)
    seen |= {one.id for page in pages for one in page.batch.contacts}
    assert seen == set(people)


def test_deletions_are_told_by_the_feed(world: BottleWorld, adapter: Adapter) -> None:
    deal, stays = world.add_deal("Уйдёт"), world.add_deal("Останется")
    world.forward(1)
    since = world.now()
    world.forward(1)
    world.remove_deal(deal)
    (page,) = adapter.read("deals", since=since)
    assert [id_ for _, id_ in page.batch.gone] == [deal]
    assert stays not in {one.id for one in page.batch.deals}


def test_more_changes_than_the_feed_holds_lead_to_a_whole_reading(
    world: BottleWorld, adapter: Adapter
) -> None:
    since = world.now() - timedelta(seconds=1)
    deals = {world.add_deal(f"Сделка {number}") for number in range(3)}
    for number in range(50):
        world.rename(next(iter(deals)), f"Имя {number}")
    found = {one.id for page in adapter.read("deals", since=since) for one in page.batch.deals}
    assert found == deals


@pytest.mark.parametrize("kind", [WriteKind.NOTE, WriteKind.TASK])
def test_a_write_to_a_removed_deal_is_told_as_gone(
    world: BottleWorld, adapter: Adapter, kind: WriteKind
) -> None:
    deal = world.add_deal("Лендинг")
    world.remove_deal(deal)
    content = NoteText("Заметка") if kind is WriteKind.NOTE else TaskText("Дело", None, world.now())
    with pytest.raises(CrmGoneError):
        adapter.write(Write("k", kind, deal, content))


def test_the_words_of_a_call_stand_behind_what_people_noted(
    world: BottleWorld, adapter: Adapter
) -> None:
    deal = world.add_deal("Лендинг")
    body = {"kind": "call", "opportunity": deal, "body": "Перезвонить в среду"}
    call = world.office.ask("POST", "interactions/", body)["id"]
    lines = (SpokenLine(0.0, 2.0, agent=True, text="Добрый день!"),)
    write = Write("k", WriteKind.TRANSCRIPT, deal, CallWords("pbx-1", call, lines))
    assert adapter.find(write) is None
    written = adapter.write(write)
    (held,) = world.office.ask("GET", "interactions/", opportunity=deal)["interactions"]
    assert held["body"].startswith("Перезвонить в среду\n\n")
    assert held["body"].endswith("00:00 Менеджер: Добрый день!")
    assert adapter.find(write) == written
    assert adapter.deals([deal]).activities[0].text == "Перезвонить в среду"
    assert adapter.undo(write, written) is None
    (held,) = world.office.ask("GET", "interactions/", opportunity=deal)["interactions"]
    assert held["body"] == "Перезвонить в среду"
    unknown = Write("k2", WriteKind.TRANSCRIPT, deal, CallWords("pbx-2", None, lines))
    with pytest.raises(CrmRefusedError, match="nobody logged this call"):
        adapter.write(unknown)


def test_a_field_that_was_switched_off_is_refused_instead_of_lost(
    world: BottleWorld, adapter: Adapter
) -> None:
    world.keep_fields(dict(adapter.make_fields(_LABELS)))
    deal = world.add_deal("Лендинг")
    held = world.office.ask("GET", "custom-fields/", target_model="Opportunity")["definitions"]
    gap = next(one["id"] for one in held if one["key"] == "stagecheck_gap")
    world.office.ask("DELETE", f"custom-fields/{gap}/")
    values = FieldValues("Квалификация", "впереди", None, None, None)
    write = Write("k", WriteKind.FIELDS, deal, values)
    with closing(open_crm(world.kind, world.access())) as writer:
        with pytest.raises(CrmRefusedError, match="stagecheck_gap"):
            writer.write(write)
        writer.make_fields(_LABELS)
        writer.write(write)
    assert world.field_of(deal, "stagecheck_gap") == "впереди"
