"""A service of several processes for tests: the real commands, with ears that know what is said."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
from sqlalchemy import Engine, func, select

from models.session import open_database, reading
from models.store.runs import latest_run
from models.tables import ActionRow, CallRow, FindingRow, FlagRow, JobRow, TranscriptRow
from tests.fakes.databases import new_sqlite
from tests.fakes.office import build_recordings, write_crm

HERE = Path(__file__).parents[2]
SOON_S = 240.0
QUICK = {
    "STAGECHECK_SERVICE__LOOK_S": "0.3",
    "STAGECHECK_SERVICE__BEAT_S": "0.3",
    "STAGECHECK_SERVICE__STUCK_S": "4",
    "STAGECHECK_SERVICE__RETRY_S": "0.2",
    "STAGECHECK_SERVICE__SETTLE_S": "0.2",
    "STAGECHECK_SFTP__QUIET_S": "0.2",
    "STAGECHECK_WATCH__STILL_S": "0.2",
}


@dataclass
class House:
    """A folder with recordings and a CRM, a database, and processes that work on them."""

    folder: Path
    url: str
    settings: dict[str, str] = field(default_factory=dict)
    quickly: bool = True
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    _engine: Engine | None = None

    def __post_init__(self) -> None:
        self.records, self.crm = self.folder / "records", self.folder / "crm.json"
        self.state, self.ears = self.folder / "state", self.folder / "ears"
        self.ears.mkdir(exist_ok=True)

    @property
    def engine(self) -> Engine:
        """The database, with all tables in it."""
        if self._engine is None:
            self.state.mkdir(exist_ok=True)
            self._engine = open_database(self.url)
        return self._engine

    def start(self, name: str, *words: str, **more: str) -> subprocess.Popen[bytes]:
        """Starts a command of the product on this house; its output goes to a file."""
        place = [str(self.records), "--crm", str(self.crm), "--state", str(self.state)]
        place += ["--db", self.url] if "--db" not in words else []
        command = [sys.executable, "-m", "flow.cli", *(words or (name,)), *place]
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                command,
                env=self._environment() | more,
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )
        self.processes[name] = process
        return process

    def serve(self) -> None:
        """Starts the web process at any free port."""
        words = ["serve", "--port", "0", "--db", self.url, "--state", str(self.state)]
        with (self.folder / "serve.log").open("ab") as log:
            self.processes["serve"] = subprocess.Popen(
                [sys.executable, "-m", "flow.cli", *words],
                env=self._environment(),
                stdout=log,
                stderr=log,
                cwd=self.folder,
            )

    def command(self, *words: str, place: Sequence[str] | None = None) -> str:
        """Runs a command of the product to its end and gives what it says."""
        where = ["--db", self.url, "--state", str(self.state)] if place is None else place
        return subprocess.run(
            [sys.executable, "-m", "flow.cli", *words, *where],
            env=self._environment(),
            cwd=self.folder,
            check=True,
            capture_output=True,
            text=True,
            timeout=300,
        ).stdout

    def _environment(self) -> dict[str, str]:
        path = os.pathsep.join([str(HERE / "tests" / "fakes" / "ears"), str(HERE)])
        own = {"PYTHONPATH": path, "STAGECHECK_TEST_EARS": str(self.ears)}
        own |= {"STAGECHECK_TEST_HEARS_QUICKLY": "1"} if self.quickly else {}
        return {**os.environ, **QUICK, **self.settings, **own}

    def pause(self, seconds: float) -> None:
        """Lets the processes go on for a moment."""
        time.sleep(seconds)

    def all(self) -> list[subprocess.Popen[bytes]]:
        """All processes that were started and not killed."""
        return list(self.processes.values())

    def parts(self, name: str) -> list[psutil.Process]:
        """The processes that one started, and theirs."""
        started: list[psutil.Process] = psutil.Process(self.processes[name].pid).children(
            recursive=True
        )
        return started

    def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> int:
        """Ends a process and waits for its end."""
        process = self.processes.pop(name)
        process.send_signal(how)
        return process.wait(SOON_S)

    def log(self, name: str) -> str:
        """What a process wrote."""
        return (self.folder / f"{name}.log").read_text(errors="replace")

    def heard(self) -> Counter[int]:
        """How often each recording was transcribed, by its length."""
        file = self.ears / "heard"
        lines = file.read_text().splitlines() if file.exists() else []
        return Counter(int(line.split()[0]) for line in lines)

    def wait_for(self, what: str, holds: Callable[[], object], patience_s: float = SOON_S) -> Any:
        """Waits until something holds, and gives it; `holds` may start again what has ended."""
        until = time.monotonic() + patience_s
        ended = False
        while not (found := holds()):
            if (ended and self._all_ended()) or time.monotonic() > until:
                logs = {name: self.log(name)[-3000:] for name in self.processes}
                raise AssertionError(f"{what}: it never came so far.\n{self.jobs()}\n{logs}")
            time.sleep(0.05)
            ended = self._all_ended()
        return found

    def _all_ended(self) -> bool:
        return bool(self.processes) and all(one.poll() is not None for one in self.all())

    def jobs(self) -> list[tuple[str, str, str, int, str | None]]:
        """Kind, subject, state, tries and error of every job."""
        with reading(self.engine) as session:
            rows = session.scalars(select(JobRow).order_by(JobRow.id))
            return [(one.kind, one.subject, one.state, one.tries, one.error) for one in rows]

    def settled(self) -> bool:
        """Whether there are jobs, and none that is still to be done."""
        jobs = self.jobs()
        return bool(jobs) and all(state not in ("waiting", "running") for _, _, state, *_ in jobs)

    def wait_until_settled(self) -> None:
        """Waits until all work is done, for good: two looks of the scheduler long."""

        def still() -> bool:
            if not self.settled():
                return False
            time.sleep(0.8)
            return self.settled()

        self.wait_for("all work done", still)

    def work_to_the_end(self) -> None:
        """Waits until all work is done, and starts again what killed itself meanwhile."""

        def settled() -> bool:
            for name, process in list(self.processes.items()):
                if process.poll() is not None:
                    self.start(name)
            return self.settled() and not (self.ears / "kill").read_text()

        self.wait_for("all work done, after a death at every step", settled, 2 * SOON_S)
        self.wait_until_settled()

    def account(self) -> dict[str, Any]:
        """What is in the database in the end, for comparing: nothing may be there twice."""
        with reading(self.engine) as session:
            last = session.scalars(select(CallRow).where(CallRow.current).order_by(CallRow.call_id))
            calls = [(one.call_id, one.outcome, one.transcript_id is not None) for one in last]
            run = latest_run(session, str(self.records.resolve()), str(self.crm.resolve()))
            flags = (
                session.scalars(select(FlagRow.kind).where(FlagRow.run == run[0])) if run else ()
            )
            standing = select(FindingRow.kind, FindingRow.deal_id, FindingRow.call_id)
            findings = session.execute(standing.where(FindingRow.withdrawn_at.is_(None)))
            return {
                "findings": sorted(str(tuple(one)) for one in findings),
                "calls": calls,
                "transcripts": session.scalar(select(func.count(TranscriptRow.id))),
                "actions": session.scalar(select(func.count(ActionRow.call))),
                "flags": sorted(flags),
                "verdicts": run[1] if run else None,
            }

    def stop_all(self) -> None:
        """Kills what still runs."""
        for name in list(self.processes):
            if self.processes[name].poll() is None:
                self.kill(name)
        if self._engine is not None:
            self._engine.dispose()


@contextmanager
def house(
    folder: Path, url: str | None = None, *, quickly: bool = True, **settings: str
) -> Iterator[House]:
    """A house with the office's three recordings; whatever still runs in the end is killed.

    `quickly`: what was said is understood by a few lines instead of the action engine.
    """
    url = url or new_sqlite(folder / "state" / "stagecheck.db")
    made = House(folder, url, settings, quickly)
    build_recordings(made.records)
    write_crm(made.crm)
    try:
        yield made
    finally:
        made.stop_all()


def undisturbed(folder: Path, *, quickly: bool = True) -> dict[str, Any]:
    """The account of a house in which nothing ever went wrong, from one plain run."""
    with house(folder, quickly=quickly) as calm:
        place = [str(calm.records), "--crm", str(calm.crm)]
        calm.command("run", *place)
        return calm.account()
