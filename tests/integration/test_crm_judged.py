"""Calls are judged by a connected CRM: `--crm NAME`, and what moves there is judged anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select

from core.clock import now
from core.settings import Settings
from crm.errors import CrmAwayError
from crm.snapshot import read_snapshot
from flow.live.snapshot import NotReadYetError
from flow.question import RunRequest
from flow.service.bells import NoBell
from flow.service.scan import look_for_calls
from flow.service.scheduler import Scheduler
from flow.service.workplace import Workplace
from models.session import reading, transaction
from models.store.jobs import waiting_jobs
from models.store.runs import latest_run, load_verification
from models.tables import (
    CallHeardRow,
    CrmConnectionRow,
    DealFactRow,
    DealVerdictRow,
    EventRow,
    RunRow,
)
from models.tables.figures import FOREVER
from models.vocabulary.crm import Thing
from models.vocabulary.deal import CrmSnapshot
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.verdict import Verification
from models.vocabulary.work import Lane
from tests.fakes.crm.connected import NAME, Connected, connected
from tests.fakes.small_service import build_office, do_what_waits, opened, work_off


@pytest.fixture
def request_(tmp_path: Path) -> RunRequest:
    """What is asked in the office."""
    return build_office(tmp_path)


@pytest.fixture
def snapshot(request_: RunRequest) -> CrmSnapshot:
    """What the office's CRM says."""
    return read_snapshot(request_.crm, Settings().crm).snapshot


@pytest.fixture
def live(request_: RunRequest, snapshot: CrmSnapshot) -> Iterator[tuple[Workplace, Connected]]:
    """The office, whose CRM is connected and was read, and judged once."""
    asked = replace(request_, crm=Path(NAME), connection=NAME)
    settings = Settings(watch={"still_s": 0.0}, service={"settle_s": 0.0})
    with (
        opened(asked, settings=settings) as place,
        connected(place.database, asked.state) as crm,
    ):
        put(crm, snapshot)
        crm.turn()
        work_off(place)
        yield place, crm


def put(live: Connected, snapshot: CrmSnapshot) -> None:
    """Puts a snapshot into the connected CRM, with what a person said of its pipelines."""
    crm = live.crm
    crm.pipelines, crm.users = snapshot.pipelines, snapshot.users
    crm.now = max(crm.now, snapshot.as_of)
    changes = [replace(c, id=f"e{n}") for n, c in enumerate(snapshot.stage_changes)]
    crm.put(*snapshot.companies, *snapshot.contacts, *changes, *snapshot.activities)
    crm.put(*snapshot.deals)
    said = {
        board.id: {
            "template": board.template,
            "stages": {stage.id: stage.key for stage in board.stages},
            "confirmed": True,
        }
        for board in snapshot.pipelines
    }
    with transaction(live.database) as session:
        row = session.get_one(CrmConnectionRow, live.connection)
        row.stages, row.timezone = said, snapshot.timezone


def verdicts(place: Workplace) -> Verification:
    """The verdicts as they are now."""
    with reading(place.database) as session:
        run = latest_run(session, place.source, place.crm)
        assert run is not None
        return load_verification(session, run[0], place.situation().around.zone)


def test_a_connected_crm_says_what_a_file_would(
    live: tuple[Workplace, Connected], snapshot: CrmSnapshot
) -> None:
    place, _ = live
    found = place.situation().question.snapshot
    assert replace(found, as_of=snapshot.as_of, crm=snapshot.crm, stage_changes=()) == replace(
        snapshot, stage_changes=()
    )
    assert [d.deal_id for d in verdicts(place).deals] == [d.id for d in snapshot.deals]
    assert any(deal.requirements for deal in verdicts(place).deals)


def test_a_moved_deal_is_judged_anew_after_its_bell(live: tuple[Workplace, Connected]) -> None:
    place, crm = live
    before = verdicts(place)
    board = crm.crm.pipelines[0]
    deal = next(one for one in before.deals if one.pipeline_id == board.id)
    target = next(s for s in board.stages if s.key not in (None, deal.recorded_stage))
    scheduler = Scheduler(place, NoBell(), lambda _line: None)
    scheduler.turn()  # looks for calls once
    do_what_waits(place)
    with reading(place.database) as session:
        changed = select(EventRow.payload).where(EventRow.type == "verdict.changed")
        last = session.scalar(select(func.max(EventRow.id))) or 0
        runs = len(session.scalars(select(RunRow.id)).all())
        heard = dict(session.execute(select(CallHeardRow.call, CallHeardRow.matched_with)).all())
    crm.crm.put(replace(crm.crm.deal(deal.deal_id), stage_id=target.id))
    crm.ring((Thing.DEAL, deal.deal_id))
    crm.turn(1)
    scheduler.turn()
    with reading(place.database) as session:
        assert waiting_jobs(session, [Lane.FRESH], now(), 5)
    do_what_waits(place)
    after = {one.deal_id: one for one in verdicts(place).deals}
    assert after[deal.deal_id].recorded_stage == target.key
    assert place.memory.kept.verdicts.judged < len(before.deals)
    with reading(place.database) as session:
        rows = session.scalars(select(RunRow.id)).all()
        assert len(rows) == runs  # the day's run is brought up to date
        told = session.scalars(changed.where(EventRow.id > last))
        assert [one["deal"] for one in told] == [deal.deal_id]
        again = dict(session.execute(select(CallHeardRow.call, CallHeardRow.matched_with)).all())
        digests = session.execute(select(DealVerdictRow.deal_id, DealVerdictRow.position)).all()
    assert again == heard  # no call's match hangs on a stage without a history
    assert len(digests) == len(before.deals)


