"""Delivers events to endpoints: at least once, in order per deal, each endpoint by itself."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import SystemRandom
from typing import Any

from sqlalchemy import Engine

from core.clock import now
from core.logs import blotted, get_logger
from core.outward import Resolve
from core.pauses import doubled_s
from core.settings import Settings
from flow.service.background import again_and_again
from flow.service.coverage_news import note_gaps
from flow.service.sending import GONE, Answer, body_of, pause_after, send
from models.secret_keys import SecretKeys
from models.session import reading, transaction
from models.store.calls import rows_of_calls
from models.store.deliveries import (
    claim_delivery,
    due_deliveries,
    free_lost,
    give_up_expired,
    mark_delivered,
    mark_failed,
)
from models.store.endpoints import GONE as SAID_GONE
from models.store.endpoints import open_endpoints, shut_endpoint
from models.store.events import forget_events
from models.tables import FindingRow
from models.vocabulary.errors import StagecheckError
from models.vocabulary.event import Event, EventType, ToSend
from models.webhook_keys import webhook_keys
from models.webhooks import rules_of

_EVERY_S = 1.0
_SWEEPS_S = 5.0
_FORGETS_S = 3600.0
_LOOKS_S = 3600.0  # for gaps
_AT_ONCE = 8  # endpoints
_BATCH = 100  # deliveries that are looked for at a time
_PATIENCE = 3  # endpoints that nobody answers at so often rest for a while
_LONGEST_REST_S = 60.0
_chance = SystemRandom().random
_log = get_logger("service.webhooks")


@dataclass(slots=True)
class Post:
    """What deliveries are made with."""

    database: Engine
    settings: Settings
    keys: SecretKeys
    resolve: Resolve | None = None

    def deliver(self, delivery: int) -> Answer | None:
        """Claims a delivery, sends it, and writes down what came of it; ``None``: not ours.

        Killed in between it is sent once more, under the same name.

        Raises:
            StagecheckError: the database cannot be used.
        """
        token = secrets.token_hex(8)
        with transaction(self.database) as session:
            held = claim_delivery(session, delivery, token, now())
        if held is None:
            return None
        answer = self._send(held)
        self._write(held, answer)
        return answer

    def _send(self, held: ToSend) -> Answer:
        hooks = self.settings.webhooks
        try:
            signing = [self.keys.open(one) for one in held.sealed]
        except StagecheckError as error:
            _log.error("a secret cannot be opened", endpoint=held.endpoint, reason=str(error))
            return Answer(None, "no_key", 0)
        return send(
            held.url,
            held.event,
            body_of(held.event, self._evidence(held.event) if held.quotes else None),
            signing,
            rules=rules_of(hooks),
            timeout_s=hooks.timeout_s,
            at=now(),
            resolve=self.resolve,
        )

    def _write(self, held: ToSend, answer: Answer) -> None:
        at, gone = now(), answer.status == GONE
        due_at = at + pause_after(held.tries, _chance())
        late = due_at >= held.since + timedelta(days=self.settings.webhooks.retry_days)
        with transaction(self.database) as session:
            if answer.taken and answer.status is not None:
                ours = mark_delivered(
                    session, held, status=answer.status, took_ms=answer.took_ms, now=at
                )
            else:
                ours = mark_failed(
                    session,
                    held,
                    status=answer.status,
                    error=answer.error or "",
                    took_ms=answer.took_ms,
                    due_at=None if gone or late else due_at,
                    now=at,
                )
            if gone and ours:
                shut_endpoint(session, held.endpoint, SAID_GONE, at)
        if not answer.taken:
            _log.warning("not delivered", endpoint=held.endpoint, reason=answer.error)

    def _evidence(self, event: Event) -> list[dict[str, Any]]:
        """The words and records that a flag rests on now; telephone numbers are blotted out."""
        finding = event.payload.get("finding")
        if event.type not in (EventType.FLAG_RAISED, EventType.FLAG_DECIDED) or finding is None:
            return []
        with reading(self.database) as session:
            row = session.get(FindingRow, finding)
            found = row.evidence if row is not None else []
            calls = rows_of_calls(session, [one["id"] for one in found if one["kind"] == "call"])
        return [
            {
                "kind": one["kind"],
                "id": calls.get(one["id"]) if one["kind"] == "call" else blotted(one["id"]),
                "at": one["at"],
                "start": one["start"],
                "quote": blotted(one["quote"]) if one["quote"] else None,
            }
            for one in found
        ]


@dataclass(slots=True)
class _Lane:
    """What is remembered of an endpoint while the process lives."""

    running: Future[None] | None = None
    unanswered: int = 0
    rests_until_s: float = 0.0


@dataclass(slots=True)
class Deliverer:
    """Gives each endpoint that has something due a thread for a while."""

    post: Post
    clock: Callable[[], float] = time.monotonic
    _lanes: dict[int, _Lane] = field(default_factory=dict)
    _pool: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="webhooks")
    )
    _next_sweep_s: float = float("-inf")
    _next_forget_s: float = float("-inf")

    def turn(self, ended: threading.Event) -> None:
        """Begins what is due; does not wait for it.

        Raises:
            StagecheckError: the database cannot be used.
        """
        self._sweep()
        with reading(self.post.database) as session:
            endpoints = open_endpoints(session)
            due = [one for one in endpoints if due_deliveries(session, one, now(), 1)]
        for endpoint in due:
            lane = self._lanes.setdefault(endpoint, _Lane())
            free = lane.running is None or lane.running.done()
            if free and self.clock() >= lane.rests_until_s:
                lane.running = self._pool.submit(self._work, lane, endpoint, ended)

    def close(self) -> None:
        """Waits for what is being sent."""
        self._pool.shutdown(wait=True, cancel_futures=True)

    def wait(self) -> None:
        """Waits until what was begun is done."""
        for lane in self._lanes.values():
            if lane.running is not None:
                lane.running.result()

    def _work(self, lane: _Lane, endpoint: int, ended: threading.Event) -> None:
        """Sends what is due to one endpoint, and what that lets go, as long as it answers."""
        try:
            while self._batch(lane, endpoint, ended):
                pass
        except Exception as error:  # noqa: BLE001 - the sweep gives back what was in hand
            _log.error("deliveries failed", endpoint=endpoint, exc_info=error)

    def _batch(self, lane: _Lane, endpoint: int, ended: threading.Event) -> bool:
        """Sends once around; true where it may go on at once."""
        with reading(self.post.database) as session:
            due = due_deliveries(session, endpoint, now(), _BATCH)
        taken = False
        for delivery in due:
            if ended.is_set():
                return False
            answer = self.post.deliver(delivery)
            if answer is None:
                continue
            taken = taken or answer.taken
            lane.unanswered = lane.unanswered + 1 if answer.unreachable else 0
            if lane.unanswered >= _PATIENCE:
                rest_s = doubled_s(1.0, lane.unanswered - _PATIENCE + 1, _LONGEST_REST_S)
                lane.rests_until_s = self.clock() + rest_s
                return False
        return taken

    def _sweep(self) -> None:
        settings, at_s = self.post.settings, self.clock()
        hooks = settings.webhooks
        if at_s >= self._next_sweep_s:
            self._next_sweep_s = at_s + min(_SWEEPS_S, settings.service.stuck_s / 4)
            with transaction(self.post.database) as session:
                free_lost(session, now(), max(settings.service.stuck_s, 3 * hooks.timeout_s))
                give_up_expired(session, now() - timedelta(days=hooks.retry_days))
        if at_s >= self._next_forget_s:
            self._next_forget_s = at_s + _FORGETS_S
            with transaction(self.post.database) as session:
                forget_events(session, now() - timedelta(days=hooks.kept_days))


@contextmanager
def delivering(database: Engine, state: Path, settings: Settings) -> Iterator[None]:
    """Delivers in the background what happens, and looks for gaps of the ledger, until the end."""

    def look(_ended: threading.Event) -> None:
        note_gaps(database, settings)

    keys = webhook_keys(state, settings.webhooks)
    deliverer = Deliverer(Post(database, settings, keys))
    try:
        with (
            again_and_again("webhooks", _EVERY_S, deliverer.turn),
            again_and_again("coverage", _LOOKS_S, look),
        ):
            yield
    finally:
        deliverer.close()
