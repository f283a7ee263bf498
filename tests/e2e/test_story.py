"""The whole story with real processes: an upload by SFTP, a flag, a listening, a decision, news."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urldefrag, urljoin

import pytest
from playwright.sync_api import Browser, Page, expect

from models.vocabulary.access import Role
from tests.fakes.office import STRANGERS
from tests.fakes.pages_office import add_person
from tests.fakes.receiver import Receiver, receiving, verified
from tests.fakes.served_pages import logged_in
from tests.integration.service_house import House, house
from tests.integration.sftp_box import drop_box, make_account

pytestmark = pytest.mark.slow


@pytest.fixture
def other() -> Iterator[Receiver]:
    """Another program that is told what happens."""
    with receiving() as made:
        yield made


@pytest.fixture
def site(tmp_path: Path, other: Receiver) -> Iterator[House]:
    with house(tmp_path) as made:
        made.settings["STAGECHECK_WEBHOOKS__ALLOW_NETWORKS"] = '["127.0.0.0/8"]'
        made.settings["STAGECHECK_WEBHOOKS__PORTS"] = f"[{other.port}]"
        made.state.mkdir(exist_ok=True)
        yield made


def test_from_an_upload_to_a_decision_that_others_are_told_of(
    site: House, other: Receiver, browser: Browser
) -> None:
    recording = site.records / "2026" / f"call-{STRANGERS}.wav"
    upload = site.folder / "uploads"
    upload.mkdir()
    for path in (recording, recording.with_suffix(".json")):
        path.rename(upload / path.name)
    key = make_account(site.state)
    add_person(site.engine, "anna", Role.SUPERVISOR, team=["u101"])
    with drop_box(site.state, key) as box:
        made = site.command("webhook", "add", other.url)
        [secret] = re.findall(r"whsec_\S+", made)
        site.start("scheduler")
        site.start("worker")
        site.serve()
        site.wait_for("two calls are judged", lambda: len(site.account()["calls"]) == 2)
        site.wait_until_settled()
        subprocess.run(
            ["sftp", *box.options(), "-P", str(box.port), "-b", "-", "pbx@127.0.0.1"],
            input="".join(f"put {path}\n" for path in sorted(upload.iterdir())),
            text=True,
            check=True,
            capture_output=True,
            timeout=120,
        )
        site.wait_for("the flag is told", lambda: _about_the_lead(other.told("flag.raised")))

        [port] = re.findall(r"http://127\.0\.0\.1:(\d+)", site.log("serve"))
        page = logged_in(browser, f"http://localhost:{port}", "anna", 1280, "light")
        finding = page.locator("article", has_text="Обращение без карточки").first
        expect(finding).to_be_visible()
        finding.get_by_role("link", name="Обращение без карточки").click()
        _listen(page)
        page.get_by_role("button", name="Подтвердить").first.click()
        expect(page.get_by_text("Anna").nth(1)).to_be_visible()
        told = site.wait_for("the decision is told", lambda: other.told("flag.decided"))
        assert [(one["data"]["decided"], one["data"]["state"]) for one in told] == [
            ("confirm", "confirmed")
        ]
        assert all(verified(secret, one) for one in other.got)
        _audit_tells(page, site)


def _about_the_lead(raised: list[dict[str, Any]]) -> bool:
    return any(one["data"]["kind"] == "unregistered_lead" for one in raised)


def _listen(page: Page) -> None:
    """Opens the call that the finding is about, and hears it."""
    here = page.url
    link = page.locator("main a[href*='/calls/']").first.get_attribute("href") or ""
    # Opened at a second it would begin by itself, and the button could be a pause by now.
    page.goto(urljoin(here, urldefrag(link).url))
    page.get_by_role("button", name="Слушать").first.click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('audio')].some((one) => one.currentTime > 0.2)"
        " || document.body.innerText.match(/0:0[1-9] \\//)"
    )
    page.goto(here)


def _audit_tells(page: Page, site: House) -> None:
    """Who heard the call and who decided stands written; only auditors read it."""
    add_person(site.engine, "rita", Role.AUDITOR)
    browser = page.context.browser
    assert browser
    address = re.match(r"https?://[^/]+", page.url)
    assert address
    audit = logged_in(browser, address[0], "rita", 1280, "light")
    audit.goto(f"{address[0]}/audit")
    expect(audit.get_by_role("table")).to_contain_text("anna")
    expect(audit.get_by_role("table")).to_contain_text(
        re.compile("listened|прослуш", re.IGNORECASE)
    )
