"""What the last look at the recordings of a source found: which calls count, what does not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from sqlalchemy import ColumnElement, delete, select, true, update
from sqlalchemy.orm import Session

from core.batches import batched
from models.store.calls import call_of
from models.tables import CallHeardRow, CallRow, IntakeProblemRow, RecordingRow, TranscriptRow
from models.vocabulary.call import Call, RecordingProblem

_BY_NUMBER = "number:"  # before the digest that an unheard call was matched with
_GONE = ("expiring", "expired")  # kept as long as it should be; its words still count


@dataclass(frozen=True, slots=True)
class KnownCall:
    """A recorded call that counts, its files, and what it was heard and matched with, if it was.

    `introduced` is the company that its words introduce, where that matters.
    """

    id: int
    call: Call
    files: tuple[str, ...]
    matched_with: str | None
    introduced: str | None = None


def set_current(session: Session, source: str, ids: Iterable[int]) -> list[int]:
    """Says which calls of `source` count from now on; gives those that do not any more.

    A call whose recording was removed because its time was up still counts.
    """
    current = set(ids)
    expired = select(RecordingRow.sha256).where(RecordingRow.state.in_(_GONE))
    rows = session.execute(
        select(CallRow.id, CallRow.current, CallRow.sha256.in_(expired)).where(
            CallRow.source == source
        )
    ).all()
    gone = [id_ for id_, was, kept in rows if was and id_ not in current and not kept]
    back = [id_ for id_, was, _ in rows if not was and id_ in current]
    for chosen, value in ((gone, False), (back, True)):
        for some in batched(chosen):
            session.execute(
                update(CallRow)
                .where(CallRow.id.in_(some))
                .values(current=value)
                .execution_options(synchronize_session=False)
            )
    return gone


def current_calls(session: Session, source: str) -> tuple[list[int], list[int]]:
    """The ids of the calls of `source` that count: the recorded ones and the others."""
    rows = session.execute(
        select(CallRow.id, CallRow.recording)
        .where(CallRow.source == source, CallRow.current)
        .order_by(CallRow.started_at, CallRow.recording, CallRow.id)
    ).all()
    return [id_ for id_, name in rows if name], [id_ for id_, name in rows if not name]


@dataclass(slots=True)
class KnownCalls:
    """The recorded calls that one process knows; only those that changed are read again."""

    _known: dict[int, tuple[datetime, Call]] = field(default_factory=dict)
    _zone: tzinfo | None = None

    def load(self, session: Session, source: str, zone: tzinfo) -> list[KnownCall]:
        """Gives calls as `known_calls` does, without their files."""
        if zone != self._zone:
            self._known, self._zone = {}, zone
        rows = session.execute(
            select(
                CallRow.id, CallRow.updated_at, CallHeardRow.matched_with, CallHeardRow.introduced
            )
            .outerjoin(CallHeardRow, CallHeardRow.call == CallRow.id)
            .where(CallRow.source == source, CallRow.current, CallRow.recording != "")
        ).all()
        changed = [id_ for id_, at, *_ in rows if self._known.get(id_, (None,))[0] != at]
        for some in batched(changed):
            for row in session.scalars(select(CallRow).where(CallRow.id.in_(some))):
                self._known[row.id] = (row.updated_at, call_of(row, zone))
        self._known = {id_: self._known[id_] for id_, *_ in rows}
        return [
            KnownCall(id_, self._known[id_][1], (), matched, introduced)
            for id_, _, matched, introduced in rows
        ]


def known_calls(
    session: Session, source: str, zone: tzinfo, only: Sequence[int] | None = None
) -> list[KnownCall]:
    """The recorded calls of `source` that count, times in `zone`; of a few where they are named."""
    if only is not None:
        return [one for some in batched(only) for one in _known_calls(
            session, source, zone, CallRow.id.in_(some)
        )]  # fmt: skip
    return _known_calls(session, source, zone, true())


def _known_calls(
    session: Session, source: str, zone: tzinfo, which: ColumnElement[bool]
) -> list[KnownCall]:
    rows = session.execute(
        select(CallRow, RecordingRow.files, CallHeardRow.matched_with, CallHeardRow.introduced)
        .outerjoin(RecordingRow, RecordingRow.sha256 == CallRow.sha256)
        .outerjoin(CallHeardRow, CallHeardRow.call == CallRow.id)
        .where(CallRow.source == source, CallRow.current, CallRow.recording != "", which)
    )
    return [
        KnownCall(row.id, call_of(row, zone), tuple(files or ()), matched, introduced)
        for row, files, matched, introduced in rows
    ]


def calls_matched_by_number(session: Session, ids: Sequence[int], zone: tzinfo) -> list[KnownCall]:
    """Those of the calls that nobody heard: not recorded, or not yet heard; times in `zone`."""
    found = []
    for some in batched(ids):
        rows = session.execute(
            select(CallRow, CallHeardRow.matched_with)
            .outerjoin(CallHeardRow, CallHeardRow.call == CallRow.id)
            .where(CallRow.id.in_(some), _unheard())
        )
        found += [
            KnownCall(row.id, call_of(row, zone), (), (matched or "").removeprefix(_BY_NUMBER))
            for row, matched in rows
        ]
    return found


def save_matched_by_number(session: Session, digests: Mapping[int, str]) -> list[int]:
    """Writes down what calls were matched with by number; gives which: not those heard since."""
    rows = session.execute(
        select(CallRow.id, CallHeardRow)
        .outerjoin(CallHeardRow, CallHeardRow.call == CallRow.id)
        .where(CallRow.id.in_(digests), _unheard())
    ).all()
    for call, row in rows:
        matched = _BY_NUMBER + digests[call]
        if row is None:
            session.add(CallHeardRow(call=call, heard_with="", matched_with=matched))
        else:
            row.matched_with = matched
    return [call for call, _ in rows]


def _unheard() -> ColumnElement[bool]:
    by_number = CallHeardRow.matched_with.startswith(_BY_NUMBER, autoescape=True)
    return CallHeardRow.call.is_(None) | by_number


def is_current(session: Session, call: int) -> bool:
    """Whether a call (still) counts."""
    return bool(session.scalar(select(CallRow.current).where(CallRow.id == call)))


def latest_transcript(
    session: Session, sha256: str, language: str | None, agent_channel: int | None
) -> int | None:
    """The newest transcript of a recording by any transcriber that was told the same."""
    side = -1 if agent_channel is None else agent_channel
    return session.scalar(
        select(TranscriptRow.id)
        .where(
            TranscriptRow.sha256 == sha256,
            TranscriptRow.asked_language == (language or "auto"),
            TranscriptRow.agent_channel == side,
        )
        .order_by(TranscriptRow.id.desc())
        .limit(1)
    )


def save_problems(session: Session, source: str, problems: Sequence[RecordingProblem]) -> None:
    """Replaces what the last look could not use."""
    session.execute(delete(IntakeProblemRow).where(IntakeProblemRow.source == source))
    session.add_all(
        IntakeProblemRow(
            source=source,
            position=position,
            recording=one.recording,
            error=one.error,
            detail=one.detail,
        )
        for position, one in enumerate(problems)
    )


def load_problems(session: Session, source: str) -> list[RecordingProblem]:
    """What cannot be used: files that the last look left out, and calls that do not decode."""
    left_out = session.scalars(
        select(IntakeProblemRow)
        .where(IntakeProblemRow.source == source)
        .order_by(IntakeProblemRow.position)
    )
    unusable = session.execute(
        select(CallRow.recording, RecordingRow.error, RecordingRow.detail)
        .join(RecordingRow, RecordingRow.sha256 == CallRow.sha256)
        .where(CallRow.source == source, CallRow.current, RecordingRow.state == "unusable")
        .order_by(CallRow.started_at, CallRow.recording)
    )
    return [
        *(RecordingProblem(one.recording, one.error, one.detail) for one in left_out),
        *(RecordingProblem(name, error or "", detail or "") for name, error, detail in unusable),
    ]


def heard_with(session: Session, call: int) -> tuple[str | None, str | None]:
    """The digests of what a call was heard and matched with."""
    row = session.get(CallHeardRow, call)
    return (row.heard_with, row.matched_with) if row else (None, None)


def introduced_in(session: Session, call: int) -> str | None:
    """The company that a call's words were found to introduce."""
    return session.scalar(select(CallHeardRow.introduced).where(CallHeardRow.call == call))


def save_heard_with(
    session: Session, call: int, heard: str, matched: str, introduced: str | None = None
) -> None:
    """Writes down what a call was heard and matched with, and the company that it introduces."""
    row = session.get(CallHeardRow, call)
    if row is None:
        row = CallHeardRow(call=call)
        session.add(row)
    row.heard_with, row.matched_with, row.introduced = heard, matched, introduced
