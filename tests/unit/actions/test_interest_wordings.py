"""Interest in short exchanges: what a client who asks, orders or only listens makes of an offer."""

from __future__ import annotations

import pytest

from tests.unit.actions.wordings import cases, heard


@pytest.mark.parametrize(("expected", "said"), list(cases("interest_expressed")))
def test_interest_is_heard_where_the_client_shows_it(expected: str, said: str) -> None:
    assert heard(said, "interest_expressed") == expected
