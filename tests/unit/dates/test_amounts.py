"""Sums of money as people say them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify.numbers import find_amounts, parse_number

UNHURRIED = settings(deadline=None)  # the first word loads the dictionary


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("триста двадцать тысяч", 320_000),
        ("полтора миллиона", 1_500_000),
        ("полтора миллиона рублей", 1_500_000),
        ("320 000 руб", 320_000),
        ("320 000 ₽", 320_000),
        ("320 тысяч", 320_000),
        ("320к", 320_000),
        ("320 т.р.", 320_000),
        ("320 тыс. рублей", 320_000),
        ("320.000 рублей", 320_000),
        ("1,5 млн рублей", 1_500_000),
        ("2.5 миллиона", 2_500_000),
        ("1 250 000 рублей", 1_250_000),
        ("15 тысяч 300 рублей", 15_300),
        ("тысяч триста наверное", 300_000),
        ("тысяч сто пятьдесят", 150_000),
        ("миллиона полтора", 1_500_000),
        ("тысячи две с половиной", 2_500),
        ("до двухсот пятидесяти тысяч", 250_000),
        ("от девяноста тысяч", 90_000),
        ("одиннадцать миллионов двести тысяч с доставкой", 11_200_000),
        ("до двух с половиной миллионов", 2_500_000),
        ("двадцать восемь тысяч пятьсот", 28_500),
        ("шестнадцать тысяч двести видели", 16_200),
        ("четыреста пять тысяч", 405_000),
        ("миллион двести", 1_200_000),
        ("миллион двести пятьдесят тысяч", 1_250_000),
        ("два миллиона сто тысяч рублей", 2_100_000),
        ("полмиллиона", 500_000),
        ("тысяча рублей", 1_000),
        ("тысячу двести за штуку", 1_200),
        ("полторы тысячи", 1_500),
        ("восемнадцать тысяч в месяц", 18_000),
        ("сто тысяч предоплаты", 100_000),
        ("пятьсот рублей", 500),
    ],
)
def test_sum(text: str, value: float) -> None:
    (amount,) = find_amounts(text)
    assert amount.value == value
    assert amount.currency == "RUB"
    assert amount.has_unit
    assert text[amount.start : amount.end] == amount.text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("двести восемьдесят", 280),
        ("сто восемьдесят за движок", 180),
        ("на триста двадцать договариваемся", 320),
        ("двадцать две тоже дорого", 22),
    ],
)
def test_bare_number_may_be_thousands(text: str, value: float) -> None:
    (amount,) = find_amounts(text)
    assert amount.value == value
    assert not amount.has_unit


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("две с половиной тысячи евро", 2_500, "EUR"),
        ("двух тысяч долларов", 2_000, "USD"),
        ("пять тысяч баксов", 5_000, "USD"),
        ("сто тысяч юаней", 100_000, "CNY"),
        ("$3 500", 3_500, "USD"),
        ("€200", 200, "EUR"),
    ],
)
def test_currency(text: str, value: float, currency: str) -> None:
    (amount,) = find_amounts(text)
    assert (amount.value, amount.currency) == (value, currency)


@pytest.mark.parametrize(
    "text",
    [
        "тысячи две наименований",
        "восемьсот позиций",
        "скидка пять процентов",
        "десять процентов",
        "15%",
        "в 2026 году",
        "две тысячи двадцать шестого года",
        "семьдесят восемь на сто сорок",
        "девятьсот три двадцать один сорок",
        "сто двадцать штук",
        "три клиники",
        "дом семь",
        "в пятнадцать ноль ноль",
        "в 15:30",
        "двадцать шестого",
        "шесть окон",
    ],
)
def test_no_sum(text: str) -> None:
    assert find_amounts(text) == ()


@pytest.mark.parametrize(
    ("text", "bound", "approximate"),
    [
        ("от девяноста тысяч", "from", False),
        ("до двухсот тысяч", "up_to", False),
        ("около двухсот тысяч", None, True),
        ("тысяч двести", None, True),
        ("двести тысяч", None, False),
    ],
)
def test_how_exact(text: str, bound: str | None, approximate: bool) -> None:
    (amount,) = find_amounts(text)
    assert (amount.bound, amount.approximate) == (bound, approximate)


@pytest.mark.parametrize(
    ("text", "value", "currency"),
    [
        ("three hundred and twenty thousand dollars", 320_000, "USD"),
        ("two and a half million euros", 2_500_000, "EUR"),
        ("$3,500", 3_500, "USD"),
        ("about five hundred euros", 500, "EUR"),
    ],
)
def test_english_sum(text: str, value: float, currency: str) -> None:
    (amount,) = find_amounts(text, language="en")
    assert (amount.value, amount.currency) == (value, currency)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("двадцать пять тысяч", 25_000),
        ("сорок два", 42),
        ("ноль", 0),
        ("полтора", 1.5),
        ("привет", None),
        ("", None),
        ("два окна", None),
    ],
)
def test_number_of_a_whole_text(text: str, value: float | None) -> None:
    assert parse_number(text) == value


@UNHURRIED
@given(st.text(max_size=100))
def test_any_text_is_survived(text: str) -> None:
    for language in ("ru", "en"):
        for amount in find_amounts(text, language=language):
            assert text[amount.start : amount.end] == amount.text
            assert amount.value >= 0
        parse_number(text, language=language)


@UNHURRIED
@given(st.integers(1, 999_999))
def test_digits_with_roubles_come_back(value: int) -> None:
    written = f"{value:,}".replace(",", " ") + " рублей"
    (amount,) = find_amounts(written)
    assert amount.value == value
