"""Alerts are raised once, told once to whoever should know, and told again when they end."""

from __future__ import annotations

import json
import stat
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update
from typer.testing import CliRunner

from core.clock import now
from core.settings import Settings
from flow.cli import app
from flow.service.alarms import keep_watch
from flow.service.telling_alerts import tell_due
from models.places import opened_database
from models.session import reading, transaction
from models.store.alerts import due_notices, forget_alerts, keep_alerts, open_alerts
from models.store.jobs import ask_for
from models.store.processes import Process, beat_process
from models.tables import AlertNoticeRow, AlertRow, JobRow
from models.vocabulary.alert import Alert, AlertKind
from models.vocabulary.work import JobKind, Lane, Want
from tests.fakes.receiver import Receiver, receiving

LAG = Alert(AlertKind.LAG, "fresh", "7 jobs wait")
DISK = Alert(AlertKind.DISK, "state", "1 GB is free")
NEVER = threading.Event()


@dataclass
class Hook:
    """A web service that is told of alerts; `answers` are given one after the other, then 200."""

    receiver: Receiver
    answers: list[int] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"{self.receiver.url}/secret-path"

    @property
    def told(self) -> list[dict[str, Any]]:
        return [one.body for one in self.receiver.taken]


@pytest.fixture
def hook() -> Iterator[Hook]:
    with receiving() as receiver:
        one = Hook(receiver)
        receiver.answer = lambda _got: one.answers.pop(0) if one.answers else 200
        yield one


def _settings(**alerts: object) -> Settings:
    return Settings.model_validate({"alerts": alerts})


def _keep(database: Engine, *alerts: Alert) -> tuple[int, int]:
    with transaction(database) as session:
        raised, ended = keep_alerts(session, alerts, ["webhook"], now())
    return len(raised), len(ended)


def _later(database: Engine) -> None:
    """Lets the pause before the next try pass."""
    with transaction(database) as session:
        session.execute(
            update(AlertNoticeRow)
            .where(AlertNoticeRow.due_at.is_not(None))
            .values(due_at=now() - timedelta(seconds=1))
        )


def test_an_alert_is_raised_once_and_ended_once(database: Engine) -> None:
    assert _keep(database, LAG) == (1, 0)
    assert _keep(database, LAG, DISK) == (1, 0)
    assert _keep(database, Alert(LAG.kind, LAG.subject, "9 jobs wait"), DISK) == (0, 0)
    with reading(database) as session:
        assert [one.detail for one in open_alerts(session)] == ["9 jobs wait", "1 GB is free"]
    assert _keep(database, DISK) == (0, 1)
    assert _keep(database, DISK) == (0, 0)
    assert _keep(database, LAG, DISK) == (1, 0)
    with reading(database) as session:
        told = [(one.event, one.alert.kind.value) for one in due_notices(session, now())]
    assert told == [("raised", "lag"), ("raised", "disk"), ("ended", "lag"), ("raised", "lag")]


def test_old_alerts_are_forgotten_with_what_was_told_of_them(database: Engine) -> None:
    _keep(database, LAG, DISK)
    _keep(database, DISK)
    with transaction(database) as session:
        forget_alerts(session, now() + timedelta(seconds=1))
    with reading(database) as session:
        assert session.query(AlertRow).count() == 1
        assert session.query(AlertNoticeRow).count() == 1


def test_the_webhook_is_told_once_of_the_beginning_and_once_of_the_end(
    database: Engine, hook: Hook
) -> None:
    settings = _settings(webhook=hook.url).alerts
    for alerts in ((LAG,), (LAG,), (), ()):
        _keep(database, *alerts)
        tell_due(database, settings, NEVER)
    assert [(one["event"], one["kind"], one["subject"]) for one in hook.told] == [
        ("raised", "lag", "fresh"),
        ("ended", "lag", "fresh"),
    ]
    assert hook.told[0]["detail"] == "7 jobs wait"
    assert hook.told[0]["ended_at"] is None
    assert hook.told[1]["ended_at"] >= hook.told[1]["since"]


