"""The pages of deals: who sees which, what they say of a deal, and how little they ask for it."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select, update

from models.session import open_database, reading, transaction
from models.store.deals import Cursor, DealFilters, Judging, find_judging, list_deals
from models.store.decisions import NewDecision, decide
from models.tables import (
    AccountRow,
    ActivityRow,
    CallRow,
    DealRow,
    DealVerdictRow,
    FindingRow,
    RequirementVerdictRow,
    RunRow,
    WaiverRow,
)
from models.vocabulary.access import Reach, Role
from models.vocabulary.review import DecisionKind, DismissReason
from models.vocabulary.verdict import Gap
from tests.fakes.counting import counted_queries
from tests.fakes.kept_office import KeptOffice, judged_office
from tests.fakes.pages_office import add_person, asking, log_in

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
ALL = Reach(everybody=True)


@pytest.fixture
def office(tmp_path: Path, database_url: str) -> KeptOffice:
    office = judged_office(tmp_path / "office", database_url)
    with_people(office.open())
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


def with_people(database: Engine) -> None:
    add_person(database, "olga", Role.HEAD)
    add_person(database, "ivan", Role.MANAGER, crm_user="u101")
    add_person(database, "boris", Role.MANAGER, crm_user="u999")
    add_person(database, "anna", Role.SUPERVISOR, team=["u101"], language="en")
    database.dispose()


def text_of(page: str) -> str:
    """The words of a page without its marks."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", page)).split())


def judging_of(database: Engine) -> Judging:
    with reading(database) as session:
        run = session.execute(
            select(RunRow.id, RunRow.source, RunRow.crm_source).order_by(RunRow.id.desc())
        ).first()
        assert run is not None
        found = find_judging(session, (run.id, run.source, run.crm_source))
    assert found is not None
    return found


def add_deals(database: Engine, amounts: list[float | None], *, user: str = "u101") -> None:
    """Adds deals that were judged, beside those of the office."""
    judging = judging_of(database)
    with transaction(database) as session:
        for number, amount in enumerate(amounts):
            session.add(
                DealRow(
                    crm=judging.crm, position=100 + number, id=f"x{number}",
                    name=f"Щётки №{number}", pipeline_id="p1", stage_id="7101", status="open",
                    created_at=NOW, amount=amount, currency="RUB", contact_ids=[],
                    responsible_id=user, fields={},
                )
            )  # fmt: skip
            session.add(
                DealVerdictRow(
                    run=judging.run, deal_id=f"x{number}", position=100 + number,
                    pipeline_id="p1", recorded_stage="classified", verified_stage="lead_received",
                    gap="ahead" if number % 2 else "none",
                )
            )  # fmt: skip


def test_the_list_shows_both_stages_to_those_who_may(browser: TestClient) -> None:
    log_in(browser, "olga")
    page = text_of(browser.get("/deals").text)
    assert "Сайт Белого слона Ирина Соколова 300 000 ₽ Встреча" in page
    assert "Сайт Немова" in page
    log_in(browser, "boris")
    assert "За вами пока нет сделок" in browser.get("/deals").text
    log_in(browser, "anna")
    assert "Сайт Немова" in browser.get("/deals?person=u101").text
    assert "Nothing found" in browser.get("/deals?name=nowhere").text


def test_what_is_not_yours_looks_like_what_is_not_there(browser: TestClient) -> None:
    log_in(browser, "boris")
    hidden, missing = browser.get("/deals/1001"), browser.get("/deals/9999")
    assert hidden.status_code == missing.status_code == 404
    assert "или это не ваше" in hidden.text
    assert text_of(hidden.text) == text_of(missing.text)
    log_in(browser, "ivan")
    assert browser.get("/deals/1001").status_code == 200


