"""A person's traces are found in every writing, and nobody else's are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.vocabulary.traces import REMOVED, Traces, hushed

ANDREY = Traces(("+79160001301",), ("Андрей Лаптев",), ("a.laptev@slon.example",))


@pytest.mark.parametrize(
    "text",
    [
        "+79160001301",
        "79160001301",
        "89160001301",
        "9160001301",
        "8 (916) 000-13-01",
        "+7 916 000 13 01 доб. 101",
        "8-916-000-13-01",
        "0079160001301",
        "+89160001301",
        "sip:79160001301@trunk",
        "out-89160001301-101-20261109-101240-1794208360.18.wav",
        "[Лаптев Андрей]_101-x.wav",
        "андрей  лаптев",
        "Андрей_Лаптев.wav",
        "А.Laptev: A.Laptev@slon.example",
        r"\u0410\u043d\u0434\u0440\u0435\u0439 \u041b\u0430\u043f\u0442\u0435\u0432",
    ],
)
def test_found(text: str) -> None:
    assert ANDREY.count(text) == 1
    assert REMOVED in ANDREY.without(text)
    assert ANDREY.count(ANDREY.without(text)) == 0


@pytest.mark.parametrize(
    "text",
    [
        "+79160001302",
        "791600013011",
        "1234579160001301",
        "20261109-101240",
        "Андрей",
        "Андрей Лаптевский",
        "ba.laptev@slon.example",
        "",
    ],
)
def test_not_found(text: str) -> None:
    assert ANDREY.count(text) == 0


def test_nobody_is_found_nowhere() -> None:
    assert Traces().count("anything 123") == 0


def test_json_is_gone_through_whole() -> None:
    value = {"89160001301": [79160001301, 1.5, True, None, {"to": "Андрей Лаптев"}]}
    assert ANDREY.without_in(value) == {
        REMOVED: [REMOVED, 1.5, True, None, {"to": REMOVED}],
    }


@given(st.binary(max_size=60), st.binary(max_size=60))
def test_a_hushed_log_keeps_every_other_byte_at_its_place(before: bytes, after: bytes) -> None:
    data = before + b" Tel. 8 916 000-13-01, " + "Андрей Лаптев".encode() + b" " + after
    clean = hushed(data, ANDREY)
    assert len(clean) == len(data)
    assert b"000-13-01" not in clean
    assert all(new in (old, ord("#")) for old, new in zip(data, clean, strict=True))
