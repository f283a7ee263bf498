"""Deciding about a finding: what is written, what is refused, and who hears about it."""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import Engine, select, update

from core.clock import now
from core.settings import Settings
from models.session import reading, transaction
from models.store.audit import read_audit
from models.tables import AccountRow, DecisionRow, FindingRow, WaiverRow
from tests.fakes.findings_desk import NO_MEETING, a_sighting, add_people, lay_out
from tests.fakes.pages_office import asking, log_in

HTMX = {"hx-request": "true"}


@pytest.fixture
def desk(tmp_path: Path, database: Engine, database_url: str) -> Iterator[Desk]:
    add_people(database)
    lay_out(database, [a_sighting("one")])
    state = tmp_path / "state"
    state.mkdir()
    with asking(state, db=database_url) as browser:
        yield Desk(database, browser)


class Desk:
    """One finding, about Vera, and a browser."""

    def __init__(self, database: Engine, browser: TestClient) -> None:
        self.database, self.browser = database, browser
        with reading(database) as session:
            self.id = session.scalars(select(FindingRow.id)).one()
        self.who, self._csrf = "", ""

    def row(self) -> FindingRow:
        with reading(self.database) as session:
            return session.get_one(FindingRow, self.id)

    def decisions(self) -> list[DecisionRow]:
        with reading(self.database) as session:
            return list(session.scalars(select(DecisionRow).order_by(DecisionRow.id)))

    def events(self) -> list[tuple[str, str]]:
        """Who did what, the first first; log-ins left out."""
        with reading(self.database) as session:
            found = [(entry.who, entry.event) for _, entry in read_audit(session)]
        return [one for one in reversed(found) if one[1] != "log-in"]

    def decide(self, who: str, kind: str, *, htmx: bool = False, **fields: Any) -> Response:
        """Sends the form as somebody; the version is the newest where none is given."""
        if self.who != who:
            self.who, self._csrf = who, log_in(self.browser, who)
        form = {"csrf": self._csrf, "kind": kind, "version": self.row().version, **fields}
        return self.browser.post(
            f"/findings/{self.id}/decide", data=form, headers=HTMX if htmx else {}
        )

    def page(self) -> str:
        return self.browser.get(f"/findings/{self.id}").text


@pytest.mark.parametrize(
    ("kind", "fields", "state", "event"),
    [
        ("confirm", {}, "confirmed", "finding confirmed"),
        ("dismiss", {"reason": "misheard"}, "dismissed", "finding dismissed"),
        ("waive", {"note": "the client pays later"}, "waived", "finding waived"),
        ("send", {}, "open", "finding sent"),
        ("comment", {"note": "look here"}, "open", "finding commented"),
    ],
)
def test_a_decision_is_written_with_its_audit(
    desk: Desk, kind: str, fields: dict[str, Any], state: str, event: str
) -> None:
    answer = desk.decide("anna", kind, **fields)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/findings/{desk.id}")
    row, [decision] = desk.row(), desk.decisions()
    assert (row.state, row.version) == (state, 1)
    assert (row.sent_at is not None) is (kind == "send")
    assert (decision.kind, decision.who) == (kind, "Anna")
    assert decision.shown["explanation"] == row.explanation
    assert desk.events() == [("anna", event)]
    assert "Anna" in desk.page()


def test_what_was_shown_before_there_was_english_is_still_shown(desk: Desk) -> None:
    assert desk.decide("anna", "confirm").status_code == 303
    lay_out(desk.database, [a_sighting("one", explanation="Something else.")])
    with transaction(desk.database) as session:
        [decision] = session.scalars(select(DecisionRow))
        decision.shown = {k: v for k, v in decision.shown.items() if k != "explanation_en"}
        was = decision.shown["explanation"]
    assert html.escape(was, quote=False) in desk.page()


