"""How long a delivery waits before it is tried again."""

from __future__ import annotations

from datetime import timedelta
from itertools import accumulate

from core.pauses import doubled_s
from flow.service.sending import pause_after


def test_pauses_grow_to_six_hours_and_are_spread() -> None:
    assert pause_after(1, 0.5) == timedelta(seconds=5)
    assert pause_after(2, 0.5) == timedelta(seconds=10)
    assert pause_after(1, 0.0) == timedelta(seconds=3.75)
    assert pause_after(1, 1.0) == timedelta(seconds=6.25)
    assert pause_after(40, 0.5) == timedelta(hours=6)
    assert pause_after(100_000, 0.5) == timedelta(hours=6)


def test_no_pause_is_longer_than_a_day() -> None:
    assert [doubled_s(30, tries) for tries in (1, 2, 3)] == [30, 60, 120]
    assert doubled_s(30, 5000) == 86_400
    assert doubled_s(0, 3) == 0


def test_three_days_have_many_tries_and_few_of_them_late() -> None:
    tried = list(accumulate(pause_after(tries, 0.5) for tries in range(1, 60)))
    in_time = [one for one in tried if one <= timedelta(days=3)]
    assert 20 <= len(in_time) <= 30
    assert sum(one <= timedelta(hours=1) for one in in_time) >= 9
