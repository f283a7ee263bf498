"""A CRM that every test fills with its own people."""

from __future__ import annotations

import pytest

from tests.fakes.town import Town


@pytest.fixture
def town() -> Town:
    """An empty town."""
    return Town()
