"""Rows about keeping and forgetting: holds, tombstones and the audit of both."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from models.tables.base import JsonList, JsonObject, Row


class HoldRow(Row):
    """What must not be removed, on whose word and why; a hold that was removed stays written.

    `kind` is ``phone``, ``deal`` or ``call``. `value` is the number (E.164) or the id; of a
    number it is only its keyed hash once the hold was removed.
    """

    __tablename__ = "holds"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    value: Mapped[str]
    reason: Mapped[str]
    placed_at: Mapped[datetime]
    placed_by: Mapped[str]
    removed_at: Mapped[datetime | None]
    removed_by: Mapped[str | None]


class TombstoneRow(Row):
    """A trace of somebody forgotten that names nobody, so that nothing of theirs comes back.

    `kind` is ``number`` (`digest`: keyed hash of the E.164 number) or ``recording`` (SHA-256).
    What was said before `since` is refused; with `for_good` whatever comes.
    """

    __tablename__ = "tombstones"

    digest: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str]
    since: Mapped[datetime]
    for_good: Mapped[bool]


class KeepingEventRow(Row):
    """One line of the audit: who removed or held how much of what; the database refuses changes.

    `hashes` are those of removed recordings; no line names a person.
    """

    __tablename__ = "keeping_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    what: Mapped[str]
    counts: Mapped[JsonObject]
    hashes: Mapped[JsonList]
