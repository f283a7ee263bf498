"""What the ears for actions are told about a recorded call beforehand."""

from __future__ import annotations

import pytest

from classify.dialogue import listen
from core.settings import PbxSettings, Settings
from flow.hints import call_context
from models.vocabulary.transcript import Segment, Speaker, Transcript
from tests.fakes.town import ZONE, Town, call_of

ENGLISH = (
    Segment(Speaker.AGENT, "The whole job comes to nine hundred and fifty, delivery included."),
)


@pytest.mark.parametrize(
    ("pbx_zone", "currency"), [("Europe/London", "GBP"), ("Europe/Dublin", "EUR"), (None, "RUB")]
)
def test_a_sum_without_a_currency_is_in_that_of_where_the_pbx_stands(
    pbx_zone: str | None, currency: str
) -> None:
    town = Town()
    heard = Transcript(ENGLISH, "en", "base", 6.0, 5.0)
    settings = Settings(pbx=PbxSettings(timezone=pbx_zone))
    context = call_context(call_of(None), heard, town.index(), town.snapshot(), settings)
    assert listen(ENGLISH, context).home_currency == currency


def test_the_crm_says_the_zone_where_the_pbx_does_not() -> None:
    town = Town()
    heard = Transcript(ENGLISH, "en", "base", 6.0, 5.0)
    context = call_context(call_of(None), heard, town.index(), town.snapshot(), Settings())
    assert context.timezone == ZONE.key
