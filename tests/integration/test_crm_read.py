"""A live CRM is read whole, then what changed; our tables are what it holds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random as Dice
from threading import Lock

import pytest
from sqlalchemy import Engine, select

from core.settings import Settings
from crm.errors import CrmAwayError, CrmBusyError, CrmError, CrmRefusedError, CrmShutError
from flow.forgotten import make_secret
from models.session import open_database, reading, transaction
from models.store.bells import bells_done, oldest_bell, waiting_bells
from models.store.mirror_copy import MirrorCopy, Wanted
from models.store.passes import load_passes
from models.store.tombstones import raise_tombstones
from models.tables import CrmConnectionRow, DealRow, PipelineRow, UserRow
from models.vocabulary.crm import Thing
from models.vocabulary.deal import Contact, CrmSnapshot
from tests.fakes.crm.connected import NAME, Connected, change_something, connected, fill
from tests.fakes.databases import new_sqlite


def dice_of(seed: int) -> Dice:
    """Chance that comes out the same each time."""
    return Dice(seed)  # noqa: S311 - no secret


@pytest.fixture
def office(database: Engine, tmp_path: Path) -> Iterator[Connected]:
    """A CRM with ten deals that was read once."""
    with connected(database, tmp_path) as made:
        fill(made.crm, 10)
        made.turn()
        yield made


def test_everything_is_read_at_first(office: Connected) -> None:
    assert office.differs() == {}
    assert len(office.mirrored(Thing.DEAL)) == 10
    row = office.row()
    assert row.loaded_at is not None
    assert row.read_at is not None
    assert any("everything was read" in line for line in office.said)


def test_a_pass_brings_what_changed_and_nothing_else_is_written(office: Connected) -> None:
    with reading(office.database) as session:
        before = dict(session.execute(select(DealRow.id, DealRow.changed_at)).all())
    moved = office.crm.ids(Thing.DEAL)[4]
    office.crm.passes(30)
    office.crm.move(moved, "s2")
    change = office.row().change
    office.turn(60)
    assert office.differs() == {}
    assert office.row().change > change
    with reading(office.database) as session:
        after = dict(session.execute(select(DealRow.id, DealRow.changed_at)).all())
    assert {id_ for id_ in after if after[id_] != before[id_]} == {moved}


def test_a_pass_without_news_changes_nothing(office: Connected) -> None:
    office.turn(60)
    change = office.row().change
    office.turn(60)
    office.turn(60)
    assert office.row().change == change


def test_what_rings_is_read_at_once(office: Connected) -> None:
    moved = office.crm.ids(Thing.DEAL)[2]
    office.turn(60)
    office.crm.move(moved, "s3")
    office.ring((Thing.DEAL, moved))
    office.turn(1)
    assert office.differs() == {}
    with reading(office.database) as session:
        assert oldest_bell(session, office.connection) == (0, None)


def test_a_bell_of_a_new_deal_brings_its_people(office: Connected) -> None:
    office.turn(60)
    known = set(office.crm.ids(Thing.DEAL))
    change_something(office.crm, dice_of(77), kind=0)
    [new] = set(office.crm.ids(Thing.DEAL)) - known
    office.ring((Thing.DEAL, new))
    office.turn(1)
    assert office.differs() == {}


def test_a_bell_that_rings_while_it_is_read_stays(office: Connected) -> None:
    office.ring((Thing.DEAL, "d1"))
    with reading(office.database) as session:
        taken = waiting_bells(session, office.connection, 10)
    office.ring((Thing.DEAL, "d1"), (Thing.DEAL, "d1"))
    with transaction(office.database) as session:
        bells_done(session, taken)
    with reading(office.database) as session:
        [left] = waiting_bells(session, office.connection, 10)
    assert left.rings == 2


def test_what_is_gone_is_found_by_the_sweep(office: Connected) -> None:
    deal, contact = office.crm.ids(Thing.DEAL)[0], office.crm.ids(Thing.CONTACT)[7]
    office.crm.drop(Thing.DEAL, deal)
    office.crm.drop(Thing.CONTACT, contact)
    office.turn(60)
    assert deal in office.mirrored(Thing.DEAL)
    office.turn(25 * 3600)
    assert office.differs() == {}


def test_what_a_list_leaves_out_is_not_held_for_gone(office: Connected) -> None:
    deal = office.crm.ids(Thing.DEAL)[0]
    office.adapter.hidden = {(Thing.DEAL, deal)}
    office.turn(25 * 3600)
    assert deal in office.mirrored(Thing.DEAL)


def test_a_sweep_that_fails_on_its_way_removes_nothing_and_comes_again(
    office: Connected, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flow.live.sweeping._TRIES", 1)
    office.crm.drop(Thing.DEAL, office.crm.ids(Thing.DEAL)[0])
    office.crm.passes(24 * 3600 - 30)
    office.turn()
    down = [False]

    def fails(what: str) -> CrmError | None:
        down[0] = down[0] or what == "read companies"
        return CrmAwayError("away") if down[0] else None

    office.adapter.fails = fails
    office.turn(31)
    assert office.differs() != {}
    office.adapter.fails = lambda _what: None
    office.turn(600)
    assert office.differs() == {}


@pytest.mark.parametrize("stops_after", range(1, 14))
def test_stopped_behind_any_page_it_goes_on_there(tmp_path: Path, stops_after: int) -> None:
    database = open_database(new_sqlite(tmp_path / "stagecheck.db"))
    with connected(database, tmp_path) as made:
        fill(made.crm, 12, dice_of(3))
        pages = [0]
        counting = Lock()  # the parts are read side by side

        def fails(what: str) -> CrmError | None:
            with counting:
                pages[0] += what.startswith("read")
                return CrmAwayError("away") if pages[0] > stops_after else None

        made.adapter.fails = fails
        made.turn()
        made.reader.close()
        made.adapter.fails = lambda _what: None
        made.adapter.asked.clear()
        made.reader = made.new_reader()
        made.turn(2)
        assert made.differs() == {}
        # Four pages of deals, contacts and companies, one of history and of activities.
        read = [what for what in made.adapter.asked if what.startswith("read")]
        assert len(read) == 14 - stops_after


def test_a_place_that_the_crm_forgot_begins_the_part_anew(office: Connected) -> None:
    fill(office.crm, 12, dice_of(9))
    asked = [0]

    def fails(what: str) -> CrmError | None:
        asked[0] += what == "read deals"
        if what != "read deals" or asked[0] not in (2, 3):
            return None
        return CrmAwayError("away") if asked[0] == 2 else CrmRefusedError("no such cursor")

    office.adapter.fails = fails
    for _ in range(4):
        office.turn(60)
    assert asked[0] > 3
    assert office.differs() == {}


def test_a_crm_that_is_away_is_told_once_and_read_again(office: Connected) -> None:
    office.adapter.fails = lambda _what: CrmAwayError("crm.test: does not answer.")
    for _ in range(5):
        office.turn(120)
    told = [line for line in office.said if "does not answer" in line]
    assert len(told) == 1
    assert office.row().error == "crm.test: does not answer."
    office.adapter.fails = lambda _what: None
    office.crm.move(office.crm.ids(Thing.DEAL)[0], "s2")
    office.turn(400)
    assert office.differs() == {}
    assert office.row().error is None
    assert office.said[-1] == "sales: is read again."


def test_a_busy_crm_is_left_alone_as_long_as_it_asks(office: Connected) -> None:
    office.adapter.fails = lambda _what: CrmBusyError("slow down", 120)
    office.turn(60)
    office.adapter.asked.clear()
    office.turn(100)
    assert office.adapter.asked == []
    office.adapter.fails = lambda _what: None
    office.turn(30)
    assert office.adapter.asked != []


def test_a_crm_that_shuts_us_out_waits_for_a_person(office: Connected) -> None:
    office.adapter.fails = lambda _what: CrmShutError("crm.test: the token is refused.")
    office.turn(60)
    assert office.row().refused == "crm.test: the token is refused."
    office.adapter.asked.clear()
    for _ in range(10):
        office.turn(60)
    assert office.adapter.asked == []
    office.adapter.fails = lambda _what: None
    with transaction(office.database) as session:
        session.get_one(CrmConnectionRow, office.connection).secrets = "other"
    office.turn(1)
    office.turn(1)
    assert office.row().refused is None


def test_one_process_reads_at_a_time_until_it_falls_silent(office: Connected) -> None:
    other = office.new_reader()
    office.adapter.asked.clear()
    try:
        other.turn()
        other.settle()
        assert office.adapter.asked == []
        office.crm.passes(120)  # the first gives no sign of life
        other.turn()
        other.settle()
        assert office.adapter.asked != []
        office.adapter.asked.clear()
        office.turn(30)
        assert office.adapter.asked == []
    finally:
        other.close()


def test_a_paused_connection_is_left_alone(office: Connected) -> None:
    with transaction(office.database) as session:
        session.get_one(CrmConnectionRow, office.connection).paused = True
    office.adapter.asked.clear()
    office.turn(600)
    assert office.adapter.asked == []
    assert office.adapter.closed
    with transaction(office.database) as session:
        session.get_one(CrmConnectionRow, office.connection).paused = False
    office.turn(1)
    assert office.adapter.asked != []


def test_what_a_person_said_of_pipelines_and_extensions_is_kept(office: Connected) -> None:
    said = {"p1": {"template": "web_studio", "stages": {"s1": "qualification"}, "confirmed": True}}
    with transaction(office.database) as session:
        row = session.get_one(CrmConnectionRow, office.connection)
        row.stages, row.options = said, {"extensions": {"u1": ["205"]}}
    office.turn(1)
    office.turn(1)
    with reading(office.database) as session:
        [pipeline] = session.scalars(select(PipelineRow))
        [user] = session.scalars(select(UserRow))
    assert pipeline.template == "web_studio"
    assert [stage["key"] for stage in pipeline.stages] == ["qualification", None, None]
    assert user.extensions == ["101", "205"]


def test_whom_we_forgot_does_not_come_back(office: Connected) -> None:
    contact = office.crm.held[Thing.CONTACT][office.crm.ids(Thing.CONTACT)[0]][0]
    assert isinstance(contact, Contact)
    [number] = contact.phones
    with transaction(office.database) as session:
        raise_tombstones(
            session, make_secret(office.state), [number], [], since=office.crm.now, for_good=False
        )
    deal = office.crm.deal(office.crm.ids(Thing.DEAL)[1])
    office.crm.put(contact, replace(deal, name=f"Перезвонить на {number}, Иван"))
    office.turn(60)
    assert contact.id not in office.mirrored(Thing.CONTACT)
    mirrored = office.mirrored(Thing.DEAL)[deal.id]
    assert "Перезвонить на •••, Иван" in str(mirrored)
    assert number not in str(mirrored)


def test_words_that_a_database_refuses_are_made_fit(office: Connected) -> None:
    deal = office.crm.deal(office.crm.ids(Thing.DEAL)[1])
    odd = replace(deal, name="Сайт\0 \ud83d", fields={"a": ["\0"]}, amount=float("nan"))
    office.crm.put(odd)
    office.turn(60)
    found = office.mirrored(Thing.DEAL)[deal.id]
    assert "Сайт ?" in str(found)
    assert "amount=None" in str(found)


def test_bells_lost_doubled_and_late_leave_nothing_behind(database: Engine, tmp_path: Path) -> None:
    dice = dice_of(11)
    with connected(database, tmp_path, Settings()) as made:
        fill(made.crm, 20, dice)
        made.turn()
        late: list[tuple[Thing, str]] = []
        copy = MirrorCopy(NAME)  # is brought up to date with what changed alone
        for step in range(60):
            made.crm.told.clear()
            change_something(made.crm, dice)
            for thing in made.crm.told:
                chance = dice.random()
                if chance < 0.05:
                    continue
                if chance < 0.1:
                    late.append(thing)
                    continue
                made.ring(thing, *([thing] if chance < 0.15 else []))
            if step % 7 == 0:
                made.ring(*late)
                late.clear()
            made.turn(dice.randrange(1, 20))
            if step % 10 == 0:
                assert copied(copy, made) == copied(MirrorCopy(NAME), made)
        made.turn(61)
        # A pass alone tells nothing of what is gone: a lost bell of that waits for the sweep.
        assert [key for key, (_, theirs) in made.differs().items() if theirs is not None] == []
        made.turn(25 * 3600)
        assert made.differs() == {}


def copied(copy: MirrorCopy, made: Connected) -> CrmSnapshot | None:
    """A copy as it is now, of deals that were closed in the last ten minutes at most."""
    wanted = Wanted(made.crm.now - timedelta(minutes=10))
    with reading(made.database) as session:
        return copy.snapshot(session, wanted, made.crm.now)


def test_how_far_it_was_read_is_seen(database: Engine, tmp_path: Path) -> None:
    with connected(database, tmp_path) as made:
        fill(made.crm, 12, dice_of(3))
        pages = [0]

        def fails(what: str) -> CrmError | None:
            pages[0] += what == "read deals"
            return CrmAwayError("away") if pages[0] > 2 and what == "read deals" else None

        made.adapter.fails = fails
        made.turn()
        with reading(database) as session:
            passes = {one.part: one for one in load_passes(session, made.connection)}
        assert passes["deals"].things == 6
        assert passes["deals"].under_way
        assert passes["contacts"].things == 12
        assert passes["contacts"].since == made.crm.now - timedelta(minutes=3)
        assert made.row().loaded_at is None
