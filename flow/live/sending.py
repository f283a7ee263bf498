"""Sends one line of an outbox, or takes it back, and writes down what came of it."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from random import SystemRandom

from sqlalchemy import Engine

from core.clock import now
from core.logs import get_logger
from core.pauses import doubled_s
from crm.errors import (
    CrmAwayError,
    CrmBusyError,
    CrmError,
    CrmGoneError,
    CrmShutError,
    CrmUncertainError,
)
from crm.port import Adapter
from models.session import transaction
from models.store.crm_sending import (
    beat_writes,
    claim_write,
    mark_absent,
    mark_dead,
    mark_failed,
    mark_gone,
    mark_uncertain,
    mark_undone,
    mark_written,
    refuse_connection,
)
from models.vocabulary.crm_write import Written
from models.vocabulary.errors import StagecheckError
from models.vocabulary.outbox import WriteInHand

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 10.0, 3600.0
_chance = SystemRandom().random
_log = get_logger("live.writing")


class Outcome(StrEnum):
    """What came of one line."""

    DONE = "done"
    NOT_OURS = "not_ours"  # another sender has it, or it may not go
    NOT_THERE = "not_there"  # it was looked for and surely not written: it may go now
    AWAY = "away"
    SHUT = "shut"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Patience:
    """How long is waited for what, in seconds.

    A sender that gave no sign for `lost_s` is gone. What it sent, or what was sent and not
    answered, is looked for after `grace_s`: longer than any request of ours, and than a CRM works
    at one.
    """

    beat_s: float = 5.0
    lost_s: float = 60.0
    grace_s: float = 120.0
    first_pause_s: float = _FIRST_PAUSE_S


@dataclass(slots=True)
class Sender:
    """What lines are sent with; while one is in hand somebody says every few seconds so."""

    database: Engine
    patience: Patience = field(default_factory=Patience)
    _held: set[str] = field(default_factory=set)

    def send(self, write: int, adapter: Callable[[], Adapter]) -> Outcome:
        """Claims a line and does what it asks for.

        Killed at any point it is looked for and, if need be, done again by another.

        Raises:
            StagecheckError: the database cannot be used, or the CRM cannot be opened.
        """
        crm = adapter()
        token = secrets.token_hex(8)
        # From before the claim on, so that no claim is ever without a sign of life.
        self._held.add(token)
        try:
            with transaction(self.database) as session:
                held = claim_write(session, write, token, now())
            return Outcome.NOT_OURS if held is None else self._work(held, crm)
        finally:
            self._held.discard(token)

    @contextmanager
    def beating(self) -> Iterator[None]:
        """Says in the background that what is in hand is in hand."""
        ended = threading.Event()

        def beat() -> None:
            while not ended.wait(self.patience.beat_s):
                tokens = set(self._held)
                if not tokens:
                    continue
                try:
                    with transaction(self.database) as session:
                        beat_writes(session, tokens, now())
                except StagecheckError as error:
                    _log.warning("cannot say that a write is in hand", error=type(error).__name__)

        thread = threading.Thread(target=beat, name="crm beats", daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join()

    def _work(self, held: WriteInHand, crm: Adapter) -> Outcome:
        try:
            if held.uncertain:
                return self._look_for(held, crm)
            if held.undo:
                return self._take_back(held, crm, Written(held.remote, held.before))
            self._written(held, crm.write(held.write))
        except CrmError as error:
            return self._failed(held, error)
        except StagecheckError:
            raise
        except Exception as error:  # noqa: BLE001 - told as uncertain, and looked for
            # Whatever it was, it may have come after the CRM did its part.
            _log.error("a write failed", kind=held.write.kind.value, exc_info=error)
            return self._failed(held, CrmUncertainError(f"failed: {type(error).__name__}."))
        return Outcome.DONE

    def _look_for(self, held: WriteInHand, crm: Adapter) -> Outcome:
        """Whether what nobody knows of was written."""
        found = crm.find(held.write)
        if found is not None and held.undo:
            return self._take_back(held, crm, found)
        if found is not None:
            self._written(held, found)
            return Outcome.DONE
        with transaction(self.database) as session:
            mark_absent(session, held, now())
        return Outcome.NOT_THERE

    def _take_back(self, held: WriteInHand, crm: Adapter, written: Written) -> Outcome:
        told = crm.undo(held.write, written)
        with transaction(self.database) as session:
            mark_undone(session, held, told)
        return Outcome.DONE

    def _written(self, held: WriteInHand, written: Written) -> None:
        with transaction(self.database) as session:
            mark_written(session, held, written, now())

    def _failed(self, held: WriteInHand, error: CrmError) -> Outcome:
        at, detail = now(), str(error)
        pause_s = doubled_s(self.patience.first_pause_s, held.tries, _LONGEST_PAUSE_S)
        pause_s *= 0.75 + 0.5 * _chance()
        wait_s = error.wait_s if isinstance(error, CrmBusyError) else None
        due_at = at + timedelta(seconds=max(pause_s, wait_s or 0.0))
        with transaction(self.database) as session:
            if isinstance(error, CrmUncertainError):
                due_at = max(due_at, at + timedelta(seconds=self.patience.grace_s))
                mark_uncertain(session, held, detail=detail, due_at=due_at, now=at)
                outcome = Outcome.AWAY
            elif isinstance(error, CrmAwayError):
                mark_failed(session, held, detail=detail, due_at=due_at, now=at)
                outcome = Outcome.AWAY
            elif isinstance(error, CrmShutError):
                mark_failed(session, held, detail=detail, due_at=at, now=at)
                refuse_connection(session, held.connection, detail, at)
                outcome = Outcome.SHUT
            elif isinstance(error, CrmGoneError):
                mark_gone(session, held, detail=detail, now=at)
                outcome = Outcome.DONE
            else:
                mark_dead(session, held, detail=detail, now=at)
                outcome = Outcome.REFUSED
        kind = held.write.kind.value
        _log.warning("not written", kind=kind, undo=held.undo, reason=type(error).__name__)
        return outcome


def once(opened: Callable[[], Adapter], until: ExitStack) -> Callable[[], Adapter]:
    """Opens an adapter when it is asked for first; it is closed with the rest of `until`."""
    crm: list[Adapter] = []

    def adapter() -> Adapter:
        if not crm:
            crm.append(opened())
            until.callback(crm[0].close)
        return crm[0]

    return adapter
