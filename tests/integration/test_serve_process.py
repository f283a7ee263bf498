"""`stagecheck serve` as a process: it answers, ends well when asked, and a kill harms nothing."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.fakes.small_service import build_office

STARTS_S = 90.0


@contextmanager
def _process(*words: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", "flow.cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1"} | more,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate(timeout=120)


def _address(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    assert process.stderr is not None
    line = process.stdout.readline()
    found = re.search(r"(http://\S+)/ ", line)
    assert found, line + process.stderr.read()
    return found[1]


def _get(address: str, path: str, **headers: str) -> tuple[int, str]:
    try:
        with urlopen(Request(address + path, headers=headers), timeout=30) as answer:  # noqa: S310
            return answer.status, answer.read().decode()
    except HTTPError as error:
        with error:
            return error.code, error.read().decode()


def _until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + STARTS_S
    while not true():
        assert time.monotonic() < until
        time.sleep(0.1)


def test_it_answers_and_ends_well(tmp_path: Path) -> None:
    request = build_office(tmp_path)
    state = str(request.state)
    with _process("serve", "--port", "0", "--state", state) as process:
        address = _address(process)
        _until(lambda: _answers(address))
        assert _get(address, "/healthz")[0] == 200
        assert "scheduler" in _get(address, "/readyz")[1]
        assert _get(address, "/metrics", Host="evil.example")[0] == 421
        scheduler = ("scheduler", str(request.recordings), "--crm", str(request.crm))
        with _process(*scheduler, "--state", state) as other:
            _until(lambda: _get(address, "/readyz")[0] == 200)
            _until(lambda: _waiting(address) == 3)
            assert 'stagecheck_processes{name="scheduler"} 1.0' in _get(address, "/metrics")[1]
            other.terminate()
            assert other.wait(STARTS_S) == 0
        assert _get(address, "/readyz")[0] == 503  # it has said that it goes
        process.terminate()
        _, log = process.communicate(timeout=STARTS_S)
        assert process.returncode == 0
    routes = {json.loads(line).get("route") for line in log.splitlines()}
    assert {"/healthz", "/readyz", "/metrics", "/api/v1/status"} <= routes


def _answers(address: str) -> bool:
    try:
        return _get(address, "/healthz")[0] == 200
    except OSError:
        return False


def _waiting(address: str) -> int:
    lanes = json.loads(_get(address, "/api/v1/status")[1])["lanes"]
    return sum(lane["calls_waiting"] for lane in lanes.values())


def test_a_kill_amid_requests_harms_nothing(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with _process("serve", "--port", "0", "--state", str(state)) as process:
        address = _address(process)
        _until(lambda: _answers(address))
        _get(address, "/readyz")

        def ask() -> None:
            try:
                while True:
                    _get(address, "/metrics")
            except (OSError, HTTPException):  # an answer may end in the middle
                return

        asking = [threading.Thread(target=ask, daemon=True) for _ in range(4)]
        for thread in asking:
            thread.start()
        time.sleep(0.5)  # amid answers, wherever that is
        process.send_signal(signal.SIGKILL)
        process.wait(60)
        for thread in asking:
            thread.join(60)
    with sqlite3.connect(state / "stagecheck.db") as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    database.close()
    with _process("serve", "--port", "0", "--state", str(state)) as again:
        address = _address(again)
        _until(lambda: _answers(address))
        assert _get(address, "/api/v1/status")[0] == 200


def test_wrong_input_is_told_in_a_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with _process("serve", "--port", port, "--state", str(tmp_path)) as process:
            out, error = process.communicate(timeout=STARTS_S)
    assert (process.returncode, out) == (2, "")
    assert "cannot listen here" in error
    assert "--port" in error
    nowhere = {"STAGECHECK_SERVICE__TOKEN_FILE": str(tmp_path / "nowhere")}
    with _process("serve", "--port", "0", "--state", str(tmp_path), **nowhere) as process:
        _, error = process.communicate(timeout=STARTS_S)
    assert process.returncode == 2
    assert "service.token_file" in error
