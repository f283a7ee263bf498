"""Processes of the service say that they live, and others see which do."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from api.app import app_for
from core.broker import BrokerError, queue_lengths
from core.clock import now
from core.serving import ServePlan
from core.settings import Settings
from flow.service.background import again_and_again
from flow.service.heartbeat import heard_of
from flow.service.tasks import CeleryBell
from ingest.sftp.alive import alive_folder, drop_boxes
from models.session import reading, transaction
from models.store.processes import (
    Process,
    beat_process,
    forget_silent_processes,
    processes_seen,
)
from models.vocabulary.errors import StagecheckError
from models.vocabulary.work import Lane
from tests.integration.broker import broker
from tests.integration.sftp_box import drop_box, make_account

_PATIENCE_S = 30.0


def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while not true():
        assert time.monotonic() < until
        time.sleep(0.02)


def _seen(database: Engine) -> list[str]:
    with reading(database) as session:
        return [process.name for process, _ in processes_seen(session, now() - timedelta(hours=1))]


def test_a_process_is_seen_from_its_start_to_its_end(database: Engine) -> None:
    def beat_at() -> object:
        with reading(database) as session:
            return [at for _, at in processes_seen(session, now() - timedelta(hours=1))]

    assert _seen(database) == []
    with heard_of(database, "worker", 0.05):
        assert _seen(database) == ["worker"]
        first = beat_at()
        _until(lambda: beat_at() != first)
    assert _seen(database) == []


def test_one_that_was_killed_is_forgotten_and_its_number_used_again(database: Engine) -> None:
    with transaction(database) as session:
        beat_process(session, Process("scheduler", "here", 7), now() - timedelta(days=2))
        beat_process(session, Process("worker", "there", 7), now() - timedelta(days=2))
        beat_process(session, Process("worker", "here", 7), now())
    assert _seen(database) == ["worker"]
    with transaction(database) as session:
        forget_silent_processes(session, now() - timedelta(days=1))
        everybody = processes_seen(session, now() - timedelta(days=9))
    assert [process for process, _ in everybody] == [Process("worker", "here", 7)]


def test_work_in_the_background_survives_what_goes_wrong() -> None:
    wrongs = [StagecheckError("no database"), ValueError("odd")]
    done = threading.Event()

    def work(ended: threading.Event) -> None:
        assert not ended.is_set()
        if wrongs:
            raise wrongs.pop(0)
        done.set()

    with again_and_again("part", 0.01, work):
        assert done.wait(_PATIENCE_S)
    assert "part" not in {thread.name for thread in threading.enumerate()}


def test_a_drop_box_is_seen_until_it_ends(tmp_path: Path) -> None:
    state = tmp_path / "state"
    folder = alive_folder(state)
    with drop_box(state, make_account(state)) as box:
        _until(lambda: drop_boxes(folder, time.time()) >= 1)
        assert drop_boxes(folder, time.time() + 61) == 0
        box.stop()
        assert list(folder.iterdir()) == []


def test_what_lies_in_the_broker_is_counted(tmp_path: Path) -> None:
    (tmp_path / "state").mkdir()
    with broker(tmp_path) as redis:
        bell = CeleryBell(redis.url)
        bell.ring(Lane.FRESH, [1, 2, 3])
        assert queue_lengths(redis.url, ["fresh", "backlog"]) == {"fresh": 3, "backlog": 0}
        assert bell.unheard() == {Lane.FRESH: 3, Lane.BACKLOG: 0}
        settings = Settings.model_validate({"service": {"broker": redis.url}})
        app = app_for(ServePlan("127.0.0.1", tmp_path / "state", None), settings)
        with TestClient(app, base_url="http://localhost", client=("127.0.0.1", 1)) as asking:
            lanes = asking.get("/api/v1/status").json()["lanes"]
            assert (lanes["fresh"]["queued"], lanes["backlog"]["queued"]) == (3, 0)
            assert 'stagecheck_queued_messages{lane="fresh"} 3.0' in asking.get("/metrics").text
            assert _parts(asking) == ["scheduler"]
            redis.kill()
            assert _parts(asking) == ["scheduler", "broker"]
            assert asking.get("/api/v1/status").json()["lanes"]["fresh"]["queued"] is None
        with pytest.raises(BrokerError):
            queue_lengths(redis.url, ["fresh"])


def _parts(asking: TestClient) -> list[str]:
    return [reason["part"] for reason in asking.get("/readyz").json()["reasons"]]
