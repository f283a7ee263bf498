"""What people correct in calls stands beside what the machine heard, and is never lost."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select

from models.session import reading
from models.store.audit import read_audit
from models.store.corrections import chosen_deals, corrections_of
from models.tables import ActionRow, DealMatchRow, DealRow, JobRow, TranscriptRow
from models.vocabulary.correction import CorrectionKind
from tests.fakes.called_office import CalledOffice, called_office
from tests.fakes.pages_office import asking, log_in


@pytest.fixture
def office(database_url: str, tmp_path: Path) -> Iterator[CalledOffice]:
    called = called_office(tmp_path / "office", database_url)
    yield called
    called.database.dispose()


@pytest.fixture
def browser(office: CalledOffice) -> Iterator[TestClient]:
    with asking(office.state, db=office.office.url) as client:
        yield client


def send(browser: TestClient, csrf: str, address: str, **fields: Any) -> Any:
    return browser.post(address, data=fields, headers={"x-csrf-token": csrf})


def plain(page: str) -> str:
    """A page with its white space made one."""
    return " ".join(page.split())


def booked(office: CalledOffice) -> ActionRow:
    """The meeting that was heard in Andrey's call."""
    with reading(office.database) as session:
        chosen = select(ActionRow).where(ActionRow.type == "meeting_booked")
        return session.scalars(chosen.where(ActionRow.call == office.andreys)).one()


def test_the_page_shows_words_actions_and_the_deal(
    office: CalledOffice, browser: TestClient
) -> None:
    log_in(browser, "olga")
    page = plain(browser.get(f"/calls/{office.andreys}").text)
    assert "Встреча назначена" in page
    assert "Сайт Белого слона" in page
    assert "по телефону" in page
    assert "Номер +79160001301 записан в CRM: Андрей Лаптев." in page
    assert "Доказательство A" in page
    with_time = [one["start"] for one in office.transcript(office.andreys).segments]
    assert f'data-seek="{with_time[0]}"' in page
    assert f'href="/calls/{office.andreys}/audio?download=1"' in page


def test_a_word_is_corrected_shown_and_taken_back(
    office: CalledOffice, browser: TestClient
) -> None:
    csrf = log_in(browser, "anna")
    before = office.transcript(office.andreys).segments
    form = browser.get(f"/calls/{office.andreys}/segments/0/edit")
    assert "Кедр" in form.text
    answer = send(browser, csrf, f"/calls/{office.andreys}/segments/0", word="1", text="Кадр")
    assert answer.status_code == 200
    assert answer.headers["hx-trigger-after-settle"] == "corrected"
    assert "<ins" in answer.text
    assert "Кадр" in answer.text
    assert "исправлено: anna" in browser.get(f"/calls/{office.andreys}").text
    assert office.transcript(office.andreys).segments == before, "the machine's stays"
    send(browser, csrf, f"/calls/{office.andreys}/segments/0", word="1", text="")
    assert "Кадр" not in browser.get(f"/calls/{office.andreys}").text
    with reading(office.database) as session:
        kept = corrections_of(session, office.andreys, UTC)
        told = [one for _, one in read_audit(session, events=["corrected"])]
    assert [dict(one.corrected) for one in kept] == [{"text": "Кадр"}, {}]
    assert [(one.who, one.detail) for one in told] == [("anna", "word 0.1")] * 2
    assert not [one for one in told if "Кадр" in one.detail]


def test_a_speaker_is_corrected(office: CalledOffice, browser: TestClient) -> None:
    csrf = log_in(browser, "anna")
    address = f"/calls/{office.andreys}/segments/1"
    answer = send(browser, csrf, address, speaker="agent")
    assert 'class="segment agent"' in answer.text
    assert "<del" in answer.text
    assert 'class="segment client"' in send(browser, csrf, address, speaker="client").text
    assert send(browser, csrf, address, speaker="somebody").status_code == 422


def test_an_action_is_wrong_or_of_another_status(office: CalledOffice, browser: TestClient) -> None:
    csrf, action = log_in(browser, "anna"), booked(office)
    address = f"/calls/{office.andreys}/actions/{action.position}"
    assert "этого не было: anna" in send(browser, csrf, address, said="wrong").text
    other = plain(send(browser, csrf, address, said="proposed").text)
    assert "<del" in other
    assert "<ins>предложено</ins>" in other
    undone = plain(send(browser, csrf, address, said="").text)
    assert "<del" not in undone
    assert booked(office).status == action.status, "the machine's stays"
    assert send(browser, csrf, address, said="nonsense").status_code == 422


def test_a_missed_action_is_added_and_taken_back(office: CalledOffice, browser: TestClient) -> None:
    csrf = log_in(browser, "anna")
    address = f"/calls/{office.andreys}/missed"
    fields = {"type": "objection", "status": "done", "speaker": "client", "start": "1,5"}
    send(browser, csrf, address, **fields, note="дорого")
    two = send(browser, csrf, address, **fields, note="<b>очень</b> дорого").text
    assert two.count("Машина пропустила") == 2
    assert "<b>очень" not in two
    left = send(browser, csrf, f"{address}/0").text
    assert left.count("Машина пропустила") == 1
    assert "очень" in left
    for nonsense in ({"type": "x"}, {"status": "x"}, {"start": "x"}, {"start": "-1"}):
        assert send(browser, csrf, address, **fields | nonsense).status_code == 422


def test_a_correction_of_other_words_is_not_shown(
    office: CalledOffice, browser: TestClient
) -> None:
    csrf = log_in(browser, "anna")
    send(browser, csrf, f"/calls/{office.andreys}/segments/0", word="1", text="Кадр")
    row = office.transcript(office.andreys)
    first = row.segments[0] | {"text": "Добрый день всем", "words": []}
    office.change(TranscriptRow, row.id, segments=[first, *row.segments[1:]])
    assert "Кадр" not in browser.get(f"/calls/{office.andreys}").text


