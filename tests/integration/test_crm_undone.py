"""What was written into a CRM is taken back, the newest first; what people changed stays theirs."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from core.clock import now
from core.settings import Settings
from crm.errors import CrmAwayError
from flow.live.preview import preview
from flow.live.sending import Patience
from flow.live.undoing import Chosen, TakenBack, undo
from flow.live.writing import Writer
from models.session import reading
from models.tables import CrmWriteRow
from models.vocabulary.crm_write import NotesWanted, WriteKind, WriteOptions
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.review import DecisionKind
from models.vocabulary.verdict import Gap
from tests.fakes.crm.judged_crm import (
    a_sighting,
    a_verdict,
    connect,
    decided,
    judge,
    states,
    switch,
)
from tests.fakes.crm.notebook import Notebook, in_memory

QUICK = Patience(grace_s=0.0, first_pause_s=0.0)
AHEAD, OVER = a_verdict("1"), a_verdict("1", Gap.NONE, "proposal")


@dataclass
class Desk:
    database: Engine
    connection: int
    notebook: Notebook

    def write(self) -> None:
        writer = Writer(
            self.database, self.connection, lambda: in_memory(self.notebook), Settings(), QUICK
        )
        for _ in range(4):
            writer.turn(threading.Event())

    def undo(self, chosen: Chosen | None = None, patience_s: float = 30.0) -> list[TakenBack]:
        return undo(
            self.database,
            self.connection,
            lambda: in_memory(self.notebook),
            chosen or Chosen(),
            patience_s=patience_s,
            patience=QUICK,
            sleep=lambda _: None,
        )


@pytest.fixture
def desk(database: Engine) -> Desk:
    notebook = Notebook()
    for deal in ("1", "2"):
        notebook.add_deal(deal)
    return Desk(database, connect(database), notebook)


def test_everything_is_taken_back_and_stays_so(desk: Desk) -> None:
    judge(desk.database, [AHEAD])
    decided(desk.database, "1", DecisionKind.CONFIRM)
    desk.write()
    judge(desk.database, [OVER])
    desk.write()
    done = desk.undo()
    assert [one.done for one in done] == [True] * 5
    assert [one.write for one in done] == sorted((one.write for one in done), reverse=True)
    card = desk.notebook.deals["1"]
    assert card["notes"] == card["tasks"] == {}
    assert not any(card["fields"].values())
    asked = len(desk.notebook.done)
    desk.write()
    assert desk.undo() == []
    assert len(desk.notebook.done) == asked
    judge(desk.database, [AHEAD])
    desk.write()
    assert len(desk.notebook.texts("notes", "1")) == 1  # something new is told again


def test_the_newest_fields_taken_back_leave_what_stood_before(desk: Desk) -> None:
    judge(desk.database, [AHEAD])
    desk.write()
    since = now()
    judge(desk.database, [OVER])
    desk.write()
    done = desk.undo(Chosen(kind=WriteKind.FIELDS, since=since))
    assert [(one.kind, one.done) for one in done] == [(WriteKind.FIELDS, True)]
    assert desk.notebook.deals["1"]["fields"]["gap"] == "CRM опережает разговоры"
    assert len(desk.notebook.texts("notes", "1")) == 2


def test_only_the_chosen_deal_is_touched_also_while_nothing_is_written(desk: Desk) -> None:
    judge(desk.database, [AHEAD, a_verdict("2")])
    desk.write()
    switch(desk.database, writes=False)
    desk.undo(Chosen(deal="1"))
    assert desk.notebook.texts("notes", "1") == []
    assert len(desk.notebook.texts("notes", "2")) == 1


def test_what_people_changed_stays_and_is_told(desk: Desk) -> None:
    judge(desk.database, [AHEAD])
    desk.write()
    (note,) = desk.notebook.deals["1"]["notes"].values()
    note["text"] = "Перезвонил, всё в порядке"
    told = {one.kind: one for one in desk.undo()}
    assert told[WriteKind.NOTE].told == "notes: was changed since and stays."
    assert told[WriteKind.FIELDS].told is None
    assert len(desk.notebook.texts("notes", "1")) == 1


def test_what_only_waits_is_left_out_for_good(desk: Desk) -> None:
    desk.notebook.fails["all"] = CrmAwayError("notebook: is away.")
    judge(desk.database, [AHEAD])
    desk.write()
    done = desk.undo()
    assert {one.told for one in done} == {"It was never written."}
    desk.notebook.fails.clear()
    desk.write()
    assert desk.notebook.done == []


def test_what_may_have_been_written_is_looked_for_first(desk: Desk) -> None:
    switch(desk.database, options={"write": {"notes": "verdicts", "fields": False}})
    desk.notebook.lose.append("notes")
    judge(desk.database, [AHEAD])
    Writer(
        desk.database, desk.connection, lambda: in_memory(desk.notebook), Settings(), QUICK
    ).turn(threading.Event())
    assert len(desk.notebook.texts("notes", "1")) == 1
    assert [one.done for one in desk.undo()] == [True]
    assert desk.notebook.texts("notes", "1") == []


def test_a_crm_that_is_away_lets_the_writer_finish_it(desk: Desk) -> None:
    judge(desk.database, [AHEAD])
    desk.write()
    desk.notebook.fails["all"] = CrmAwayError("notebook: is away.")
    done = desk.undo(patience_s=0.0)
    assert not any(one.done for one in done)
    assert "notebook: is away." in " ".join(one.told or "" for one in done)
    desk.notebook.fails.clear()
    desk.write()
    assert desk.notebook.texts("notes", "1") == []
    assert {state for _, _, state in states(desk.database)} == {"undone"}


def test_a_preview_tells_what_would_be_written_and_writes_nothing(desk: Desk) -> None:
    switch(desk.database, writes=False, options={})
    judge(desk.database, [AHEAD, a_verdict("2", Gap.NONE, "proposal")])
    settings = Settings.model_validate(
        {"crm": {"language": "en", "pages": "https://calls.example.ru/"}}
    )
    verdicts = WriteOptions(notes=NotesWanted.VERDICTS, tag="ahead")
    shown = preview(
        desk.database, desk.connection, settings, deals=["1", "9"], options=verdicts, now=now()
    )
    text = "\n".join(shown.lines)
    assert "1 Сделка 1" in text
    assert "field gap: CRM is ahead of the calls" in text
    assert "note: Checked against the calls (stagecheck). The CRM says" in text
    assert "https://calls.example.ru/deals/1" in text
    assert "tag on: ahead" in text
    assert "9: is no deal that was judged" in text
    kinds = [one["kind"] for one in shown.as_json()["deals"][0]["writes"]]
    assert kinds == ["fields", "tag", "note"]
    assert desk.notebook.asked == 0
    with reading(desk.database) as session:
        assert list(session.scalars(select(CrmWriteRow))) == []


def test_a_preview_tells_what_would_be_overwritten(desk: Desk) -> None:
    judge(desk.database, [AHEAD, a_verdict("2")])
    desk.write()
    judge(desk.database, [OVER, a_verdict("2")])
    shown = preview(desk.database, desk.connection, Settings(), now=now() + timedelta(hours=1))
    text = "\n".join(shown.lines)
    assert "field gap: CRM и разговоры сходятся (instead of CRM опережает разговоры)" in text
    assert shown.deals[0].deal_id == "2"  # the one that is ahead comes first
    assert shown.deals[0].writes == ()


def test_a_crm_that_was_not_judged_has_no_preview(desk: Desk) -> None:
    with pytest.raises(InvalidInputError, match="were not judged yet"):
        preview(desk.database, desk.connection, Settings(), now=now())


def test_what_a_supervisor_takes_back_is_shown_before(desk: Desk) -> None:
    judge(desk.database, [AHEAD], [a_sighting("1")])
    desk.write()
    decided(desk.database, "1", DecisionKind.DISMISS)
    shown = preview(desk.database, desk.connection, Settings(), now=now())
    assert any("note taken back" in line for line in shown.lines)
