"""The PBX's ledger: which row is which, and what becomes of a row that comes again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import fields
from datetime import UTC, datetime

from models.vocabulary.call import CdrRow


def identity_of(row: CdrRow) -> str:
    """What stays the same of a row however often and wherever it is written, as SHA-256.

    Asterisk counts its rows, and a unique id with that count names one for good. Elsewhere it
    takes the parties and the start: one call may have several rows.
    """
    named: list[object] = [row.account, row.call_id]
    if row.sequence:
        named.append(row.sequence)
    else:
        named += [_moment(row.started_at), row.source_number, row.destination_number]
        named += [row.channel, row.destination_channel]
    return _hash(named)


def content_of(row: CdrRow) -> str:
    """All that a row says, as SHA-256; the same in whatever zone its times are given."""
    return _hash([_plain(getattr(row, field.name)) for field in fields(row)])


def newer(one: CdrRow, other: CdrRow) -> CdrRow:
    """Of two states of one row the later: a call that went on, then the one that tells more.

    Whichever comes first, the answer is the same.
    """
    return max(one, other, key=_age)


def settled_rows(rows: Iterable[CdrRow]) -> tuple[CdrRow, ...]:
    """Each row once, in its latest state, in order of time; the order they came in is forgotten."""
    latest: dict[str, CdrRow] = {}
    for row in rows:
        identity = identity_of(row)
        known = latest.get(identity)
        latest[identity] = row if known is None or known == row else newer(known, row)
    return tuple(sorted(latest.values(), key=_place))


def _age(row: CdrRow) -> tuple[object, ...]:
    said = sum(getattr(row, field.name) not in (None, "") for field in fields(row))
    return _ended(row), row.duration_s, row.talk_s, said, content_of(row)


def _place(row: CdrRow) -> tuple[object, ...]:
    """PBXs write a row when its leg ends, so that legs of one start stand as they ended."""
    return row.started_at, _ended(row), row.sequence or 0, identity_of(row)


def _ended(row: CdrRow) -> datetime:
    return row.ended_at or row.started_at


def _plain(value: object) -> object:
    return _moment(value) if isinstance(value, datetime) else value


def _moment(value: datetime) -> str:
    return value.astimezone(UTC).isoformat()


def _hash(values: list[object]) -> str:
    text = json.dumps(values, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
