"""Keeps all processes together below what a CRM allows, by a row of the database."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from core.crm_settings import CrmSettings
from models.session import transaction
from models.store.paces import hold_turns, take_turn
from models.vocabulary.crm import CrmKind
from models.vocabulary.errors import StagecheckError

# amoCRM allows 7 a second, Bitrix24 drains 2 of a bucket of 50; some room is left for others.
_RATES: dict[CrmKind, tuple[float, int]] = {
    CrmKind.AMOCRM: (5.0, 1),
    CrmKind.BITRIX24: (2.0, 10),
    CrmKind.BOTTLECRM: (10.0, 5),
}


@dataclass(frozen=True, slots=True)
class SharedPace:
    """Fulfils `crm.port.Pace`."""

    database: Engine
    name: str
    rate_per_s: float
    burst: int = 1
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time

    def wait(self) -> None:
        """Comes back when a request may be sent."""
        interval_s = 1 / self.rate_per_s
        for again in (True, True, False):
            try:
                with transaction(self.database) as session:
                    wait_s = take_turn(
                        session,
                        self.name,
                        now_s=self.clock(),
                        interval_s=interval_s,
                        burst=self.burst,
                    )
                break
            except StagecheckError as error:  # two processes made the row at once
                if not (again and isinstance(error.__cause__, IntegrityError)):
                    raise
        if wait_s > 0:
            self.sleep(wait_s)

    def hold(self, seconds: float) -> None:
        """Lets nobody send for so long."""
        with transaction(self.database) as session:
            hold_turns(
                session,
                self.name,
                now_s=self.clock(),
                seconds=seconds,
                ahead_s=(self.burst - 1) / self.rate_per_s,
            )


def pace_of(database: Engine, address: str, kind: CrmKind, settings: CrmSettings) -> SharedPace:
    """The pace at which the CRM at an address is asked, by whoever asks it."""
    rate_per_s, burst = _RATES[kind]
    rate_per_s = settings.requests_per_s or rate_per_s
    return SharedPace(database, f"{kind.value} {address}", rate_per_s, burst)