@pytest.mark.parametrize("login", ["irina", "root", "rita"])
def test_only_who_may_decide_corrects(
    office: CalledOffice, browser: TestClient, login: str
) -> None:
    csrf = log_in(browser, login)
    for address in ("segments/0", "actions/0", "missed", "missed/0", "deal"):
        assert send(browser, csrf, f"/calls/{office.andreys}/{address}").status_code == 403
    for address in ("segments/0/edit", "deals?q=1001"):
        assert browser.get(f"/calls/{office.andreys}/{address}").status_code == 403
    with reading(office.database) as session:
        assert corrections_of(session, office.andreys, UTC) == []


def test_what_is_not_there_or_out_of_reach_is_not_found(
    office: CalledOffice, browser: TestClient
) -> None:
    csrf = log_in(browser, "anna")
    beyond = ("segments/99", "actions/99", "actions/-1")
    for address in [f"/calls/{office.andreys}/{one}" for one in beyond]:
        assert send(browser, csrf, address, word="0", text="x", said="wrong").status_code == 404
    assert send(browser, csrf, f"/calls/{office.andreys}/segments/0", word="99").status_code == 404
    for address in ("segments/0", "actions/0", "missed", "deal"):
        sent = {"type": "objection", "status": "done", "speaker": "client", "said": "wrong"}
        assert send(browser, csrf, f"/calls/{office.boriss}/{address}", **sent).status_code == 404


def test_a_form_must_be_ours(office: CalledOffice, browser: TestClient) -> None:
    log_in(browser, "anna")
    assert browser.post(f"/calls/{office.andreys}/deal", data={"deal": "1002"}).status_code == 403


def test_a_deal_is_chosen_by_hand_and_given_back(office: CalledOffice, browser: TestClient) -> None:
    csrf = log_in(browser, "anna")
    machine = vars(office.row(DealMatchRow, office.andreys)).copy()
    assert machine["deal_id"] == "1001"
    answer = plain(send(browser, csrf, f"/calls/{office.andreys}/deal", deal="1002").text)
    assert "Сайт Немова" in answer
    assert "указано вручную" in answer
    assert "Машина считала: Сайт Белого слона" in answer
    chosen = office.row(DealMatchRow, office.andreys)
    assert (chosen.deal_id, chosen.method, chosen.alternatives) == ("1002", "hand", [])
    with reading(office.database) as session:
        jobs = [(one.kind, one.subject, one.state) for one in session.scalars(select(JobRow))]
        [told] = [one for _, one in read_audit(session, events=["corrected"])]
    assert jobs == [("verdicts", str((office.office.folder / "records").resolve()), "waiting")]
    assert told.detail == "deal 1001 -> 1002"
    none = send(browser, csrf, f"/calls/{office.andreys}/deal", deal="").text
    assert "не относится ни к одной сделке" in none
    send(browser, csrf, f"/calls/{office.andreys}/deal", undo="1")
    back = office.row(DealMatchRow, office.andreys)
    for name in ("deal_id", "score", "method", "reasons", "alternatives"):
        assert getattr(back, name) == machine[name], name


def test_a_deal_is_looked_for_by_name_or_number_within_reach(
    office: CalledOffice, browser: TestClient
) -> None:
    csrf = log_in(browser, "anna")
    address = f"/calls/{office.andreys}/deals"
    assert "Сайт Немова" in browser.get(address, params={"q": "немова"}).text
    assert "Сайт Немова" in browser.get(address, params={"q": "1002"}).text
    assert "Такой сделки нет" in browser.get(address, params={"q": "%"}).text
    assert "Немова" not in browser.get(address, params={"q": ""}).text
    with reading(office.database) as session:
        [deal] = session.scalars(select(DealRow).where(DealRow.id == "1002"))
    office.change(DealRow, (deal.crm, deal.position), responsible_id="u102")
    assert "Такой сделки нет" in browser.get(address, params={"q": "1002"}).text
    refused = send(browser, csrf, f"/calls/{office.andreys}/deal", deal="1002")
    assert refused.status_code == 422
    assert office.row(DealMatchRow, office.andreys).deal_id == "1001"


def test_the_next_run_keeps_to_the_choice(office: CalledOffice, browser: TestClient) -> None:
    csrf = log_in(browser, "anna")
    send(browser, csrf, f"/calls/{office.andreys}/deal", deal="1002")
    told = {one["call_id"]: one for one in office.office.run().result["calls"]}
    match = told["call-3"]["deal"]
    assert (match["id"], match["method"]) == ("1002", "hand")
    send(browser, csrf, f"/calls/{office.andreys}/deal", undo="1")
    told = {one["call_id"]: one for one in office.office.run().result["calls"]}
    assert told["call-3"]["deal"]["id"] == "1001"


def test_a_choice_of_a_deal_that_is_gone_is_none(office: CalledOffice, browser: TestClient) -> None:
    csrf = log_in(browser, "anna")
    send(browser, csrf, f"/calls/{office.strangers}/deal", deal="1002")
    with reading(office.database) as session:
        assert chosen_deals(session, [office.strangers])[office.strangers].deal_id == "1002"
        kinds = {one.kind for one in corrections_of(session, office.strangers, UTC)}
    assert kinds == {CorrectionKind.DEAL}
    crm = office.office.folder / "crm.json"
    crm.write_text(crm.read_text("utf-8").replace('"1002"', '"1003"'), encoding="utf-8")
    office.office.run()
    match = office.row(DealMatchRow, office.andreys)
    assert match.method != "hand"
    with reading(office.database) as session:
        assert session.get(DealMatchRow, office.strangers) is None
