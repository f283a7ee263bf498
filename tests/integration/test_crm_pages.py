"""The pages of connected CRMs: connect, map, switch, undo, and who may not."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from core.clock import now
from core.settings import Settings
from flow.service.crm_preview_work import work_on_crm_preview
from models.places import open_state
from models.session import reading, transaction
from models.store.audit import read_audit
from models.store.connections import change_connection, find_connection
from models.store.crm_writes import writes_of_connection
from models.tables import CrmWriteRow, JobRow
from models.vocabulary.access import Role
from models.vocabulary.crm import Connection
from models.vocabulary.crm_write import WriteState
from tests.fakes.crm.bitrix24 import SECRET, Portal, portal
from tests.fakes.pages_office import add_person, asking, log_in

if TYPE_CHECKING:
    from flow.service.workplace import Workplace

HOME = "/system/crm"


@dataclass
class Office:
    client: TestClient
    database: Engine
    portal: Portal
    csrf: str

    def post(self, path: str, **said: str) -> tuple[int, str]:
        answer = self.client.post(path, data={"csrf": self.csrf, **said})
        if answer.status_code == 303:
            answer = self.client.get(answer.headers["location"])
        return answer.status_code, answer.text

    def known(self) -> Connection:
        with reading(self.database) as session:
            found = find_connection(session, "sales")
        assert found is not None
        return found

    def connect(self) -> str:
        status, page = self.post(
            HOME, kind="bitrix24", name="sales", token=f"{self.portal.address}/rest/{SECRET}/"
        )
        assert status == 200, page
        return page

    def written(self, *states: WriteState) -> None:
        with transaction(self.database) as session:
            for number, state in enumerate(states):
                row = CrmWriteRow(
                    connection=self.known().id, key=f"k{number}", kind="note", deal_id="17",
                    about=f"note:{number}|x||0", content={"text": "a secret of the client"},
                    state=state.value, created_at=now(), due_at=now(), since=now(),
                    detail="bitrix24: refuses it (400)." if state is WriteState.DEAD else None,
                )  # fmt: skip
                session.add(row)

    def states(self) -> list[str]:
        with reading(self.database) as session:
            return [one.state.value for one in writes_of_connection(session, self.known().id)]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    database = open_state(tmp_path)
    add_person(database, "root", Role.ADMIN)
    with portal() as made:
        made.office.add_category(3, "Разработка сайтов")
        made.office.add_user("Олег", "Без номера")
        settings = Settings.model_validate(
            {
                "crm": {
                    "allow_networks": ["127.0.0.0/8"],
                    "ports": [made.port],
                    "requests_per_s": 50,
                    "pages": "https://calls.example.ru",
                }
            }
        )
        with asking(tmp_path, settings) as client:
            yield Office(client, database, made, log_in(client, "root"))
    database.dispose()


def test_a_crm_is_connected_and_its_stages_are_confirmed(office: Office) -> None:
    assert "CRM ещё не подключена" in office.client.get(HOME).text
    page = office.connect()
    assert "Это наши догадки" in page
    assert "догадка" in page
    made = office.known()
    assert SECRET.partition("/")[2] not in page
    assert not any(one["confirmed"] for one in made.stages.values())
    fields = dict(re.findall(r'<input type="hidden" name="(shown:[^"]+)" value="([^"]*)"', page))
    said = {name.replace("shown:", "template:"): value for name, value in fields.items()}
    status, page = office.post(
        f"{HOME}/{made.id}/stages",
        **fields,
        **said,
        **{
            "stage:0:NEW": "lead_received",
            "stage:0:PREPARATION": "-",
            "stage:0:WON": "paid",
            "stage:0:EXECUTING": "no such stage",
            "confirmed:0": "yes",
            "extension:2": "102, 103, x",
            "field:order_type": "UF_CRM_1",
        },
    )
    assert status == 200
    assert "Сохранено" in page
    made = office.known()
    first = made.stages["0"]
    assert (first["template"], first["confirmed"]) == ("web_studio", True)
    assert first["stages"]["NEW"] == "lead_received"
    assert first["stages"]["PREPARATION"] == first["stages"]["EXECUTING"] == "-"
    assert made.options["extensions"] == {"2": ["102", "103"]}
    assert made.options["field_names"] == {"UF_CRM_1": "order_type"}
    assert "подтверждено воронок: 1 из 2" in page


def test_other_rules_show_their_stages_before_anything_is_kept(office: Office) -> None:
    page = office.connect()
    before = office.known()
    shown = dict(re.findall(r'<input type="hidden" name="(shown:[^"]+)" value="([^"]*)"', page))
    status, page = office.post(
        f"{HOME}/{before.id}/stages", **shown, **{"template:0": "b2b_kpi", "template:3": ""}
    )
    assert status == 200
    assert "Выбраны другие правила" in page
    assert 'value="decision_maker"' in page
    assert office.known().stages == before.stages


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"kind": "bitrix24", "token": ""}, "is no address"),
        ({"kind": "bitrix24", "address": "{home}", "token": "1/wrongsecret"}, "bitrix24: "),
        ({"kind": "bitrix24", "address": "{home}/rest/1/wrongsecret/"}, "bitrix24: "),
        ({"kind": "amocrm", "address": "http://10.0.0.1", "token": "x"}, "crm.ports"),
        ({"kind": "amocrm", "address": "http://[::1/x", "token": "x"}, "is no address"),
        ({"kind": "amocrm", "address": "{home}", "token": "two words"}, "no token has"),
        ({"kind": "bitrix24", "address": "{home}", "name": "Ж", "token": SECRET}, "is no name"),
    ],
)
def test_what_does_not_do_is_said_on_the_form(
    office: Office, said: dict[str, str], told: str
) -> None:
    filled = {name: value.format(home=office.portal.address) for name, value in said.items()}
    status, page = office.post(HOME, **filled)
    assert status == 422
    assert told in page
    assert "wrongsecret" not in page


def test_writing_is_switched_with_its_options_and_everything_is_in_the_audit(
    office: Office,
) -> None:
    office.connect()
    path = f"{HOME}/{office.known().id}"
    assert "Наши поля созданы" in office.post(f"{path}/make-fields")[1]
    assert len(office.known().own_fields) == 5
    _, page = office.post(f"{path}/write-on", fields="true", notes="verdicts", tag="впереди")
    assert "Запись включена" in page
    made = office.known()
    assert made.writes
    assert made.options["write"] == {
        "fields": True,
        "notes": "verdicts",
        "tasks": False,
        "tag": "впереди",
        "transcripts": False,
        "unknown": False,
    }
    for deed in ("write-off", "pause", "resume"):
        assert office.post(f"{path}/{deed}")[0] == 200
    page = office.client.get(f"{path}?check=1").text
    assert "Анна Титова" in page
    assert "50 запросов подряд" in page
    with reading(office.database) as session:
        told = [entry for _, entry in read_audit(session) if entry.event.startswith("crm ")]
    assert [one.event for one in told][::-1] == [
        "crm connected",
        "crm fields made",
        "crm writing on",
        "crm writing off",
        "crm paused",
        "crm resumed",
    ]
    assert {(one.who, one.subject) for one in told} == {("root", "crm:sales")}


def test_what_would_be_written_is_worked_out_by_a_worker_and_shown(office: Office) -> None:
    office.connect()
    number = office.known().id
    path = f"{HOME}/{number}"
    assert "Работник сервиса готовит" in office.post(f"{path}/preview")[1]
    with reading(office.database) as session:
        [job] = session.query(JobRow).filter(JobRow.kind == "crm_preview")
        assert job.subject == str(number)
    place = SimpleNamespace(database=office.database, settings=Settings())
    work_on_crm_preview(cast("Workplace", place), number)
    page = office.client.get(path).text
    assert "its deals were not judged yet" in page
    assert "hx-trigger" not in page.partition('id="preview"')[2].partition("</section>")[0]
    shown = {
        "at": now().isoformat(),
        "deals": [{"id": "17", "writes": [{"kind": "fields", "says": "Встреча; впереди"}]}],
    }
    with transaction(office.database) as session:
        change_connection(session, number, preview=shown)
    assert "Встреча; впереди" in office.client.get(path).text


def test_writes_are_tried_again_and_taken_back(office: Office) -> None:
    office.connect()
    office.written(WriteState.DEAD, WriteState.WRITTEN, WriteState.WRITTEN)
    path = f"{HOME}/{office.known().id}"
    page = office.client.get(path).text
    assert "refuses it (400)" in page
    assert "a secret of the client" not in page, "who keeps the system reads no calls"
    assert office.client.get(f"{path}?state=dead").text.count("примечание") < page.count(
        "примечание"
    )
    office.post(f"{path}/retry")
    assert office.states() == ["written", "written", "waiting"]
    with reading(office.database) as session:
        newest = writes_of_connection(session, office.known().id)[0].id
    assert "убирает" in office.post(f"{path}/undo", write=str(newest))[1]
    assert office.states() == ["undoing", "written", "waiting"]
    office.post(f"{path}/undo", deal="no such deal")
    assert office.states() == ["undoing", "written", "waiting"]
    office.post(f"{path}/undo", deal="17", kind="")
    assert office.states() == ["undoing", "undoing", "dropped"]


def test_the_address_of_web_hooks_is_shown_once(office: Office) -> None:
    office.connect()
    path = f"{HOME}/{office.known().id}"
    status, page = office.post(f"{path}/hook")
    assert status == 200
    assert "CRM не дала нам прописать его" in page, "a web-hook of Bitrix24 may not"
    found = re.search(r"https://calls\.example\.ru(/hooks/crm/[\w-]{43})", page)
    assert found
    assert found[1] not in office.client.get(path).text
    assert office.client.post(found[1], content=b"<xml/>").status_code == 400
    _, page = office.post(f"{path}/hook-off")
    assert "Вебхуки больше не принимаются" in page
    assert "Уберите вебхук в настройках CRM вручную" in page
    assert office.client.post(found[1], content=b"<xml/>").status_code == 404


def test_a_refused_crm_takes_a_new_token_and_goes_on(office: Office) -> None:
    office.connect()
    with transaction(office.database) as session:
        change_connection(session, office.known().id, refused="sales: the token was revoked.")
    path = f"{HOME}/{office.known().id}"
    assert "the token was revoked" in office.client.get(path).text
    assert office.post(f"{path}/token", token="1/stillwrong")[0] == 422
    office.portal.webhook = "1/anothersecretofit"
    assert office.post(f"{path}/token", token=office.portal.webhook)[0] == 200
    assert office.known().refused is None


def test_a_crm_is_disconnected_only_when_it_is_meant(office: Office) -> None:
    office.connect()
    path = f"{HOME}/{office.known().id}"
    office.post(f"{path}/disconnect")
    assert office.known()
    status, page = office.post(f"{path}/disconnect", sure="true", forget="true")
    assert status == 200
    assert "Токены удалены" in page
    assert office.client.get(path).status_code == 404
    for deed in ("write-on", "hook", "hook-off", "disconnect", "token", "pause", "stages", "undo"):
        assert office.post(f"{path}/{deed}", notes="off")[0] == 404, deed


def test_a_crm_that_is_away_is_told_calmly(office: Office) -> None:
    office.connect()
    office.portal.gone = True
    number = office.known().id
    for path in (f"{HOME}/{number}?check=1", f"{HOME}/{number}/stages"):
        answer = office.client.get(path)
        assert answer.status_code in (200, 422)
        assert "sales: " in answer.text


def test_english_is_spoken_as_well(office: Office) -> None:
    office.connect()
    add_person(office.database, "head", Role.HEAD, language="en")
    office.client.cookies.clear()
    log_in(office.client, "head")
    page = office.client.get(f"{HOME}/{office.known().id}?check=1").text
    assert "Writing into the CRM" in page
    assert "50 requests at once" in page
    assert "50 запросов" not in page
    assert (
        "Which rules judge each pipeline"
        in office.client.get(f"{HOME}/{office.known().id}/stages").text
    )
