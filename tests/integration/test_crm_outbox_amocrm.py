"""The outbox over amoCRM's adapter and a fake that loses answers as the real one does."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine, select

import crm.http
from core.settings import Settings
from crm.port import Adapter
from crm.registry import open_crm
from flow.live.sending import Patience
from flow.live.undoing import Chosen, undo
from flow.live.writing import Writer
from models.session import reading
from models.tables import CrmConnectionRow
from models.vocabulary.crm_write import OwnField
from models.vocabulary.review import DecisionKind
from models.vocabulary.verdict import Gap
from tests.fakes.crm.amocrm import amo_running
from tests.fakes.crm.amocrm_world import AmoWorld
from tests.fakes.crm.judged_crm import a_verdict, connect, decided, judge, states, switch

QUICK = Patience(grace_s=0.0, first_pause_s=0.0)
TITLES = {one: f"Сверка: {one.value}" for one in OwnField}


@dataclass
class Desk:
    database: Engine
    connection: int
    world: AmoWorld

    def opened(self) -> Adapter:
        return open_crm(self.world.kind, self.world.access())

    def write(self, turns: int = 8) -> None:
        writer = Writer(self.database, self.connection, self.opened, Settings(), QUICK)
        for _ in range(turns):
            writer.turn(threading.Event())


@pytest.fixture
def desk(database: Engine, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    monkeypatch.setattr(crm.http, "_FIRST_PAUSE_S", 0.01)
    with amo_running() as fake:
        world = AmoWorld(fake)
        with closing(open_crm(world.kind, world.access())) as adapter:
            world.keep_fields(dict(adapter.make_fields(TITLES)))
        made = {one.value: id_ for one, id_ in world.made.items()}
        options = {"write": {"notes": "verdicts", "tag": "впереди"}}
        yield Desk(database, connect(database, own_fields=made, options=options), world)
        assert fake.store.stage_writes == 0


def test_everything_comes_to_stand_in_amocrm_once_though_answers_are_lost(desk: Desk) -> None:
    world = desk.world
    deals = [world.add_deal(f"Сделка {number}") for number in range(3)]
    stages = [world.stage_of(deal) for deal in deals]
    judge(desk.database, [a_verdict(deal) for deal in deals])
    for deal in deals:
        decided(desk.database, deal, DecisionKind.CONFIRM)
    world.fake.next_write("lost_answer", "lost_answer", "500", "lost_answer", "cut", "lost_answer")
    desk.write(turns=20)
    assert {state for _, _, state in states(desk.database)} == {"written"}
    for deal in deals:
        (note,), (task,) = world.notes_of(deal), world.tasks_of(deal)
        assert "доказан только этап «Назначаем встречу»" in note
        assert task[0].startswith("Разобрать замечание по сделке")
        assert world.tags_of(deal) == {"впереди"}
        gap = world.field_of(deal, world.made[OwnField.GAP])
        assert gap == "CRM опережает разговоры"
    assert [world.stage_of(deal) for deal in deals] == stages


def test_what_stands_in_amocrm_is_taken_back(desk: Desk) -> None:
    world = desk.world
    deal = world.add_deal("Сделка")
    judge(desk.database, [a_verdict(deal)])
    desk.write()
    judge(desk.database, [a_verdict(deal, Gap.NONE, "proposal")])
    desk.write()
    switch(desk.database, writes=False)
    done = undo(
        desk.database,
        desk.connection,
        desk.opened,
        Chosen(deal=deal),
        patience_s=30.0,
        patience=QUICK,
    )
    assert all(one.done for one in done)
    assert all("не удаляет примечания" in (one.told or "") for one in done if one.kind == "note")
    assert world.tags_of(deal) == set()
    assert not any(world.field_of(deal, id_) for id_ in world.made.values())
    assert all("Отозвано" in note for note in world.notes_of(deal))


def test_a_token_that_is_refused_lets_writing_rest(desk: Desk) -> None:
    deal = desk.world.add_deal("Сделка")
    judge(desk.database, [a_verdict(deal)])
    wrote = len(desk.world.fake.wrote())
    desk.world.refuse_tokens()
    desk.write(turns=4)
    with reading(desk.database) as session:
        (refused,) = session.scalars(select(CrmConnectionRow.refused))
    assert refused
    assert len(desk.world.fake.wrote()) == wrote
    assert {state for _, _, state in states(desk.database)} == {"waiting"}
