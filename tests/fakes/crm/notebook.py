"""The smallest CRM that is still one: it keeps what is written into it, and counts."""

from __future__ import annotations

import itertools
import json
import os
import signal
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from core.outward import Rules
from crm.errors import (
    CrmAwayError,
    CrmError,
    CrmGoneError,
    CrmRefusedError,
    CrmShutError,
    CrmUncertainError,
)
from crm.http import CrmHttp
from models.store.mapping import plain
from models.vocabulary.crm import Account, Batch, Page, Shape
from models.vocabulary.crm_write import (
    FieldValues,
    NoteText,
    OwnField,
    TagName,
    TaskText,
    Write,
    Written,
)
from tests.fakes.crm.keeping import CountingPace

Body = dict[str, Any]
_STATUS: dict[type[CrmError], int] = {
    CrmGoneError: 404,
    CrmRefusedError: 422,
    CrmShutError: 403,
    CrmAwayError: 503,
}


@dataclass
class Notebook:
    """What stands in the CRM, by deal. Writing the same twice makes two of it.

    `lose` are operations whose next answer is lost after they were done; `fails` is what an
    operation answers instead of being done; `kills` are those at which the asking process is
    killed, ``note:before`` or ``note:after``. `done` is what was done, in its order.
    """

    deals: dict[str, Body] = field(default_factory=dict)
    lose: list[str] = field(default_factory=list)
    fails: dict[str, CrmError] = field(default_factory=dict)
    kills: list[str] = field(default_factory=list)
    done: list[tuple[str, str]] = field(default_factory=list)
    asked: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def add_deal(self, deal: str) -> None:
        self.deals[deal] = {
            "stage": "s3",
            "fields": {},
            "notes": {},
            "tasks": {},
            "tags": [],
            "words": {},
        }

    def do(self, op: str, body: Body, pid: int | None = None) -> Any:
        """Does what it is asked for, unless it shall fail."""
        with self.lock:
            self.asked += 1
            if self._kill(f"{op}:before", pid):
                raise CrmUncertainError("notebook: nobody waits for an answer.")
            if "all" in self.fails or op in self.fails:
                raise self.fails.get(op) or self.fails["all"]
            deal = self.deals.get(body["deal"])
            if deal is None:
                raise CrmGoneError("notebook: has no such deal.")
            answer = self._do(op, deal, body)
            if op != "get":
                self.done.append((op, body["deal"]))
            self._kill(f"{op}:after", pid)
            if op in self.lose:
                self.lose.remove(op)
                raise CrmUncertainError("notebook: gave no answer.")
            return answer

    def _do(self, op: str, deal: Body, body: Body) -> Any:
        if op in ("notes", "tasks"):
            id_ = str(next(self._ids))
            deal[op][id_] = {**body["thing"]}
            return {"id": id_}
        if op == "fields":
            deal["fields"].update(body["values"])
        elif op == "tag":
            names = set(deal["tags"]) - {body["name"]} | ({body["name"]} & set(body["present"]))
            deal["tags"] = sorted(names)
        elif op == "words":
            deal["words"][body["call"]] = body["lines"]
        elif op == "remove":
            deal[body["what"]].pop(body["id"], None)
        return json.loads(json.dumps(deal))

    def _kill(self, step: str, pid: int | None) -> bool:
        if pid is None or step not in self.kills:
            return False
        self.kills.remove(step)
        os.kill(pid, signal.SIGKILL)
        return True

    def texts(self, what: str, deal: str) -> list[str]:
        """What the notes or tasks of a deal say, without our keys."""
        with self.lock:
            return [one["text"] for one in self.deals[deal][what].values()]


