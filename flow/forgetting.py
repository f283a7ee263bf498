"""`stagecheck forget`: removes a person everywhere and proves it.

Killed at any moment and called again it finishes: the tombstones come first, so that nothing is
taken in again meanwhile; files go while the rows that lead to them are there; what is left is
found by its text.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from flow.certificate import Certificate
from flow.forgotten import make_secret, secret_file
from flow.keeping import belongings, os_user
from flow.person import refuse_held, warnings_of
from ingest.person_files import (
    Rewritten,
    clean_texts,
    empty_folders,
    recordings_of,
    search_files,
    without_rows,
)
from ingest.removal import FileMark, files_below, mark_of, remove_files
from ingest.sftp.box import Stage
from ingest.sftp.collect import TAKING
from models.places import PLAYED
from models.session import reading, transaction
from models.store.forgetting import Person, PersonRows, delete_rows, find_rows
from models.store.holds import load_holds, write_event
from models.store.scrub import scrub
from models.store.search import redact_rows, search_rows
from models.store.tombstones import raise_tombstones
from models.tables import CallRow
from models.vocabulary.errors import OutputError
from transcribe.silenced import forget_silenced

_STAGES = (*Stage, TAKING)
_SURE_ID = 8


@dataclass(frozen=True, slots=True)
class Grounds:
    """Where a person may be: state folder, inbox, recordings, and whatever else is named."""

    state: Path
    inbox: Path
    recordings: tuple[Path, ...]
    more: tuple[Path, ...] = ()

    def searched(self) -> list[Path]:
        """The folders and files to search, none inside another."""
        every = [self.state, self.inbox, *self.recordings, *self.more]
        whole = list(dict.fromkeys(path.resolve() for path in every))
        return [
            path
            for path in whole
            if not any(path != other and path.is_relative_to(other) for other in whole)
        ]

    def of_recordings(self) -> list[Path]:
        """The folders that recordings lie in, of each box every stage."""
        boxes = [box for box in self.inbox.glob("*") if box.is_dir()]
        stages = [box / stage for box in boxes for stage in _STAGES]
        named = [path for path in self.more if path.is_dir()]
        return [path for path in (*self.recordings, *named, *stages) if path.is_dir()]


@dataclass(slots=True)
class _Work:
    """What a forgetting has done so far."""

    removed: Counter[str] = field(default_factory=Counter)
    hashes: set[str] = field(default_factory=set)
    digests: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)


def known_folders(session: Session) -> list[Path]:
    """Gives the folders that calls came from."""
    return [Path(source) for source in session.scalars(select(CallRow.source).distinct())]


def found_of(session: Session, person: Person) -> PersonRows:
    """Finds a person's rows and refuses where a hold keeps them.

    Raises:
        StagecheckError: a hold keeps them.
    """
    rows = find_rows(session, person)
    refuse_held(load_holds(session), person, rows)
    return rows


def forget(
    engine: Engine, person: Person, grounds: Grounds, *, at: datetime, for_good: bool = False
) -> Certificate:
    """Removes a person from tables and files and looks whether anything is left.

    The caller holds the database (`models.store.lock.alone`).

    Args:
        engine: the database.
        person: who.
        grounds: the folders to clean and search.
        at: the present moment; what was said before it does not come back.
        for_good: nor does what is said later.

    Raises:
        StagecheckError: a hold keeps the data, or something cannot be written.
    """
    with reading(engine) as session:
        rows = found_of(session, person)
    work = _Work()
    _bury(engine, person, rows, grounds, work, at=at, for_good=for_good)
    with transaction(engine) as session:
        work.removed.update(delete_rows(session, person, rows))
        work.removed["texts in tables"] = redact_rows(session, person.traces)
    _clean(person, grounds, work)
    scrub(engine, whole=True)
    certificate = _proof(engine, person, rows, grounds, work, at=at, for_good=for_good)
    with transaction(engine) as session:
        counts = {**work.removed, "found": len(certificate.places)}
        hashes = [*work.digests, *certificate.recordings]
        write_event(session, "forget", who=certificate.by, now=at, counts=counts, hashes=hashes)
    return certificate


def _bury(  # noqa: PLR0913 - one step, and all that it works with
    engine: Engine,
    person: Person,
    rows: PersonRows,
    grounds: Grounds,
    work: _Work,
    *,
    at: datetime,
    for_good: bool,
) -> None:
    """Tombstones first, then the files."""
    tables = _rewritten(person, rows, grounds, write=False)
    by_rows, marks = belongings(rows.recordings, grounds.inbox)
    named = {*tables.named, *(one.casefold() for one in _long(rows.ledger_ids))}
    by_name = recordings_of(grounds.of_recordings(), person.traces, named)
    files = list(dict.fromkeys([*(path for some in by_rows.values() for path in some), *by_name]))
    marks += _marks(by_name)
    work.hashes = {one.sha256 for one in rows.recordings} | {one.sha256 for one in marks}
    with transaction(engine) as session:
        work.digests = raise_tombstones(
            session,
            make_secret(grounds.state),
            person.traces.numbers,
            work.hashes,
            since=at,
            for_good=for_good,
        )
        counts = {"calls": len(rows.calls), "files": len(files)}
        hashes = [*work.digests, *sorted(work.hashes)]
        write_event(session, "forget begun", who=os_user(), now=at, counts=counts, hashes=hashes)
    for sha256 in sorted(work.hashes):
        work.removed["sounds to play"] += forget_silenced(grounds.state / PLAYED, sha256)
    work.removed["files"], work.problems = remove_files(files)
    tables = _rewritten(person, rows, grounds, write=True)
    work.removed["table rows in files"] = tables.table_rows


def _rewritten(person: Person, rows: PersonRows, grounds: Grounds, *, write: bool) -> Rewritten:
    """What the tables lose; they are only read unless `write`, since they lead to recordings."""
    done = Rewritten()
    ids = _long({*rows.call_ids, *rows.ledger_ids})
    for path in _tables(grounds):
        with _told(path):
            without_rows(path, person.traces, ids, done, write=write)
    return done


def _long(ids: Iterable[str]) -> set[str]:
    """Ids that are long enough to be nobody else's by chance."""
    return {one for one in ids if len(one) >= _SURE_ID}


