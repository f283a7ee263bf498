"""Confidence is a measured chance: its signs are plain, its weights are data."""

from __future__ import annotations

import pytest

from classify.confidence import LEAST, MOST, Calibration, calibration, signs_of
from classify.dialogue import CallContext, listen
from classify.hear import hear_talk
from models.vocabulary.action import ActionType
from tests.unit.actions.spoken_lines import WEDNESDAY, lines

CALL = (
    "А: Добрый день, Илья, мастерская «Кедр». Заедем к вам замерить в среду в десять?",
    "К: Здравствуйте. Да, в среду в десять жду.",
    "А: Договорились, до свидания.",
)


def _booked() -> tuple[frozenset[str], float]:
    talk = listen(lines(" / ".join(CALL)), CallContext(WEDNESDAY))
    action = next(a for a in hear_talk(talk).actions if a.type is ActionType.MEETING_BOOKED)
    return signs_of(action, talk), action.confidence


def test_the_signs_name_the_kind_the_slot_and_the_manner() -> None:
    signs, _ = _booked()
    assert {"meeting_booked/done", "meeting_booked/done with slot", "punctuated"} <= signs


def test_an_action_carries_the_chance_of_its_signs() -> None:
    signs, confidence = _booked()
    assert confidence == pytest.approx(calibration().of(signs), abs=0.005)


def test_signs_add_up_to_odds_and_never_to_certainty() -> None:
    weights = Calibration(0.0, {"good": 2.0, "bad": -2.0, "sure": 50.0, "hopeless": -50.0})
    assert weights.of(frozenset()) == 0.5
    assert weights.of(frozenset({"good", "bad"})) == 0.5
    assert weights.of(frozenset({"good"})) > 0.85
    assert weights.of(frozenset({"sure"})) == MOST
    assert weights.of(frozenset({"hopeless"})) == LEAST
