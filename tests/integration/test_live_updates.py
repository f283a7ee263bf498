"""Open pages are told of news by a real server: within reach, until the log-in or the server ends."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx2
import pytest
from sqlalchemy import Engine, delete, event

from api.live.reader import Reader
from core.clock import now
from models.places import open_state
from models.session import transaction
from models.store.decisions import NewDecision, decide
from models.store.events import add_events
from models.tables import EventRow, SessionRow
from models.vocabulary.access import Role
from models.vocabulary.event import EventType, News
from models.vocabulary.review import DecisionKind
from tests.fakes.databases import new_state
from tests.fakes.pages_office import PASSWORD, add_person
from tests.fakes.told_findings import raise_flags, sighting

pytestmark = pytest.mark.slow
SOON_S = 60.0


@dataclass
class Heard:
    """What a stream told: (id, type, data); `ended` once the server has closed it."""

    told: list[tuple[int, str, dict[str, object]]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    def of(self, type_: str) -> list[dict[str, object]]:
        return [data for _, name, data in self.told if name == type_]

    def wait_for(self, type_: str, count: int = 1) -> list[dict[str, object]]:
        until = time.monotonic() + SOON_S
        while len(self.of(type_)) < count:
            assert time.monotonic() < until, self.lines
            time.sleep(0.05)
        return self.of(type_)


@dataclass
class Server:
    """A real `stagecheck serve` on a state folder."""

    address: str
    process: subprocess.Popen[str]
    database: Engine
    clients: list[httpx2.Client] = field(default_factory=list)

    def log_in(self, login: str) -> httpx2.Client:
        client = httpx2.Client(base_url=self.address, trust_env=False, timeout=SOON_S)
        self.clients.append(client)
        answer = client.post("/login", data={"login": login, "password": PASSWORD})
        assert answer.status_code == 303
        return client


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    database = open_state(new_state(tmp_path))
    add_person(database, "ivan", Role.MANAGER, crm_user="u101")
    add_person(database, "petr", Role.MANAGER, crm_user="u102")
    add_person(database, "anna", Role.SUPERVISOR, team=["u101"])
    add_person(database, "olga", Role.HEAD)
    add_person(database, "root", Role.ADMIN)
    add_person(database, "rita", Role.AUDITOR)
    process = subprocess.Popen(
        [sys.executable, "-m", "flow.cli", "serve", "--port", "0", "--state", str(tmp_path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=os.environ | {"PYTHONUNBUFFERED": "1", "STAGECHECK_ACCESS__STREAMS": "2"},
    )
    made: Server | None = None
    try:
        assert process.stdout is not None
        found = re.search(r"(http://\S+)/ ", process.stdout.readline())
        assert found
        made = Server(found[1], process, database)
        yield made
    finally:
        process.kill()
        process.communicate(timeout=120)
        for client in made.clients if made else ():
            client.close()
        database.dispose()


@contextmanager
def listening(client: httpx2.Client, path: str = "/events", **headers: str) -> Iterator[Heard]:
    heard, opened = Heard(), threading.Event()
    sockets: list[socket.socket] = []

    def listen() -> None:
        try:
            with client.stream("GET", path, headers=headers) as answer:
                assert answer.status_code == 200
                assert answer.headers["content-type"].startswith("text/event-stream")
                sockets.append(answer.extensions["network_stream"].get_extra_info("socket"))
                block: dict[str, str] = {}
                for line in answer.iter_lines():
                    heard.lines.append(line)
                    if line.startswith(":") or not line:
                        if "event" in block:
                            told = (int(block["id"]), block["event"], json.loads(block["data"]))
                            heard.told.append(told)
                            opened.set()
                        block = {}
                        continue
                    name, _, value = line.partition(": ")
                    block[name] = value
        except httpx2.HTTPError:
            pass
        finally:
            heard.ended.set()
            opened.set()

    thread = threading.Thread(target=listen, daemon=True)
    thread.start()
    assert opened.wait(SOON_S)
    heard.wait_for("ready")
    try:
        yield heard
    finally:
        with suppress(OSError):
            sockets[0].shutdown(socket.SHUT_RDWR)
        thread.join(SOON_S)


def decide_first(database: Engine) -> None:
    with transaction(database) as session:
        decide(session, NewDecision(1, DecisionKind.CONFIRM, 0, None, "olga"), now())


def test_everybody_is_told_of_what_is_within_reach_and_nothing_else(server: Server) -> None:
    clients = {name: server.log_in(name) for name in ("ivan", "petr", "anna", "olga")}
    with (
        listening(clients["ivan"]) as ivan,
        listening(clients["petr"]) as petr,
        listening(clients["anna"]) as anna,
        listening(clients["olga"]) as olga,
    ):
        raise_flags(
            server.database,
            sighting("a", user="u101"),
            sighting("b", user="u102"),
            sighting("c", user=None, deal=None),
        )
        decide_first(server.database)
        with transaction(server.database) as session:
            news = [
                News(EventType.VERDICT_CHANGED, "deal:d9", {"deal": "d9"}, "d9", "u102"),
                News(EventType.COVERAGE_GAP, "gap:1", {"kind": "source_silent"}),
                News(EventType.PROMISE_BROKEN, "deal:d9", {"deal": "d9"}, "d9", "u102"),
            ]
            add_events(session, news, now())
        olga.wait_for("verdict.changed")
        petr.wait_for("verdict.changed")
        ivan.wait_for("flag.decided")
        anna.wait_for("flag.decided")
        time.sleep(1.5)  # whatever else comes would have come by now

        def seen(heard: Heard) -> list[tuple[str, object]]:
            return [(name, data.get("finding")) for _, name, data in heard.told if name != "ready"]

        assert seen(ivan) == [("flag.raised", 1), ("flag.decided", 1)]
        assert seen(petr) == [("flag.raised", 2), ("verdict.changed", None)]
        assert seen(anna) == [("flag.raised", 1), ("flag.raised", 3), ("flag.decided", 1)]
        assert len(seen(olga)) == 5
        assert not any("916" in line or "обещание" in line for line in olga.lines)
    for name in ("root", "rita"):
        assert server.log_in(name).get("/events").status_code == 403
    nobody = httpx2.get(f"{server.address}/events", trust_env=False)
    assert (nobody.status_code, nobody.headers["location"]) == (303, "/login?back=%2Fevents")


def test_a_page_that_comes_back_is_told_what_it_missed(server: Server) -> None:
    olga, ivan = server.log_in("olga"), server.log_in("ivan")
    raise_flags(server.database, *(sighting(str(n), user=f"u10{n % 2 + 1}") for n in range(6)))
    with listening(olga, **{"last-event-id": "2"}) as heard:
        assert [data["finding"] for data in heard.wait_for("flag.raised", 4)] == [3, 4, 5, 6]
    with listening(ivan, "/events?after=2") as heard:
        assert [data["finding"] for data in heard.of("flag.raised")] == [3, 5]
        assert heard.told[-1][0] == 6
    with listening(olga, **{"last-event-id": "junk"}) as heard:
        assert heard.of("flag.raised") == []


def test_after_too_much_the_page_is_to_be_loaded_anew(server: Server) -> None:
    with transaction(server.database) as session:
        news = [News(EventType.FLAG_RAISED, f"finding:{n}", {"finding": n}) for n in range(600)]
        add_events(session, news, now())
    with listening(server.log_in("olga"), "/events?after=0") as heard:
        assert [name for _, name, _ in heard.told] == ["reset", "ready"]


def test_an_account_has_a_limit_of_streams_and_gets_them_back(server: Server) -> None:
    first, second, third = (server.log_in("olga") for _ in range(3))
    with listening(first), listening(second):
        assert third.get("/events").status_code == 429
        with listening(server.log_in("ivan")):
            pass
    until = time.monotonic() + SOON_S
    while True:
        with third.stream("GET", "/events") as answer:
            if answer.status_code == 200:
                return
        assert time.monotonic() < until
        time.sleep(0.2)


def test_a_stream_ends_with_the_log_in(server: Server) -> None:
    with listening(server.log_in("ivan")) as heard:
        with transaction(server.database) as session:
            session.execute(delete(SessionRow))
        assert heard.ended.wait(45)
        assert any(line.startswith(":") for line in heard.lines)  # it beat meanwhile


def test_the_end_of_the_server_ends_the_streams_at_once(server: Server) -> None:
    with listening(server.log_in("olga")) as heard:
        began = time.monotonic()
        server.process.terminate()
        assert server.process.wait(SOON_S) == 0
        assert time.monotonic() - began < 5
        assert heard.ended.wait(5)


def test_what_is_committed_late_is_told_all_the_same(database: Engine) -> None:
    at_s = [0.0]
    reader = Reader(database, lambda: at_s[0])

    def write(id_: int) -> None:
        with transaction(database) as session:
            session.add(
                EventRow(
                    id=id_, uid=str(id_), type="flag.raised", subject="f", payload={}, at=now()
                )
            )

    write(1)
    write(3)
    assert [one.id for one in reader.news()] == [1, 3]
    write(2)
    assert [one.id for one in reader.news()] == [2]
    assert reader.news() == []
    write(6)
    assert [one.id for one in reader.news()] == [6]
    at_s[0] = 61.0
    write(5)  # its writer took more than a minute
    assert reader.news() == []


def test_a_look_is_one_query_however_many_listen(database: Engine) -> None:
    reader = Reader(database)
    asked: list[str] = []
    event.listen(
        database, "before_cursor_execute", lambda _c, _u, statement, *_: asked.append(statement)
    )
    reader.news()
    assert sum(one.lstrip().upper().startswith("SELECT") for one in asked) == 1
