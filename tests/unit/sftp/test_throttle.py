"""Who may try to log in: bans by address and by account, growing, forgiving, forgetting."""

from __future__ import annotations

import pytest

from ingest.sftp.throttle import Patience, Throttle

PATIENCE = Patience(tries=3, window_s=100, ban_s=10, longest_ban_s=35, connections=2)


@pytest.fixture
def throttle() -> Throttle:
    return Throttle(PATIENCE)


def fail(throttle: Throttle, times: int, at: float, address: str = "6.6.6.6") -> bool:
    return [throttle.failed(address, "pbx", at) for _ in range(times)][-1]


def test_an_address_is_banned_after_so_many_wrong_log_ins(throttle: Throttle) -> None:
    assert not fail(throttle, 2, at=0)
    assert throttle.may_connect("6.6.6.6", 1)
    assert fail(throttle, 1, at=2)
    assert not throttle.may_connect("6.6.6.6", 3)
    assert not throttle.may_log_in("6.6.6.6", "other", 3)
    assert throttle.may_connect("6.6.6.6", 12.5)


def test_wrong_log_ins_long_ago_do_not_count(throttle: Throttle) -> None:
    fail(throttle, 2, at=0)
    assert not fail(throttle, 1, at=101)


def test_every_ban_is_twice_as_long_up_to_a_bound(throttle: Throttle) -> None:
    at = 0.0
    for length in (10, 20, 35, 35):
        fail(throttle, 3, at)
        assert not throttle.may_log_in("6.6.6.6", "nobody", at + length - 0.5)
        at += length + 0.5
        assert throttle.may_log_in("6.6.6.6", "nobody", at)


def test_a_stranger_cannot_shut_out_the_telephone_system(throttle: Throttle) -> None:
    throttle.succeeded("10.0.0.5", "pbx")
    for address in ("6.6.6.1", "6.6.6.2", "6.6.6.3"):
        throttle.failed(address, "pbx", 0)
    assert throttle.may_log_in("10.0.0.5", "pbx", 1)
    assert not throttle.may_log_in("6.6.6.4", "pbx", 1)
    assert throttle.may_log_in("6.6.6.4", "other", 1)


def test_a_right_log_in_forgives_the_wrong_ones_before_it(throttle: Throttle) -> None:
    fail(throttle, 2, at=0)
    throttle.succeeded("6.6.6.6", "pbx")
    assert not throttle.failed("6.6.6.6", "other", 1)


def test_connections_of_one_address_are_counted(throttle: Throttle) -> None:
    assert throttle.may_connect("1.1.1.1", 0)
    assert throttle.may_connect("1.1.1.1", 0)
    assert not throttle.may_connect("1.1.1.1", 0)
    assert throttle.may_connect("2.2.2.2", 0)
    throttle.left("1.1.1.1")
    assert throttle.may_connect("1.1.1.1", 0)


def test_strangers_are_forgotten_in_time(throttle: Throttle) -> None:
    for number in range(50):
        throttle.failed(f"6.6.0.{number}", f"guess{number}", 0)
    throttle.may_connect("1.1.1.1", 200)
    assert len(throttle._addresses) == 1
    assert not throttle._accounts
