"""Team, coverage, system, accounts and audit: who may open them, and what they do."""

from __future__ import annotations

import csv
import html
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select, update

from core.clock import now
from core.csv_lines import harmless
from models.session import open_database, reading, transaction
from models.store.alerts import keep_alerts
from models.store.audit import add_to_audit, audited_events, read_audit
from models.store.jobs import ask_for
from models.store.processes import Process, beat_process
from models.tables import AccountRow, AuditRow, CallRow, FindingRow, JobRow, RecordingRow
from models.vocabulary.access import AuditEntry, Role
from models.vocabulary.alert import Alert, AlertKind
from models.vocabulary.work import JobKind, JobState, Lane, Want
from tests.fakes.counting import counted_queries
from tests.fakes.kept_office import KeptOffice, judged_office
from tests.fakes.pages_office import PASSWORD, add_person, asking, log_in

ROLES = {
    "ivan": Role.MANAGER, "anna": Role.SUPERVISOR, "olga": Role.HEAD, "root": Role.ADMIN,
    "rita": Role.AUDITOR,
}  # fmt: skip
PAGES = {
    "/deals": "ivan anna olga",
    "/deals/1001": "ivan anna olga",
    "/team": "anna olga",
    "/coverage": "anna olga root",
    "/system": "olga root",
    "/accounts": "root",
    "/accounts/1": "root",
    "/audit": "rita",
    "/audit/export.csv": "rita",
}
DEEDS = {
    "/system/retry": "olga root",
    "/accounts": "root",
    "/accounts/1": "root",
    "/accounts/1/password": "root",
    "/accounts/1/disable": "root",
    "/accounts/1/enable": "root",
    "/accounts/1/log-out": "root",
}
AT = datetime(2026, 11, 12, 9, tzinfo=UTC)


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> KeptOffice:
    office = judged_office(tmp_path / "office", database_url)
    engine = office.open()
    add_person(engine, "ivan", Role.MANAGER, crm_user="u101")
    add_person(engine, "anna", Role.SUPERVISOR, team=["u101"])
    for login in ("olga", "root", "rita"):
        add_person(engine, login, ROLES[login])
    engine.dispose()
    return office


@pytest.fixture
def database(office: KeptOffice) -> Iterator[Engine]:
    engine = open_database(office.url)
    yield engine
    engine.dispose()


@pytest.fixture
def browser(office: KeptOffice) -> Iterator[TestClient]:
    with asking(office.folder / "state", db=office.url) as client:
        yield client


def text_of(page: str) -> str:
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_every_page_and_deed_is_open_to_its_roles_alone(browser: TestClient) -> None:
    for path in PAGES:
        assert browser.get(path).headers["location"].startswith("/login"), path
    for login in ROLES:
        csrf = log_in(browser, login)
        for path, who in PAGES.items():
            expected = 200 if login in who.split() else 403
            assert browser.get(path).status_code == expected, (login, path)
        for path, who in DEEDS.items():
            assert browser.post(path, data={"name": "job:0"}).status_code == 403, (login, path)
            if login not in who.split():
                assert browser.post(path, data={"csrf": csrf}).status_code == 403, (login, path)
        shown = browser.get("/me").text
        for path, who in PAGES.items():
            if path.count("/") == 1:
                assert (f'href="{path}"' in shown) == (login in who.split()), (login, path)


