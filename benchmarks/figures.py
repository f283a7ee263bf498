"""How fast the facts that figures are counted from are read and kept, in a large office.

    python -m benchmarks.figures             # PostgreSQL: 20,000 deals, 200,000 calls
    python -m benchmarks.figures --sqlite --deals 2000

Measured: the first reading into the memory of a process, what a page of figures waits for then
(nothing new; 13 weeks of calls; one deal and one call are new), a look at a past moment, and
writing what one new call turned.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.pages import address_of_database
from models.session import open_database, reading, transaction
from models.store.facts import load_facts, save_calls, save_deals, save_lines, save_people
from models.store.facts_copy import FactsCopy
from tests.fakes.department import ZONE, Department, Plan, department

_CRM = "crm:bench"
_CALLS_OF_DEAL = 10


def main() -> None:
    """Fills a department's facts in and prints how long everything took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sqlite", action="store_true", help="SQLite instead of PostgreSQL")
    parser.add_argument("--deals", type=int, default=20_000)
    chosen = parser.parse_args()
    plan = Plan(deals=chosen.deals, managers=20, weeks=52, pipelines=3, missed_calls=7)
    made = department(plan)
    print(f"{len(made.facts.deals)} deals, {len(made.facts.calls)} calls", flush=True)
    with tempfile.TemporaryDirectory(prefix="stagecheck-figures-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        with address_of_database(place, sqlite=chosen.sqlite) as url:
            database = open_database(url)
            try:
                _measure(database, made)
            finally:
                database.dispose()


@contextmanager
def _told(what: str) -> Iterator[None]:
    began = time.perf_counter()
    yield
    print(f"{what}: {(time.perf_counter() - began) * 1000:.0f} ms", flush=True)


def _measure(database: Engine, made: Department) -> None:
    facts, copy = made.facts, FactsCopy()
    at = facts.as_of
    span = (at - timedelta(weeks=13), at + timedelta(days=1))

    def page(what: str) -> None:
        with _told(what), reading(database) as session:
            copy.facts(session, _CRM, ZONE, at, span)

    with _told("all written for the first time"), transaction(database) as session:
        save_lines(session, _CRM, facts.lines, at)
        save_people(session, _CRM, facts.people.values(), at)
        save_deals(session, _CRM, facts.deals, facts.promises, at)
        save_calls(session, _CRM, facts.calls, at)
    with database.connect() as connection:
        connection.exec_driver_sql("ANALYZE")
        connection.commit()
    page("read into memory")
    page("a page, nothing new")
    for turn in range(3):
        later = at + timedelta(minutes=turn + 1)
        deal, call = facts.deals[turn], facts.calls[-1]
        promises = [one for one in facts.promises if one.deal_id == deal.deal_id]
        with _told("one call and its deal written"), transaction(database) as session:
            new = replace(call, call_id=f"new-{turn}", deal_id=deal.deal_id)
            changed = replace(deal, calls=deal.calls + 1)
            save_deals(session, _CRM, [changed], promises, later, only=[deal.deal_id])
            save_calls(session, _CRM, [new], later, only=[new.call_id])
        page("a page after that")
    with _told("a past moment with 13 weeks of calls"), reading(database) as session:
        load_facts(session, _CRM, ZONE, at, span)


if __name__ == "__main__":
    main()
