"""How a fake amoCRM sends web-hooks: late, twice or not at all, as a test wants it."""

from __future__ import annotations

import queue
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from enum import Enum
from typing import Any
from urllib.parse import urlencode

from tests.fakes.crm.amocrm_rows import Row
from tests.fakes.crm.amocrm_store import AmoStore

_PATIENCE_S = 30.0
_FAILURES = 5  # after which the real one switches a web-hook off (it does not tell how many)


class Fate(Enum):
    """What becomes of a web-hook."""

    SENT = "sent"
    LOST = "lost"
    TWICE = "twice"
    LATE = "late"  # held back until `release`


@dataclass
class HookSender:
    """Sends what changes to those who asked for it, one after the other."""

    store: AmoStore
    fate: Callable[[int], Fate] = lambda _number: Fate.SENT
    sent: int = 0
    held: list[tuple[str, bytes]] = field(default_factory=list)
    _number: int = 0
    _waiting: queue.Queue[tuple[str, bytes] | None] = field(default_factory=queue.Queue)
    _thread: threading.Thread | None = None
    _failures: int = 0

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, daemon=True, name="fake hooks")
        self._thread.start()

    def stop(self) -> None:
        self._waiting.put(None)
        if self._thread is not None:
            self._thread.join(_PATIENCE_S)

    def told(self, entity: str, action: str, row: Row) -> None:
        """Sends a change to whoever asked for it."""
        singular = {"companies": "company"}.get(entity, entity.rstrip("s"))
        if row.get("kind") == "companies":
            singular = "company"
        for hook in list(self.store.rows["webhooks"].values()):
            if hook["disabled"] or f"{action}_{singular}" not in hook["settings"]:
                continue
            self._number += 1
            message = (hook["destination"], hook_body(entity, action, row))
            match self.fate(self._number):
                case Fate.SENT:
                    self._waiting.put(message)
                case Fate.TWICE:
                    self._waiting.put(message)
                    self._waiting.put(message)
                case Fate.LATE:
                    self.held.append(message)
                case Fate.LOST:
                    pass

    def release(self) -> None:
        """Sends what was held back, the newest first."""
        while self.held:
            self._waiting.put(self.held.pop())

    def settle(self) -> None:
        """Comes back when everything that waited was sent."""
        self._waiting.join()

    def _run(self) -> None:
        while (message := self._waiting.get()) is not None:
            self._send(*message)
            self._waiting.task_done()
        self._waiting.task_done()

    def _send(self, url: str, body: bytes) -> None:
        headers = {"content-type": "application/x-www-form-urlencoded"}
        request = urllib.request.Request(url, body, headers)  # noqa: S310 - of the test
        try:
            with urllib.request.urlopen(request, timeout=_PATIENCE_S):  # noqa: S310
                self.sent += 1
                self._failures = 0
        except (urllib.error.URLError, OSError):
            self._failures += 1
            if self._failures >= _FAILURES:
                for hook in self.store.rows["webhooks"].values():
                    hook["disabled"] = True


def hook_body(entity: str, action: str, row: Row) -> bytes:
    """A web-hook's body: the form of a live account, with its old names and its bare values."""
    return urlencode(list(_pairs(entity, action, row))).encode()


def _pairs(entity: str, action: str, row: Row) -> Iterator[tuple[str, Any]]:
    head = f"{entity}[{action}][0]"
    if action == "note":
        head += "[note]"
        kinds = {"leads": 2, "contacts": 1, "companies": 3}
        yield f"{head}[element_id]", row["entity_id"]
        yield f"{head}[element_type]", kinds[entity]
        yield f"{head}[note_type]", 4
        yield f"{head}[id]", row["id"]
        yield "account[subdomain]", "belyslon"
        return
    yield f"{head}[id]", row["id"]
    yield f"{head}[name]", row.get("name", "")
    if entity == "leads":
        yield f"{head}[status_id]", row["status_id"]
        yield f"{head}[old_status_id]", row.get("old_status_id", "")
        yield f"{head}[price]", row["price"]
        yield f"{head}[pipeline_id]", row["pipeline_id"]
        yield f"{head}[last_modified]", row["updated_at"]
    if entity == "contacts":
        yield f"{head}[type]", "company" if row.get("kind") == "companies" else "contact"
    if entity == "task":
        yield f"{head}[element_id]", row["entity_id"]
        yield f"{head}[element_type]", 2
    yield f"{head}[custom_fields][0][id]", 72333
    yield f"{head}[custom_fields][0][values][0]", 1542067200
    yield "account[subdomain]", "belyslon"
    yield "account[id]", 31727418
