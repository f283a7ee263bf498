"""The quick start of docs/api.md, command by command, with curl at a real server."""

from __future__ import annotations

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.fakes.office import add_recording, build_cdr
from tests.fakes.small_service import build_office, opened, work_off

ROOT = Path(__file__).parents[2]
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed"),
]


@pytest.fixture
def place(tmp_path: Path) -> Iterator[dict[str, str]]:
    """A judged office that is served, its files, and a shell that finds `stagecheck`."""
    request = build_office(tmp_path)
    with opened(request) as office:
        work_off(office)
    add_recording(tmp_path, "call.wav", 7, {})
    build_cdr(tmp_path / "Master.csv")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = tmp_path / "bin" / "stagecheck"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nexec {sys.executable} -m flow.cli "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{command.parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "STATE": str(request.state),
        "PORT": str(port),
        "STAGECHECK_API__SNAPSHOT_FILE": str(tmp_path / "crm.json"),
    }
    words = ["serve", "--state", str(request.state), "--port", str(port)]
    with subprocess.Popen(
        [str(command), *words], env=environment, cwd=tmp_path, stdout=subprocess.DEVNULL
    ) as server:
        try:
            _wait_for(port)
            yield environment
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    until = time.monotonic() + 60
    while time.monotonic() < until:
        with suppress(OSError):
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            return
        time.sleep(0.2)
    raise TimeoutError("the server did not come up")


def test_an_integrator_follows_it_with_curl(place: dict[str, str], tmp_path: Path) -> None:
    page = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    commands = re.findall(r"```sh\n(.*?)```", page, re.DOTALL)
    shutil.copy(tmp_path / "crm.json", tmp_path / "sent.json")
    script = "set -e\n" + "\necho\n".join(commands).replace("-T crm.json", "-T sent.json")
    done = subprocess.run(
        ["sh", "-c", script],
        env=place,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    decoder, rest, answers = json.JSONDecoder(), done.stdout.strip(), []
    while rest:
        answer, end = decoder.raw_decode(rest)
        answers.append(answer)
        rest = rest[end:].strip()
    flags, deals, verification, upload, ledger, snapshot, pipelines, pipeline = answers
    assert "next_cursor" in flags
    assert "next_cursor" in deals
    assert verification["id"] == "1001"
    assert upload["account"] == "api"
    assert ledger["new"] == 1
    assert snapshot["deals"] == 2
    [whole], beginning = tmp_path.glob("call-1-*.wav"), tmp_path / "beginning.wav"
    assert whole.read_bytes()[: 1 << 16] == beginning.read_bytes()
    assert pipelines["data"] == [{"id": "p1", "name": "Веб", "edition": 0}]
    demanded = [one for stage in pipeline["rules"]["stages"] for one in stage["requirements"]]
    assert demanded[0]["title"].isascii(), "in English"
