"""The PBX's ledger: which row is which, and what becomes of a row that comes again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime

from models.vocabulary.call import CdrRow


def identity_of(row: CdrRow) -> str:
    """What stays the same of a row while its call goes on, as SHA-256; one call may have several.

    Neither the unique id nor Asterisk's count of rows is enough: sites leave either constant.
    """
    named = [row.account, row.call_id, row.sequence, _moment(row.started_at)]
    named += [row.source_number, row.destination_number, row.channel, row.destination_channel]
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
    """Each row once, in its latest state, in order of time; the order they came in is forgotten.

    A row that came before its telephone system was set up as one of several, and again after
    that, is that system's.
    """
    latest: dict[str, CdrRow] = {}
    for row in rows:
        identity = identity_of(row)
        known = latest.get(identity)
        latest[identity] = row if known is None or known == row else newer(known, row)
    settled = {identity_of(replace(row, account="")) for row in latest.values() if row.account}
    kept = [row for one, row in latest.items() if row.account or one not in settled]
    return tuple(sorted(kept, key=_place))


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


def _hash(values: Sequence[object]) -> str:
    text = json.dumps(values, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode("ascii")).hexdigest()