def test_somebody_new_changes_the_one_time_password_first(
    browser: TestClient, database: Engine
) -> None:
    csrf = log_in(browser, "root")
    new = {"csrf": csrf, "login": "Vera", "name": "Вера", "roles": ["supervisor"], "team": ["u101"]}
    answer = browser.post("/accounts", data=new)
    assert answer.status_code == 200
    shown = re.search(r"<pre><code>([^<]+)</code></pre>", answer.text)
    assert shown
    assert shown[1] not in browser.get("/accounts").text, "it is shown once"
    assert browser.post("/login", data={"login": "vera", "password": shown[1]}).status_code == 303
    assert browser.get("/deals").headers["location"] == "/me"
    assert browser.get("/deals", headers={"hx-request": "1"}).headers["hx-redirect"] == "/me"
    page = browser.get("/me").text
    assert "Пароль вам дал администратор" in page
    csrf = re.search(r'x-csrf-token": "([^"]+)"', page)[1]  # type: ignore[index]
    same = {"csrf": csrf, "old": shown[1], "new": shown[1]}
    assert browser.post("/me/password", data=same).status_code == 422
    done = browser.post("/me/password", data=same | {"new": "another password"})
    assert done.status_code == 303
    assert browser.get("/deals").status_code == 200
    with reading(database) as session:
        row = session.scalars(select(AccountRow).where(AccountRow.login == "vera")).one()
        told = [entry.event for _, entry in read_audit(session, subject="vera")]
        [made] = [e for _, e in read_audit(session, events=["account made"]) if e.subject == "vera"]
    assert (row.roles, row.team, row.must_change) == (["supervisor"], ["u101"], False)
    assert told == ["password changed", "log-in", "account made"]
    assert (made.who, made.detail) == ("root", "roles supervisor; oversees u101")


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"login": "a b"}, "до 64 букв"),
        ({"login": "IVAN"}, "уже занято"),
        ({"roles": []}, "хотя бы одну роль"),
        ({"roles": ["king"]}, "хотя бы одну роль"),
        ({"language": "xx"}, "Такого языка нет"),
    ],
)
def test_a_wrong_account_is_refused_and_what_was_filled_in_stays(
    browser: TestClient, wrong: dict[str, object], said: str
) -> None:
    csrf = log_in(browser, "root")
    form = {"csrf": csrf, "login": "vera", "name": "Вера Павловна", "roles": ["head"]} | wrong
    answer = browser.post("/accounts", data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert "Вера Павловна" in answer.text


def _account(database: Engine, login: str) -> int:
    with reading(database) as session:
        return session.scalars(select(AccountRow.id).where(AccountRow.login == login)).one()


def test_the_last_administrator_stays(browser: TestClient, database: Engine) -> None:
    csrf, root = log_in(browser, "root"), _account(database, "root")
    for path, form in (
        (f"/accounts/{root}/disable", {}),
        (f"/accounts/{root}", {"roles": ["head"], "name": "root"}),
    ):
        answer = browser.post(path, data={"csrf": csrf} | form)
        assert answer.status_code == 422
        assert "последний администратор" in answer.text
    assert browser.get("/accounts").status_code == 200, "nothing was changed"
    assert browser.post(f"/accounts/{root}", data={"csrf": csrf}).status_code == 422
    assert browser.post("/accounts/999/disable", data={"csrf": csrf}).status_code == 404
    assert browser.get("/accounts/999").status_code == 404


def test_changes_take_hold_at_once(office: KeptOffice, database: Engine) -> None:
    state, ivan = office.folder / "state", _account(database, "ivan")
    with asking(state, db=office.url) as admin, asking(state, db=office.url) as his:
        csrf = log_in(admin, "root")
        log_in(his, "ivan")
        assert "вход открыт" in admin.get(f"/accounts/{ivan}").text
        kept = {"csrf": csrf, "roles": ["manager"], "name": "Иван", "crm_user": "u101"}
        admin.post(f"/accounts/{ivan}", data=kept | {"language": "en"})
        assert "Deals" in his.get("/deals").text, "who keeps the roles stays logged in"
        admin.post(f"/accounts/{ivan}", data=kept | {"roles": ["auditor"], "crm_user": ""})
        assert his.get("/audit").status_code == 303
        log_in(his, "ivan")
        assert his.get("/audit").status_code == 200
        assert his.get("/deals").status_code == 403
        admin.post(f"/accounts/{ivan}/log-out", data={"csrf": csrf})
        assert his.get("/audit").status_code == 303
        admin.post(f"/accounts/{ivan}/disable", data={"csrf": csrf})
        wrong = his.post("/login", data={"login": "ivan", "password": PASSWORD})
        assert wrong.status_code == 401
        admin.post(f"/accounts/{ivan}/enable", data={"csrf": csrf})
        answer = admin.post(f"/accounts/{ivan}/password", data={"csrf": csrf})
        given = re.search(r"<pre><code>([^<]+)</code></pre>", answer.text)
        assert given
        wrong = his.post("/login", data={"login": "ivan", "password": PASSWORD})
        assert wrong.status_code == 401
        right = his.post("/login", data={"login": "ivan", "password": given[1]})
        assert right.status_code == 303
    with reading(database) as session:
        by_root = [one.event for _, one in read_audit(session, subject="ivan", who="root")]
    assert by_root == [
        "password given", "account enabled", "account disabled", "logged out everywhere",
        "account changed", "account changed",
    ]  # fmt: skip


def test_the_system_page_tells_what_is_wrong_and_tries_again(
    browser: TestClient, database: Engine
) -> None:
    with transaction(database) as session:
        want = Want(JobKind.VERDICTS, "s", Lane.FRESH, now(), 60)
        [job] = ask_for(session, [want], now())
        session.execute(
            update(JobRow).values(state=JobState.QUARANTINED.value, error="boom", finished_at=now())
        )
        recording = session.scalars(select(RecordingRow)).first()
        assert recording
        recording.state, recording.error, recording.detail = "unusable", "empty", "no bytes"
        call = session.scalars(select(CallRow.id).where(CallRow.sha256 == recording.sha256)).one()
        beat_process(session, Process("scheduler", "here", 7), now())
        keep_alerts(session, [Alert(AlertKind.DISK, "state", "3 % are left")], [], now())
    csrf = log_in(browser, "olga")
    page = text_of(browser.get("/system").text)
    assert "Заканчивается место на диске (state)" in page
    assert "Обработчики не отзываются" in page
    assert "Планировщик не отзывается" not in page
    assert "пустой файл: 1" in page
    assert "boom" in page
    assert browser.post("/system/retry", data={"csrf": csrf, "name": "x"}).status_code == 404
    done = browser.post("/system/retry", data={"csrf": csrf, "name": f"call:{call}"})
    assert done.headers["location"] == "/system?again=1"
    page = text_of(browser.get(done.headers["location"]).text)
    assert "1 запись или задача будет обработана снова." in page
    assert "boom" in page
    browser.post("/system/retry", data={"csrf": csrf})
    assert "Ничего не отложено" in browser.get("/system").text
    with reading(database) as session:
        assert {row.state for row in session.scalars(select(JobRow))} == {"waiting"}
        assert session.get(JobRow, job)
        told = [(one.who, one.subject) for _, one in read_audit(session, events=["retry"])]
    assert told == [("olga", "everything"), ("olga", f"call:{call}")]


def test_a_team_is_that_of_who_asks(browser: TestClient, database: Engine) -> None:
    with transaction(database) as session:
        session.execute(update(CallRow).where(CallRow.call_id == "call-3").values(user_id="u777"))
        session.execute(update(FindingRow).values(user_id="u101", state="confirmed", at=AT))
        findings = len(session.scalars(select(FindingRow.id)).all())
    log_in(browser, "olga")
    page = browser.get("/team?until=2026-11-15")
    assert "<title" in page.text
    assert re.search(r"Неделя с 9.ноя: услышано 3, из них разговоров \d", page.text)
    assert "u777 1 1 0 1" in text_of(page.text)
    log_in(browser, "anna")
    page = browser.get("/team?until=2026-11-15")
    assert re.search(r"Неделя с 9.ноя: услышано 2", page.text)
    assert f"Ирина Соколова 3 2 0 2 {findings} {findings} 0" in text_of(page.text)
    other = browser.get("/team?until=2026-11-15&person=u777")
    assert re.search(r"Неделя с 9.ноя: услышано 0", other.text)
    for until in ("1900-01-01", "9999-12-31", "tomorrow", "0001-01-01"):
        assert browser.get(f"/team?until={until}").status_code == 200
    with counted_queries() as asked:
        browser.get("/team")
    assert len(asked) <= 8


def test_coverage_names_what_is_missing_and_numbers_only_within_reach(
    browser: TestClient, database: Engine
) -> None:
    log_in(browser, "olga")
    page = text_of(browser.get("/coverage?until=2026-11-15").text)
    assert "Отвечен, но записи нет" in page
    assert "+79160001301" in page
    assert "12.11 1 0 1 0 0 0" in page
    assert "09.11 0 0 0 2 2 2" in page
    log_in(browser, "root")
    page = text_of(browser.get("/coverage?until=2026-11-15").text)
    assert "Отвечен, но записи нет" in page
    assert "вне вашей группы" in page
    assert "+7916" not in page
    assert "За эту неделю звонков нет" in browser.get("/coverage?until=2026-10-01").text
    for until in ("9999-12-31", "0001-01-01", "x"):
        assert browser.get(f"/coverage?until={until}").status_code == 200


def test_the_audit_is_filtered_and_gone_through(browser: TestClient, database: Engine) -> None:
    with transaction(database) as session:
        for number in range(250):
            who = "olga" if number % 2 else "anna"
            add_to_audit(session, AuditEntry(AT, who, "call played", f"call {number}"))
    log_in(browser, "rita")
    seen, path, pages = list[str](), "/audit?event=call+played&who=anna", 0
    while path:
        page = browser.get(path).text
        seen += re.findall(r"<td>(call \d+)</td>", page.replace("\n", ""))
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path, pages = html.unescape(following[1]) if following else "", pages + 1
    assert seen == [f"call {number}" for number in range(248, -1, -2)]
    assert pages == 2
    assert "call 7" in browser.get("/audit?subject=call+7").text
    assert "Записей нет" in browser.get("/audit?since=2026-11-13&event=call+played").text
    assert "call 249" in browser.get("/audit?until=2026-11-12&event=call+played").text
    assert "Записей нет" in browser.get("/audit?until=2026-11-11&event=call+played").text
    assert browser.get("/audit?since=never&before=x").status_code == 200
    with reading(database) as session:
        assert audited_events(session) == ["call played", "log-in"]


def test_an_export_is_whole_harmless_and_written_down(
    browser: TestClient, database: Engine
) -> None:
    evil = '=HYPERLINK("http://x")'
    with transaction(database) as session:
        session.add_all(
            AuditRow(at=AT, who="olga", event="e", subject=f"s{n}", detail="", address="")
            for n in range(2100)
        )
        add_to_audit(session, AuditEntry(AT, "olga", "e", evil, "a,b\n+1"))
    log_in(browser, "rita")
    answer = browser.get("/audit/export.csv?event=e")
    assert "attachment" in answer.headers["content-disposition"]
    header, first, *rest = csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))
    assert header == ["number", "at", "who", "event", "subject", "detail", "address"]
    assert first[1:6] == ["2026-11-12T12:00:00+03:00", "olga", "e", f"'{evil}", "a,b\n+1"]
    assert [row[4] for row in rest] == [f"s{n}" for n in range(2099, -1, -1)]
    with reading(database) as session:
        [(_, exported)] = read_audit(session, events=["audit exported"])
    assert (exported.who, exported.detail) == ("rita", "event=e")


@pytest.mark.parametrize(
    ("cell", "safe"),
    [
        ("=1+1", "'=1+1"), ("+7916", "'+7916"), ("-1", "'-1"), ("@x", "'@x"), (" =1", "' =1"),
        ("\t=1", "'\t=1"), ("call:7", "call:7"), ("", ""),
    ],
)  # fmt: skip
def test_cells_compute_nothing(cell: str, safe: str) -> None:
    assert harmless(cell) == safe


def test_a_database_that_is_gone_is_said_calmly(tmp_path: Path) -> None:
    nowhere = "postgresql+psycopg://me:x@127.0.0.1:9/none"
    with asking(tmp_path, db=nowhere) as browser:
        browser.cookies.set("stagecheck", "x")
        answer = browser.get("/deals")
    assert answer.status_code == 503
    assert "База данных сейчас недоступна" in answer.text
