"""`stagecheck crm ...` against a portal of Bitrix24 that answers over HTTP."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner, Result

from core.crm_settings import CrmSettings
from flow.cli import app
from models.crm_keys import crm_keys, open_tokens
from models.places import open_state
from models.session import reading
from models.store.audit import read_audit
from models.store.connections import find_connection, sealed_tokens
from models.vocabulary.crm import Connection
from tests.fakes.crm.amocrm import amo_running
from tests.fakes.crm.bitrix24 import SECRET, Portal, portal


@pytest.fixture
def office(monkeypatch: pytest.MonkeyPatch) -> Iterator[Portal]:
    with portal() as made:
        made.office.add_category(3, "Разработка сайтов")
        monkeypatch.setenv("STAGECHECK_CRM__ALLOW_NETWORKS", '["127.0.0.0/8"]')
        monkeypatch.setenv("STAGECHECK_CRM__PORTS", f"[{made.port}]")
        monkeypatch.setenv("STAGECHECK_CRM__REQUESTS_PER_S", "50")
        monkeypatch.setenv("STAGECHECK_CRM__PAGES", "https://calls.example.ru")
        yield made


def crm(state: Path, *words: str, said: str = "") -> Result:
    return CliRunner().invoke(app, ["crm", *words, "--state", str(state)], input=said)


def connected(office: Portal, state: Path, tmp_path: Path) -> Result:
    token = tmp_path / "token"
    token.write_text(f"{SECRET}\n")
    told = crm(
        state, "connect", "bitrix24", "--name", "sales", "--address", office.address,
        "--token-file", str(token), "--yes",
    )  # fmt: skip
    assert told.exit_code == 0, told.output
    return told


def known(state: Path) -> Connection | None:
    database = open_state(state)
    try:
        with reading(database) as session:
            return find_connection(session, "sales")
    finally:
        database.dispose()


def audited(state: Path) -> list[str]:
    database = open_state(state)
    try:
        with reading(database) as session:
            return [entry.event for _, entry in read_audit(session)][::-1]
    finally:
        database.dispose()


def test_a_crm_is_connected_without_a_question_and_nothing_is_written(
    office: Portal, tmp_path: Path
) -> None:
    state = tmp_path / "state"
    told = connected(office, state, tmp_path)
    assert "as Анна Титова" in told.output
    assert "limits: 50 requests at once" in told.output
    assert "Общая: judged by web_studio" in told.output
    assert "not sure" in told.output
    made = known(state)
    assert made is not None
    assert (made.kind, made.address, made.writes) == ("bitrix24", office.address, False)
    assert [one["confirmed"] for one in made.stages.values()] == [False, False]
    assert not office.office.fields, "nothing was made in the CRM"
    assert SECRET.partition("/")[2] not in told.output
    with sqlite3.connect(state / "stagecheck.db") as rows:
        held = "\n".join(rows.iterdump())
    assert SECRET.partition("/")[2] not in held


def test_a_person_is_asked_step_by_step(office: Portal, tmp_path: Path) -> None:
    hook = f"{office.address}/rest/{SECRET}/"
    said = "\n".join([
        hook,  # the web-hook's address: portal and secret in one
        "change", "web_studio", "lead_received", "proposal", "invoiced", "in_work", "paid",
        "later",
        "y",  # our own fields
        "n",  # writing
    ])  # fmt: skip
    told = crm(tmp_path, "connect", "bitrix24", "--name", "sales", said=f"{said}\n")
    assert told.exit_code == 0, told.output
    made = known(tmp_path)
    assert made is not None
    first, second = made.stages.values()
    assert (first["confirmed"], second["confirmed"]) == (True, False)
    assert list(first["stages"].values())[:4] == [
        "lead_received",
        "proposal",
        "invoiced",
        "in_work",
    ]
    assert len(made.own_fields) == 5
    assert len(office.office.fields) == 5
    assert not made.writes
    assert audited(tmp_path) == ["crm connected", "crm stages mapped", "crm fields made"]


def test_what_was_answered_can_be_changed_later(office: Portal, tmp_path: Path) -> None:
    state = tmp_path / "state"
    connected(office, state, tmp_path)
    told = crm(state, "write", "on", "--notes", "verdicts", "--tag", "CRM впереди", said="y\n")
    assert told.exit_code == 0, told.output
    assert "writing is on: our fields, notes on confirmed findings and cards" in told.output
    made = known(state)
    assert made is not None
    assert made.writes
    assert made.options["write"]["tag"] == "CRM впереди"
    assert crm(state, "write", "off").exit_code == 0
    assert crm(state, "pause").exit_code == 0
    status = crm(state, "status", "--now")
    assert status.exit_code == 0, status.output
    assert "paused" in status.output
    assert "writing is off" in status.output
    assert "now: lets us in as Анна Титова" in status.output
    assert crm(state, "resume", "sales").exit_code == 0
    preview = crm(state, "preview")
    assert "Nothing was read of it yet" in preview.output
    said = "\n".join(["yes", "skip"])
    assert crm(state, "stages", said=f"{said}\n").exit_code == 0
    made = known(state)
    assert made is not None
    assert [one["confirmed"] for one in made.stages.values()] == [True, True]
    assert [one["template"] for one in made.stages.values()] == ["web_studio", ""]
    assert crm(state, "retry").output == "sales: 0 writes to be tried again\n"
    assert crm(state, "undo", "--yes").exit_code == 0


def test_a_hook_address_is_made_once_and_taken_away(office: Portal, tmp_path: Path) -> None:
    state = tmp_path / "state"
    connected(office, state, tmp_path)
    assert "takes no web-hooks" in crm(state, "hook").output
    told = crm(state, "hook", "--new", said="an application token\n")
    assert told.exit_code == 0, told.output
    assert "https://calls.example.ru/hooks/crm/" in told.output
    assert "an application token" not in told.output
    before = known(state)
    assert before is not None
    assert before.hook
    assert before.hook not in told.output
    again = crm(state, "hook", "--new", said="\n")
    after = known(state)
    assert after is not None
    assert again.exit_code == 0
    assert after.hook != before.hook
    assert crm(state, "hook", "--remove").exit_code == 0
    assert "takes no web-hooks" in crm(state, "hook").output


def test_a_draft_of_rules_holds(office: Portal, tmp_path: Path) -> None:
    state, out = tmp_path / "state", tmp_path / "rules"
    connected(office, state, tmp_path)
    told = crm(state, "draft", "--out", str(out))
    assert told.exit_code == 0, told.output
    assert sorted(path.name for path in out.iterdir()) == [
        "obshchaya.yaml",
        "razrabotka_saytov.yaml",
    ]
    held = CliRunner().invoke(app, ["pipelines", "--pipelines", str(out), "--state", str(state)])
    assert held.exit_code == 0, held.output
    again = crm(state, "draft", "--out", str(out))
    assert again.exit_code == 2
    assert "is there already" in again.output


def test_a_connected_crm_takes_a_new_token(office: Portal, tmp_path: Path) -> None:
    state, token = tmp_path / "state", tmp_path / "new"
    connected(office, state, tmp_path)
    office.webhook = "1/anothersecretofit"
    token.write_text(office.webhook)
    shut = crm(state, "status", "--now")
    assert "now: sales:" in shut.output
    told = crm(state, "connect", "bitrix24", "--name", "sales", "--token-file", str(token), "--yes")
    assert told.exit_code == 0, told.output
    assert "has a new token" in told.output
    database = open_state(state)
    with reading(database) as session:
        made = find_connection(session, "sales")
        assert made is not None
        sealed = sealed_tokens(session, made.id)
    database.dispose()
    assert sealed is not None
    assert open_tokens(crm_keys(state, CrmSettings()), sealed).access == office.webhook


def test_a_crm_is_disconnected_with_its_tokens(office: Portal, tmp_path: Path) -> None:
    state = tmp_path / "state"
    connected(office, state, tmp_path)
    kept = crm(state, "disconnect", said="n\nn\n")
    assert "Still connected" in kept.output
    told = crm(state, "disconnect", said="y\ny\n")
    assert told.exit_code == 0, told.output
    assert known(state) is None
    assert "No CRM is connected" in crm(state, "status").output
    assert audited(state)[-1] == "crm disconnected"


@pytest.mark.parametrize(
    ("words", "said", "told"),
    [
        (("connect", "bitrix24", "--name", "Продажи"), "{url}\n", "is no name for a CRM"),
        (("connect", "bitrix24", "--address", "http://10.0.0.1"), f"{SECRET}\n", "crm.ports"),
        (("connect", "bitrix24", "--address", "ftp://x.ru"), f"{SECRET}\n", "is no address"),
        (("connect", "bitrix24"), "", "was not answered"),
        (("connect", "bitrix24"), "{url}rong\n", "bitrix24: "),
        (("connect", "bottlecrm", "--address", "{home}", "--oauth"), "a\nb\n\n", "no OAuth"),
        (("connect", "amocrm", "--token-file", "nowhere"), "", "nowhere: cannot be read"),
        (("status", "other"), "", "other: is no connected CRM"),
        (("preview",), "", "no CRM: is connected"),
        (("undo", "--since", "yesterday"), "", "yesterday"),
    ],
)
def test_what_goes_wrong_is_told_with_a_remedy(
    office: Portal, tmp_path: Path, words: tuple[str, ...], said: str, told: str
) -> None:
    answers = said.format(url=f"{office.address}/rest/{SECRET}")
    result = crm(tmp_path, *(one.format(home=office.address) for one in words), said=answers)
    assert result.exit_code == 2, result.output
    assert "stagecheck: " in result.output.strip().splitlines()[-1]
    assert told in result.output
    assert "Traceback" not in result.output
    assert SECRET.partition("/")[2] not in result.output


def test_amocrm_is_told_where_its_web_hooks_go_and_asked_what_it_demands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state, token = tmp_path / "state", tmp_path / "token"
    with amo_running() as fake:
        monkeypatch.setenv("STAGECHECK_CRM__ALLOW_NETWORKS", '["127.0.0.0/8"]')
        monkeypatch.setenv("STAGECHECK_CRM__PORTS", f"[{urlsplit(fake.base).port}]")
        monkeypatch.setenv("STAGECHECK_CRM__REQUESTS_PER_S", "50")
        monkeypatch.setenv("STAGECHECK_CRM__PAGES", "https://calls.example.ru")
        token.write_text(fake.tokens.new_long_lived(fake.domain))
        told = crm(
            state, "connect", "amocrm", "--name", "sales", "--address", fake.base,
            "--token-file", str(token), "--yes",
        )  # fmt: skip
        assert told.exit_code == 0, told.output
        assert crm(state, "hook", "--new").output == "sales: the CRM sends its web-hooks now.\n"
        assert "The CRM sends them." in crm(state, "hook").output
        assert "the CRM sends its web-hooks now" in crm(state, "hook", "--new").output
        assert len(fake.store.rows["webhooks"]) == 1, (
            "the address before is worth nothing and taken away"
        )
        draft = crm(state, "draft", "--out", str(tmp_path / "rules"))
        assert draft.exit_code == 0, draft.output
        assert crm(state, "hook", "--remove").exit_code == 0
        assert not fake.store.rows["webhooks"]
