"""The adapter does against the real server what every adapter must do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from datetime import datetime

import pytest

from crm.port import Adapter
from crm.registry import open_crm
from tests.bottlecrm.world import BottleWorld
from tests.integration.crm.contract import CrmContract

pytestmark = pytest.mark.bottlecrm


class TestBottleCrm(CrmContract):
    """All of the contract; see `world` for what BottleCRM cannot do."""

    @pytest.fixture
    def adapter(self, world: BottleWorld) -> Iterator[Adapter]:
        with closing(open_crm(world.kind, world.access())) as opened:
            opened.account()  # one that is at work knows the office's time zone
            yield opened

    def is_due(self, read: datetime | None, due: datetime) -> bool:
        """BottleCRM knows the day only: it is due until its end."""
        return read is not None and read.date() == due.date() and read >= due
