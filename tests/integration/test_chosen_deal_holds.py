"""Somebody chooses a call's deal: workers keep to it, and judge the deals anew."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import select

from models.session import reading
from models.tables import CallRow, DealMatchRow, RequirementVerdictRow
from models.vocabulary.access import Role
from tests.fakes.office import ANDREYS, build_cdr
from tests.fakes.pages_office import add_person, asking, log_in
from tests.fakes.small_service import build_office, do_what_waits, opened, work_off


def test_workers_keep_to_it_and_judge_anew(tmp_path: Path) -> None:
    request = build_office(tmp_path)
    build_cdr(tmp_path / "records" / "Master.csv")
    with opened(request) as place:
        work_off(place)
        work_off(place)  # the first look's verdicts wait for more calls
        add_person(place.database, "olga", Role.HEAD)

        def call_of(call_id: str) -> int:
            with reading(place.database) as session:
                found = select(CallRow.id).where(CallRow.call_id == call_id)
                return session.scalars(found).one()

        def deals() -> dict[int, tuple[str | None, str]]:
            with reading(place.database) as session:
                rows = session.scalars(select(DealMatchRow))
                return {row.call: (row.deal_id, row.method) for row in rows}

        def judged_with(deal: str) -> bool:
            """Whether the newest verdicts about a deal rest on Andrey's call."""
            with reading(place.database) as session:
                rows = list(session.scalars(select(RequirementVerdictRow).filter_by(deal_id=deal)))
            last = max(row.run for row in rows)
            every = [one for row in rows if row.run == last for one in row.evidence]
            return any(one["id"] == f"call-{ANDREYS}" for one in every)

        heard, unheard = call_of(f"call-{ANDREYS}"), call_of("1794488400.77")
        assert deals()[heard] == ("1001", "phone")
        assert judged_with("1001")
        with asking(request.state) as browser:
            token = {"x-csrf-token": log_in(browser, "olga")}
            for call in (heard, unheard):
                sent = browser.post(f"/calls/{call}/deal", data={"deal": "1002"}, headers=token)
                assert sent.status_code == 200
            do_what_waits(place)
            assert judged_with("1002")
            assert not judged_with("1001")
            for _ in range(2):
                work_off(place)
                assert deals()[heard] == ("1002", "hand")
                assert deals()[unheard] == ("1002", "hand")
            for call in (heard, unheard):
                browser.post(f"/calls/{call}/deal", data={"undo": "1"}, headers=token)
            work_off(place)
            assert deals()[heard] == ("1001", "phone")
            assert deals()[unheard][0] == "1001"
            assert judged_with("1001")