@dataclass
class NotebookCrm:
    """Fulfils `crm.port.Adapter`; `ask` does one operation, here or over the network."""

    ask: Callable[[str, Body], Any]
    closed: int = 0

    @property
    def parts(self) -> tuple[str, ...]:
        return ()

    def account(self) -> Account:
        return Account("Notebook", "http://notebook", "Europe/Moscow", "RUB", "vera")

    def shape(self) -> Shape:
        return Shape((), ())

    def read(
        self, part: str, *, since: datetime | None = None, cursor: str | None = None
    ) -> Iterator[Page]:
        del part, since, cursor
        yield Page(Batch(), None, datetime.now(UTC))

    def deals(self, ids: Sequence[str]) -> Batch:
        del ids
        return Batch()

    def people(self, contacts: Sequence[str], companies: Sequence[str]) -> Batch:
        del contacts, companies
        return Batch()

    def make_fields(self, names: Mapping[OwnField, str]) -> Mapping[OwnField, str]:
        return {one: f"f_{one.value}" for one in names}

    def write(self, write: Write) -> Written:
        deal, content = write.deal_id, write.content
        if isinstance(content, NoteText | TaskText):
            what = "notes" if isinstance(content, NoteText) else "tasks"
            made = self.ask(what, {"deal": deal, "thing": {**plain(content), "key": write.key}})
            return Written(made["id"])
        before = self.ask("get", {"deal": deal})
        if isinstance(content, FieldValues):
            self.ask("fields", {"deal": deal, "values": plain(content)})
            return Written(deal, {"fields": before["fields"]})
        if isinstance(content, TagName):
            had = content.name in before["tags"]
            if had != content.present:
                self.ask("tag", _tag(deal, content.name, present=content.present))
            return Written(content.name, {"had": had})
        lines = plain(content.lines)
        self.ask("words", {"deal": deal, "call": content.call_id, "lines": lines})
        return Written(content.call_id)

    def find(self, write: Write) -> Written | None:
        found, content = self.ask("get", {"deal": write.deal_id}), write.content
        if isinstance(content, FieldValues):
            said = plain(content)
            same = all(found["fields"].get(name) == value for name, value in said.items())
            return Written(write.deal_id) if same else None
        if isinstance(content, TagName):
            there = (content.name in found["tags"]) == content.present
            return Written(content.name, {"had": not content.present}) if there else None
        if isinstance(content, NoteText | TaskText):
            what = "notes" if isinstance(content, NoteText) else "tasks"
            ids = [id_ for id_, one in found[what].items() if one["key"] == write.key]
            return Written(ids[0]) if ids else None
        return Written(content.call_id) if content.call_id in found["words"] else None

    def undo(self, write: Write, written: Written) -> str | None:
        deal, content = write.deal_id, write.content
        found = self.ask("get", {"deal": deal})
        if isinstance(content, NoteText | TaskText):
            what = "notes" if isinstance(content, NoteText) else "tasks"
            one = found[what].get(written.remote)
            if one is None:
                return None
            if one["text"] != content.text:
                return f"{what}: was changed since and stays."
            self.ask("remove", {"deal": deal, "what": what, "id": written.remote})
        elif isinstance(content, FieldValues):
            return self._fields_back(deal, plain(content), found["fields"], written)
        elif isinstance(content, TagName):
            if (content.name in found["tags"]) != written.before["had"]:
                self.ask("tag", _tag(deal, content.name, present=written.before["had"]))
        else:
            return "The words of a call stay: the CRM cannot take them back."
        return None

    def _fields_back(self, deal: str, said: Body, held: Body, written: Written) -> str | None:
        before = written.before.get("fields", {})
        back = {name: before.get(name) for name in said}
        ours = {name: back[name] for name in said if held.get(name) == said[name] != back[name]}
        if ours:
            self.ask("fields", {"deal": deal, "values": ours})
        others = [name for name in said if held.get(name) not in (said[name], back[name])]
        return f"Changed since, stays: {', '.join(others)}." if others else None

    def close(self) -> None:
        self.closed += 1


def _tag(deal: str, name: str, *, present: bool) -> Body:
    return {"deal": deal, "name": name, "present": [name] if present else []}


def in_memory(notebook: Notebook) -> NotebookCrm:
    """An adapter that writes right into a notebook."""
    return NotebookCrm(notebook.do)


def over_network(address: str) -> NotebookCrm:
    """An adapter that writes into a notebook that is served."""
    port = int(address.rpartition(":")[2])
    rules = Rules((port,), _networks())
    http = CrmHttp("notebook", address, CountingPace(), rules, answer_s=10)

    def ask(op: str, body: Body) -> Any:
        told = {"op": op, "body": body, "pid": os.getpid()}
        answer = http.ask("/", told) if op == "get" else http.send("POST", "/", told)
        return answer.body

    return NotebookCrm(ask)


def _networks() -> tuple[Any, ...]:
    from ipaddress import ip_network

    return (ip_network("127.0.0.0/8"),)


@contextmanager
def served(notebook: Notebook) -> Iterator[str]:
    """Serves a notebook on this machine and gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
            try:
                answer, status = notebook.do(asked["op"], asked["body"], asked["pid"]), 200
            except CrmUncertainError:
                self.close_connection = True
                return
            except CrmError as error:
                answer, status = {}, _STATUS[type(error)]
            body = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle(self) -> None:
            try:
                super().handle()
            except OSError:
                return  # whoever asked was killed

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(30)
