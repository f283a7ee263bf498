"""The review pages served to a real browser, and what axe says of them."""

from __future__ import annotations

import json
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any

import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from api.app import app_for
from core.serving import ENDING, ServePlan
from core.settings import Settings
from tests.fakes.pages_office import PASSWORD

_PATIENCE_S = 30.0  # for a server to come up, and to end


@contextmanager
def served(state: Path, settings: Settings | None = None, db: str | None = None) -> Iterator[str]:
    """The address of the pages over a state folder, as long as the block lasts.

    Pages may stay open at its end: the server tells their streams of news to end, as the command
    does when it is stopped, and breaks off what goes on all the same.
    """
    app = app_for(ServePlan("127.0.0.1", state, db), settings or Settings())
    with socket.create_server(("127.0.0.1", 0)) as listening:
        config = uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=5)
        server = uvicorn.Server(config)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listening]}, daemon=True, name="served pages"
        )
        thread.start()
        try:
            until = time.monotonic() + _PATIENCE_S
            while not server.started:
                assert thread.is_alive(), "the server ended before it listened"
                assert time.monotonic() < until, "the server did not come up"
                time.sleep(0.02)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            ENDING.set()
            server.should_exit = True
            thread.join(_PATIENCE_S)
            ENDING.clear()
            assert not thread.is_alive(), "the server did not end"


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser."""
    program = shutil.which("chromium")
    assert program, "no Chromium on this machine: `make programs` installs Debian's"
    quiet = ("--disable-background-networking", "--mute-audio")
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--disable-gpu", *quiet]
        )
        yield running
        running.close()


def logged_in(browser: Browser, address: str, login: str, width: int, looks: Any) -> Page:
    """A page of somebody who has logged in by the form."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=looks, locale="ru-RU"
    )
    page = context.new_page()
    page.goto(f"{address}/login")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click("button.main")
    page.wait_for_load_state()
    return page


def serious_findings(page: Page) -> list[str]:
    """What axe finds serious on a page: rule and place."""
    script = files("axe_playwright_python") / "axe.min.js"
    page.evaluate(script.read_text(encoding="utf-8"))
    found = json.loads(page.evaluate("async () => JSON.stringify(await axe.run())"))
    return [
        f"{one['id']}: {node['target']}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]
