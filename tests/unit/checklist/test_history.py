"""A client was spoken to before, was not, or nobody can know."""

from __future__ import annotations

import pytest

from classify.checklist.history import History
from models.vocabulary.verdict import JudgedCall
from tests.fakes.a_deal import a_deal, a_snapshot, call, unrecorded

FIRST = call("9 11:00")
SNAPSHOT = a_snapshot(a_deal("classified"))  # made on the 9th at 10:00


def earlier(one: JudgedCall, *others: JudgedCall) -> bool | None:
    return History.of([one, *others]).earlier(one, SNAPSHOT, 24)


def test_nobody_spoke_to_the_client_of_a_new_deal() -> None:
    assert earlier(FIRST) is False


@pytest.mark.parametrize(
    "other",
    [
        call("9 10:30"),
        call("9 10:30", deal=None),
        call("9 10:30", number="+79160000077"),
    ],
    ids=["both", "same number", "same deal"],
)
def test_an_earlier_conversation_is_known(other: JudgedCall) -> None:
    assert earlier(FIRST, other) is True


@pytest.mark.parametrize(
    "other",
    [
        call("9 12:00"),
        call("9 10:30", outcome="voicemail"),
        call("9 10:30", deal=None, number="+79160000077"),
        call("9 10:30", direction="internal"),
        unrecorded("9 10:30", answered=False),
    ],
    ids=["later", "a machine", "another client", "colleagues", "not answered"],
)
def test_other_calls_say_nothing(other: JudgedCall) -> None:
    assert earlier(FIRST, other) is False


def test_an_answered_call_without_words_leaves_it_open() -> None:
    assert earlier(FIRST, unrecorded("9 10:30")) is None


def test_an_old_deal_leaves_it_open() -> None:
    assert earlier(call("11 11:00")) is None


def test_a_hidden_number_leaves_it_open() -> None:
    assert earlier(call("9 11:00", number=None, deal=None)) is None
