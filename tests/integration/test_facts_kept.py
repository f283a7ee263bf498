"""What figures are counted from is kept version by version, so that any moment can be read again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Engine

from models.session import open_database, reading, transaction
from models.store.facts import load_facts, save_calls, save_deals, save_lines, save_people
from models.vocabulary.action import ActionStatus, ActionType, Outcome
from models.vocabulary.deal import StageKind
from models.vocabulary.figures import (
    ActionFact,
    CallFact,
    DealFact,
    Facts,
    Line,
    LineRequirement,
    LineStage,
    Payment,
    Person,
    PromiseFact,
    RequirementFact,
    Visit,
)
from models.vocabulary.verdict import Gap, PromiseState, Severity, Verdict

ZONE = ZoneInfo("Europe/Moscow")
MONDAY = datetime(2026, 11, 9, 10, tzinfo=ZONE)
HOUR = timedelta(hours=1)
LINE = Line("p1", "Студия", "web_studio", (
    LineStage("lead", "Заявка", "Lead", (
        LineRequirement("lead.card", Severity.CRITICAL, "Карточка", "Card", "Нет", "No", "ab"),
    )),
))  # fmt: skip
DEAL = DealFact(
    "d1", "Сайт", "p1", "u1", ("hunter",), "Сайт", "c1", 100.0, "RUB", StageKind.OPEN, MONDAY,
    None, MONDAY, 0, 0, None, 0, None, Gap.AHEAD, (Visit(0, MONDAY, None),), (None,),
    (RequirementFact("lead.card", Verdict.MISSING),), (Payment(MONDAY, 5.0),), (MONDAY,), 2, 1,
)  # fmt: skip
PROMISE = PromiseFact(
    "d1", "p1", "call-1", "proposal_sent", "agent", "u1", ("hunter",), MONDAY, MONDAY + HOUR,
    PromiseState.OPEN, None, "пришлю", 100.0, "RUB", 0,
)  # fmt: skip
CALL = CallFact(
    "call-1", MONDAY, "u1", ("hunter",), "d1", "p1", Outcome.CONVERSATION, True, True, 61.5,
    (ActionFact(ActionType.PROPOSAL_SENT, ActionStatus.PROMISED),),
)  # fmt: skip


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    engine = open_database(database_url)
    yield engine
    engine.dispose()


def facts_at(database: Engine, at: datetime) -> Facts:
    with reading(database) as session:
        return load_facts(session, "crm", ZONE, at, (MONDAY - HOUR, MONDAY + HOUR))


def test_facts_come_back_as_they_were_at_any_moment(database: Engine) -> None:
    with transaction(database) as session:
        save_lines(session, "crm", [LINE], MONDAY)
        save_people(session, "crm", [Person("u1", "Ирина", ("hunter", "closer"))], MONDAY)
        save_deals(session, "crm", [DEAL], [PROMISE], MONDAY)
        save_calls(session, "crm", [CALL], MONDAY)
    moved = replace(DEAL, verified=0, gap=Gap.NONE)
    with transaction(database) as session:
        save_deals(
            session, "crm", [moved], [replace(PROMISE, state=PromiseState.KEPT)], MONDAY + HOUR
        )
    first, second = facts_at(database, MONDAY), facts_at(database, MONDAY + HOUR)
    assert first == Facts(
        MONDAY, ZONE, (LINE,), {"u1": Person("u1", "Ирина", ("hunter", "closer"))}, (DEAL,),
        (PROMISE,), (CALL,),
    )  # fmt: skip
    assert second.deals == (moved,)
    assert [one.state for one in second.promises] == [PromiseState.KEPT]
    assert facts_at(database, MONDAY - HOUR).deals == ()


def test_what_did_not_change_is_not_written_again(database: Engine) -> None:
    for hours in range(3):
        with transaction(database) as session:
            save_deals(
                session, "crm", [DEAL, replace(DEAL, deal_id="d2")], [], MONDAY + hours * HOUR
            )
    with database.connect() as connection:
        assert connection.exec_driver_sql("select count(*) from deal_facts").scalar() == 2


def test_a_deal_that_is_gone_is_gone_from_then_on(database: Engine) -> None:
    second = replace(DEAL, deal_id="d2")
    with transaction(database) as session:
        save_deals(session, "crm", [DEAL, second], [PROMISE], MONDAY)
    with transaction(database) as session:
        save_deals(session, "crm", [], [], MONDAY + HOUR, only=["d1"])
    later = facts_at(database, MONDAY + HOUR)
    assert [one.deal_id for one in later.deals] == ["d2"]
    assert later.promises == ()
    assert len(facts_at(database, datetime(2026, 11, 9, 7, 30, tzinfo=UTC)).deals) == 2
