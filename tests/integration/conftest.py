"""What tests of the service's processes stand on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.service_house import undisturbed


@pytest.fixture(scope="session")
def calm(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The account of a house in which nothing ever went wrong."""
    return undisturbed(tmp_path_factory.mktemp("calm"))
