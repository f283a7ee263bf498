"""Lists of the API: pages, filters, chosen fields, what changed, and what each of them costs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select

from api.v1.call_shapes import Action, Call, CallWithActions, Transcript
from api.v1.rule_shapes import Pipeline
from api.v1.shapes import (
    CoverageDay,
    Deal,
    Decision,
    Flag,
    Promise,
    Verification,
)
from models.session import transaction
from models.tables import CallRow, CrmRow, DealVerdictRow, RunRow
from models.vocabulary.keys import Scope
from tests.fakes.api_office import (
    CRM,
    MORNING,
    QUOTE,
    SOURCE,
    add_call,
    add_deal,
    fill,
    make_key,
    programs,
)
from tests.fakes.counting import counted_queries

SPAN = "since=2026-11-01&until=2026-11-20"
LISTS: dict[str, tuple[type[Any], tuple[str, ...]]] = {
    "calls": (Call, ("id",)),
    "transcripts": (Transcript, ("call",)),
    "actions": (Action, ("call", "position")),
    "deals": (Deal, ("id",)),
    "promises": (Promise, ("deal_id", "position")),
    "flags": (Flag, ("id",)),
    "decisions": (Decision, ("id",)),
    f"coverage?{SPAN}": (CoverageDay, ("day", "account")),
    "pipelines": (Pipeline, ("id",)),
}

FILTERED = [
    ("calls?direction=in", 2),
    ("calls?user_id=u101", 3),
    ("calls?deal_id=1001", 2),
    ("calls?outcome=conversation", 5),
    ("calls?outcome=voicemail", 0),
    ("calls?state=unrecorded", 0),
    ("calls?state=transcribed", 5),
    ("calls?call_id=call-3", 1),
    ("calls?account=elsewhere", 0),
    ("calls?started_since=2026-11-09T12:12:40%2B03:00", 3),
    ("calls?started_until=2026-11-09T12:12:40%2B03:00", 2),
    ("actions?type=greeting", 5),
    ("actions?call=1", 2),
    ("actions?deal_id=1002&status=done", 4),
    ("actions?least_confidence=0.95", 0),
    ("transcripts?deal_id=1001", 2),
    ("deals?gap=ahead", 1),
    ("deals?responsible_id=u101", 2),
    ("deals?pipeline_id=p9", 0),
    ("deals?status=won", 0),
    ("deals?updated_since=2026-11-09T09:00:00Z", 1),
    ("promises?state=broken", 3),
    ("promises?deal_id=1001&by=agent", 2),
    ("promises?updated_since=2026-11-09T09:00:00Z", 2),
    ("flags?kind=promise_broken&severity=high&state=open", 3),
    ("flags?withdrawn=true", 0),
    ("flags?deal_id=1002", 1),
    ("flags?updated_since=2026-11-09T09:00:00Z", 1),
    ("decisions?who=anna&kind=comment", 3),
    ("decisions?since=2026-11-09T09:00:00Z", 1),
    (f"coverage?{SPAN}&account=office", 1),
    (f"coverage?{SPAN}&updated_since=2026-11-09T09:00:00Z", 1),
    (f"coverage?{SPAN}&updated_since=2199-01-01T00:00:00Z", 0),
    ("pipelines?updated_since=1970-01-01T00:00:00Z", 3),
    ("pipelines?updated_since=2026-11-09T09:00:00Z", 0),
]


@pytest.fixture
def program(database: Engine, database_url: str, tmp_path: Path) -> Iterator[TestClient]:
    fill(database)
    _, shown = make_key(database, Scope.READ, Scope.TRANSCRIPTS)
    with programs(tmp_path / "state", database_url, headers=shown) as client:
        yield client


def got(program: TestClient, path: str, **parameters: Any) -> Any:
    answer = program.get(f"/api/v1/{path}", params=parameters or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def pages(program: TestClient, path: str, limit: int = 2) -> Iterator[list[dict[str, Any]]]:
    sign = "&" if "?" in path else "?"
    address = f"{path}{sign}limit={limit}"
    body = got(program, address)
    yield body["data"]
    while body["next_cursor"]:
        body = got(program, f"{address}&cursor={body['next_cursor']}")
        yield body["data"]


def test_each_item_has_the_shape_that_is_described(program: TestClient) -> None:
    for path, (shape, place) in LISTS.items():
        whole = got(program, path)["data"]
        assert whole, path
        for item in whole:
            assert set(item) == set(shape.model_fields)
            shape.model_validate(item)
        by_pages = [item for page in pages(program, path, 1) for item in page]
        assert by_pages == whole
        assert len({tuple(item[name] for name in place) for item in whole}) == len(whole)


@pytest.mark.parametrize("order", ["oldest", "newest"])
def test_nothing_is_lost_or_doubled_while_calls_come(
    program: TestClient, database: Engine, order: str
) -> None:
    known = {item["id"] for item in got(program, "calls")["data"]}
    seen: list[int] = []
    for number, page in enumerate(pages(program, f"calls?order={order}")):
        seen += [item["id"] for item in page]
        if number < 10:
            with transaction(database) as session:
                add_call(session, 100 + number)
    assert len(seen) == len(set(seen))
    assert known <= set(seen)


def test_deals_are_listed_by_one_run_though_another_ends_meanwhile(
    program: TestClient, database: Engine
) -> None:
    listed = pages(program, "promises", 1)
    seen = next(listed)
    with transaction(database) as session:
        crm = session.scalars(select(CrmRow)).one()
        run = RunRow(source=SOURCE, crm_source=CRM, state="done", started_at=MORNING, errors=[])
        run.as_of = MORNING + timedelta(days=4)
        session.add(run)
        session.flush()
        session.add(
            DealVerdictRow(
                run=run.id,
                deal_id="1002",
                position=0,
                pipeline_id="p0",
                gap="behind",
                changed_at=MORNING,
            )
        )
        assert crm.id
    for page in listed:
        seen += page
    assert len(seen) == 6, "the promises of the run that was begun with"
    assert [deal["gap"] for deal in got(program, "deals")["data"]] == ["behind"]


def test_a_list_whose_run_is_gone_says_so(program: TestClient, database: Engine) -> None:
    cursor = got(program, "deals?limit=1")["next_cursor"]
    with transaction(database) as session:
        old = session.scalars(select(RunRow)).one()
        new = RunRow(source=SOURCE, crm_source=CRM, state="done", started_at=MORNING, errors=[])
        new.as_of = MORNING
        session.add(new)
        session.delete(old)
    answer = program.get(f"/api/v1/deals?limit=1&cursor={cursor}")
    assert (answer.status_code, answer.json()["code"]) == (410, "cursor_expired")


def test_a_cursor_belongs_to_its_list_and_filters(program: TestClient) -> None:
    cursor = got(program, "calls?limit=1&direction=out")["next_cursor"]
    for path in ("calls?limit=1", "flags", "calls?direction=in"):
        sign = "&" if "?" in path else "?"
        answer = program.get(f"/api/v1/{path}{sign}cursor={cursor}")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_cursor")
    # Another number of rows, or other fields, is the same list.
    assert got(program, f"calls?limit=3&fields=id&direction=out&cursor={cursor}")["data"]


def test_what_is_no_cursor_is_refused(program: TestClient) -> None:
    for cursor in ("x", "%00", "W10", "bnVsbA", "WyJhIl0", "я", "=" * 30):
        assert program.get(f"/api/v1/calls?cursor={cursor}").status_code == 422, cursor


def test_filters_choose(program: TestClient) -> None:
    for path, count in FILTERED:
        assert len(got(program, path)["data"]) == count, path


def test_what_changed_since_is_found(program: TestClient, database: Engine) -> None:
    since = got(program, "calls")["as_of"]
    time.sleep(1.1)  # `as_of` has whole seconds
    assert got(program, "calls", updated_since=got(program, "calls")["as_of"])["data"] == []
    with transaction(database) as session:
        row = session.scalars(select(CallRow).where(CallRow.call_id == "call-2")).one()
        row.outcome = "voicemail"
    changed = got(program, "calls", updated_since=since, outcome="voicemail")["data"]
    assert [item["call_id"] for item in changed] == ["call-2"]


def test_only_the_fields_that_are_wanted(program: TestClient) -> None:
    assert got(program, "calls?fields=id,outcome&limit=1")["data"] == [
        {"id": 1, "outcome": "conversation"}
    ]
    assert set(got(program, "calls/1?fields=actions")) == {"actions"}
    assert set(got(program, "deals/amocrm/1001/verification?fields=gap,id")) == {"gap", "id"}
    answer = program.get("/api/v1/calls?fields=id,secret")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_parameter")
    assert "secret" in answer.json()["detail"]


def test_what_a_program_has_is_not_sent_again(program: TestClient) -> None:
    one = ("calls/1", "calls/1/transcript", "flags/1", "deals/amocrm/1001/verification")
    for path in (*LISTS, *one):
        etag = program.get(f"/api/v1/{path}").headers["etag"]
        for shown in (etag, f'"x", {etag}', "*", etag.removeprefix("W/")):
            again = program.get(f"/api/v1/{path}", headers={"If-None-Match": shown})
            assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", etag)
        other = program.get(f"/api/v1/{path}", headers={"If-None-Match": '"x"'})
        assert other.status_code == 200


def test_another_answer_has_another_etag(program: TestClient, database: Engine) -> None:
    before = program.get("/api/v1/calls").headers["etag"]
    with transaction(database) as session:
        add_call(session, 50)
    after = program.get("/api/v1/calls", headers={"If-None-Match": before})
    assert (after.status_code, after.headers["etag"] != before) == (200, True)


def test_the_next_page_is_linked(program: TestClient) -> None:
    answer = program.get("/api/v1/calls?limit=2&direction=out")
    address = answer.headers["link"].partition(">")[0].lstrip("<")
    assert address.startswith("/api/v1/calls?limit=2&direction=out&cursor=")
    assert [one["id"] for one in program.get(address).json()["data"]] == [5]


def test_a_list_costs_as_many_queries_however_long_it_is(
    program: TestClient, database: Engine
) -> None:
    def cost(path: str) -> int:
        with counted_queries() as sent:
            got(program, path)
        return len(sent)

    got(program, "calls")
    before = {path: cost(path) for path in LISTS}
    with transaction(database) as session:
        crm, run = (
            session.scalars(select(CrmRow.id)).one(),
            session.scalars(select(RunRow.id)).one(),
        )
        for number in range(30):
            add_call(session, 100 + number)
            add_deal(session, crm, run, 100 + number)
    assert {path: cost(path) for path in LISTS} == before
    assert max(before.values()) <= 4


def test_a_verification_is_the_deal_of_a_run_s_result(program: TestClient) -> None:
    body = got(program, "deals/amocrm/1001/verification")
    Verification.model_validate(body)
    assert body["requirements"][0]["evidence"] == [
        {
            "kind": "call",
            "id": "call-0",
            "at": "2026-11-09T10:12:40+03:00",
            "quote": QUOTE,
            "start": 5.0,
            "corrected_by": None,
        }
    ]
    assert body["requirements"][0]["waived"] is None
    assert [one["state"] for one in body["promises"]] == ["kept", "broken"]
    for path in ("bitrix24/1001", "amocrm/9999"):
        assert program.get(f"/api/v1/deals/{path}/verification").status_code == 404


def test_a_verification_takes_less_than_50_ms(program: TestClient, database: Engine) -> None:
    with transaction(database) as session:
        crm, run = (
            session.scalars(select(CrmRow.id)).one(),
            session.scalars(select(RunRow.id)).one(),
        )
        for number in range(10, 500):
            add_deal(session, crm, run, number)
    took = []
    for number in range(20):
        began = time.perf_counter()
        got(program, f"deals/amocrm/{1011 + number}/verification")
        took.append(time.perf_counter() - began)
    assert sorted(took)[10] < 0.05


def test_a_call_comes_with_its_actions(program: TestClient) -> None:
    body = got(program, "calls/1")
    CallWithActions.model_validate(body)
    assert [one["type"] for one in body["actions"]] == ["greeting", "meeting_booked"]
    assert body["deal"]["alternatives"] == [{"id": "1003", "score": 0.4}]


def test_coverage_counts_days_of_the_crm_s_zone(program: TestClient) -> None:
    [day] = got(program, f"coverage?{SPAN}")["data"]
    assert day == {
        "day": "2026-11-09",
        "account": "office",
        "calls": 5,
        "in_ledger": 5,
        "answered": 5,
        "recorded": 5,
        "transcribed": 5,
        "judged": 5,
        "unusable": 0,
        "missing": 0,
    }
    assert program.get("/api/v1/coverage?since=2020-01-01").status_code == 422
    assert program.get("/api/v1/coverage?since=2026-11-02&until=2026-11-01").status_code == 422


def test_verdicts_are_explained_in_the_language_that_is_asked_for(program: TestClient) -> None:
    path = "/api/v1/deals/amocrm/1001/verification"

    def told(lang: str | None = None, header: str = "") -> str:
        parameters = {"lang": lang} if lang else None
        answer = program.get(path, params=parameters, headers={"Accept-Language": header})
        assert answer.headers["vary"] == "Accept-Language"
        sentence: str = answer.json()["requirements"][0]["explanation"]
        return sentence

    russian = f"Встреча согласована (звонок 09.11.2026: «{QUOTE}»), этап «Встреча»."
    english = f"The meeting was agreed (call of 9 Nov 2026: «{QUOTE}»)."
    assert [told(), told("ru", "en"), told(header="de, ru;q=0.5")] == [russian] * 3
    assert [told("en"), told(header="en-GB"), told(header="ru;q=0.2,*;q=0.1,en;q=0.9")] == [
        english
    ] * 3
    assert told(header="en;q=rubbish, ;;=") == russian
    assert program.get(path, params={"lang": "fr"}).json()["code"] == "invalid_parameter"
    page = got(program, "flags", lang="en", limit=1)
    assert page["data"][0]["explanation"].startswith("Обещано"), "raised before it was in English"
    assert "explanation_en" not in page["data"][0]
    further = got(program, "flags", lang="ru", limit=1, cursor=page["next_cursor"])
    assert further["data"][0]["id"] != page["data"][0]["id"]


def test_before_the_first_verdicts_lists_are_empty(database_url: str, tmp_path: Path) -> None:
    from models.session import open_database

    database = open_database(database_url)
    _, shown = make_key(database, Scope.READ, Scope.TRANSCRIPTS)
    with programs(tmp_path / "state", database_url, headers=shown) as program:
        for path in LISTS:
            assert got(program, path)["data"] == []
        assert program.get("/api/v1/calls/1").status_code == 404
        assert program.get("/api/v1/deals/amocrm/1/verification").status_code == 404
    database.dispose()


def test_without_the_scope_no_words_and_no_numbers_are_given(
    program: TestClient, database: Engine
) -> None:
    _, shown = make_key(database, Scope.READ)
    paths = [*(path for path in LISTS if path != "transcripts"), "calls/1", "flags/1"]
    paths.append("deals/amocrm/1001/verification")
    for path in paths:
        answer = program.get(f"/api/v1/{path}", headers=shown)
        assert answer.status_code == 200
        for secret in ("договорились", "79160001301", "Лаптев"):
            assert secret not in answer.text, path
    explained = program.get("/api/v1/deals/amocrm/1001/verification", headers=shown).json()
    sentence = explained["requirements"][0]["explanation"]
    assert sentence == "Встреча согласована (звонок 09.11.2026: «…»), этап «Встреча»."
    path = "/api/v1/deals/amocrm/1001/verification?lang=en"
    english = program.get(path, headers=shown).json()["requirements"][0]["explanation"]
    assert english == "The meeting was agreed (call of 9 Nov 2026: «…»)."