def test_a_webhook_that_fails_is_tried_again_later_and_then_no_more(
    database: Engine, hook: Hook
) -> None:
    settings = _settings(webhook=hook.url, tries=3).alerts
    hook.answers = [500, 302]
    _keep(database, LAG)
    tell_due(database, settings, NEVER)
    tell_due(database, settings, NEVER)  # the pause is not over
    assert len(hook.answers) == 1
    _later(database)
    tell_due(database, settings, NEVER)
    _later(database)
    tell_due(database, settings, NEVER)
    assert [one["event"] for one in hook.told] == ["raised"]
    hook.answers = [500] * 9
    _keep(database)
    for _ in range(5):
        _later(database)
        tell_due(database, settings, NEVER)
    assert len(hook.answers) == 6
    with reading(database) as session:
        assert session.query(AlertNoticeRow.error).filter_by(event="ended").scalar() == (
            "it answered 500"
        )


@contextmanager
def _deaf_server() -> Iterator[str]:
    """Takes connections and never answers."""
    import socket

    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/"


def test_a_webhook_that_does_not_answer_holds_nobody_up(database: Engine) -> None:
    with _deaf_server() as url:
        _keep(database, LAG)
        tell_due(database, _settings(webhook=url, timeout_s=0.2).alerts, NEVER)
    with reading(database) as session:
        assert session.query(AlertNoticeRow.error).scalar() == "ReadTimeout"


def test_a_program_is_given_the_alert_without_a_shell(tmp_path: Path, hook: Hook) -> None:
    program, taken = tmp_path / "tell me", tmp_path / "$(taken); &"
    program.write_text(
        f"#!{sys.executable}\nimport sys, pathlib\n"
        "pathlib.Path(sys.argv[1]).write_bytes(sys.stdin.buffer.read())\n"
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    database = opened_database(None, tmp_path / "state", Settings().service)
    settings = _settings(webhook=hook.url, command=(str(program), str(taken)))
    with transaction(database) as session:
        keep_alerts(session, [DISK], ["webhook", "command"], now())
    tell_due(database, settings.alerts, NEVER)
    database.dispose()
    told = json.loads(taken.read_text())
    assert told | {"id": 0} == hook.told[0] | {"id": 0}
    assert told["kind"] == "disk"


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("/nowhere/at-all",), "FileNotFoundError"),
        ((sys.executable, "-c", "raise SystemExit(3)"), "it ended with status 3"),
        ((sys.executable, "-c", "import time; time.sleep(60)"), "TimeoutExpired"),
    ],
)
def test_a_program_that_fails_is_tried_again(
    command: tuple[str, ...], why: str, tmp_path: Path
) -> None:
    database = opened_database(None, tmp_path / "state", Settings().service)
    with transaction(database) as session:
        keep_alerts(session, [DISK], ["command"], now())
    tell_due(database, _settings(command=command, timeout_s=1).alerts, NEVER)
    with reading(database) as session:
        notice = session.query(AlertNoticeRow).one()
    database.dispose()
    assert (notice.error, notice.tries, notice.sent_at) == (why, 1, None)
    assert notice.due_at is not None


def test_the_service_sees_that_nobody_works_and_that_somebody_does_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = _settings(free_gb=0, lag_minutes=1000)
    database = opened_database(None, tmp_path, settings.service)
    with transaction(database) as session:
        ask_for(session, [Want(JobKind.CALL, "7", Lane.FRESH, now(), 60)], now())
        session.execute(update(JobRow).values(due_at=now() - timedelta(minutes=6)))
    for _ in range(2):
        keep_watch(database, tmp_path, settings)
    with transaction(database) as session:
        assert [one.kind for one in open_alerts(session)] == [AlertKind.NO_WORKER]
        beat_process(session, Process("worker", "there", 7), now())
    keep_watch(database, tmp_path, settings)
    with reading(database) as session:
        assert open_alerts(session) == []
    database.dispose()


def test_the_command_shows_what_is_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STAGECHECK_ALERTS__FREE_GB", "0")
    words = ["alerts", "--state", str(tmp_path)]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 1
    assert result.stdout == "no_scheduler scheduler: no scheduler is seen\n"
    [alert] = json.loads(CliRunner().invoke(app, [*words, "--json"]).stdout)["alerts"]
    assert (alert["kind"], alert["since"]) == ("no_scheduler", None)
    database = opened_database(None, tmp_path, Settings().service)
    with transaction(database) as session:
        beat_process(session, Process("scheduler", "there", 7), now())
    database.dispose()
    result = CliRunner().invoke(app, words)
    assert (result.exit_code, result.stdout) == (0, "nothing is wrong\n")
