"""The first load of a large amoCRM: how much of the allowed pace it reaches, and its memory.

`python -m benchmarks.crm_load` reads 100,000 deals with a contact, a move and a call each from a
fake account, at a pace scaled up so that it takes minutes and not hours.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import threading
import time
from pathlib import Path

import psutil
from sqlalchemy import func, select

from core.settings import Settings
from crm.amocrm.adapter import AmoCrm
from crm.pace import SharedPace
from crm.port import CrmAccess
from flow.live.reader import Reader
from models.session import open_database, reading
from models.store.passes import load_passes
from models.tables import CrmConnectionRow, DealRow
from tests.fakes.crm.amocrm import amo_running, large_account
from tests.fakes.crm.amocrm_world import AmoWorld
from tests.fakes.crm.connected import connect
from tests.fakes.databases import new_sqlite


def main() -> None:
    """Loads, and tells."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--deals", type=int, default=100_000)
    parser.add_argument("--rate", type=float, default=10.0, help="requests a second")
    asked = parser.parse_args()
    fake = large_account(asked.deals)
    fake.limit.per_s = 10**6  # ours is the pace that is measured
    with tempfile.TemporaryDirectory() as folder, amo_running(fake):
        place = Path(folder)
        database = open_database(new_sqlite(place / "stagecheck.db"))
        connection = connect(database)
        access = AmoWorld(fake).access()
        pace = SharedPace(database, "load", asked.rate)
        access = CrmAccess(
            access.name, access.address, access.keeper, pace, access.rules, access.own_fields
        )
        reader = Reader(database, place, Settings(), connection, lambda: AmoCrm(access), say=print)
        began, most = time.monotonic(), [0]
        told_s = began
        while True:
            reader.turn()
            with reading(database) as session:
                row = session.get_one(CrmConnectionRow, connection)
                passes = load_passes(session, connection)
            most.append(psutil.Process().memory_info().rss // 2**20)
            if time.monotonic() >= told_s:
                told_s = time.monotonic() + 15
                parts = ", ".join(f"{one.part} {one.things}" for one in passes)
                print(f"{time.monotonic() - began:6.0f} s  {most[-1]} MB  {parts}", flush=True)
            if row.loaded_at is not None or row.error is not None:
                break
            time.sleep(0.2)
        took, requests = time.monotonic() - began, len(fake.asked)
        with reading(database) as session:
            deals = session.scalar(select(func.count()).select_from(DealRow))
        reader.close()
        database.dispose()
        share = requests / took / asked.rate
        print(
            f"{deals} deals, {requests} requests in {took:.0f} s: {requests / took:.1f}/s of "
            f"{asked.rate}/s, {share:.0%}; memory at most {max(most)} MB "
            f"(peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB), "
            f"{threading.active_count()} threads left; {row.error or 'no error'}"
        )


if __name__ == "__main__":
    main()
