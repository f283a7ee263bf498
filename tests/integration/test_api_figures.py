"""Programs read figures, ask for any cut of them, and come from each number to its rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from core.clock import now
from figures.tables import TABLES
from models.session import open_database, transaction
from models.store.facts import save_calls, save_deals, save_lines, save_people
from models.vocabulary.figures import Facts
from models.vocabulary.keys import Scope
from tests.fakes.api_office import CRM, fill, make_key, programs
from tests.fakes.department import MONDAY, Plan, department
from tests.fakes.parquet_reader import read

FIGURES = (
    *("funnel", "inflation", "stage-times", "leaks", "heat-map", "conveyor"),
    *("plans", "promises", "sales", "leads", "unknown"),
)
SPAN = {"from": MONDAY.isoformat(), "to": (MONDAY + timedelta(weeks=13)).isoformat()}
EARLIER = now() - timedelta(days=7)


@pytest.fixture
def facts(database: Engine) -> Facts:
    """A department as it is known now; a week ago other things were known."""
    fill(database, calls=1, deals=1)
    older = department(Plan(seed=5, deals=40)).facts
    known = department(Plan(deals=90, gaming=("u2",), unheard={"u3": 0.5})).facts
    for one, at in ((older, EARLIER), (known, now() - timedelta(hours=1))):
        with transaction(database) as session:
            save_lines(session, CRM, one.lines, at)
            save_people(session, CRM, one.people.values(), at)
            save_deals(session, CRM, one.deals, one.promises, at)
            save_calls(session, CRM, one.calls, at)
    return known


@pytest.fixture
def program(tmp_path: Path, database_url: str, facts: Facts) -> Iterator[TestClient]:
    engine = open_database(database_url)
    _, shown = make_key(engine, Scope.READ)
    engine.dispose()
    limit = 100_000
    with programs(
        tmp_path / "state", database_url, headers=shown, requests_per_minute=limit
    ) as client:
        yield client


def get(program: TestClient, address: str, **asked: str) -> Any:
    answer = program.get(
        address if address.startswith("/") else f"/api/v1/figures/{address}",
        params=asked or None,
    )
    assert answer.status_code == 200, answer.text
    return answer.json()


def all_rows(program: TestClient, address: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    cursor = None
    while True:
        more = f"&cursor={cursor}" if cursor else ""
        page = get(program, f"{address}{more}")
        found += page["data"]
        cursor = page["next_cursor"]
        if cursor is None:
            return found


def links(value: Any) -> Iterator[tuple[int, str]]:
    """Each number that has rows behind it."""
    if isinstance(value, dict):
        if isinstance(value.get("rows"), str):
            yield value["count"], value["rows"]
        for one in value.values():
            yield from links(one)
    elif isinstance(value, list):
        for one in value:
            yield from links(one)


@pytest.mark.parametrize("figure", FIGURES)
def test_each_figure_says_what_it_was_counted_from_and_leads_to_its_rows(
    program: TestClient, facts: Facts, figure: str
) -> None:
    told = get(program, figure, **SPAN)
    assert told["rules"].keys() == {"p1"}
    assert told["heard"]["of"] == sum(one.calls for one in facts.deals)
    assert told["period"]["start"] == SPAN["from"]
    found = sorted(set(links(told["figure"])), reverse=True)
    known = {one.deal_id for one in facts.deals} | {one.call_id for one in facts.calls}
    for count, address in [*found[:3], *found[-2:]]:
        rows = all_rows(program, address)
        assert len(rows) == count, address
        assert {one["id"] for one in rows} <= known, address
    if figure in {"funnel", "inflation", "leaks", "conveyor"}:
        assert found[0][0] > 0


def test_a_funnel_shows_what_was_planted_as_cohort_and_as_snapshot(
    program: TestClient, facts: Facts
) -> None:
    [cohort] = get(program, "funnel", pipeline="p1", **SPAN)["figure"]
    assert cohort["deals"]["count"] == 90
    assert cohort["steps"][0]["recorded"]["count"] == 90
    assert cohort["view"] == "cohort"
    [snapshot] = get(program, "funnel", view="snapshot", **SPAN)["figure"]
    assert snapshot["view"] == "snapshot"
    assert snapshot["deals"]["count"] == sum(one.status == "open" for one in facts.deals)


def test_the_past_is_told_as_it_was_known_then(program: TestClient, facts: Facts) -> None:
    at = (EARLIER + timedelta(days=1)).isoformat(timespec="seconds")
    then = get(program, "query", measures="deals", as_of=at, **SPAN)
    assert then["total"]["numbers"] == {"deals": 40}
    assert then["as_of"] == (EARLIER + timedelta(days=1)).astimezone(facts.zone).isoformat(
        timespec="seconds"
    )
    assert get(program, "query", measures="deals", **SPAN)["total"]["numbers"] == {"deals": 90}
    before = (EARLIER - timedelta(days=1)).isoformat()
    assert get(program, "funnel", as_of=before, **SPAN)["figure"] == []


def test_any_question_has_totals_and_rows(program: TestClient, facts: Facts) -> None:
    measures = "deals,money,proved,unproved,unknown"
    told = get(program, "query", measures=measures, by="manager,stage", **SPAN)
    assert sum(one["numbers"]["deals"] for one in told["parts"]) == 90
    for part in told["parts"][:4]:
        rows = all_rows(program, part["rows"]["unproved"])
        assert len(rows) == part["numbers"]["unproved"]
    part = max(told["parts"], key=lambda one: one["numbers"]["deals"])
    [first, *_] = all_rows(program, part["rows"]["deals"])
    assert first["deal"] == f"/api/v1/deals/amocrm/{first['deal_id']}"
    owners = {one.deal_id: one.user_id for one in facts.deals}
    assert owners[first["deal_id"]] == part["key"]["manager"]
    one = get(program, "query", measures="calls", manager="u1", outcome="conversation", **SPAN)
    rows = all_rows(program, one["total"]["rows"]["calls"])
    assert len(rows) == one["total"]["numbers"]["calls"] > 0


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"measures": "dreams"}, "query.measures"),
        ({"measures": "calls", "by": "verdict"}, "query.by"),
        ({"measures": "deals", "as_of": "2199-01-01T00:00:00Z"}, "query.as_of"),
        ({"measures": "deals", "from": "2026-11-09T00:00:00Z", "to": "2026-11-08T00:00:00Z"}, "query.from"),
        ({"measures": "deals", "colour": "red"}, "query.colour"),
    ],
)  # fmt: skip
def test_a_wrong_question_is_refused_by_name(
    program: TestClient, asked: dict[str, str], where: str
) -> None:
    answer = program.get("/api/v1/figures/query", params=asked)
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["where"] == where


def test_a_pipeline_that_is_not_there_and_a_place_without_rows_are_told(
    program: TestClient,
) -> None:
    assert program.get("/api/v1/figures/funnel?pipeline=nix").status_code == 404
    for at in ("/9/steps", "/0/name", "", "/0/steps/0/recorded/deals/x", "/0/steps/-1"):
        answer = program.get("/api/v1/figures/deals", params={"of": "funnel", "at": at, **SPAN})
        assert answer.status_code == 422, at


@pytest.mark.parametrize("name", ["figures_deals", "figures_calls", "figures_promises"])
def test_facts_are_taken_away_as_csv_and_as_parquet(
    program: TestClient, facts: Facts, tmp_path: Path, name: str
) -> None:
    expected = list(TABLES[name].rows(facts))
    address = f"/api/v1/figures/tables/{name}"
    answer = program.get(address, params=SPAN)
    assert answer.headers["content-type"].startswith("text/csv")
    header, *rows = csv.reader(io.StringIO(answer.text, newline=""))
    assert header == [one.name for one in TABLES[name].columns]
    assert len(rows) == len(expected) > 0
    taken = program.get(address, params=SPAN, headers={"Accept": "application/vnd.apache.parquet"})
    (tmp_path / "t.parquet").write_bytes(taken.content)
    found = read(f"SELECT {header[0]} FROM '{tmp_path / 't.parquet'}'")  # noqa: S608
    assert sorted(str(row[0]) for row in found) == sorted(str(row[0]) for row in expected)
    assert not list((tmp_path / "state").glob(".figures-*"))


def test_an_answer_is_taken_away_as_a_table(program: TestClient) -> None:
    asked = {"measures": "deals,money", "by": "source", "format": "csv", **SPAN}
    answer = program.get("/api/v1/figures/query", params=asked)
    header, *rows = csv.reader(io.StringIO(answer.text, newline=""))
    assert header == ["source", "deals", "money_RUB"]
    assert sum(int(row[1]) for row in rows) == 90


def test_quotes_are_for_who_may_read_words(
    program: TestClient, database: Engine, facts: Facts
) -> None:
    assert '"quote":"' not in program.get("/api/v1/figures/promises", params=SPAN).text
    _, shown = make_key(database, Scope.READ, Scope.TRANSCRIPTS)
    told = program.get("/api/v1/figures/promises", params=SPAN, headers=shown)
    assert '"quote":"' in told.text
    _, other = make_key(database, Scope.TRANSCRIPTS)
    assert program.get("/api/v1/figures/funnel", headers=other).status_code == 403


def test_what_did_not_change_is_not_sent_again(program: TestClient) -> None:
    asked = {**SPAN, "as_of": (now() - timedelta(minutes=10)).isoformat(timespec="seconds")}
    first = program.get("/api/v1/figures/funnel", params=asked)
    again = program.get(
        "/api/v1/figures/funnel", params=asked, headers={"If-None-Match": first.headers["etag"]}
    )
    assert again.status_code == 304


def test_all_words_of_questions_are_documented(program: TestClient) -> None:
    told = get(program, "dimensions")
    page = (Path(__file__).parents[2] / "docs" / "figures.md").read_text(encoding="utf-8")
    for one in (*told["dimensions"], *told["measures"]):
        assert one["about"]
        assert f"`{one['name']}`" in page
    for table in TABLES.values():
        assert f"`{table.name}`" in page
