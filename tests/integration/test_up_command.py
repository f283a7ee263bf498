"""`stagecheck up`: one command keeps everything going on one machine."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from httpx2 import Client

from ingest.sftp.box import Box, Room
from models.vocabulary.access import Role
from tests.fakes.office import ANDREYS, BORISS, write_crm
from tests.fakes.pages_office import PASSWORD, add_person
from tests.integration.service_house import House, house, undisturbed

pytestmark = pytest.mark.slow
PAGES = re.compile(r"The app: http://127\.0\.0\.1:(\d+)/")
ADDRESS = re.compile(r"The report: http://127\.0\.0\.1:(\d+)/")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path) as made:
        yield made


@pytest.fixture
def real_site(tmp_path: Path) -> Iterator[House]:
    with house(tmp_path, quickly=False) as made:
        yield made


def start(site: House) -> None:
    site.start("up", "up", "--port", "0")


def page(site: House) -> str:
    port = site.wait_for("the address of the page", lambda: ADDRESS.findall(site.log("up")))[-1]
    connection = HTTPConnection("127.0.0.1", int(port), timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().read().decode()
    finally:
        connection.close()


def test_the_page_is_served_and_follows_the_calls(
    real_site: House, tmp_path_factory: pytest.TempPathFactory
) -> None:
    site = real_site
    (site.ears / f"wait-{BORISS}").touch()
    start(site)
    site.wait_for("the first page", lambda: "Стадия в CRM и что было на самом деле" in page(site))
    (site.ears / f"wait-{BORISS}").unlink()
    site.wait_until_settled()
    calm = undisturbed(tmp_path_factory.mktemp("really calm"), quickly=False)
    assert site.account() == calm
    assert "3 calls, 2 deals" in site.log("up")
    assert "не звоните больше" in page(site)


def test_what_nobody_has_heard_yet_accuses_nobody(site: House) -> None:
    (site.ears / f"wait-{ANDREYS}").touch()
    start(site)
    site.wait_for("the first verdicts", lambda: "deals:" in site.log("up"))
    told = next(line for line in site.log("up").splitlines() if "deals:" in line)
    assert "0 ahead of reality" in told
    assert "0 unusable recordings" in told


def test_a_broken_snapshot_is_told_and_a_mended_one_taken(
    site: House, calm: dict[str, Any]
) -> None:
    site.crm.write_text("{", encoding="utf-8")
    start(site)
    site.wait_for("the problem", lambda: "Waiting for the next change" in site.log("up"))
    assert str(site.crm) in site.log("up")
    write_crm(site.crm)
    site.wait_until_settled()
    assert site.account() == calm


def test_what_a_telephone_system_uploads_is_judged_too(site: House) -> None:
    start(site)
    site.wait_until_settled()
    recording = min((site.records / "2026").glob("*.wav"))
    box = Box(site.state / "inbox" / "pbx", Room(1 << 30, 100, 0))
    for path in (recording.with_suffix(".json"), recording):
        place = PurePosixPath("/", path.name)
        path.replace(box.begin(place, anew=True))
        box.finish(place)
    site.wait_for("it is taken", (site.records / "pbx" / recording.name).is_file)
    site.wait_until_settled()
    assert f"pbx sent /{recording.name}" in site.log("up")
    assert site.heard()[ANDREYS] == 1, "it was heard in its old place"
    assert len(site.account()["calls"]) == 3


def test_the_review_pages_open_with_the_first_account(site: House) -> None:
    site.settings["STAGECHECK_SERVICE__PAGES_PORT"] = "0"
    start(site)
    site.wait_for("the address of the report", lambda: ADDRESS.findall(site.log("up")))
    assert "The app" not in site.log("up")
    add_person(site.engine, "olga", Role.HEAD)
    found = site.wait_for("the pages", lambda: PAGES.findall(site.log("up")))
    with Client(base_url=f"http://127.0.0.1:{found[-1]}") as browser:
        answer = browser.post("/login", data={"login": "olga", "password": PASSWORD})
        assert answer.status_code == 303
        assert "Olga" in browser.get("/me").text
    assert site.kill("up", how=signal.SIGTERM) == 0


def test_an_upload_that_cannot_be_taken_now_waits(site: House) -> None:
    box = Box(site.state / "inbox" / "pbx", Room(1 << 30, 100, 0))
    place = PurePosixPath("/late.txt")
    box.begin(place, anew=True).write_text("probe")
    box.finish(place)
    blocked = site.records / "pbx"
    blocked.write_text("a file where the folder should be")
    start(site)
    site.wait_for("the problem", lambda: "cannot be taken now" in site.log("up"))
    blocked.unlink()
    site.wait_for("it is taken", (site.records / "pbx" / "late.txt").is_file)


def test_two_on_one_database_are_refused(site: House) -> None:
    start(site)
    site.wait_for("the address of the page", lambda: ADDRESS.findall(site.log("up")))
    second = site.start("second", "up", "--port", "0")
    assert second.wait(120) == 2
    assert "another run of stagecheck is working here" in site.log("second")


def test_a_port_that_is_taken_is_told(site: House) -> None:
    start(site)
    [port] = site.wait_for("the address of the page", lambda: ADDRESS.findall(site.log("up")))
    second = site.start("second", "up", "--port", port, "--db", f"sqlite:///{site.folder}/other.db")
    assert second.wait(120) == 2
    assert f"port {port}: the page cannot be served there" in site.log("second")


def test_the_drop_box_opens_with_the_first_account(site: House) -> None:
    start(site)
    site.wait_for("the address of the page", lambda: ADDRESS.findall(site.log("up")))
    assert "drop-box" not in site.log("up")
    key = site.folder / "key"
    os.system(f"ssh-keygen -q -t ed25519 -N '' -f {key}")  # noqa: S605 - a path of the test's own
    site.command("sftp-account", "pbx", "--key", f"{key}.pub", place=("--state", str(site.state)))
    site.wait_for("the drop-box", lambda: "takes uploads by SFTP" in site.log("up"))
    until = time.monotonic() + 60
    while len(site.parts("up")) < 2:
        assert time.monotonic() < until
        time.sleep(0.1)
