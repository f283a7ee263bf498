"""Numbers are read as they are dictated: in figures, in words, in pairs, one by one."""

from __future__ import annotations

import pytest

from classify.dictation import dictated


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("4276 3801-5567", ["4276", "3801", "5567"]),
        ("четыре тысячи двести семьдесят шесть тридцать восемь", ["4276", "38"]),
        ("четыре тысячи пять", ["4005"]),
        ("тысяча двести тридцать четыре", ["1234"]),
        ("сто двадцать три сорок пять", ["123", "45"]),
        ("ноль семь двадцать восемь", ["0", "7", "28"]),
        ("два нуля, три семёрки, двойка", ["00", "777", "2"]),
        ("double oh one, triple seven", ["00", "1", "777"]),
        ("forty-two seventy six", ["42", "76"]),
        ("oh I see", []),
        ("сорок две тысячи семьсот", ["700"]),
    ],
)
def test_the_digits_of_a_dictation(text: str, digits: list[str]) -> None:
    assert [one.digits for one in dictated(text)] == digits


@pytest.mark.parametrize(
    "text", ["4500 рублей", "1 250 000 руб.", "$4000", "30 минут", "двести рублей", "15 процентов"]
)
def test_what_is_counted_is_measured(text: str) -> None:
    assert all(one.measured for one in dictated(text)[-1:])


@pytest.mark.parametrize("text", ["12.05.2010", "в 10:30", "2.5", "ivanov1985", "+375"])
def test_what_is_written_together_is_no_dictation(text: str) -> None:
    assert all(one.glued for one in dictated(text))


def test_places_point_into_the_text() -> None:
    text = "Так, сорок два, дальше 17."
    assert [text[one.start : one.end] for one in dictated(text)] == ["сорок два", "17"]
