"""Facts for figures are there after each judging, and only what changed is written again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine, select

from core.clock import now
from flow.service.verdict_work import work_on_verdicts
from models.session import open_database, reading, sqlite_url, transaction
from models.store.facts import load_facts, save_calls, save_deals, save_lines, save_people
from models.store.facts_copy import FactsCopy
from models.store.hearing import save_match
from models.tables import CallFactRow, CallRow, DealFactRow, PromiseFactRow
from models.tables.figures import FOREVER
from models.vocabulary.figures import Facts
from tests.fakes.department import ZONE as DEPARTMENT_ZONE
from tests.fakes.department import Plan, department
from tests.fakes.kept_office import KeptOffice, judged_office
from tests.fakes.small_service import build_office, opened, work_off

ZONE = ZoneInfo("Europe/Moscow")
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> KeptOffice:
    folder = tmp_path / "office"
    in_state = sqlite_url(folder / "state" / "stagecheck.db")
    return judged_office(folder, in_state if database_url.startswith("sqlite") else database_url)


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    yield engine
    engine.dispose()


def facts_of(office: KeptOffice) -> Facts:
    engine = office.open()
    try:
        with reading(engine) as session:
            return load_facts(session, office.request.crm_source, ZONE, now(), (LONG_AGO, now()))
    finally:
        engine.dispose()


def test_a_run_leaves_facts_of_its_deals_and_calls(office: KeptOffice) -> None:
    facts = facts_of(office)
    verdicts = {one["id"]: one for one in office.run().result["deals"]}
    assert {one.deal_id for one in facts.deals} == verdicts.keys()
    for deal in facts.deals:
        keys = [stage.key for stage in facts.lines[0].stages]
        told = verdicts[deal.deal_id]["verified_stage"]
        stands = -1 if deal.verified is None else deal.verified
        assert keys.index(told) == min(stands + 1, len(keys) - 1)
        assert deal.gap.value == verdicts[deal.deal_id]["gap"]
    assert len(facts.calls) == len(office.rows(CallFactRow)) > 0
    assert {one.deal_id for one in facts.calls if one.deal_id} <= verdicts.keys()
    told_promises = [one for deal in verdicts.values() for one in deal["promises"]]
    assert len(facts.promises) == len(told_promises)


def test_judged_again_with_nothing_new_nothing_is_written(office: KeptOffice) -> None:
    before = [(row.id, row.valid_until) for row in office.rows(DealFactRow)]
    office.run()
    assert [(row.id, row.valid_until) for row in office.rows(DealFactRow)] == before
    assert {row.valid_until for row in office.rows(CallFactRow)} == {FOREVER}


def test_forgotten_quotes_and_old_versions_go_with_retention(office: KeptOffice) -> None:
    engine = office.open()
    department_ = department(Plan(deals=20, broken=0.5))
    at = datetime(2026, 8, 1, tzinfo=UTC)
    deals, promises = department_.facts.deals, department_.facts.promises
    with transaction(engine) as session:
        save_deals(session, "crm:old", deals, promises, at)
        changed = [replace(deals[0], name="Другое имя"), *deals[1:]]
        save_deals(session, "crm:old", changed, promises, at + timedelta(days=1))
    engine.dispose()
    office.retain(audio_days=30, transcript_days=30, quotes_days=30, verdicts_days=90)
    assert {row.quote for row in office.rows(PromiseFactRow)} == {""}
    assert all(row.valid_until == FOREVER for row in office.rows(DealFactRow))
    assert len(office.rows(DealFactRow, crm_source="crm:old")) == len(deals)


def test_the_copy_in_memory_says_what_the_tables_say(database: Engine) -> None:
    made, copy = department(Plan(deals=40)).facts, FactsCopy()
    at, span = made.as_of, (made.as_of - timedelta(weeks=20), made.as_of)

    def both(moment: datetime) -> Facts:
        with reading(database) as session:
            kept = copy.facts(session, "crm", DEPARTMENT_ZONE, moment, span)
            assert kept == load_facts(session, "crm", DEPARTMENT_ZONE, moment, span)
            return kept

    assert both(at).deals == ()
    with transaction(database) as session:
        save_lines(session, "crm", made.lines, at)
        save_people(session, "crm", made.people.values(), at)
        save_deals(session, "crm", made.deals, made.promises, at)
        save_calls(session, "crm", made.calls, at)
    first = both(at)
    assert (first.lines, first.people, first.promises) == (made.lines, made.people, made.promises)
    assert sorted(one.call_id for one in first.calls) == sorted(one.call_id for one in made.calls)
    later = at + timedelta(hours=1)
    with transaction(database) as session:
        turned = replace(made.deals[3], name="Иначе")
        save_deals(session, "crm", [turned], [], later, only=[turned.deal_id, "p1-d00004"])
        extra = replace(made.calls[0], call_id="new")
        save_calls(session, "crm", [extra], later, only=["new"])
        save_people(session, "crm", list(made.people.values())[1:], later)
    second = both(later)
    assert [one.name for one in second.deals if one.deal_id == turned.deal_id] == ["Иначе"]
    assert len(second.deals) == 39
    assert len(second.calls) == len(first.calls) + 1
    assert "u1" not in second.people


def test_what_was_taken_out_of_the_tables_leaves_the_memory(database: Engine) -> None:
    from models.store.holds import write_event

    made, copy = department(Plan(deals=10)).facts, FactsCopy()
    with transaction(database) as session:
        save_deals(session, "crm", made.deals, made.promises, made.as_of)
    with reading(database) as session:
        assert copy.facts(session, "crm", DEPARTMENT_ZONE, made.as_of).promises[0].quote
    with transaction(database) as session:
        for row in session.scalars(select(PromiseFactRow)):
            row.quote = ""
        write_event(session, "retention", who="root", now=made.as_of, counts={}, hashes=[])
    with reading(database) as session:
        kept = copy.facts(session, "crm", DEPARTMENT_ZONE, made.as_of).promises
    assert {one.quote for one in kept} == {""}


def test_the_service_writes_only_the_facts_that_turned(tmp_path: Path) -> None:
    with opened(build_office(tmp_path)) as place:
        work_off(place)
        work_on_verdicts(place)
        with transaction(place.database) as session:
            before = list(session.scalars(select(CallFactRow)))  # versions of while it was heard
            closed = {row.id for row in before if row.valid_until < FOREVER}
            tied = next(row for row in before if row.deal_id and row.id not in closed)
            deals = len(list(session.scalars(select(DealFactRow.id))))
            call = session.scalars(select(CallRow).where(CallRow.call_id == tied.call_id)).one()
            save_match(session, call.id, None)
        work_on_verdicts(place)
        with reading(place.database) as session:
            over = select(CallFactRow).where(CallFactRow.valid_until < FOREVER)
            new = [row.id for row in session.scalars(over) if row.id not in closed]
            assert new == [tied.id]
            assert len(list(session.scalars(select(CallFactRow.id)))) == len(before) + 1
            assert deals < len(list(session.scalars(select(DealFactRow.id)))) <= deals + 1
            again = load_facts(session, place.crm, ZONE, now(), (LONG_AGO, now()))
        assert {one.deal_id for one in again.calls if one.call_id == tied.call_id} == {None}
        assert work_on_verdicts(place).changed is False
        assert place.memory.facts is not None