def test_going_on_through_the_list_meets_every_deal_once(database: Engine) -> None:
    amounts: list[float | None] = [100.0, 100.0, None, 7.5, None, 900000.0, 100.0]
    add_deals(database, amounts)
    judging, seen, after = judging_of(database), list[str](), None
    with reading(database) as session:
        while True:
            found, more = list_deals(session, judging, DealFilters(), ALL, after=after, most=2)
            seen += [one.id for one in found]
            if not more:
                break
            after = found[-1].cursor
    assert seen == ["x5", "1002", "1001", "x6", "x1", "x0", "x3", "x4", "x2"]
    assert after is not None
    assert Cursor(None, 0) != after


def test_the_list_is_filtered(database: Engine) -> None:
    add_deals(database, [1.0, 2.0, 3.0])
    judging = judging_of(database)

    def found(reach: Reach = ALL, **filters: object) -> list[str]:
        with reading(database) as session:
            lines, _ = list_deals(session, judging, DealFilters(**filters), reach)  # type: ignore[arg-type]
        return [one.id for one in lines]

    assert found(name="щётки №1") == ["x1"]
    assert found(name="НЕМОВА") == ["1002"]
    assert found(name="100%") == []
    assert found(gap=Gap.AHEAD, stage="7101") == ["x1"]
    assert found(pipeline="p2") == []
    assert found(user="u999") == []
    assert found(Reach(users=frozenset({"u999"}))) == []
    assert len(found(Reach(users=frozenset({"u101"})))) == 5


def test_a_cursor_that_was_meddled_with_begins_anew(browser: TestClient) -> None:
    log_in(browser, "olga")
    for after in ("x_y", "nan", "1e999_x", "_", "1_1_1"):
        assert browser.get("/deals", params={"after": after}).status_code == 200


def test_a_deal_tells_what_holds_it_and_what_would_help(browser: TestClient) -> None:
    log_in(browser, "olga")
    answer = browser.get("/deals/1001")
    page = text_of(answer.text)
    assert "Встреча согласована с клиентом в разговоре" in page
    assert "В CRM нет встречи с временем, местом и участником" in page
    assert "в CRM встреча, где указано: срок, место, участник (можно запланированная)" in page
    assert "Услышано 1 из 2. Одна запись так и не пришла." in page
    assert "Входящий звонок" in page
    assert "договорённость о встрече" in page
    row = re.search(r'href="/calls/(\d+)#t=[\d.]+"', answer.text)
    assert row, "the quote can be played"
    log_in(browser, "anna")
    english = text_of(browser.get("/deals/1001").text)
    assert "1 of 2 calls heard. One recording never came." in english
    assert "in the CRM: meeting, telling: a due date, a place, a person" in english
    assert "The CRM holds no meeting with a time, a place and a person." in english
    assert "В CRM нет встречи" not in english


def test_a_mail_from_the_contacts_card_stands_in_the_deals_story(
    browser: TestClient, database: Engine
) -> None:
    with transaction(database) as session:
        deal = session.scalars(select(DealRow).where(DealRow.id == "1001")).one()
        for position, (person, days) in enumerate(
            [(deal.contact_ids[0], 2), (deal.contact_ids[0], -40), ("somebody", 2)], start=9000
        ):
            session.add(
                ActivityRow(
                    crm=deal.crm, position=position, id=f"m{position}", type="email", kind="other",
                    created_at=deal.created_at + timedelta(days=days), contact_id=person,
                    subject=f"Письмо {position}",
                )
            )  # fmt: skip
    log_in(browser, "olga")
    page = text_of(browser.get("/deals/1001").text)
    assert [name for name in ("9000", "9001", "9002") if f"Письмо {name}" in page] == ["9000"]


def test_what_was_judged_before_it_was_told_in_english_is_told_in_russian(
    browser: TestClient, database: Engine
) -> None:
    with transaction(database) as session:
        session.execute(update(RequirementVerdictRow).values(explanation_en=""))
    log_in(browser, "anna")
    page = browser.get("/deals/1001").text
    told = '<span lang="ru">В CRM нет встречи с временем, местом и участником.</span>'
    assert told in page
    log_in(browser, "olga")
    assert told not in browser.get("/deals/1001").text


