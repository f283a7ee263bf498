"""How the service scales: two workers beside one, and today's call in front of a backlog.

    python -m benchmarks.workers two       # two workers beside one, one thread each
    python -m benchmarks.workers backlog   # a call of today behind 10,000 of a bulk import

The first hears copies of the sample calls with the speech model. The second needs none: each call
takes as long as `--seconds` says, so that what is measured is the waiting.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine, Text, cast, func, select

from models.session import open_database, reading, sqlite_url
from models.tables import CallRow, JobRow, RunRow
from tests.fakes.office import ANDREY, add_recording, write_crm

HERE = Path(__file__).parents[1]
_FRESH_S, _OLD_S = 5, 3
Found = TypeVar("Found")


def main() -> None:
    """Runs what is asked for and prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=["two", "backlog"])
    parser.add_argument("--calls", type=int, help="calls of the run")
    parser.add_argument("--seconds", type=float, default=1.0, help="how long a call takes")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="stagecheck-workers-") as folder:
        if chosen.what == "two":
            compare_two(Path(folder), chosen.calls or 24)
        else:
            measure_backlog(Path(folder), chosen.calls or 10_000, chosen.seconds)


def compare_two(folder: Path, calls: int) -> None:
    """Hears the same calls by one worker and by two, each with one thread."""
    pace = {}
    for workers in (1, 2):
        place = folder / str(workers)
        copies_of_samples(place / "records", calls)
        jobs = hear(place, workers, calls)
        pace[workers] = pace_of(jobs, workers)
        whole_s = max(job.end for job in jobs) - min(job.begin for job in jobs)
        print(
            f"{workers} worker{'s' * (workers > 1)}: {calls} calls in {whole_s:.1f} s with the "
            f"loading of the model, {pace[workers]:.2f} s of sound a second while all were at work"
        )
    print(f"two workers give {pace[2] / pace[1]:.2f} times one ({os.cpu_count()} cores)")


@dataclass(frozen=True, slots=True)
class Heard:
    """A call that was heard: seconds of the clock and seconds of sound."""

    begin: float
    end: float
    audio_s: float


def pace_of(jobs: list[Heard], workers: int) -> float:
    """Seconds of sound heard a second while every worker is warm and has a call.

    Until each has heard one call (its model is loaded then), and once one finds no call any more,
    what is measured is not how workers add up.
    """
    begun = sorted(jobs, key=lambda job: job.begin)
    warm = max(job.end for job in begun[:workers])
    idle = min(job.end for job in jobs if job.end > begun[-1].begin)
    heard_s = sum(
        job.audio_s * max(min(job.end, idle) - max(job.begin, warm), 0) / (job.end - job.begin)
        for job in jobs
    )
    return heard_s / (idle - warm)


def copies_of_samples(folder: Path, calls: int) -> None:
    """Writes sample calls, each with other bytes at its end, so that none is known already."""
    samples = sorted((HERE / "samples" / "recordings").rglob("*.wav"))
    folder.mkdir(parents=True)
    for number in range(calls):
        target = folder / f"call-{number}.wav"
        shutil.copy(samples[number % len(samples)], target)
        with target.open("ab") as file:
            file.write(b"note" + (4).to_bytes(4, "little") + number.to_bytes(4, "little"))


def hear(place: Path, workers: int, calls: int) -> list[Heard]:
    """Has workers hear the calls of a place."""
    words = [str(place / "records"), "--crm", str(HERE / "samples" / "crm.json")]
    words += ["--state", str(place / "state")]
    environment = os.environ | {"STAGECHECK_SPEECH__THREADS": "1", "OMP_NUM_THREADS": "1"}
    names = ["scheduler"] + ["worker"] * workers
    processes = [start(name, words, environment) for name in names]
    try:
        database = open_state(place)
        until(lambda: done(database) == calls, 3600)
        return heard_calls(database)
    finally:
        stop(processes)


