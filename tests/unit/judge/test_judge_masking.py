"""Telephone numbers and e-mail addresses stay in the house, everything else is sent as it was."""

from __future__ import annotations

import pytest

from classify.judge.masking import hidden_places, masked


def sent(text: str) -> str:
    return masked(text, hidden_places(text))


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("+7 (916) 123-45-67 и 89161234567", "[phone] и [phone]"),
        ("перезвоните на 123-45-67", "перезвоните на [phone]"),
        (
            "номер плюс семь девятьсот шестнадцать сто двадцать три сорок пять шестьдесят семь",
            "номер плюс [phone]",
        ),
        ("восемь девятьсот шестнадцать 123 45 67, ага", "[phone], ага"),
        ("сто двадцать три сорок пять шестьдесят семь, домашний", "[phone], домашний"),
        ("двести двенадцать восемьдесят ноль пять", "[phone]"),
        ("nine one six one two three four five, please", "[phone], please"),
        ("карта 1234 5678 9012 3456", "карта [phone]"),
        ("пишите на ivan.petrov@mail.ru.", "пишите на [e-mail]."),
        ("на zakaz @ slon.ru", "на [e-mail]"),
        ("иван точка петров собака яндекс точка ру, запомнили?", "[e-mail], запомнили?"),
        ("info собака kedr-studio.ru", "[e-mail]"),
        ("it is ivan dot petrov at gmail dot com", "it is [e-mail]"),
    ],
)
def test_what_reaches_a_person_is_hidden(said: str, expected: str) -> None:
    assert sent(said) == expected


@pytest.mark.parametrize(
    "said",
    [
        "всего 1 500 000 рублей, нет, 12 500 000",
        "триста двадцать пять тысяч",
        "оплатил двадцать три шестьсот пятьдесят из сорок семь триста",
        "сто двадцать три четыреста пятьдесят шесть рублей",
        "два миллиона триста сорок пять тысяч шестьсот семьдесят восемь рублей",
        "двадцать шестого в пятнадцать ноль ноль",
        "meeting at 3.30 on the 11.11.2026",
        "раз два три четыре",
        "собака лает, караван идёт",
        "",
    ],
)
def test_sums_days_and_hours_are_sent(said: str) -> None:
    assert sent(said) == said


def test_a_long_line_of_letters_is_read_at_once() -> None:
    assert sent("а" * 200_000 + "." * 1000) == "а" * 200_000 + "." * 1000
