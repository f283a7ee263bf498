"""The API is what its description says: fuzzed, with examples that hold, and with a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import one_of
from pydantic import BaseModel, TypeAdapter
from schemathesis.checks import CHECKS
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from sqlalchemy import Engine

from api.v1 import call_shapes, examples, rule_shapes, shapes, work_shapes
from api.v1.problems import PROBLEMS
from core.clock import now
from models.places import open_state
from models.session import transaction
from models.store.processes import Process, beat_process
from models.vocabulary.keys import Scope
from tests.fakes.api_office import fill, make_key, programs
from tests.fakes.databases import new_state

EXAMPLES: list[tuple[Any, Any]] = [
    (call_shapes.Call, examples.CALL),
    (call_shapes.Action, examples.ACTION),
    (call_shapes.Transcript, examples.TRANSCRIPT),
    (shapes.Deal, examples.DEAL),
    (shapes.Verification, examples.VERIFICATION),
    (shapes.Promise, examples.PROMISE),
    (shapes.Flag, examples.FLAG),
    (shapes.Decision, examples.DECISION),
    (shapes.CoverageDay, examples.COVERAGE),
    (rule_shapes.Pipeline, examples.PIPELINE),
    (rule_shapes.Rules, examples.RULES),
    (work_shapes.Metadata, examples.METADATA),
    (work_shapes.Upload, examples.UPLOAD),
    (work_shapes.SnapshotTaken, examples.SNAPSHOT_TAKEN),
    (work_shapes.LedgerImport, examples.LEDGER_IMPORT),
    (work_shapes.Job, examples.JOB),
    (work_shapes.Key, examples.KEY),
    (shapes.Page[call_shapes.Call], examples.page(examples.CALL)),
]
FUZZED = (
    *("not_a_server_error", "status_code_conformance", "content_type_conformance"),
    *("response_headers_conformance", "response_schema_conformance"),
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    (tmp_path / "state").mkdir()
    engine = open_state(new_state(tmp_path / "state"))
    fill(engine)
    with transaction(engine) as session:
        beat_process(session, Process("scheduler", "here", 1), now())
    yield engine
    engine.dispose()


@pytest.fixture
def program(tmp_path: Path, database: Engine) -> Iterator[TestClient]:
    _, shown = make_key(database, *Scope)
    snapshot = str(tmp_path / "crm.json")
    with programs(
        tmp_path / "state",
        headers=shown,
        requests_per_minute=1_000_000,
        refusals_per_minute=1_000_000,
        snapshot_file=snapshot,
    ) as client:
        yield client


@pytest.mark.parametrize(("shape", "example"), EXAMPLES)
def test_examples_are_what_they_stand_for(shape: type[BaseModel], example: Any) -> None:
    TypeAdapter(shape).validate_python(example)
    if shape is not work_shapes.Metadata:
        assert set(example) == set(shape.model_fields)


def test_every_operation_has_examples_and_says_what_it_needs(program: TestClient) -> None:
    document = program.get("/openapi.json").json()
    tags = {tag["name"]: tag["description"] for tag in document["tags"]}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            where = f"{method} {path}"
            assert operation["description"], where
            assert all(tags[tag] for tag in operation["tags"]), where
            if "requestBody" in operation:
                bodies = operation["requestBody"]["content"].values()
                assert all(body["example"] for body in bodies), where
            for status, answer in operation["responses"].items():
                assert answer["description"], f"{where} {status}"
                for body in answer.get("content", {}).values():
                    assert "example" in body or "examples" in body, f"{where} {status}"
            if "x-scope" in operation:
                assert operation["security"] == [{"key": [operation["x-scope"]]}]
                assert {"401", "403", "404", "422", "429", "500", "503"} <= set(
                    operation["responses"]
                )
                assert len(operation["responses"]["401"]["content"]) == 1


def test_fuzzed_it_answers_as_described(program: TestClient) -> None:
    ours = {"Host": "localhost"}
    schema = schemathesis.openapi.from_asgi("/openapi.json", program.app, headers=ours)
    shown = {**ours, "Authorization": program.headers["Authorization"]}
    checks = CHECKS.get_by_names(FUZZED)
    tried: list[str] = []

    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()

        @settings(
            max_examples=12,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=one_of(*(operation.as_strategy(mode) for mode in GenerationMode)))
        def holds(case: Any) -> None:
            tried.append(case.operation.path)
            answer = case.call(headers=shown)
            case.validate_response(answer, checks=checks)

        holds()
    assert len(tried) > 200
    assert "/api/v1/deals/{crm}/{id}/verification" in tried


def test_the_page_shows_every_operation_and_needs_no_internet(program: TestClient) -> None:
    page = program.get("/api/docs")
    assert page.status_code == 200
    document = program.get("/openapi.json").json()
    for path in document["paths"]:
        assert path in page.text
    for place in re.findall(r'(?:src|href)="([^"#]+)"', page.text):
        assert place.startswith("/"), place
        assert program.get(place).status_code == 200
    assert "unsafe" not in page.headers["content-security-policy"]
    english = program.get("/api/docs", headers={"Accept-Language": "en"})
    assert "What may go wrong" in english.text


def test_each_code_of_a_problem_is_explained(program: TestClient) -> None:
    page = program.get("/api/docs/problems").text
    for code, kind in PROBLEMS.items():
        assert f'id="{code}"' in page
        assert kind.title in page.replace("&#39;", "'")