def test_decisions_and_waivers_are_told(browser: TestClient, database: Engine) -> None:
    with transaction(database) as session:
        finding = session.scalars(select(FindingRow).where(FindingRow.deal_id == "1001")).first()
        requirement = session.scalars(
            select(RequirementVerdictRow).where(RequirementVerdictRow.deal_id == "1001")
        ).first()
        account = session.scalars(select(AccountRow).where(AccountRow.login == "olga")).one()
        assert finding
        assert requirement
        dismissal = NewDecision(
            finding.id, DecisionKind.DISMISS, 0, account.id, "olga", DismissReason.MISHEARD, "Шум"
        )
        decide(session, dismissal, NOW)
        second = NewDecision(
            finding.id, DecisionKind.CONFIRM, 1, account.id, "olga", note="слепо", blind=True
        )
        decide(session, second, NOW)
        session.add(
            WaiverRow(
                crm_source=finding.crm_source, deal_id="1001", stage=requirement.stage,
                requirement_id=requirement.requirement_id, at=NOW, who="olga", note="Старый клиент",
            )
        )  # fmt: skip
        number = finding.id
    log_in(browser, "ivan")
    answer = browser.get("/deals/1001")
    page = text_of(answer.text)
    assert "сказано не так. Шум" in page
    assert "Снято, olga: Старый клиент" in page
    assert "слепо" not in page
    assert f'href="/findings/{number}"' in answer.text
    assert "Решённые замечания" in page


def test_somebody_elses_call_is_told_of_without_its_words(
    browser: TestClient, database: Engine
) -> None:
    with transaction(database) as session:
        session.execute(update(CallRow).where(CallRow.call_id == "call-3").values(user_id="u102"))
    log_in(browser, "ivan")
    answer = browser.get("/deals/1001")
    story = answer.text[answer.text.index('id="story"') :]
    assert "Звонок другого сотрудника" in story
    assert "#t=" not in answer.text
    log_in(browser, "olga")
    assert "#t=" in browser.get("/deals/1001").text


def test_more_rows_are_no_more_questions(browser: TestClient, database: Engine) -> None:
    log_in(browser, "olga")
    with counted_queries() as few:
        browser.get("/deals")
    add_deals(database, [float(number) for number in range(80)])
    with counted_queries() as many:
        assert browser.get("/deals").status_code == 200
    assert len(many) <= len(few) <= 12
    with counted_queries() as of_one:
        browser.get("/deals/1001")
    with transaction(database) as session:
        heard = session.scalars(select(CallRow).where(CallRow.call_id == "call-3")).one()
        columns = {c.name: getattr(heard, c.name) for c in CallRow.__table__.columns}
        for number in range(20):
            session.add(CallRow(**columns | {"id": 500 + number, "call_id": f"more-{number}"}))
        verdict = session.scalars(
            select(RequirementVerdictRow).where(RequirementVerdictRow.deal_id == "1001")
        ).first()
        assert verdict
        of_verdict = {
            c.name: getattr(verdict, c.name) for c in RequirementVerdictRow.__table__.columns
        }
        for number in range(20):
            session.add(RequirementVerdictRow(**of_verdict | {"position": 700 + number}))
    with counted_queries() as of_more:
        assert browser.get("/deals/1001").status_code == 200
    assert len(of_more) <= len(of_one) <= 30


def test_before_the_first_check_the_list_says_what_to_do(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    from models.places import open_state

    engine = open_state(state)
    add_person(engine, "olga", Role.HEAD)
    engine.dispose()
    with asking(state) as browser:
        log_in(browser, "olga")
        assert "Сделок пока нет" in browser.get("/deals").text
        assert browser.get("/deals/1").status_code == 404
        for path in ("/team", "/coverage", "/system"):
            assert browser.get(path).status_code == 200, path
