"""`stagecheck hold`: places and ends holds; each leaves a line in the audit."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine

from core.clock import now
from flow.forgotten import make_secret
from flow.keeping import os_user
from models.session import reading, transaction
from models.store.holds import (
    HoldKind,
    is_known,
    lift_hold,
    load_holds,
    place_hold,
    write_event,
)
from models.store.tombstones import number_digest
from models.vocabulary.errors import InvalidInputError


def add_hold(engine: Engine, kind: HoldKind, value: str, reason: str) -> int:
    """Places a hold and gives its number.

    Raises:
        InvalidInputError: nobody knows such a deal or call, or no reason is given.
    """
    if not reason.strip():
        raise InvalidInputError("--reason", "is empty", "Say why the data must be kept.")
    with transaction(engine) as session:
        if kind is not HoldKind.PHONE and not is_known(session, kind, value):
            raise InvalidInputError(
                f"--{kind} {value}", f"no {kind} of this id was ever seen here", "Check the id."
            )
        at = now()
        hold = place_hold(session, kind, value, reason=reason.strip(), who=os_user(), now=at)
        write_event(session, "hold added", who=os_user(), now=at, counts={"hold": hold})
    return hold


def end_hold(engine: Engine, hold: int, state: Path) -> None:
    """Ends a hold; of a number only its keyed hash stays written.

    Raises:
        InvalidInputError: no such hold stands.
    """
    with reading(engine) as session:
        standing = {one.id: one for one in load_holds(session)}
    if hold not in standing:
        known = ", ".join(map(str, standing)) or "none"
        raise InvalidInputError(f"hold {hold}", "is none that stands", f"Standing: {known}.")
    one, at = standing[hold], now()
    shown = one.value
    if one.kind is HoldKind.PHONE:
        shown = number_digest(make_secret(state), one.value)
    with transaction(engine) as session:
        if lift_hold(session, hold, shown=shown, who=os_user(), now=at):
            write_event(session, "hold removed", who=os_user(), now=at, counts={"hold": hold})
