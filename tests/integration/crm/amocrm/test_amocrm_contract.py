"""amoCRM's adapter keeps the contract of all adapters."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.crm.amocrm import amo_running
from tests.fakes.crm.amocrm_world import AmoWorld
from tests.integration.crm.contract import CrmContract


class TestAmoCrm(CrmContract):
    @pytest.fixture
    def world(self) -> Iterator[AmoWorld]:
        with amo_running() as fake:
            yield AmoWorld(fake)
            assert fake.store.stage_writes == 0
