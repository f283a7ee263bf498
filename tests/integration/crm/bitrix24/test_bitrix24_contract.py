"""Bitrix24 does what every CRM adapter must do, in both of its dialects."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.fakes.crm.bitrix24 import portal
from tests.integration.crm.bitrix24_world import Bitrix24World
from tests.integration.crm.contract import CrmContract
from tests.integration.crm.world import CrmWorld


class TestBitrix24(CrmContract):
    """By `crm.item.*`."""

    @pytest.fixture
    def world(self) -> Iterator[CrmWorld]:
        with portal() as made:
            yield Bitrix24World(made)
            assert made.faults == []


class TestOlderBitrix24(CrmContract):
    """A portal that refuses `crm.item.*` and writes every number as a text."""

    @pytest.fixture
    def world(self) -> Iterator[CrmWorld]:
        with portal() as made:
            made.methods.legacy = True
            made.methods.history_as_text = True
            made.methods.scopes = ("crm", "user", "telephony")
            yield Bitrix24World(made)
            assert made.faults == []
