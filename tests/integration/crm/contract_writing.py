"""What every CRM adapter must do when it writes, finds and takes back."""

from __future__ import annotations

from contextlib import closing
from datetime import timedelta

import pytest

from crm.errors import CrmAwayError, CrmUncertainError
from crm.port import Adapter
from crm.registry import open_crm
from models.vocabulary.crm_write import (
    FieldValues,
    NoteText,
    OwnField,
    TagName,
    TaskText,
    Write,
    WriteKind,
)
from tests.integration.crm.contracted import Contracted, tells_no_secret
from tests.integration.crm.world import Can, CrmWorld

TITLES = {one: f"Stagecheck: {one.value}" for one in OwnField}


class WritingContract(Contracted):
    """Writing."""

    def _made(self, world: CrmWorld, adapter: Adapter) -> Adapter:
        made = dict(adapter.make_fields(TITLES))
        assert set(made) == set(OwnField)
        world.keep_fields(made)
        return open_crm(world.kind, world.access())

    def test_our_fields_are_made_once(self, world: CrmWorld, adapter: Adapter) -> None:
        self.writes(world, WriteKind.FIELDS)
        first = adapter.make_fields(TITLES)
        with closing(open_crm(world.kind, world.access())) as other:
            assert other.make_fields(TITLES) == first
        assert len(set(first.values())) == len(OwnField)
        assert [world.fields_called(title) for title in TITLES.values()] == [1] * len(OwnField)

    def test_fields_are_written_and_put_back(self, world: CrmWorld, adapter: Adapter) -> None:
        self.writes(world, WriteKind.FIELDS)
        deal = world.add_deal("Лендинг", amount=1000)
        with closing(self._made(world, adapter)) as writer:
            made = writer.make_fields(TITLES)
            written = writer.write(_fields(world, deal))
            assert world.field_of(deal, made[OwnField.VERIFIED_STAGE]) == "Квалификация"
            assert world.field_of(deal, made[OwnField.GAP]) == "впереди"
            assert world.field_of(deal, made[OwnField.CONFIDENCE]) is not None
            assert world.field_of(deal, made[OwnField.CHECKED_AT]) is not None
            assert world.field_of(deal, made[OwnField.LINK]) == "https://s.example/deals/1"
            (card,) = writer.deals([deal]).deals
            assert (card.name, card.amount, card.stage_id) == ("Лендинг", 1000, world.stages()[0])
            assert writer.undo(_fields(world, deal), written) is None
            assert [world.field_of(deal, one) for one in made.values()] == [None] * len(made)
            assert writer.undo(_fields(world, deal), written) is None

    def test_an_emptied_field_is_empty(self, world: CrmWorld, adapter: Adapter) -> None:
        self.writes(world, WriteKind.FIELDS)
        deal = world.add_deal("Лендинг")
        with closing(self._made(world, adapter)) as writer:
            made = writer.make_fields(TITLES)
            writer.write(_fields(world, deal))
            nothing = FieldValues(None, None, None, None, None)
            writer.write(Write("k2", WriteKind.FIELDS, deal, nothing))
            assert [world.field_of(deal, one) for one in made.values()] == [None] * len(made)

    def test_what_people_changed_since_stays_theirs(
        self, world: CrmWorld, adapter: Adapter
    ) -> None:
        self.writes(world, WriteKind.FIELDS)
        deal = world.add_deal("Лендинг")
        with closing(self._made(world, adapter)) as writer:
            made = writer.make_fields(TITLES)
            written = writer.write(_fields(world, deal))
            world.set_field(deal, made[OwnField.GAP], "исправлено человеком")
            assert writer.undo(_fields(world, deal), written)
            assert world.field_of(deal, made[OwnField.GAP]) == "исправлено человеком"
            assert world.field_of(deal, made[OwnField.VERIFIED_STAGE]) is None

    def test_fields_that_were_never_made_are_not_found_filled(
        self, world: CrmWorld, adapter: Adapter
    ) -> None:
        self.writes(world, WriteKind.FIELDS)
        deal = world.add_deal("Лендинг")
        assert adapter.find(_fields(world, deal)) is None

    @pytest.mark.parametrize("kind", [WriteKind.NOTE, WriteKind.TASK])
    def test_what_is_written_is_found_by_its_key(
        self, world: CrmWorld, adapter: Adapter, kind: WriteKind
    ) -> None:
        self.writes(world, kind)
        deal = world.add_deal("Лендинг")
        write = _text(world, kind, deal, "key-1")
        assert adapter.find(write) is None
        written = adapter.write(write)
        assert written.remote
        again = adapter.find(write)
        assert again is not None
        assert again.remote == written.remote
        assert adapter.find(_text(world, kind, deal, "key-10")) is None
        assert adapter.find(_text(world, kind, deal, "key")) is None
        assert _count(world, kind, deal) == 1

    @pytest.mark.parametrize("kind", [WriteKind.NOTE, WriteKind.TASK])
    def test_a_write_whose_answer_was_lost_is_found_and_not_made_twice(
        self, world: CrmWorld, adapter: Adapter, kind: WriteKind
    ) -> None:
        self.writes(world, kind)
        self.needs(world, Can.LOST_ANSWERS)
        deal = world.add_deal("Лендинг")
        world.lose_next_answer()
        with pytest.raises(CrmUncertainError) as raised:
            adapter.write(_text(world, kind, deal, "key-1"))
        tells_no_secret(world, raised.value)
        assert _count(world, kind, deal) == 1
        assert adapter.find(_text(world, kind, deal, "key-1")) is not None

    @pytest.mark.parametrize("kind", [WriteKind.NOTE, WriteKind.TASK])
    def test_a_write_to_a_crm_out_of_order_is_not_repeated_blindly(
        self, world: CrmWorld, adapter: Adapter, kind: WriteKind
    ) -> None:
        self.writes(world, kind)
        self.needs(world, Can.FAILURES)
        deal = world.add_deal("Лендинг")
        adapter.find(_text(world, kind, deal, "key-1"))  # connected, whatever it takes
        world.out_of_order(1)
        with pytest.raises(CrmAwayError):
            adapter.write(_text(world, kind, deal, "key-1"))
        assert _count(world, kind, deal) == 0

    def test_a_note_is_taken_back(self, world: CrmWorld, adapter: Adapter) -> None:
        self.writes(world, WriteKind.NOTE)
        deal = world.add_deal("Лендинг")
        write = _text(world, WriteKind.NOTE, deal, "key-1")
        written = adapter.write(write)
        assert "Карточка опережает дело" in world.notes_of(deal)[0]
        told = adapter.undo(write, written)
        notes = world.notes_of(deal)
        assert not any("Карточка опережает дело" in text for text in notes)
        assert bool(told) == bool(notes)
        assert adapter.undo(write, written) == told
        assert world.notes_of(deal) == notes

    def test_a_task_is_taken_back(self, world: CrmWorld, adapter: Adapter) -> None:
        self.writes(world, WriteKind.TASK)
        deal = world.add_deal("Лендинг")
        write = _text(world, WriteKind.TASK, deal, "key-1")
        written = adapter.write(write)
        ((text, is_open),) = world.tasks_of(deal)
        assert "Карточка опережает дело" in text
        assert is_open
        adapter.undo(write, written)
        assert not [text for text, is_open in world.tasks_of(deal) if is_open]
        adapter.undo(write, written)

    def test_a_tag_joins_those_that_are_there(self, world: CrmWorld, adapter: Adapter) -> None:
        self.writes(world, WriteKind.TAG)
        deal = world.add_deal("Лендинг")
        world.tag(deal, "важный")
        put = Write("key-1", WriteKind.TAG, deal, TagName("впереди дела", present=True))
        written = adapter.write(put)
        assert world.tags_of(deal) == {"важный", "впереди дела"}
        assert adapter.find(put) is not None
        adapter.write(put)
        assert world.tags_of(deal) == {"важный", "впереди дела"}
        adapter.undo(put, written)
        assert world.tags_of(deal) == {"важный"}
        adapter.undo(put, written)
        assert world.tags_of(deal) == {"важный"}

    def test_a_tag_that_was_there_before_stays_when_it_is_taken_back(
        self, world: CrmWorld, adapter: Adapter
    ) -> None:
        self.writes(world, WriteKind.TAG)
        deal = world.add_deal("Лендинг")
        world.tag(deal, "впереди дела")
        put = Write("key-1", WriteKind.TAG, deal, TagName("впереди дела", present=True))
        adapter.undo(put, adapter.write(put))
        assert world.tags_of(deal) == {"впереди дела"}
        take = Write("key-2", WriteKind.TAG, deal, TagName("впереди дела", present=False))
        written = adapter.write(take)
        assert world.tags_of(deal) == set()
        adapter.undo(take, written)
        assert world.tags_of(deal) == {"впереди дела"}

    def test_a_write_to_a_removed_deal_is_told_in_a_sentence(
        self, world: CrmWorld, adapter: Adapter
    ) -> None:
        self.needs(world, Can.REMOVALS)
        self.writes(world, WriteKind.NOTE)
        deal = world.add_deal("Лендинг")
        world.remove_deal(deal)
        write = _text(world, WriteKind.NOTE, deal, "key-1")
        assert adapter.find(write) is None

    def test_no_write_moves_or_renames_the_card(self, world: CrmWorld, adapter: Adapter) -> None:
        deal = world.add_deal("Лендинг", amount=1000)
        world.move(deal, world.stages()[1])
        with closing(self._made(world, adapter) if self._fields(world) else adapter) as writer:
            for write in _all_writes(world, deal):
                written = writer.write(write)
                assert (world.stage_of(deal), world.name_of(deal)) == (
                    world.stages()[1],
                    "Лендинг",
                )
                writer.undo(write, written)
                assert (world.stage_of(deal), world.name_of(deal)) == (
                    world.stages()[1],
                    "Лендинг",
                )

    def _fields(self, world: CrmWorld) -> bool:
        return WriteKind.FIELDS in world.writes


def _fields(world: CrmWorld, deal: str) -> Write:
    values = FieldValues(
        "Квалификация",
        "впереди",
        0.87,
        world.now().replace(microsecond=0),
        "https://s.example/deals/1",
    )
    return Write("key-fields", WriteKind.FIELDS, deal, values)


def _text(world: CrmWorld, kind: WriteKind, deal: str, key: str) -> Write:
    text = "Карточка опережает дело: КП не отправлено."
    if kind is WriteKind.NOTE:
        return Write(key, kind, deal, NoteText(text))
    due = world.now().replace(microsecond=0) + timedelta(days=1)
    return Write(key, kind, deal, TaskText(text, world.user(), due))


def _all_writes(world: CrmWorld, deal: str) -> list[Write]:
    tag = Write("key-tag", WriteKind.TAG, deal, TagName("впереди дела", present=True))
    writes = [_fields(world, deal), tag]
    writes += [_text(world, kind, deal, f"k-{kind}") for kind in (WriteKind.NOTE, WriteKind.TASK)]
    return [write for write in writes if write.kind in world.writes]


def _count(world: CrmWorld, kind: WriteKind, deal: str) -> int:
    return len(world.notes_of(deal) if kind is WriteKind.NOTE else world.tasks_of(deal))