def current_facts(place: Workplace) -> dict[str, tuple[int, int | None]]:
    """Which version of each deal's fact holds now, and the place of its card."""
    with reading(place.database) as session:
        rows = session.scalars(select(DealFactRow).where(DealFactRow.valid_until == FOREVER))
        return {row.deal_id: (row.id, row.recorded) for row in rows}


def past_versions(place: Workplace, deal_id: str) -> int:
    """How many versions of a deal's fact hold no more."""
    with reading(place.database) as session:
        versions = select(DealFactRow.valid_until).where(DealFactRow.deal_id == deal_id)
        return sum(until < FOREVER for until in session.scalars(versions))


def test_a_moved_deal_gets_a_new_fact_and_no_other_deal_does(
    live: tuple[Workplace, Connected],
) -> None:
    place, crm = live
    work_off(place)  # with what was heard meanwhile
    before = current_facts(place)
    board = crm.crm.pipelines[0]
    deal = next(one for one in verdicts(place).deals if one.pipeline_id == board.id)
    keys = [stage.key for stage in board.stages if stage.key is not None]
    target = next(s for s in board.stages if s.key not in (None, deal.recorded_stage))
    past = past_versions(place, deal.deal_id)
    crm.crm.put(replace(crm.crm.deal(deal.deal_id), stage_id=target.id))
    crm.turn(60)
    work_off(place)
    after = current_facts(place)
    assert {one for one in before if after[one] != before[one]} == {deal.deal_id}
    assert after[deal.deal_id][1] == keys.index(target.key or "")
    assert past_versions(place, deal.deal_id) == past + 1  # what was known before stays known


def test_what_is_written_bit_by_bit_is_what_is_written_at_once(
    live: tuple[Workplace, Connected],
) -> None:
    place, crm = live
    for deal in list(crm.crm.ids(Thing.DEAL))[:2]:
        board = next(b for b in crm.crm.pipelines if b.id == crm.crm.deal(deal).pipeline_id)
        crm.crm.put(replace(crm.crm.deal(deal), stage_id=board.stages[-1].id, amount=5.0))
        crm.turn(60)
        work_off(place)
    amended = verdicts(place)
    with transaction(place.database) as session:
        for run in session.scalars(select(RunRow)):
            session.delete(run)
    work_off(place)
    whole = verdicts(place)
    assert replace(amended, as_of=whole.as_of) == whole


def test_deals_of_pipelines_that_nobody_confirmed_explain_calls_and_are_not_judged(
    live: tuple[Workplace, Connected],
) -> None:
    place, crm = live
    with transaction(place.database) as session:
        session.get_one(CrmConnectionRow, crm.connection).stages = {}
    crm.turn(1)
    work_off(place)
    found = verdicts(place)
    assert found.deals == ()
    strangers = [flag for flag in found.flags if flag.kind == "unregistered_lead"]
    phones = {phone for one in place.situation().question.snapshot.contacts for phone in one.phones}
    assert not [one for one in strangers if any(phone in one.explanation for phone in phones)]
    assert all(flag.deal_id is None for flag in strangers)


def test_a_crm_that_is_still_read_for_the_first_time_is_waited_for(request_: RunRequest) -> None:
    asked = replace(request_, crm=Path(NAME), connection=NAME)
    with (
        opened(asked) as place,
        connected(place.database, asked.state),
        pytest.raises(NotReadYetError, match="read for the first time"),
    ):
        look_for_calls(place)


def test_how_it_stands_with_a_live_crm_is_told_once_and_not_with_each_card(
    request_: RunRequest, snapshot: CrmSnapshot
) -> None:
    asked = replace(request_, crm=Path(NAME), connection=NAME)
    settings = Settings(watch={"still_s": 0.0}, service={"settle_s": 0.0, "look_s": 0.001})
    said: list[str] = []
    with opened(asked, settings=settings) as place, connected(place.database, asked.state) as crm:
        put(crm, snapshot)
        scheduler = Scheduler(place, NoBell(), said.append)
        scheduler.turn()
        crm.turn()
        with transaction(place.database) as session:  # as if it had not come to the end yet
            session.get_one(CrmConnectionRow, crm.connection).loaded_at = None
        scheduler.turn()
        crm.adapter.fails = lambda _what: CrmAwayError("sales: does not answer.")
        crm.turn(600)
        scheduler.turn()
        crm.adapter.fails = lambda _what: None
        crm.turn(600)
        Scheduler(place, NoBell(), said.append).turn()
    told = [line for line in said if line.startswith(f"{NAME}: ")]
    first, failing, followed = told
    assert "waits to be read for the first time" in first
    assert "cannot be read since" in failing
    assert "what changed since is read now" in followed
    assert not any("Waiting for the next change" in line for line in said)


def test_neither_a_file_nor_a_connection_is_one_clear_error(request_: RunRequest) -> None:
    asked = replace(request_, crm=Path("nobody"))
    with (
        pytest.raises(InvalidInputError, match="neither a file nor a connected CRM"),
        opened(asked),
    ):
        pass


def test_a_name_finds_its_connection(
    live: tuple[Workplace, Connected], request_: RunRequest
) -> None:
    _, crm = live
    with opened(replace(request_, crm=Path(crm.row().name))) as place:
        assert place.crm == "crm:sales"
        assert place.situation().question.snapshot.deals
