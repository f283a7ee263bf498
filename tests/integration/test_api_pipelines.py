"""`/api/v1/pipelines`: the boards, and what their stages demand, told to programs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from api.v1.rule_shapes import PipelineWithRules
from classify.pipeline_file import PACKAGED, read_pipeline
from models.places import open_state
from models.session import transaction
from models.store.rules import publish_edition
from models.tables import DecisionRow, FindingRow, PipelineRow
from models.vocabulary.keys import Scope
from tests.fakes.api_office import MORNING, fill, make_key, programs

FILE = PACKAGED / "web_studio.yaml"
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
PUBLISHED = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    (tmp_path / "state").mkdir()
    engine = open_state(tmp_path / "state")
    fill(engine)
    yield engine
    engine.dispose()


@pytest.fixture
def program(tmp_path: Path, database: Engine) -> Iterator[TestClient]:
    _, shown = make_key(database, Scope.READ)
    with programs(tmp_path / "state", headers=shown) as client:
        yield client


def one(program: TestClient, asked: str = "p0", **headers: str) -> Any:
    answer = program.get(f"/api/v1/pipelines/{asked}", headers=headers)
    assert answer.status_code == 200, answer.text
    return answer.json()


def publish(database: Engine, text: str, *, after: int = 0) -> None:
    with transaction(database) as session:
        publish_edition(
            session,
            "web_studio",
            text,
            after=after,
            account=None,
            who="olga",
            note="",
            now=PUBLISHED,
        )


def requirements(body: Any) -> dict[str, Any]:
    return {each["id"]: each for stage in body["rules"]["stages"] for each in stage["requirements"]}


def test_each_stage_says_what_it_demands(program: TestClient) -> None:
    body = one(program)
    PipelineWithRules.model_validate(body)
    assert set(body) == set(PipelineWithRules.model_fields)
    rules = read_pipeline(FILE)
    assert [stage["key"] for stage in body["rules"]["stages"]] == [s.key for s in rules.stages]
    told = requirements(body)
    for _, _, requirement in rules.requirements():
        each = told.pop(requirement.id)
        assert each["severity"] == requirement.severity.value
        assert each["title"] == requirement.title.ru
        assert each["demands"]["text"]
        assert each["depends_on"] == list(requirement.depends_on)
        kinds = {flag["kind"] for flag in each["flags"]}
        assert kinds >= {kind.value for kind in requirement.flags.values()}
        assert ("stage_ahead_of_reality" in kinds) == (each["severity"] == "critical")
    assert told == {}
    assert (body["edition"], body["rules"]["published_at"]) == (0, None)


def test_it_is_told_in_the_language_that_is_asked_for(program: TestClient) -> None:
    russian, english = one(program), one(program, "p0?lang=en")
    assert requirements(russian).keys() == requirements(english).keys()
    for id_, each in requirements(english).items():
        assert not CYRILLIC.search(each["title"] + each["demands"]["text"]), each
        assert CYRILLIC.search(requirements(russian)[id_]["demands"]["text"]), id_
    preferred = {"Accept-Language": "en-GB, ru;q=0.4"}
    assert one(program, **preferred) == english
    assert one(program, "p0?lang=ru", **preferred) == russian
    assert program.get("/api/v1/pipelines/p0?lang=fr").status_code == 422


def test_the_edition_in_force_is_told(program: TestClient, database: Engine) -> None:
    text = FILE.read_text("utf-8")
    publish(database, text)
    publish(database, text, after=1)
    body = one(program)
    assert (body["edition"], body["rules"]["published_by"]) == (2, "olga")
    assert body["rules"]["published_at"] == body["changed_at"] == "2026-11-20T12:00:00+03:00"
    listed = program.get("/api/v1/pipelines").json()["data"]
    assert {pipeline["edition"] for pipeline in listed} == {2}
    assert "rules" not in listed[0]


def test_what_changed_since_is_found(program: TestClient, database: Engine) -> None:
    def changed(since: datetime) -> list[str]:
        asked = {"updated_since": since.isoformat(), "limit": "1"}
        found, answer = [], program.get("/api/v1/pipelines", params=asked).json()
        while True:
            found += [pipeline["id"] for pipeline in answer["data"]]
            if answer["next_cursor"] is None:
                return found
            more = asked | {"cursor": answer["next_cursor"]}
            answer = program.get("/api/v1/pipelines", params=more).json()

    assert changed(MORNING) == []
    with transaction(database) as session:
        row = session.scalars(select(PipelineRow).where(PipelineRow.id == "p1")).one()
        row.changed_at = MORNING + timedelta(hours=1)
    assert changed(MORNING) == ["p1"]
    assert changed(MORNING + timedelta(hours=2)) == []
    publish(database, FILE.read_text("utf-8"))
    assert changed(PUBLISHED) == ["p0", "p1", "p2"]


def test_how_right_a_rule_s_flags_were_stands_beside_it(
    program: TestClient, database: Engine
) -> None:
    with transaction(database) as session:
        for number, finding in enumerate(session.scalars(select(FindingRow))):
            finding.kind = "stage_ahead_of_reality"
            finding.state = "dismissed" if number else "confirmed"
            decision = DecisionRow(finding=finding.id, kind="dismiss" if number else "confirm")
            decision.at, decision.who, decision.note, decision.shown = MORNING, "anna", "", {}
            decision.reason = "misheard" if number else None
            session.add(decision)
    flags = [flag for each in requirements(one(program)).values() for flag in each["flags"]]
    measured = {(flag["decided"], flag["precision"], flag["advice"]) for flag in flags}
    assert measured == {(3, 0.333, False), (0, None, False)}
    assert all(flag["decided"] == 0 or flag["verdict"] is None for flag in flags)


def test_a_board_goes_by_the_name_of_a_file_and_may_have_no_rules(
    program: TestClient, database: Engine
) -> None:
    with transaction(database) as session:
        rows = session.scalars(select(PipelineRow).order_by(PipelineRow.position)).all()
        rows[0].template, rows[1].template = "rules/web_studio.yaml", "nobody's"
    assert one(program)["rules"]["template"] == "web_studio"
    without = one(program, "p1")
    assert (without["rules"], without["edition"], without["template"]) == (None, None, "nobody's")


def test_rules_that_cannot_be_read_are_told_apart_from_a_broken_database(
    program: TestClient, database: Engine
) -> None:
    publish(database, "template: web_studio\nstages: 1\n")
    for path in ("pipelines", "pipelines/p0"):
        answer = program.get(f"/api/v1/{path}")
        assert (answer.status_code, answer.json()["code"]) == (503, "rules_unreadable")
        assert "stages" not in answer.json()["detail"]


def test_there_is_no_such_pipeline(program: TestClient) -> None:
    for odd in ("p9", "%00", "0", "я" * 60, "p0' OR 1=1"):
        assert program.get(f"/api/v1/pipelines/{odd}").status_code == 404, odd
    assert set(one(program, "p0?fields=id,rules")) == {"id", "rules"}
    etag = program.get("/api/v1/pipelines/p0").headers["etag"]
    again = program.get("/api/v1/pipelines/p0", headers={"If-None-Match": etag})
    assert again.status_code == 304
    other = program.get("/api/v1/pipelines/p0?lang=en", headers={"If-None-Match": etag})
    assert other.status_code == 200
