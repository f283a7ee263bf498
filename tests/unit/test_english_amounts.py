"""Sums of money said in English."""

from __future__ import annotations

import pytest

from classify.english_amounts import find_english_amounts

SAID = [
    ("about twelve and a half grand", 12_500),
    ("four eighty, fitted", 480),
    ("call it two point five k", 2_500),
    ("£1,250 plus VAT", 1_250),
    ("that's 14 hundred then", 1_400),
    ("five one five zero all in", 5_150),
    ("round about 4 9 for the lot", 4_900),
    ("you said 21 9", 21_900),
    ("we've put four and a half grand aside", 4_500),
    ("14 thousand 300 euro with delivery", 14_300),
    ("a hundred and eighteen thousand", 118_000),
    ("Nine million eight hundred thousand roubles", 9_800_000),
    ("two thousand three hundred and fifty", 2_350),
    ("a grand, give or take", 1_000),
    ("half a million in all", 500_000),
    ("a couple of grand", 2_000),
    ("twelve fifty for the pair", 1_250),
    ("twenty-three thousand euros", 23_000),
    ("89 euro a month", 89),
    ("1080 plus vat", 1_080),
    ("it's 12.5k all told", 12_500),
    ("a hundred and fifty quid", 150),
    ("three quid", 3),
    ("nine pounds fifty a head", 9.5),
    ("six thousand and forty pounds", 6_040),
    ("fifteen hundred quid", 1_500),
    ("I put the hundred and fifty through", 150),
    ("$3,400.50 in full", 3_400.5),
]
OTHER = [
    "thirty kids on video",
    "two thousand leaflets",
    "twenty per cent off",
    "we did it in two thousand nineteen",
    "three hundred mugs with our crest",
    "at four o'clock",
    "the 5th of May",
    "half a dozen of them",
    "nineteen eighty-something",
    "fifty percent up front",
]


@pytest.mark.parametrize(("text", "value"), SAID)
def test_a_sum_is_heard(text: str, value: float) -> None:
    assert [a.value for a in find_english_amounts(text)] == [value]


@pytest.mark.parametrize("text", OTHER)
def test_what_is_no_sum_is_left_out(text: str) -> None:
    assert find_english_amounts(text) == ()


def test_a_named_currency_is_told_from_an_assumed_one() -> None:
    assert [(a.currency, a.currency_named) for a in find_english_amounts("4k, or €4,000")] == [
        ("RUB", False),
        ("EUR", True),
    ]
