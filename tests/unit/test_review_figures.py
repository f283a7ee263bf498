"""How long reviewing takes, how right the machine is, and what is reviewed twice."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest

from classify.pace import LONGEST, USUAL, day_of, time_for_each, time_spent
from classify.precision import Trust, blind_bound, trust_of, wilson

MORNING = datetime(2026, 11, 23, 9, tzinfo=UTC)


def _every(seconds: int, times: int, start: datetime = MORNING) -> list[datetime]:
    return [start + timedelta(seconds=seconds * n) for n in range(times)]


def test_until_it_is_measured_a_finding_takes_a_minute() -> None:
    assert time_for_each(_every(20, 5)) == (USUAL, False)
    assert time_for_each(_every(20, 6)) == (timedelta(seconds=20), True)


def test_a_break_is_no_reviewing() -> None:
    moments = [MORNING, MORNING + timedelta(minutes=2), MORNING + timedelta(hours=3)]
    spent = time_spent(moments, timedelta(seconds=30))
    assert spent == timedelta(seconds=30) + timedelta(minutes=2) + timedelta(seconds=30)
    assert time_spent([], USUAL) == timedelta()


def test_several_at_once_take_the_time_of_one() -> None:
    assert time_spent([MORNING] * 20, USUAL) == USUAL


def test_the_day_is_what_is_meant_less_what_was_spent() -> None:
    yesterday = _every(30, 10, MORNING - timedelta(days=1))
    day = day_of([*yesterday, *_every(30, 3)], MORNING, 20)
    assert (day.spent, day.left, day.measured) == (1.5, 18.5, True)
    assert day.findings_left == 37
    long_day = day_of(_every(int(LONGEST.total_seconds()), 20), MORNING, 20)
    assert (long_day.left, long_day.findings_left) == (0, 0)


@pytest.mark.parametrize(
    ("right", "decided", "low", "high"),
    [(0, 0, 0, 1), (8, 10, 0.4902, 0.9433), (20, 20, 0.8389, 1), (0, 5, 0, 0.4345)],
)
def test_the_interval_is_wilsons(right: int, decided: int, low: float, high: float) -> None:
    assert wilson(right, decided) == pytest.approx((low, high), abs=5e-5)


def test_a_kind_is_trusted_only_after_enough_decisions() -> None:
    assert trust_of(decided=19, after=20, distrusted=False) is Trust.TOO_FEW
    assert trust_of(decided=20, after=20, distrusted=False) is Trust.TRUSTED
    assert trust_of(decided=20, after=20, distrusted=True) is Trust.ADVICE


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 1.0])
def test_the_key_alone_chooses_a_share_of_the_findings(share: float) -> None:
    keys = [hashlib.sha256(str(n).encode()).hexdigest()[:32] for n in range(4000)]
    chosen = [key for key in keys if key < blind_bound(share)]
    assert len(chosen) / len(keys) == pytest.approx(share, abs=0.02)
    assert blind_bound(share) == blind_bound(share)
