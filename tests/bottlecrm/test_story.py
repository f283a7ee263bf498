"""From a deal in BottleCRM to a verdict, and from the verdict to a note and a task there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, select

from core.clock import now
from core.settings import Settings
from crm.port import Adapter
from crm.registry import open_crm
from flow.live.reader import Reader
from flow.question import RunRequest
from flow.run import run
from models.session import open_database, reading, transaction
from models.tables import ActivityRow, CrmConnectionRow, DealRow, StageChangeRow
from models.vocabulary.crm_write import NoteText, TaskText, Write, WriteKind
from tests.bottlecrm.world import BottleWorld
from tests.fakes.databases import new_sqlite
from tests.fakes.office import ANDREY, ANDREYS, SCRIPTS, add_recording
from tests.fakes.transcriber import FakeTranscriber

pytestmark = pytest.mark.bottlecrm

_KEYS = {
    "PROSPECTING": "lead_received",
    "QUALIFICATION": "classified",
    "PROPOSAL": "proposal",
    "NEGOTIATION": "negotiation",
}
_NAME = "sales"


@dataclass
class Story:
    """An office that works in BottleCRM, and a stagecheck that is connected to it."""

    world: BottleWorld
    deal: str
    database: Engine
    reader: Reader
    adapter: Adapter
    folder: Path
    said: list[str]
    ahead: list[timedelta]

    def later(self) -> None:
        """Two minutes go by on our clock."""
        self.ahead.append(timedelta(minutes=2))

    def read(self) -> None:
        """Reads what is due, to its end."""
        self.reader.turn()
        self.reader.settle(120)

    def judged(self) -> dict[str, Any]:
        """What a run says of the deal."""
        request = RunRequest(
            self.folder / "records",
            Path(_NAME),
            state=self.folder / "state",
            json=self.folder / "result.json",
        )
        run(request, Settings(), engine_for=lambda _: FakeTranscriber(SCRIPTS))
        result = json.loads((self.folder / "result.json").read_text(encoding="utf-8"))
        assert [one["deal"]["id"] for one in result["calls"]] == [self.deal]
        (deal,) = [one for one in result["deals"] if one["id"] == self.deal]
        found: dict[str, Any] = deal
        return found

    def moves(self) -> list[str]:
        """Where our tables say that the deal was moved, one after the other."""
        with reading(self.database) as session:
            rows = select(StageChangeRow.to_id).where(StageChangeRow.deal_id == self.deal)
            return list(session.scalars(rows.order_by(StageChangeRow.at)))


@pytest.fixture
def story(world: BottleWorld, tmp_path: Path) -> Iterator[Story]:
    contact = world.add_contact("Андрей Лаптев", ANDREY)
    deal = world.add_deal("Сайт Белого слона", amount=300000, contact=contact)
    called = datetime.now(UTC) - timedelta(hours=2)
    with psycopg.connect(world.database) as connection:  # the card is older than the call
        connection.execute(
            "UPDATE opportunity SET created_at = %(at)s, stage_changed_at = %(at)s WHERE id = %(id)s",
            {"at": called - timedelta(days=1), "id": deal},
        )
    world.move(deal, "PROPOSAL")  # though nobody has sent one
    add_recording(tmp_path / "records", f"call-{ANDREYS}.wav", ANDREYS, _sidecar(called))
    state = tmp_path / "state"
    database = open_database(new_sqlite(state / "stagecheck.db"))
    said: list[str] = []
    ahead: list[timedelta] = []
    connection_id = _connect(database, world)
    with closing(open_crm(world.kind, world.access())) as adapter:
        reader = Reader(
            database,
            state,
            Settings(),
            connection_id,
            lambda: open_crm(world.kind, world.access()),
            said.append,
            clock=lambda: now() + sum(ahead, timedelta()),
        )
        try:
            yield Story(world, deal, database, reader, adapter, tmp_path, said, ahead)
        finally:
            reader.close()
            database.dispose()


def test_a_deal_is_read_judged_and_written_about_and_its_stage_is_never_touched(
    story: Story,
) -> None:
    world, deal = story.world, story.deal
    stands = _standing(world, deal)

    story.read()
    assert any("everything was read" in line for line in story.said), story.said
    verdict = story.judged()
    assert verdict["recorded_stage"] == "proposal"
    assert verdict["gap"] == "ahead"

    gap = "Карточка опережает дело: КП не отправлено."
    due = datetime.now(UTC) + timedelta(days=1)
    note = Write("note-1", WriteKind.NOTE, deal, NoteText(gap))
    task = Write("task-1", WriteKind.TASK, deal, TaskText(gap, world.user(), due))
    written = {one.key: story.adapter.write(one) for one in (note, task)}
    assert [text.splitlines()[0] for text in world.notes_of(deal)] == [gap]
    assert [gap in text for text, _ in world.tasks_of(deal)] == [True]
    for one in (note, task):
        found = story.adapter.find(one)
        assert found is not None
        assert found.remote == written[one.key].remote

    hangs = story.adapter.deals([deal]).activities
    assert hangs == ()  # what we wrote proves nothing

    for one in (note, task):
        assert story.adapter.undo(one, written[one.key]) is None
    assert world.notes_of(deal) == []
    assert world.tasks_of(deal) == []
    assert _standing(world, deal) == stands


def test_moves_that_were_seen_stay_known(story: Story) -> None:
    story.read()
    assert story.moves() == ["PROPOSAL"]
    story.world.move(story.deal, "NEGOTIATION")
    story.later()
    story.read()
    with reading(story.database) as session:
        assert session.scalars(select(DealRow.stage_id)).one() == "NEGOTIATION"
    assert story.moves() == ["PROPOSAL", "NEGOTIATION"]


def test_what_people_write_down_comes_with_the_next_look(story: Story) -> None:
    story.read()
    world = story.world
    world.office.ask(
        "POST",
        "interactions/",
        {"kind": "meeting", "opportunity": story.deal, "body": "Показали прототип"},
    )
    world.add_task(story.deal, "Отправить КП", world.now() + timedelta(days=1))
    world.rename(story.deal, "Сайт Белого слона, вторая очередь")
    story.later()
    story.read()
    with reading(story.database) as session:
        kinds = set(session.scalars(select(ActivityRow.kind)))
        assert session.scalars(select(DealRow.name)).one().endswith("вторая очередь")
    assert kinds == {"meeting", "proposal"}


def _standing(world: BottleWorld, deal: str) -> tuple[Any, ...]:
    card = world.office.deal(deal)["opportunity_obj"]
    return tuple(card[name] for name in ("pipeline", "stage", "stage_changed_at", "name", "amount"))


def _connect(database: Engine, world: BottleWorld) -> int:
    with closing(open_crm(world.kind, world.access())) as adapter:
        account, shape = adapter.account(), adapter.shape()
    confirmed = {"confirmed": True, "template": "web_studio", "stages": _KEYS}
    with transaction(database) as session:
        row = CrmConnectionRow(
            name=_NAME,
            kind=world.kind.value,
            address=account.address,
            account=account.name,
            timezone=account.timezone,
            currency=account.currency,
            stages={shape.pipelines[0].id: confirmed},
            secrets="",
            created_by="test",
            created_at=world.now(),
        )
        session.add(row)
        session.flush()
        return row.id


def _sidecar(at: datetime) -> dict[str, Any]:
    return {
        "call_id": "call-1",
        "started_at": at.isoformat(timespec="seconds"),
        "direction": "in",
        "from": ANDREY,
        "to": "+74950001101",
        "extension": "101",
        "answered": True,
        "talk_s": ANDREYS,
    }
