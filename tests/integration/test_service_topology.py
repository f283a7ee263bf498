"""What docker-compose.yml describes, as plain processes: from an upload to the verdict."""

from __future__ import annotations

import json
import re
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fakes.office import STRANGERS
from tests.integration.broker import broker
from tests.integration.service_house import House, house
from tests.integration.sftp_box import drop_box, make_account

pytestmark = pytest.mark.slow


@pytest.fixture
def site(tmp_path: Path, empty_postgres_url: str) -> Iterator[House]:
    (tmp_path / "broker").mkdir()
    with broker(tmp_path / "broker") as redis:
        secret = tmp_path / "broker_url"
        secret.write_text(redis.url)
        with house(
            tmp_path, empty_postgres_url, STAGECHECK_SERVICE__BROKER_FILE=str(secret)
        ) as made:
            yield made


def test_an_upload_becomes_a_verdict(site: House) -> None:
    recording = site.records / "2026" / f"call-{STRANGERS}.wav"
    upload = site.folder / "uploads"
    upload.mkdir()
    for path in (recording, recording.with_suffix(".json")):
        path.rename(upload / path.name)
    key = make_account(site.state)
    with drop_box(site.state, key) as served:
        site.start("scheduler")
        site.start("one", "worker")
        site.start("two", "worker")
        site.serve()
        site.wait_for("two calls are judged", lambda: len(site.account()["calls"]) == 2)
        site.wait_until_settled()
        before = site.account()
        batch = "".join(f"put {path}\n" for path in sorted(upload.iterdir()))
        subprocess.run(
            ["sftp", *served.options(), "-P", str(served.port), "-b", "-", "pbx@127.0.0.1"],
            input=batch,
            text=True,
            check=True,
            capture_output=True,
            timeout=120,
        )
        site.wait_for("the call is there", lambda: len(site.account()["calls"]) == 3)
        site.wait_until_settled()
        after = site.account()
        assert after["verdicts"] != before["verdicts"]
        assert (
            after["flags"].count("unregistered_lead")
            == before["flags"].count("unregistered_lead") + 1
        )
        assert set(site.heard().values()) == {1}
        assert asked(site, "/readyz") == (200, {"ready": True, "reasons": []})
        status, standing = asked(site, "/api/v1/status")
        assert status == 200
        assert standing["recordings"] == {"transcribed": 3}
        assert standing["last_hour"]["calls"] == 3
        for name in ("scheduler", "worker"):
            assert f"a {name} lives here" in site.command("alive", name)


def asked(site: House, path: str) -> tuple[int, Any]:
    """What the web process answers."""
    found = site.wait_for(
        "the web process", lambda: re.findall(r"http://127\.0\.0\.1:(\d+)", site.log("serve"))
    )
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{found[-1]}{path}", timeout=30) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)
