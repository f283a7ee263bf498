"""The ledger keeps what was imported, whatever way it came, and knows it when it comes again."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete

from core.settings import Settings
from flow.ledger import import_cdr_file, known_rows
from flow.steps import store_calls
from ingest.calls import gather_calls
from ingest.ledger_intake import Imported, import_cdr
from models.session import open_database, reading, sqlite_url, transaction
from models.store.ledger import load_recorded, save_cdr
from models.tables import CdrEntryRow
from models.vocabulary.call import CdrRow
from models.vocabulary.errors import InvalidInputError
from models.vocabulary.ledger import newer, settled_rows
from tests.fakes.recordings_folder import USERS, RecordingsFolder, cdr_row

MOSCOW = ZoneInfo("Europe/Moscow")
SETTINGS = Settings.model_validate({"pbx": {"timezone": "Europe/Moscow"}, "sources": {"ural": {}}})
TRUNK, IRINA, PAVEL = "PJSIP/trunk-0000002a", "PJSIP/101-0000002d", "PJSIP/102-0000002c"
CLIENT = "79161234567"


def lines() -> list[str]:
    """A queue call with three legs, a transfer, a call without a recording, a growing one."""
    queue = [
        cdr_row(CLIENT, "700", TRUNK, to, context="ext-queues", missed=True, linked="1786518930.42")
        for to in (IRINA, PAVEL)
    ]
    answered = cdr_row(
        CLIENT,
        "700",
        TRUNK,
        "PJSIP/104-0000002e",
        start="2026-08-12 10:15:50",
        linked="1786518930.42",
    )
    transfer = cdr_row(
        CLIENT, "102", TRUNK, PAVEL, uid="1786518990.45", start="2026-08-12 10:16:30",
        answer="2026-08-12 10:16:35", end="2026-08-12 10:19:05", talk=150, linked="1786518930.42",
    )  # fmt: skip
    alone = cdr_row(
        "102", "89261112233", PAVEL, TRUNK, uid="1786522530.50", start="2026-08-12 11:15:30",
        answer="2026-08-12 11:15:41", end="2026-08-12 11:18:09",
    )  # fmt: skip
    running = cdr_row(
        "101", "89261112244", IRINA, TRUNK, uid="1786526130.60", start="2026-08-12 12:15:30",
        answer="2026-08-12 12:15:41", end="2026-08-12 12:16:11", talk=30,
    )  # fmt: skip
    grown = running.replace("12:16:11", "12:20:41").replace(",159,30,", ",311,300,")
    return [*queue, answered, transfer, alone, running, grown]


def taken(database: Engine, *rows: str, account: str = "") -> Imported:
    data = "".join(f"{row}\n" for row in rows).encode()
    return import_cdr(database, SETTINGS, data, "Master.csv", account=account)


def counts(came: Imported) -> tuple[int, int, int]:
    return came.new, came.repeated, came.replaced


def test_a_ledger_that_grows_is_taken_row_by_row(database: Engine) -> None:
    *_, running, grown = lines()
    assert counts(taken(database, *lines()[:-2])) == (5, 0, 0)
    assert counts(taken(database, *lines()[:-2], running)) == (1, 5, 0)
    assert counts(taken(database, *lines()[:-2], running)) == (0, 6, 0)
    assert counts(taken(database, grown)) == (0, 0, 1)
    assert counts(taken(database, running)) == (0, 1, 0)
    assert max(row.talk_s for row in known_rows(database)) == 300


def test_lines_that_are_none_are_told_with_their_number(database: Engine) -> None:
    came = taken(database, lines()[4], "nonsense", lines()[4].replace("ANSWERED", "PERHAPS"))
    assert counts(came) == (1, 0, 0)
    assert [line for line, _ in came.bad] == [2, 3]


def test_systems_keep_their_ledgers_apart(database: Engine) -> None:
    assert counts(taken(database, lines()[4])) == (1, 0, 0)
    assert counts(taken(database, lines()[4], account="ural")) == (1, 0, 0)
    assert [row.account for row in known_rows(database)] == ["ural"]  # it was the same one


def test_a_system_that_is_not_set_up_is_refused(database: Engine) -> None:
    with pytest.raises(InvalidInputError, match=r"known: ural\). Add \[sources\.moon\]"):
        taken(database, lines()[4], account="moon")


def test_without_any_time_zone_nothing_is_guessed(database: Engine) -> None:
    with pytest.raises(InvalidInputError, match=r"pbx\.timezone.*not set"):
        import_cdr(database, Settings(), lines()[4].encode(), "Master.csv")


@pytest.mark.parametrize(
    "content", [b"", b"\x00\x01\x02", "привет".encode("utf-16"), b"RIFF\x00\x00WAVE"]
)
def test_what_is_no_ledger_changes_nothing(
    database: Engine, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "calls.csv"
    path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=r"calls\.csv: "):
        import_cdr_file(database, SETTINGS, path)
    with pytest.raises(InvalidInputError, match=r"gone\.csv: cannot be read \(No such file"):
        import_cdr_file(database, SETTINGS, tmp_path / "gone.csv")
    assert known_rows(database) == ()


def test_two_imports_at_once_leave_each_row_once(database: Engine) -> None:
    came: list[Imported] = []
    both = [
        threading.Thread(target=lambda: came.append(taken(database, *lines())), daemon=True)
        for _ in range(4)
    ]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert sum(one.new for one in came) == 6
    assert len(known_rows(database)) == 6


def parts(rows: Sequence[str]) -> st.SearchStrategy[list[list[str]]]:
    """The rows in any order, split anyhow, some of them again."""
    again = st.lists(st.sampled_from(rows), max_size=5)
    order = again.flatmap(lambda more: st.permutations([*rows, *more]))
    cuts = st.lists(st.integers(1, 4), min_size=1, max_size=12)
    return st.tuples(order, cuts).map(lambda both: _split(*both))


def _split(rows: Sequence[str], sizes: Sequence[int]) -> list[list[str]]:
    split, left = [], list(rows)
    for size in sizes:
        split.append(left[:size])
        left = left[size:]
    return [part for part in [*split, left] if part]


@pytest.fixture(scope="module")
def emptied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database that the examples of one test share; each empties the ledger first."""
    engine = open_database(sqlite_url(tmp_path_factory.mktemp("ledger") / "stagecheck.db"))
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def two_recordings(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A queue call's recording and one whose row comes twice."""
    folder = RecordingsFolder(tmp_path_factory.mktemp("recordings"))
    folder.wav(f"q-700-{CLIENT}-20260812-101530-1786518930.42.wav")
    folder.wav("1786526130.60.wav")
    return folder.folder


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(split=parts(lines()))
def test_any_split_order_and_repetition_gives_the_same_ledger(
    emptied: Engine, two_recordings: Path, split: list[list[str]]
) -> None:
    wanted = _outcome(emptied, two_recordings, [lines()])
    assert _outcome(emptied, two_recordings, split) == wanted


def _outcome(
    database: Engine, recordings: Path, split: Sequence[Sequence[str]]
) -> tuple[object, ...]:
    """The ledger after these imports, and the calls that come of it."""
    with transaction(database) as session:
        session.execute(delete(CdrEntryRow))
    for part in split:
        taken(database, *part)
    known = known_rows(database)
    found = gather_calls(
        recordings, pbx=SETTINGS.pbx, timezone="Europe/Moscow", users=USERS, known=known
    )
    return known, [one.call for one in found.arrived], found.unrecorded


def _rows(texts: Sequence[str]) -> list[CdrRow]:
    from ingest.cdr import parse_cdr

    return list(parse_cdr("\n".join(texts).encode(), "Master.csv", MOSCOW).rows)


@given(st.permutations(_rows(lines())))
def test_settled_rows_do_not_depend_on_their_order(rows: list[CdrRow]) -> None:
    assert settled_rows(rows) == settled_rows(_rows(lines()))
    assert settled_rows([*settled_rows(rows[:3]), *rows]) == settled_rows(rows)
    assert newer(rows[0], rows[1]) == newer(rows[1], rows[0])


def test_a_recording_before_its_row_and_a_row_before_its_recording_are_one_call(
    database: Engine, tmp_path: Path
) -> None:
    folder = RecordingsFolder(tmp_path / "recordings")
    folder.wav(f"q-700-{CLIENT}-20260812-101530-1786518930.42.wav")

    def stored() -> tuple[list[int], list[int]]:
        found = gather_calls(
            folder.folder,
            pbx=SETTINGS.pbx,
            timezone="Europe/Moscow",
            users=USERS,
            known=known_rows(database),
        )
        return store_calls(database, "recordings", found)

    (before,), _ = stored()
    taken(database, *lines())
    (after,), (alone, running) = stored()
    folder.wav("1786526130.60.wav")
    recorded, unrecorded = stored()
    assert before == after
    assert (sorted(recorded), unrecorded) == (sorted([before, running]), [alone])
    with reading(database) as session:
        known = load_recorded(session, MOSCOW)
    assert [one.call.in_cdr for one in known] == [True, True]


def test_rows_saved_twice_over_count_as_repeated(database: Engine) -> None:
    rows = _rows(lines())
    with transaction(database) as session:
        first = save_cdr(session, rows)
        second = save_cdr(session, [*rows, *rows])
    assert (first.new, first.repeated, second.new, second.repeated) == (6, 1, 0, 14)