def _tables(grounds: Grounds) -> Iterable[Path]:
    for place in grounds.searched():
        yield from (path for path in files_below(place) if path.suffix.casefold() == ".csv")


def _clean(person: Person, grounds: Grounds, work: _Work) -> None:
    """Logs, pages and results in the state folder and in whatever else was named."""
    done = Rewritten()
    spared = [secret_file(grounds.state)]
    for folder in (grounds.state, *(path for path in grounds.more if path.is_dir())):
        with _told(folder):
            clean_texts(folder, spared, person.traces, done)
    empty_folders(grounds.of_recordings(), person.traces)
    work.removed["logs changed"], work.removed["reports"] = done.logs, done.reports


def _proof(  # noqa: PLR0913 - one step, and all that it works with
    engine: Engine,
    person: Person,
    rows: PersonRows,
    grounds: Grounds,
    work: _Work,
    *,
    at: datetime,
    for_good: bool,
) -> Certificate:
    with reading(engine) as session:
        tables = search_rows(session, person.traces)
    places, files, missing = list(tables.places), 0, []
    for place in grounds.searched():
        if not place.exists():
            missing.append(str(place))
            continue
        looked, found = search_files(place, person.traces)
        files += looked
        places += found
    return Certificate(
        at=at,
        by=os_user(),
        digests=tuple(work.digests),
        for_good=for_good,
        removed=dict(work.removed),
        recordings=tuple(sorted(work.hashes)),
        searched={
            "tables": tables.tables,
            "columns": tables.columns,
            "rows": tables.rows,
            "files": files,
        },
        places=(*places, *work.problems),
        not_searched=tuple(missing),
        warnings=tuple(warnings_of(person, rows)),
    )


def _marks(paths: Iterable[Path]) -> list[FileMark]:
    """The marks of sounds, so that they are known when they come again."""
    marks = []
    for path in paths:
        if path.suffix.casefold() != ".json" and Stage.RECEIPTS not in path.parts:
            with suppress(OSError):
                marks.append(mark_of(path))
    return [mark for mark in marks if mark.size]


@contextmanager
def _told(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(
            f"{place}: cannot be cleaned ({error.strerror or error}). Give this user permission "
            "to write there and run the same command again; it goes on where it was."
        ) from error
