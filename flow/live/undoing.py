"""Takes back what was written into a CRM: the newest first, told write by write."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Engine

from core.clock import now
from crm.port import Adapter
from flow.live.sending import Outcome, Patience, Sender, once
from models.session import reading, transaction
from models.store.crm_facts import load_outlet
from models.store.crm_sending import due_writes, free_silent
from models.store.crm_writes import lines_of, mark_undoing, writes_to_undo
from models.vocabulary.crm_write import WriteKind, WriteState
from models.vocabulary.outbox import GONE, WrittenLine

_BATCH = 100
_LOOKS_S = 0.5
_UNDER_WAY = (WriteState.UNDOING, WriteState.SENDING)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is to be taken back; nothing set means all. `since`: put in line at or after it."""

    deal: str | None = None
    kind: WriteKind | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What became of one write: whether it stands there no more, and what is to be said of it."""

    write: int
    kind: WriteKind
    deal_id: str
    done: bool
    told: str | None


def undo(  # noqa: PLR0913 - what is taken back, and how patiently
    database: Engine,
    connection: int,
    opened: Callable[[], Adapter],
    chosen: Chosen,
    *,
    patience_s: float = 600.0,
    patience: Patience | None = None,
    sleep: Callable[[float], None] = time.sleep,
) -> list[TakenBack]:
    """Takes writes of a connection back, the newest first, also while it does not write.

    What only waits is left out. Killed in between, the writer of the service or the same call goes
    on. A second call finds what stayed and tries it again; what was taken back stays so.

    Args:
        database: with the outbox.
        connection: its number.
        opened: gives the adapter, which is closed in the end.
        chosen: which writes.
        patience_s: how long to wait for a CRM that is away and for what is just being sent; what
            is not done then is told so, and done by the writer later.
        patience: of the sender.
        sleep: waits so many seconds.

    Raises:
        StagecheckError: the database cannot be used, or the CRM cannot be opened.
    """
    began, until_s = now(), time.monotonic() + patience_s
    sender = Sender(database, patience or Patience())
    asked: dict[int, None] = {}
    with ExitStack() as stack:
        adapter = once(opened, stack)
        stack.enter_context(sender.beating())
        while True:
            being_sent = _ask(database, connection, chosen, began, asked)
            left = _work_off(sender, connection, adapter)
            if not being_sent and not left:
                break
            if time.monotonic() >= until_s or _is_shut(database, connection):
                break
            sleep(_LOOKS_S)
    with reading(database) as session:
        return [_told(line) for line in lines_of(session, list(asked))]


def _ask(
    database: Engine, connection: int, chosen: Chosen, began: datetime, asked: dict[int, None]
) -> bool:
    """Marks what was not asked for yet; gives whether more is to come."""
    with transaction(database) as session:
        found, being_sent = writes_to_undo(
            session,
            connection,
            deal=chosen.deal,
            kind=chosen.kind,
            since=chosen.since,
            until=began,
        )
        fresh = [one for one in found if one not in asked]
        mark_undoing(session, fresh, now())
        asked.update(dict.fromkeys(fresh))
    return being_sent


def _work_off(sender: Sender, connection: int, adapter: Callable[[], Adapter]) -> bool:
    """Takes back what may be; gives whether something is left."""
    database, patience = sender.database, sender.patience
    with transaction(database) as session:
        free_silent(session, now(), lost_s=patience.lost_s, grace_s=patience.grace_s)
    while True:
        with reading(database) as session:
            due = due_writes(session, connection, now(), _BATCH, only_undo=True)
        if not due:
            break
        for write in due:
            if sender.send(write, adapter) in (Outcome.AWAY, Outcome.SHUT):
                return True
    with reading(database) as session:
        soon = now() + timedelta(days=366)  # whatever waits for its next try
        return bool(due_writes(session, connection, soon, 1, only_undo=True))


def _is_shut(database: Engine, connection: int) -> bool:
    with reading(database) as session:
        outlet = load_outlet(session, connection)
    return outlet is None or outlet.refused is not None


def _told(line: WrittenLine) -> TakenBack:
    done = line.state in (WriteState.UNDONE, WriteState.DROPPED)
    told = line.detail
    if line.state is WriteState.DROPPED:
        told = "It was never written."
    elif line.state in _UNDER_WAY:
        told = f"Not yet; it is tried again. {line.detail or ''}".rstrip()
    elif done and line.error == GONE:
        told = "The CRM has no such deal any more."
    return TakenBack(line.id, line.kind, line.deal_id, done, told)
