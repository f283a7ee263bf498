"""The small office as a service with its pages open: what people say there, and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from httpx2 import Response
from sqlalchemy import func, select

from flow.service.workplace import Workplace
from models.session import reading
from models.tables import (
    ActionRow,
    CallRow,
    DealVerdictRow,
    FindingRow,
    RequirementVerdictRow,
    RunRow,
)
from models.vocabulary.access import Role
from tests.fakes.pages_office import add_person, asking, log_in
from tests.fakes.small_service import build_office, do_what_waits, opened, work_off


@dataclass
class HeardOffice:
    """Olga is logged in; the deal of Andrey's call is 1001."""

    place: Workplace
    browser: TestClient
    csrf: str

    def send(self, address: str, **fields: Any) -> Response:
        """Sends a form of Olga's."""
        return self.browser.post(address, data=fields, headers={"x-csrf-token": self.csrf})

    def work(self) -> None:
        """Does what was asked for."""
        do_what_waits(self.place)

    def call(self, call_id: str) -> int:
        """A call's number in the pages' addresses."""
        with reading(self.place.database) as session:
            return session.scalars(select(CallRow.id).filter_by(call_id=call_id)).one()

    def action(self, call: int, kind: str) -> ActionRow:
        """What the machine heard."""
        with reading(self.place.database) as session:
            return session.scalars(select(ActionRow).filter_by(call=call, type=kind)).one()

    def verdict(self, requirement: str, deal: str = "1001") -> RequirementVerdictRow:
        """The newest verdict on a requirement."""
        with reading(self.place.database) as session:
            found = select(RequirementVerdictRow).filter_by(
                deal_id=deal, requirement_id=requirement, run=_newest()
            )
            return session.scalars(found).one()

    def stands(self, deal: str = "1001") -> tuple[str | None, str]:
        """The verified stage and the gap by the newest run."""
        with reading(self.place.database) as session:
            row = session.scalars(select(DealVerdictRow).filter_by(deal_id=deal, run=_newest()))
            found = row.one()
            return found.verified_stage, found.gap

    def finding(self, kind: str) -> FindingRow:
        """The only finding of a kind."""
        with reading(self.place.database) as session:
            return session.scalars(select(FindingRow).filter_by(kind=kind)).one()


def _newest() -> Any:
    return select(func.max(RunRow.id)).scalar_subquery()


@contextmanager
def heard_office(folder: Path, url: str) -> Iterator[HeardOffice]:
    """Builds the office, hears and judges its calls, and logs Olga in, the head."""
    request = replace(build_office(folder), db=url)
    with opened(request) as place:
        work_off(place)
        work_off(place)  # the first look's verdicts wait for more calls
        add_person(place.database, "olga", Role.HEAD)
        with asking(request.state, db=url) as browser:
            yield HeardOffice(place, browser, log_in(browser, "olga"))