@pytest.mark.parametrize(
    ("who", "kind", "fields", "code"),
    [
        ("anna", "dismiss", {}, 422),
        ("anna", "dismiss", {"reason": "because"}, 422),
        ("anna", "waive", {"note": "  "}, 422),
        ("anna", "comment", {}, 422),
        ("anna", "comment", {"note": "x" * 2001}, 422),
        ("anna", "reopen", {}, 422),
        ("anna", "object", {"note": "no"}, 403),
        ("vera", "confirm", {}, 403),
        ("vera", "object", {"note": "no"}, 422),
        ("gleb", "comment", {"note": "no"}, 404),
        ("boris", "confirm", {}, 404),
        ("root", "confirm", {}, 404),
        ("rita", "confirm", {}, 404),
        ("anna", "bless", {}, 404),
        ("anna", "confirm", {"csrf": "wrong"}, 403),
        ("anna", "confirm", {"version": "much"}, 422),
    ],
)
def test_what_may_not_be_leaves_no_trace(
    desk: Desk, who: str, kind: str, fields: dict[str, Any], code: int
) -> None:
    assert desk.decide(who, kind, **fields).status_code == code
    assert desk.row().version == 0
    assert desk.decisions() == []
    assert desk.events() == []


def test_what_does_not_exist_answers_as_what_is_not_yours(desk: Desk) -> None:
    csrf = log_in(desk.browser, "boris")
    answers = {desk.browser.get(f"/findings/{id_}").text for id_ in (desk.id, 999, 2**31, 2**80)}
    assert len({text.partition("<main")[2] for text in answers}) == 1
    form = {"csrf": csrf, "kind": "confirm", "version": "0"}
    for id_ in (desk.id, 999, 2**31, 2**80):
        assert desk.browser.post(f"/findings/{id_}/decide", data=form).status_code == 404


def test_whoever_comes_second_is_told_what_the_first_decided(desk: Desk) -> None:
    desk.decide("olga", "dismiss", reason="wrong_deal")
    late = desk.decide("anna", "confirm", version=0)
    assert late.status_code == 409
    assert "Olga: отклонено (звонок не по этой сделке)" in late.text
    part = desk.decide("anna", "confirm", version=0, htmx=True)
    assert part.status_code == 409
    assert part.text.lstrip().startswith("<article")
    assert "Olga: отклонено" in json.loads(part.headers["hx-trigger"])["said"]
    assert desk.row().state == "dismissed"
    assert len(desk.decisions()) == 1


def test_of_two_at_once_one_decides(desk: Desk, tmp_path: Path, database_url: str) -> None:
    with (
        asking(tmp_path / "state", db=database_url) as annas,
        asking(tmp_path / "state", db=database_url) as olgas,
    ):
        browsers = [(annas, log_in(annas, "anna")), (olgas, log_in(olgas, "olga"))]

        def confirm(browser: TestClient, csrf: str) -> int:
            form = {"csrf": csrf, "kind": "confirm", "version": 0}
            return browser.post(f"/findings/{desk.id}/decide", data=form).status_code

        # Routes are built at their first request, which disturbs warnings in other threads.
        assert [confirm(browser, "none") for browser, _ in browsers] == [403, 403]
        with ThreadPoolExecutor(2) as both:
            codes = list(both.map(lambda one: confirm(*one), browsers))
    assert sorted(codes) == [303, 409]
    assert desk.row().version == len(desk.decisions()) == len(desk.events()) == 1


def test_what_the_machine_says_otherwise_meanwhile_is_read_again(desk: Desk) -> None:
    digest = desk.row().digest
    lay_out(desk.database, [a_sighting("one", explanation="Something else.")])
    late = desk.decide("anna", "confirm", digest=digest)
    assert late.status_code == 409
    assert "изменилось, пока вы смотрели" in late.text
    assert desk.decide("anna", "confirm", digest=desk.row().digest).status_code == 303


def test_a_part_of_a_page_gets_the_renewed_card(desk: Desk) -> None:
    answer = desk.decide("anna", "confirm", htmx=True)
    assert answer.status_code == 200
    assert f'id="finding-{desk.id}"' in answer.text
    assert "Подтверждено: Anna" in answer.text
    assert json.loads(answer.headers["hx-trigger"]) == {"said": "Подтверждено"}
    refused = desk.decide("anna", "comment", htmx=True)
    assert refused.status_code == 422
    assert 'role="alert"' in refused.text


