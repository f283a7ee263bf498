"""A file counts when it was seen unchanged for long enough, whatever clocks and writers do."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ingest.stillness import Changes, Moment, Patience, Stillness, Why
from models.vocabulary.files import Mark

STILL_S = 10.0
NOW_NS = 1_780_000_000 * 10**9
HOUR_S = 3600


def mark(size: int, *, mtime_ns: int = NOW_NS, inode: int = 1) -> Mark:
    return Mark(size, mtime_ns, inode, mtime_ns)


class Town:
    """A `Stillness` and what it is told, one look after the other."""

    def __init__(self, *, open_headers: bool = False, known: Mapping[str, Mark] | None = None):
        patience = Patience(STILL_S, longest_call_s=4 * HOUR_S, empty_s=600)
        self.still = Stillness(
            patience,
            lambda _: open_headers,
            lambda place, seen: (known or {}).get(place) == seen,
        )

    def look(
        self, at: float, changed: Mapping[str, Mark] | None = None, gone: tuple[str, ...] = ()
    ) -> set[str]:
        moment = Moment(at, NOW_NS + int(at * 10**9))
        return self.still.tell(Changes(changed or {}, gone), moment)


def test_two_looks_far_enough_apart_make_a_file_whole() -> None:
    town = Town()
    assert town.look(0, {"a.wav": mark(5)}) == set()
    assert town.look(9.9) == set()
    assert town.still.waiting == {"a.wav": Why.GROWING}
    assert town.look(10) == {"a.wav"}
    assert town.still.whole == {"a.wav": mark(5)}
    assert town.still.waiting == {}


def test_a_change_begins_the_waiting_anew() -> None:
    town = Town()
    town.look(0, {"a.wav": mark(5)})
    town.look(9, {"a.wav": mark(6)})
    assert town.look(18) == set()
    assert town.look(19) == {"a.wav"}


def test_a_file_that_grows_after_it_was_taken_waits_and_is_news_again() -> None:
    town = Town()
    town.look(0, {"a.wav": mark(5)})
    town.look(10)
    town.look(20, {"a.wav": mark(9)})
    assert "a.wav" not in town.still.whole
    assert town.look(30) == {"a.wav"}
    assert town.still.whole["a.wav"].size == 9


def test_only_whole_files_are_missed() -> None:
    town = Town()
    town.look(0, {"a.wav": mark(5), "b.wav": mark(5)})
    assert town.look(5, gone=("b.wav",)) == set()
    town.look(10)
    assert town.look(11, gone=("a.wav",)) == {"a.wav"}
    assert town.still.whole == {}


def test_a_file_known_from_before_is_whole_at_once() -> None:
    town = Town(known={"a.wav": mark(5), "b.wav": mark(5)})
    assert town.look(0, {"a.wav": mark(5), "b.wav": mark(6)}) == {"a.wav"}
    assert town.still.waiting == {"b.wav": Why.GROWING}


def test_a_known_file_that_grew_and_shrank_again_waits() -> None:
    town = Town(known={"a.wav": mark(5)})
    town.look(0, {"a.wav": mark(5)})
    town.look(1, {"a.wav": mark(6)})
    assert town.look(2, {"a.wav": mark(5)}) == set()


def test_a_temporary_name_waits_for_ever() -> None:
    town = Town()
    town.look(0, {"2026/a.wav.filepart": mark(5)})
    assert town.look(1e7) == set()
    assert town.still.waiting == {"2026/a.wav.filepart": Why.NAMED}


def test_an_empty_file_is_told_after_a_while_and_once() -> None:
    town = Town()
    town.look(0, {"a.wav": mark(0)})
    assert town.look(599) == set()
    assert town.still.waiting == {"a.wav": Why.EMPTY}
    assert town.look(600) == {"a.wav"}
    assert town.still.given_up == {"a.wav": Why.EMPTY}
    assert town.look(700) == set()
    assert town.still.given_up == {}


def test_an_open_header_waits_as_long_as_a_call_may_last() -> None:
    town = Town(open_headers=True)
    town.look(0, {"a.wav": mark(5)})
    assert town.look(3 * HOUR_S) == set()
    assert town.still.waiting == {"a.wav": Why.CALL}
    assert town.look(4 * HOUR_S) == {"a.wav"}
    assert town.still.given_up == {"a.wav": Why.CALL}


def test_an_open_header_that_is_old_beside_its_neighbours_waits_no_longer_than_others() -> None:
    town = Town(open_headers=True)
    old = mark(5, mtime_ns=NOW_NS - 5 * HOUR_S * 10**9)
    town.look(0, {"old.wav": old, "new.wav": mark(5)})
    assert town.look(10) == {"old.wav"}


@pytest.mark.parametrize("hours", [-100_000, -10, 10, 100_000])
def test_a_server_whose_clock_is_wrong_ends_no_call(hours: int) -> None:
    town = Town(open_headers=True)
    theirs = NOW_NS + hours * HOUR_S * 10**9
    town.look(0, {"a.wav": mark(5, mtime_ns=theirs), "b.wav": mark(5, mtime_ns=theirs + 10**9)})
    assert town.look(60) == set()
    assert town.look(4 * HOUR_S) == {"a.wav", "b.wav"}


def test_one_file_dated_to_come_ends_no_call() -> None:
    town = Town(open_headers=True)
    to_come = mark(5, mtime_ns=NOW_NS + 10**6 * HOUR_S * 10**9)
    town.look(0, {"a.wav": mark(5), "to_come.wav": to_come})
    assert town.look(60) == set()


def test_a_busy_ledger_counts_every_minute_and_stays_whole_as_it_grows() -> None:
    town = Town()
    news = [town.look(at, {"Master.csv": mark(at + 1)}) for at in range(0, 125, 5)]
    assert [5 * number for number, one in enumerate(news) if one] == [60]
    assert town.still.whole.keys() == town.still.waiting.keys() == {"Master.csv"}
    assert town.look(125) == {"Master.csv"}


def test_a_ledger_written_anew_is_left_out_until_it_is_whole() -> None:
    town = Town()
    town.look(0, {"Master.csv": mark(500)})
    town.look(10)
    town.look(20, {"Master.csv": mark(100)})
    assert "Master.csv" not in town.still.whole


# A writer's pauses between two additions, and a watcher's between two looks, in seconds.
PAUSES = some.lists(some.floats(0.01, STILL_S - 0.01), max_size=40)
LOOKS = some.lists(some.floats(0, 3 * STILL_S), max_size=40)


def _looks(pauses: list[float], looks: list[float], wall_jumps: list[int]) -> tuple[Town, float]:
    """Lets a writer and a watcher go on; fails where a file counts that is still added to."""
    town, at, seen = Town(), 0.0, -1
    writes = [0.0]
    for pause in pauses:
        writes.append(writes[-1] + pause)
    last = writes[-1]
    jumps = iter(wall_jumps)
    for wait in looks:
        at += wait
        size = sum(1 for write in writes if write <= at)
        stamp = NOW_NS + int(at * 10**9) + next(jumps, 0) * HOUR_S * 10**9
        changed = {"a.wav": mark(size, mtime_ns=stamp)} if size != seen else {}
        seen = size
        news = town.still.tell(Changes(changed, ()), Moment(at, stamp))
        if at < last:
            assert not news
            assert not town.still.whole
    return town, max(at, last)


@given(PAUSES, LOOKS, some.lists(some.integers(-10_000, 10_000)))
def test_no_file_counts_while_it_is_added_to(
    pauses: list[float], looks: list[float], jumps: list[int]
) -> None:
    _looks(pauses, looks, jumps)


@given(PAUSES, LOOKS, some.lists(some.integers(-10_000, 10_000)))
def test_every_file_that_lies_still_comes_to_count(
    pauses: list[float], looks: list[float], jumps: list[int]
) -> None:
    town, at = _looks(pauses, looks, jumps)
    size = len(pauses) + 1
    town.look(at + 1, {"a.wav": mark(size, inode=2)})
    town.look(at + 1.01 + STILL_S)
    assert town.still.whole["a.wav"].size == size
    assert not town.still.waiting
