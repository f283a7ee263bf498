"""The views that other programs read say the same as the figures, on both databases."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlalchemy.exc import ProgrammingError

from core.columns import ColumnKind
from figures.query import Question, answer
from figures.tables import TABLES, Table
from models.session import transaction
from models.store.facts import save_calls, save_deals, save_lines, save_people
from models.store.weeks import keep_weeks
from models.vocabulary.figures import Facts
from tests.fakes.department import ZONE, Plan, department

WEEKS = timedelta(weeks=1)
PLAN = Plan(
    seed=3,
    deals=60,
    pipelines=2,
    gaming=("u2",),
    unheard={"u3": 0.6},
    weeks=14,  # over the end of a month, and of a year's summer time elsewhere
    currencies=("RUB", "USD"),
)


def save(database: Engine, facts: Facts, now: datetime) -> None:
    with transaction(database) as session:
        save_lines(session, "crm", facts.lines, now)
        save_people(session, "crm", facts.people.values(), now)
        save_deals(session, "crm", facts.deals, facts.promises, now)
        save_calls(session, "crm", facts.calls, now)
        keep_weeks(session, "crm", facts.zone, now)


@pytest.fixture
def facts(database: Engine) -> Facts:
    """What holds now; an older version of each deal lies beside it and must not be counted."""
    older = department(Plan(seed=9, deals=60, pipelines=2)).facts
    now = department(PLAN).facts
    save(database, older, now.as_of - WEEKS)
    save(database, now, now.as_of)
    return now


def view(database: Engine, name: str, columns: str = "*") -> list[dict[str, Any]]:
    with database.connect() as connection:
        rows = connection.execute(text(f"SELECT {columns} FROM {name}")).mappings()  # noqa: S608
        return [dict(row) for row in rows]


def plain(kind: ColumnKind, value: Any) -> Any:
    """A cell as both databases give it."""
    if value is None or kind in (ColumnKind.TEXT, ColumnKind.WHOLE):
        return value
    if kind is ColumnKind.YES:
        return bool(value)
    if kind is ColumnKind.NUMBER:
        return float(value)
    if kind is ColumnKind.DAY:
        return value if isinstance(value, date) else date.fromisoformat(value)
    at = value if isinstance(value, datetime) else datetime.fromisoformat(f"{value}+00:00")
    return at.timestamp()


@pytest.mark.parametrize("table", TABLES.values(), ids=list(TABLES))
def test_each_view_has_the_rows_and_columns_of_its_table(
    database: Engine, facts: Facts, table: Table
) -> None:
    found = view(database, table.name)
    names = [one.name for one in table.columns]
    assert [one["name"] for one in inspect(database).get_columns(table.name)] == [
        "crm_source",
        *names,
    ]
    told = [tuple(plain(one.kind, row[one.name]) for one in table.columns) for row in found]
    expected = [
        tuple(plain(column.kind, cell) for column, cell in zip(table.columns, row, strict=True))
        for row in table.rows(facts)
    ]
    assert sorted(told, key=repr) == sorted(expected, key=repr)
    assert len(expected) > 0


def test_weeks_add_up_to_the_same_numbers_as_a_question(database: Engine, facts: Facts) -> None:
    measures = (
        *("deals", "proved", "unproved", "unknown", "calls", "conversations"),
        *("promises", "promises_kept", "promises_broken", "promises_unknown"),
    )
    asked = answer(facts, Question(measures, ("week", "pipeline", "manager")))
    expected = {part.key: dict(part.numbers) for part in asked.parts}
    found = {
        (
            plain(ColumnKind.DAY, row["week"]).isoformat(), row["pipeline_id"], row["manager_id"]
        ): {name: int(row[name]) for name in measures}
        for row in view(database, "figures_weeks")
    }  # fmt: skip
    assert found == expected


def test_a_view_never_holds_a_clients_name_or_a_quote(database: Engine, facts: Facts) -> None:
    names = [*TABLES, "figures_weeks"]
    columns = {c["name"] for name in names for c in inspect(database).get_columns(name)}
    assert columns.isdisjoint({"quote", "client", "deal_name", "client_number"})
    quotes = {one.quote for one in facts.promises if one.quote}
    deals = {one.name for one in facts.deals}
    assert quotes
    for name in names:
        told = repr(view(database, name))
        assert not [one for one in (*quotes, *deals) if repr(one) in told], name


def test_weeks_follow_the_crms_zone_and_are_written_once(database: Engine, facts: Facts) -> None:
    with transaction(database) as session:
        keep_weeks(session, "crm", ZONE, facts.as_of)
    weeks = view(database, "fact_weeks")
    assert len(weeks) == len({str(one["week"]) for one in weeks})
    first = min(str(one["starts_at"]) for one in weeks)
    assert first.startswith("2026-08-23 21:00:00")


@pytest.mark.slow
def test_a_role_that_may_read_the_views_reads_nothing_else(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    page = Path(__file__).parents[2] / "docs" / "figures.md"
    script = page.read_text(encoding="utf-8").partition("```sql\n")[2].partition("```")[0]
    assert "CREATE ROLE" in script
    role = f"reader_{engine.url.database}"
    script = script.replace("stagecheck_reader", role).replace(
        "DATABASE stagecheck", f"DATABASE {engine.url.database}"
    )
    with engine.begin() as connection:
        connection.exec_driver_sql(script)
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"SET ROLE {role}")
            for name in (*TABLES, "figures_weeks"):
                connection.exec_driver_sql(f"SELECT * FROM {name}")  # noqa: S608
            for name in ("deal_facts", "transcripts", "accounts"):
                with pytest.raises(ProgrammingError, match="permission denied"):
                    connection.exec_driver_sql(f"SELECT * FROM {name}")  # noqa: S608
                connection.rollback()
                connection.exec_driver_sql(f"SET ROLE {role}")
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(f"DROP OWNED BY {role}")
            connection.exec_driver_sql(f"DROP ROLE {role}")
        engine.dispose()