def measure_backlog(folder: Path, calls: int, seconds: float) -> None:
    """Has one worker at a bulk import, sends a call of today, and waits for its verdict."""
    records, ears = folder / "records", folder / "ears"
    ears.mkdir()
    before = datetime.now(UTC) - timedelta(days=30)
    for number in range(calls):
        at = before + timedelta(minutes=number)
        path = add_recording(records, f"old/{number // 500}/{number}.wav", _OLD_S, sidecar(at))
        with path.open("ab") as file:
            file.write(b"note" + (4).to_bytes(4, "little") + number.to_bytes(4, "little"))
    write_crm(folder / "crm.json", as_of=(datetime.now(UTC) + timedelta(days=1)).isoformat())
    words = [str(records), "--crm", str(folder / "crm.json"), "--state", str(folder / "state")]
    environment = os.environ | {
        "PYTHONPATH": os.pathsep.join([str(HERE / "tests" / "fakes" / "ears"), str(HERE)]),
        "STAGECHECK_TEST_EARS": str(ears),
        "STAGECHECK_TEST_HEARS_QUICKLY": "1",
        "STAGECHECK_TEST_SECONDS": str(seconds),
        "STAGECHECK_SERVICE__LOOK_S": "2",
        "STAGECHECK_WATCH__STILL_S": "1",
    }
    processes = [start(name, words, environment) for name in ("scheduler", "worker")]
    try:
        database = open_state(folder)
        until(lambda: done(database) >= 20, 3600)
        add_recording(records, "new/today.wav", _FRESH_S, sidecar(datetime.now(UTC)))
        job = until(lambda: fresh_job(database), 600)
        heard, asked = done(database), time.monotonic()
        until(lambda: fresh_done(database, job), 600)
        heard_s, meanwhile = time.monotonic() - asked, done(database) - heard - 1
        until(lambda: judged_since(database, job), 600)
        print(f"backlog: {calls} calls of {seconds:g} s each; one worker; {os.cpu_count()} cores")
        print(f"today's call: heard {heard_s:.1f} s after it was seen")
        print(f"verdict: {time.monotonic() - asked:.1f} s after it was seen")
        print(f"calls of the backlog heard meanwhile: {meanwhile}")
    finally:
        stop(processes)


def sidecar(at: datetime) -> dict[str, object]:
    """What is known of a call of Andrey's."""
    return {"started_at": at.isoformat(), "direction": "in", "from": ANDREY, "extension": "101"}


def start(name: str, words: list[str], environment: dict[str, str]) -> subprocess.Popen[bytes]:
    """Starts a process of the service."""
    return subprocess.Popen(
        [sys.executable, "-m", "flow.cli", name, *words],
        env=environment,
        cwd=HERE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    """Ends what was started."""
    for process in processes:
        process.kill()
        process.wait()


def open_state(place: Path) -> Engine:
    """The database of a place, which the scheduler makes as well."""
    (place / "state").mkdir(exist_ok=True)
    return open_database(sqlite_url(place / "state" / "stagecheck.db"))


def until(holds: Callable[[], Found | None], patience_s: float) -> Found:
    """Waits until something holds, and gives it."""
    end = time.monotonic() + patience_s
    while not (found := holds()):
        if time.monotonic() > end:
            raise SystemExit("it took too long")
        time.sleep(0.2)
    return found


def done(database: Engine) -> int:
    """How many calls were heard."""
    with reading(database) as session:
        number = session.scalar(
            select(func.count()).where(JobRow.kind == "call", JobRow.finished_at.is_not(None))
        )
    return number or 0


def heard_calls(database: Engine) -> list[Heard]:
    """When each call was heard."""
    with reading(database) as session:
        rows = session.scalars(select(JobRow).where(JobRow.kind == "call")).all()
        return [
            Heard(end - (row.took_s or 0.0), end, row.audio_s or 0.0)
            for row in rows
            if row.finished_at and (end := row.finished_at.timestamp())
        ]


def fresh_job(database: Engine) -> int | None:
    """The job of today's call."""
    with reading(database) as session:
        return session.scalar(
            select(JobRow.id)
            .join(CallRow, CallRow.recording == "new/today.wav")
            .where(JobRow.kind == "call", JobRow.subject == cast(CallRow.id, Text))
        )


def fresh_done(database: Engine, job: int) -> bool:
    """Whether it was heard."""
    with reading(database) as session:
        return session.get_one(JobRow, job).finished_at is not None


def judged_since(database: Engine, job: int) -> bool:
    """Whether deals were judged since."""
    with reading(database) as session:
        heard_at = session.get_one(JobRow, job).finished_at
        judged_at = session.scalar(select(func.max(RunRow.finished_at)))
        verdicts = session.scalar(
            select(func.max(JobRow.finished_at)).where(JobRow.kind == "verdicts")
        )
    newest = max(filter(None, (judged_at, verdicts)), default=None)
    return heard_at is not None and newest is not None and newest > heard_at


if __name__ == "__main__":
    main()
