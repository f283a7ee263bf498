"""A large office on a live CRM: how long it takes until one moved deal is judged anew.

`python -m benchmarks.live_office` builds 20,000 deals (5,000 of them open) and 20,000 heard calls,
judges them once, then moves one deal after another and says how long each step took.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine, delete, func, insert, select, update

from benchmarks.big_office import fill
from benchmarks.big_office_size import CRM, SOURCE, Size
from core.batches import batched
from core.clock import now
from core.settings import Settings
from flow.judging import EngineAlone
from flow.question import RunRequest
from flow.service.scan import look_at_crm
from flow.service.verdict_work import work_on_verdicts
from flow.service.workplace import Workplace
from models.places import opened_database
from models.session import reading, sqlite_url, transaction
from models.store.intake import known_calls
from models.store.mirror import open_mirror, write_batch
from models.tables import (
    CallHeardRow,
    CallRow,
    CrmConnectionRow,
    CrmRow,
    DealRow,
    FindingRow,
    RunRow,
)
from models.vocabulary.crm import Batch, source_of
from models.vocabulary.deal import StageChange
from tests.fakes.transcriber import FakeTranscriber

NAME = "office"
_OPEN_SHARE = 4  # one of so many deals is open


def build(database: Engine, size: Size) -> int:
    """Writes the office, as if its CRM had been read to the end; gives the connection."""
    fill(database, size)
    at = now()
    with transaction(database) as session:
        session.execute(delete(RunRow))
        session.execute(delete(FindingRow))
        session.execute(update(CrmRow).where(CrmRow.source == CRM).values(source=source_of(NAME)))
        closed = DealRow.position % _OPEN_SHARE != 0
        over = {"status": "won", "closed_at": at - timedelta(days=40)}
        session.execute(update(DealRow).where(closed).values(**over))
        first = session.scalar(select(func.max(CallRow.started_at))) or at
        session.execute(
            update(CallRow).where(CallRow.id.is_not(None)).values(source=SOURCE, updated_at=first)
        )
        row = CrmConnectionRow(
            name=NAME,
            kind="amocrm",
            address="https://crm.test",
            account="Office",
            timezone="Europe/Moscow",
            currency="RUB",
            secrets="",
            created_by="benchmark",
            created_at=at,
            loaded_at=at,
        )
        session.add(row)
        session.flush()
        return row.id


@contextmanager
def workplace(folder: Path, size: Size) -> Iterator[tuple[Workplace, int]]:
    """The office, with every call heard and matched as it is."""
    state = folder / "state"
    state.mkdir()
    url = sqlite_url(state / "stagecheck.db")
    settings = Settings()
    database = opened_database(url, state, settings.service)
    try:
        connection = build(database, size)
        request = RunRequest(Path(SOURCE), Path(NAME), db=url, state=state)
        place = Workplace(
            replace(request, connection=NAME),
            settings,
            database,
            hear=EngineAlone().hear,
            engine_for=lambda _: FakeTranscriber({}),
        )
        with reading(database) as session:
            known = known_calls(session, place.source, place.situation().around.zone)
        situation = place.situation()
        rows = [
            {
                "call": one.id,
                "heard_with": "",
                "matched_with": situation.digests.of(one.call, None, None),
            }
            for one in known
        ]
        with transaction(database) as session:
            for some in batched(rows, 5_000):
                session.execute(insert(CallHeardRow), list(some))
        yield place, connection
    finally:
        database.dispose()


def move(place: Workplace, connection: int, number: int) -> None:
    """Moves a deal one stage on, as a bell brings it."""
    at = now()
    deal = next(d for d in place.situation().question.snapshot.deals if d.id == str(1000 + number))
    stage = f"s{(int(deal.stage_id[1:]) + 1) % 8}"
    moved = replace(deal, stage_id=stage, updated_at=at)
    change = StageChange(deal.id, stage, at, deal.stage_id, deal.responsible_id, f"e{at}")
    with transaction(place.database) as session:
        target = open_mirror(session, connection, at)
        if target is None:
            raise LookupError(connection)
        write_batch(session, target, Batch(deals=(moved,), stage_changes=(change,)))


def timed(what: str, do: Callable[[], object]) -> float:
    """Does something and says how long it took."""
    began = time.perf_counter()
    said = do()
    took = time.perf_counter() - began
    print(f"{what:34} {took:7.2f} s   {said if said is not None else ''}")
    return took


def main() -> None:
    """Builds, judges, moves deals, tells."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, default=20_000)
    parser.add_argument("--calls", type=int, default=20_000)
    parser.add_argument("--moves", type=int, default=5)
    parser.add_argument("--profile", action="store_true")
    asked = parser.parse_args()
    size = Size(asked.deals, asked.calls, 5 * asked.calls, 0, 1)
    with (
        tempfile.TemporaryDirectory() as folder,
        workplace(Path(folder), size) as (place, connection),
    ):
        timed("first verdicts", lambda: work_on_verdicts(place))
        took = []
        for number in range(asked.moves):
            move(place, connection, number * _OPEN_SHARE)
            profile = cProfile.Profile()
            last = asked.profile and number == asked.moves - 1
            if last:
                profile.enable()
            seconds = timed("the change is looked at", lambda: look_at_crm(place))
            seconds += timed("verdicts", lambda: work_on_verdicts(place))
            profile.disable()
            if last:
                pstats.Stats(profile).sort_stats("cumulative").print_stats(60)
            took.append(seconds)
        print(f"from the change to the verdict: median {statistics.median(took):.2f} s")


if __name__ == "__main__":
    main()
