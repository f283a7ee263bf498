"""The browser of the tests of pages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.fakes.served_pages import chromium


# Not one for the whole run: as long as it lives nothing else in this process may use asyncio.
@pytest.fixture(scope="module")
def chromium_of_the_file() -> Iterator[Browser]:
    """A Chromium for the tests of a file."""
    expect.set_options(timeout=20_000)  # a busy machine may take its time
    with chromium() as running:
        yield running


@pytest.fixture
def browser(chromium_of_the_file: Browser) -> Iterator[Browser]:
    """That Chromium; what a test opened in it is closed after the test."""
    yield chromium_of_the_file
    for context in chromium_of_the_file.contexts:
        context.close()
