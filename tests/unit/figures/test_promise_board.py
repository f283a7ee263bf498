"""How promises stand today and what hangs on those that were broken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from figures.promise_board import promise_board
from figures.promise_results import Standing
from figures.scope import Period
from models.vocabulary.deal import StageKind
from models.vocabulary.verdict import PromiseState
from tests.unit.figures.department import at, deal, facts, promise

NOW = at(13, 10)


def test_the_crms_time_zone_decides_what_is_due_today() -> None:
    # 22:30 in London on the 12th is half past one on the 13th in Moscow.
    night = datetime(2026, 11, 12, 22, 30, tzinfo=UTC)
    board = promise_board(
        facts(
            deal("1"),
            promises=(promise(PromiseState.OPEN), promise(PromiseState.OPEN, deadline=at(14))),
            as_of=night,
        )
    )
    assert [one.standing for one in board.lines] == [Standing.DUE_TODAY, Standing.OPEN]


def test_an_open_promise_whose_day_is_over_is_not_called_broken() -> None:
    board = promise_board(facts(promises=(promise(PromiseState.OPEN, deadline=at(11)),), as_of=NOW))
    assert [one.standing for one in board.lines] == [Standing.UNKNOWN]


def test_kept_is_a_share_of_what_is_settled_and_too_few_are_not_ranked() -> None:
    states = [PromiseState.KEPT] * 6 + [PromiseState.LATE] + [PromiseState.BROKEN] * 2
    made = [
        promise(one, done_at=at(14, 5) if one is PromiseState.LATE else None)
        for one in [*states, PromiseState.UNKNOWN, PromiseState.OPEN]
    ]
    person = promise_board(facts(deal("1"), promises=tuple(made), as_of=NOW)).people[0]
    assert (person.kept.count, person.kept.of, person.ranked) == (6, 9, False)
    assert person.delays is not None
    assert person.delays.median == 6
    assert person.counts[Standing.UNKNOWN] == 1
    assert person.money == {"RUB": 100_000.0}


def test_a_deal_with_two_broken_promises_costs_once_and_currencies_stay_apart() -> None:
    broken = PromiseState.BROKEN
    board = promise_board(
        facts(
            deal("1", status=StageKind.LOST, closed_at=at(20)),
            deal("2", currency="KZT"),
            promises=(
                promise(broken),
                promise(broken, type="invoice_sent"),
                promise(broken, deal_id="2", amount=7.0, currency="KZT"),
                promise(broken, deal_id="3", amount=None),
                promise(broken, deal_id="2", by="client", amount=7.0, currency="KZT"),
            ),
            as_of=at(21),
        )
    )
    assert board.money == {"KZT": 7.0, "RUB": 100_000.0}
    assert board.lost == {"RUB": 100_000.0}
    assert board.no_amount == 1
    assert board.clients.counts[Standing.BROKEN] == 1
    first = next(one for one in board.broken if one.deal_id == "1")
    assert (first.stage_key, len(first.promises)) == ("needs", 2)


def test_follow_ups_are_ours_and_due_soon_and_a_period_leaves_what_is_open() -> None:
    call_back = {"type": "follow_up_agreed"}
    board = promise_board(
        facts(
            promises=(
                promise(PromiseState.OPEN, **call_back),
                promise(PromiseState.OPEN, deadline=at(16), **call_back),
                promise(PromiseState.OPEN, deadline=at(17), **call_back),
                promise(PromiseState.OPEN, by="client", **call_back),
                promise(PromiseState.KEPT, deadline=at(2)),
            ),
            as_of=NOW,
        ),
        Period(at(9), at(9) + timedelta(days=7)),
    )
    assert [one.promise.deadline for one in board.follow_ups] == [at(13, 23), at(16)]
    assert [one.standing for one in board.lines].count(Standing.KEPT) == 0
    assert len(board.lines) == 4