def test_the_way_back_leads_only_to_pages_of_ours(desk: Desk) -> None:
    answer = desk.decide("anna", "comment", note="a", back="/?kind=promise_broken")
    assert answer.headers["location"] == "/?kind=promise_broken"
    answer = desk.decide("anna", "comment", note="a", back="//evil.example")
    assert answer.headers["location"] == "/"


def test_a_manager_objects_once_and_in_time(desk: Desk) -> None:
    desk.decide("anna", "confirm")
    assert desk.decide("vera", "object", note="We met on Monday").status_code == 303
    assert desk.row().state == "objected"
    desk.decide("anna", "confirm")
    again = desk.decide("vera", "object", note="Really")
    assert again.status_code == 422
    assert "Возражать можно один раз" in again.text
    assert [kind for _, kind in desk.events()] == [
        "finding confirmed",
        "objection",
        "finding confirmed",
    ]


def test_a_reviewer_sees_the_objection(desk: Desk) -> None:
    desk.decide("anna", "confirm")
    desk.decide("vera", "object", note="We met on Monday")
    log_in(desk.browser, "anna")
    page = desk.browser.get("/").text
    assert "Менеджер возражает" in page
    assert "We met on Monday" in page


def test_the_time_to_object_ends(tmp_path: Path, desk: Desk, database_url: str) -> None:
    desk.decide("anna", "confirm")
    with transaction(desk.database) as session:
        decision = session.scalars(select(DecisionRow)).one()
        decision.at -= timedelta(days=2)
    settings = Settings.model_validate({"access": {"objection_days": 1}})
    with asking(tmp_path / "state", settings, database_url) as browser:
        form = {"csrf": log_in(browser, "vera"), "kind": "object", "note": "x", "version": 1}
        late = browser.post(f"/findings/{desk.id}/decide", data=form)
    assert late.status_code == 422
    assert "Срок для возражения прошёл" in late.text
    assert desk.row().state == "confirmed"


def test_a_waiver_names_the_requirement_and_goes_with_it(desk: Desk) -> None:
    log_in(desk.browser, "anna")
    assert NO_MEETING in desk.page()
    desk.who = ""
    chosen = ["meeting_scheduling.booked", "somebody.elses"]
    desk.decide("anna", "waive", note="An old client", requirement=chosen)
    with reading(desk.database) as session:
        [waiver] = session.scalars(select(WaiverRow))
    assert (waiver.deal_id, waiver.stage) == ("1", "meeting_scheduling")
    assert (waiver.requirement_id, waiver.who, waiver.note) == (chosen[0], "Anna", "An old client")
    desk.decide("anna", "reopen")
    with reading(desk.database) as session:
        assert session.scalars(select(WaiverRow)).all() == []
    desk.decide("anna", "waive", note="An old client")
    with reading(desk.database) as session:
        assert session.scalars(select(WaiverRow)).all() == []


def test_what_was_decided_about_stays_visible(desk: Desk) -> None:
    before = desk.row().explanation
    desk.decide("anna", "confirm")
    assert "изменилось после решения" not in desk.page()
    lay_out(desk.database, [a_sighting("one", explanation="It is said otherwise now.")])
    page = desk.page()
    assert "изменилось после решения" in page
    assert "It is said otherwise now." in page
    assert before in page
    lay_out(desk.database, [])
    assert before in desk.page()


def test_without_an_audit_nothing_is_decided(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object) -> None:
        raise OSError("no room")

    monkeypatch.setattr("api.reviewing.add_to_audit", full)
    assert desk.decide("anna", "confirm").status_code == 500
    assert desk.row().state == "open"
    assert desk.decisions() == []


def test_a_shut_account_decides_nothing(desk: Desk) -> None:
    desk.decide("anna", "comment", note="still here")
    with transaction(desk.database) as session:
        session.execute(update(AccountRow).values(disabled_at=now()))
    assert desk.decide("anna", "confirm").headers["location"].startswith("/login")
    assert desk.row().state == "open"
