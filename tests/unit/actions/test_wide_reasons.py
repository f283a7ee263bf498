"""Objections, refusals and interest in short exchanges, and what only sounds like them."""

from __future__ import annotations

import pytest

from tests.unit.actions.wordings import cases, heard

KINDS = ("objection", "refusal")


@pytest.mark.parametrize(
    ("kind", "expected", "said"),
    [(kind, expected, said) for kind in KINDS for expected, said in cases(kind)],
)
def test_the_client_is_heard_as_it_is_meant(kind: str, expected: str, said: str) -> None:
    assert heard(said, kind) == expected
