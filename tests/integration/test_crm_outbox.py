"""What is judged and decided comes to stand in the CRM: each thing once, in order, and only true."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from core.clock import now
from core.settings import Settings
from crm.errors import CrmAwayError, CrmGoneError, CrmRefusedError, CrmShutError
from flow.live.enqueuing import enqueue
from flow.live.sending import Patience
from flow.live.writing import Writer, writing
from models.session import reading, transaction
from models.store.crm_sending import due_writes
from models.store.crm_writes import (
    retry_writes,
    tallies,
    writes_of_connection,
    writes_of_deal,
)
from models.store.fading import expire_quotes
from models.store.holds import Held
from models.tables import CrmConnectionRow, CrmWriteRow
from models.vocabulary.crm_write import WriteKind, WriteState
from models.vocabulary.review import DecisionKind
from models.vocabulary.transcript import Speaker
from models.vocabulary.verdict import FlagKind, FlagSeverity, Gap
from tests.fakes.crm.judged_crm import (
    a_sighting,
    a_verdict,
    connect,
    decided,
    hear,
    judge,
    states,
    switch,
)
from tests.fakes.crm.notebook import Notebook, in_memory

QUICK = Patience(beat_s=0.1, lost_s=60.0, grace_s=0.0, first_pause_s=0.0)


@dataclass
class Desk:
    """A judged CRM, its notebook, and a writer between them."""

    database: Engine
    connection: int
    notebook: Notebook
    settings: Settings = field(default_factory=Settings)

    def writer(self, patience: Patience = QUICK) -> Writer:
        return Writer(
            self.database,
            self.connection,
            lambda: in_memory(self.notebook),
            self.settings,
            patience,
        )

    def write(self, turns: int = 4, writer: Writer | None = None) -> Writer:
        """Lets a writer work as long as it has something to do at once."""
        writer = writer or self.writer()
        for _ in range(turns):
            writer.turn(threading.Event())
        return writer

    def rows(self, **columns: Any) -> list[CrmWriteRow]:
        with reading(self.database) as session:
            chosen = select(CrmWriteRow).filter_by(**columns).order_by(CrmWriteRow.id)
            return list(session.scalars(chosen))

    def age(self, hours: float) -> None:
        """Lets everything in the outbox have been put there earlier."""
        earlier = timedelta(hours=hours)
        with transaction(self.database) as session:
            for row in session.scalars(select(CrmWriteRow)):
                row.created_at -= earlier
                row.wanted_at -= earlier


@pytest.fixture
def desk(database: Engine) -> Desk:
    notebook = Notebook()
    for deal in ("1", "2", "3"):
        notebook.add_deal(deal)
    return Desk(database, connect(database), notebook, Settings())


def test_a_card_that_is_ahead_gets_fields_and_one_note(desk: Desk) -> None:
    judge(desk.database, [a_verdict("1"), a_verdict("2", Gap.NONE, "proposal")])
    desk.write()
    fields = desk.notebook.deals["1"]["fields"]
    assert fields["verified_stage"] == "Назначаем встречу"
    assert fields["gap"] == "CRM опережает разговоры"
    assert 0.5 < fields["confidence"] <= 1
    (note,) = desk.notebook.texts("notes", "1")
    assert "доказан только этап «Назначаем встречу»" in note
    assert "«нет, встречаться пока не готовы» — клиент" in note
    assert "1:02 от начала разговора" in note
    assert "Что изменит вывод: " in note
    assert desk.notebook.texts("notes", "2") == []
    assert desk.notebook.deals["2"]["fields"]["gap"] == "CRM и разговоры сходятся"
    assert [one["stage"] for one in desk.notebook.deals.values()] == ["s3"] * 3


def test_what_stands_is_not_written_again(desk: Desk) -> None:
    judge(desk.database, [a_verdict("1")])
    desk.write()
    judge(desk.database, [a_verdict("1")])
    desk.write()
    with reading(desk.database) as session:
        assert tallies(session, desk.connection) == {WriteState.WRITTEN: 2}
    assert [op for op, _ in desk.notebook.done] == ["fields", "notes"]


def test_said_taken_back_and_said_again_is_written_three_times(desk: Desk) -> None:
    ahead, over = [a_verdict("1")], [a_verdict("1", Gap.NONE, "proposal")]
    for verdicts in (ahead, over, ahead):
        judge(desk.database, verdicts)
        desk.write()
    first, closing, again = desk.notebook.texts("notes", "1")
    assert first == again
    assert "больше не действует" in closing
    assert [op for op, _ in desk.notebook.done] == ["fields", "notes"] * 3


def test_a_newer_verdict_takes_the_place_of_one_that_waits(desk: Desk) -> None:
    desk.notebook.fails["all"] = CrmAwayError("notebook: is away.")
    judge(desk.database, [a_verdict("1")])
    desk.write()
    judge(desk.database, [a_verdict("1", Gap.NONE, "proposal")])
    desk.notebook.fails.clear()
    desk.write()
    assert states(desk.database) == [("fields", "1", "written")]
    assert desk.notebook.texts("notes", "1") == []
    assert desk.notebook.deals["1"]["fields"]["gap"] == "CRM и разговоры сходятся"


def test_the_date_moves_on_once_a_day_while_a_deal_is_open(desk: Desk) -> None:
    judge(desk.database, [a_verdict("1")])
    desk.write()
    desk.age(23)
    judge(desk.database, [a_verdict("1")])
    desk.write()
    assert len(desk.rows(kind="fields")) == 1
    desk.age(2)
    desk.write()
    assert [one.state for one in desk.rows(kind="fields")] == ["written", "written"]
    assert len(desk.notebook.texts("notes", "1")) == 1


def test_dates_do_not_stand_in_the_way_of_news(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flow.live.enqueuing._MOST_REFRESHES", 8)
    deals = [str(number) for number in range(1, 13)]
    for deal in deals:
        desk.notebook.add_deal(deal)
    switch(desk.database, options={"write": {"notes": "off"}})
    judge(desk.database, [a_verdict(deal) for deal in deals])
    desk.write()
    desk.age(25)
    judge(desk.database, [a_verdict(deal) for deal in deals])
    assert enqueue(desk.database, desk.connection, desk.settings, now()).added == 8
    assert not enqueue(desk.database, desk.connection, desk.settings, now()).added
    switch(desk.database, options={"write": {"notes": "verdicts"}})
    judge(desk.database, [a_verdict(deal) for deal in deals], [a_sighting("12")])
    enqueue(desk.database, desk.connection, desk.settings, now())
    with reading(desk.database) as session:
        newest = writes_of_connection(session, desk.connection, most=1)[0]
        first, *_ = due_writes(session, desk.connection, now(), 100)
    assert (newest.deal_id, newest.kind, first) == ("12", WriteKind.NOTE, newest.id)


def test_only_deals_of_which_something_changed_are_looked_at_again(desk: Desk) -> None:
    judge(desk.database, [a_verdict(deal) for deal in "123"])
    enqueue(desk.database, desk.connection, desk.settings, now())
    since = now()

    def looked() -> int:
        done = enqueue(desk.database, desk.connection, desk.settings, now(), since=since)
        return done.deals

    assert looked() == 0
    decided(desk.database, "2", DecisionKind.CONFIRM)
    assert looked() == 1
    judge(desk.database, [a_verdict("1", Gap.NONE, "proposal"), a_verdict("2"), a_verdict("3")])
    assert looked() == 2


def test_nobody_is_accused_of_what_a_supervisor_dismissed(desk: Desk) -> None:
    desk.settings = Settings.model_validate({"crm": {"language": "en"}})
    judge(desk.database, [a_verdict("1")])
    desk.write()
    assert len(desk.notebook.texts("notes", "1")) == 1
    decided(desk.database, "1", DecisionKind.DISMISS)
    desk.write()
    assert desk.notebook.texts("notes", "1") == []
    fields = desk.notebook.deals["1"]["fields"]
    assert (fields["gap"], fields["verified_stage"]) == ("The calls cannot tell", None)


@pytest.mark.parametrize("severity", [FlagSeverity.LOW])
def test_advice_is_not_told(desk: Desk, severity: FlagSeverity) -> None:
    judge(desk.database, [a_verdict("1")], [a_sighting("1", severity=severity)])
    decided(desk.database, "1", DecisionKind.CONFIRM)
    desk.write()
    assert states(desk.database) == [("fields", "1", "written")]
    assert desk.notebook.deals["1"]["fields"]["gap"] == "По разговорам не проверить"


def test_by_default_only_what_was_confirmed_is_told_with_a_task(desk: Desk) -> None:
    switch(desk.database, options={})
    broken = a_sighting("1", FlagKind.PROMISE_BROKEN, explanation="Менеджер: отправка КП — нет.")
    judge(desk.database, [a_verdict("1", Gap.NONE, "proposal")], [broken])
    desk.write()
    assert states(desk.database) == [("fields", "1", "written")]
    finding = decided(desk.database, "1", DecisionKind.CONFIRM)
    desk.write()
    (note,), (task,) = (desk.notebook.texts(what, "1") for what in ("notes", "tasks"))
    assert "Менеджер: отправка КП — нет." in note
    assert "Проверено руководителем" in note
    assert task == "Разобрать замечание по сделке: Менеджер: отправка КП — нет."
    (made,) = desk.notebook.deals["1"]["tasks"].values()
    assert made["user_id"] == "vera"
    with reading(desk.database) as session:
        assert {one.finding for one in writes_of_deal(session, desk.connection, "1")} == {
            None,
            finding,
        }
    decided(desk.database, "1", DecisionKind.OBJECT, DecisionKind.CONFIRM)
    desk.write()
    assert len(desk.notebook.texts("tasks", "1")) == 1
    decided(desk.database, "1", DecisionKind.REOPEN)
    desk.write()
    assert desk.notebook.texts("notes", "1") == desk.notebook.texts("tasks", "1") == []
    decided(desk.database, "1", DecisionKind.CONFIRM)
    desk.write()
    assert len(desk.notebook.texts("notes", "1")) == 1


def test_what_was_confirmed_long_ago_makes_no_task(desk: Desk) -> None:
    from models.tables import DecisionRow

    judge(desk.database, [a_verdict("1")])
    decided(desk.database, "1", DecisionKind.CONFIRM)
    with transaction(desk.database) as session:
        session.execute(update(DecisionRow).values(at=now() - timedelta(days=8)))
    desk.write()
    assert [kind for kind, _, _ in states(desk.database)] == ["fields", "note"]


def test_a_tag_comes_and_goes_and_an_old_name_goes_too(desk: Desk) -> None:
    options = {"notes": "off", "fields": False, "tag": "впереди"}
    switch(desk.database, options={"write": options})
    ahead, over = [a_verdict("1")], [a_verdict("1", Gap.NONE, "proposal")]
    for verdicts, expected in ((over, []), (ahead, ["впереди"]), (over, []), (ahead, ["впереди"])):
        judge(desk.database, verdicts)
        desk.write()
        assert desk.notebook.deals["1"]["tags"] == expected
    switch(desk.database, options={"write": {**options, "tag": "проверить"}})
    desk.write()
    assert desk.notebook.deals["1"]["tags"] == ["проверить"]


def test_a_lost_answer_makes_no_second_note(desk: Desk) -> None:
    desk.notebook.lose += ["notes", "fields"]
    judge(desk.database, [a_verdict("1")])
    desk.write(turns=8)
    assert len(desk.notebook.texts("notes", "1")) == 1
    assert [op for op, _ in desk.notebook.done] == ["fields", "notes"]
    with reading(desk.database) as session:
        assert tallies(session, desk.connection) == {WriteState.WRITTEN: 2}


def test_what_may_have_been_sent_waits_before_it_is_looked_for(desk: Desk) -> None:
    desk.notebook.lose += ["notes"]
    switch(desk.database, options={"write": {"notes": "verdicts", "fields": False}})
    judge(desk.database, [a_verdict("1")])
    desk.write(writer=desk.writer(Patience(grace_s=120.0, first_pause_s=0.0)))
    (row,) = desk.rows()
    assert row.uncertain_at is not None
    assert row.due_at >= row.uncertain_at + timedelta(seconds=119)
    asked = desk.notebook.asked
    desk.write()
    assert desk.notebook.asked == asked


def test_what_surely_was_not_written_is_written(desk: Desk) -> None:
    switch(desk.database, options={"write": {"notes": "verdicts", "fields": False}})
    judge(desk.database, [a_verdict("1")])
    enqueue(desk.database, desk.connection, desk.settings, now())
    with transaction(desk.database) as session:  # a sender was killed before it sent
        long_ago = now() - timedelta(hours=1)
        session.execute(
            update(CrmWriteRow).values(state="sending", token="gone", claimed_at=long_ago)
        )
    desk.write(turns=6)
    assert len(desk.notebook.texts("notes", "1")) == 1
    assert desk.rows()[0].state == "written"


def test_a_refusal_sets_aside_until_somebody_has_it_tried_again(desk: Desk) -> None:
    desk.notebook.fails["notes"] = CrmRefusedError("notebook: takes no notes.")
    judge(desk.database, [a_verdict("1")])
    desk.write()
    (dead,) = desk.rows(kind="note")
    assert (dead.state, dead.detail) == ("dead", "notebook: takes no notes.")
    desk.notebook.fails.clear()
    desk.write()
    assert desk.notebook.texts("notes", "1") == []
    with transaction(desk.database) as session:
        assert retry_writes(session, desk.connection, dead.id, now()) == 1
    desk.write()
    assert len(desk.notebook.texts("notes", "1")) == 1


def test_a_deal_that_is_gone_is_let_go_and_not_asked_for_again(desk: Desk) -> None:
    del desk.notebook.deals["1"]
    judge(desk.database, [a_verdict("1"), a_verdict("2")])
    desk.write()
    asked = desk.notebook.asked
    assert {one.error for one in desk.rows(deal_id="1")} == {"gone"}
    assert len(desk.notebook.texts("notes", "2")) == 1
    judge(desk.database, [a_verdict("1"), a_verdict("2")])
    desk.write()
    assert desk.notebook.asked == asked
    assert isinstance(CrmGoneError("x"), Exception)


def test_a_crm_that_shuts_us_out_is_left_alone_until_a_person_looked(desk: Desk) -> None:
    desk.notebook.fails["all"] = CrmShutError("notebook: does not take the token.")
    judge(desk.database, [a_verdict("1"), a_verdict("2")])
    desk.write(turns=6)
    assert desk.notebook.asked == 1
    with transaction(desk.database) as session:
        row = session.get_one(CrmConnectionRow, desk.connection)
        assert row.refused == "notebook: does not take the token."
        row.refused = None
    desk.notebook.fails.clear()
    desk.write()
    assert len(desk.notebook.texts("notes", "1")) == 1


def test_a_crm_that_is_away_too_long_is_given_up_and_nothing_is_lost(desk: Desk) -> None:
    desk.notebook.fails["all"] = CrmAwayError("notebook: is away.")
    judge(desk.database, [a_verdict("1")])
    writer = desk.write()
    with transaction(desk.database) as session:
        session.execute(update(CrmWriteRow).values(since=now() - timedelta(days=4)))
    desk.notebook.fails.clear()
    desk.write(writer=desk.writer())
    dead = desk.rows(state="dead")
    assert dead
    assert {one.error for one in dead} == {"expired"}
    with transaction(desk.database) as session:
        retry_writes(session, desk.connection, None, now())
    desk.write(writer=writer)
    desk.write()
    assert len(desk.notebook.texts("notes", "1")) == 1


def test_switching_off_stops_at_once_and_on_again_sends_only_what_is_still_wanted(
    desk: Desk,
) -> None:
    judge(desk.database, [a_verdict("1"), a_verdict("2")])
    enqueue(desk.database, desk.connection, desk.settings, now())
    switch(desk.database, writes=False)
    desk.write()
    assert desk.notebook.asked == 0
    desk.age(25)
    judge(desk.database, [a_verdict("1"), a_verdict("2", Gap.NONE, "proposal")])
    desk.write()
    assert desk.notebook.asked == 0
    switch(desk.database, writes=True)
    desk.write()
    assert len(desk.notebook.texts("notes", "1")) == 1
    assert desk.notebook.texts("notes", "2") == []
    assert len(desk.rows(kind="note", deal_id="1", state="written")) == 1


def test_what_nobody_found_wanted_for_a_day_is_not_sent(desk: Desk) -> None:
    judge(desk.database, [a_verdict("1")])
    enqueue(desk.database, desk.connection, desk.settings, now())
    desk.age(25)
    writer = desk.writer()
    writer._send(threading.Event())  # as if nothing could be planned
    assert desk.notebook.asked == 0


def test_many_senders_at_once_write_each_thing_once_and_in_order(desk: Desk) -> None:
    deals = [str(number) for number in range(1, 13)]
    for deal in deals:
        desk.notebook.add_deal(deal)
    judge(desk.database, [a_verdict(deal) for deal in deals])
    ready = threading.Barrier(4, timeout=60)

    def work() -> None:
        writer = desk.writer()
        ready.wait()
        desk.write(turns=6, writer=writer)

    with ThreadPoolExecutor(4) as pool:
        for one in [pool.submit(work) for _ in range(4)]:
            one.result(timeout=120)
    assert {len(desk.notebook.texts("notes", deal)) for deal in deals} == {1}
    for deal in deals:
        assert [op for op, of in desk.notebook.done if of == deal] == ["fields", "notes"]


def test_fields_rest_until_they_were_made(desk: Desk) -> None:
    switch(desk.database, own_fields={})
    judge(desk.database, [a_verdict("1")])
    desk.write()
    assert [kind for kind, _, _ in states(desk.database)] == ["note"]


def test_what_was_written_where_is_listed(desk: Desk) -> None:
    judge(desk.database, [a_verdict("1"), a_verdict("2")])
    desk.write()
    with reading(desk.database) as session:
        newest, *rest = writes_of_connection(session, desk.connection, most=3)
        more = writes_of_connection(session, desk.connection, before=rest[-1].id)
        notes = writes_of_deal(session, desk.connection, "2")
    assert newest.kind is WriteKind.NOTE
    assert newest.written_at is not None
    assert newest.state is WriteState.WRITTEN
    assert len(more) == 1
    assert [one.kind for one in notes] == [WriteKind.NOTE, WriteKind.FIELDS]
    assert "доказан" in notes[0].content["text"]


def test_words_of_a_call_go_to_the_card_that_the_crm_has_of_it(desk: Desk) -> None:
    options = {"notes": "off", "fields": False, "transcripts": True}
    switch(desk.database, options={"write": options})
    judge(desk.database, [a_verdict("1")])
    hear(desk.database, ((Speaker.AGENT, "Добрый день!"), (Speaker.CLIENT, "Здравствуйте.")))
    desk.write()
    assert desk.notebook.deals["1"]["words"] == {}  # the CRM knows of no such call
    judge(desk.database, [a_verdict("1")], card="1")
    desk.write()
    assert desk.notebook.deals["1"]["words"] == {
        "call-1": [
            {"start": 0.0, "end": 1.0, "agent": True, "text": "Добрый день!"},
            {"start": 1.0, "end": 2.0, "agent": False, "text": "Здравствуйте."},
        ]
    }
    assert [op for op, _ in desk.notebook.done] == ["words"]


def test_words_of_calls_fade_from_what_was_written(desk: Desk) -> None:
    judge(desk.database, [a_verdict("1")])
    desk.write()
    desk.age(24 * 400)
    with transaction(desk.database) as session:
        expire_quotes(session, now() - timedelta(days=365), Held())
    (note,) = desk.rows(kind="note")
    assert "встречаться" not in note.content["text"]
    judge(desk.database, [a_verdict("1")])
    desk.write()
    assert len(desk.notebook.texts("notes", "1")) == 1


def test_the_writer_works_in_the_background_and_ends(desk: Desk) -> None:
    judge(desk.database, [a_verdict("1")])
    with writing(desk.database, desk.connection, lambda: in_memory(desk.notebook), desk.settings):
        until = time.monotonic() + 120
        while not desk.notebook.texts("notes", "1") and time.monotonic() < until:
            time.sleep(0.02)
    assert len(desk.notebook.texts("notes", "1")) == 1
    assert not [one for one in threading.enumerate() if one.name.startswith("crm ")]
