"""A flag that rests on words heard too unsurely to accuse anybody is advice and says so."""

from __future__ import annotations

from dataclasses import replace

import pytest

from classify.verification import advice
from classify.verification.advice import OTHERS, Threshold, threshold_of, thresholds
from models.vocabulary.action import Action
from models.vocabulary.verdict import FlagSeverity, Gap
from tests.fakes.a_deal import a_deal, a_snapshot, act, call, deal_of, flags, judged, record

PROMISED = act("proposal_sent", "promised", "agent", quote="пришлю завтра", due="2026-11-10")
BOOKED = act("meeting_booked", quote="в среду в три", datetime="2026-11-11T15:00:00+03:00")
OFF = act("meeting_booked", "declined", quote="давайте отменим")
FITTING = record(
    "meeting", "9 11:30", "meeting", due_at="11 15:00", place="у клиента", contact_id="belova"
)


@pytest.fixture(autouse=True)
def _measured(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {
        "proposal_sent/promised": Threshold(0.7, 0.93, 40),
        OTHERS: Threshold(0.6, 0.9, 50),
    }
    monkeypatch.setattr(advice, "thresholds", lambda: known)


def heard_at(action: Action, confidence: float) -> Action:
    return replace(action, confidence=confidence)


@pytest.mark.parametrize(
    ("confidence", "severity"), [(0.71, FlagSeverity.HIGH), (0.69, FlagSeverity.LOW)]
)
def test_a_promise_accuses_only_above_its_threshold(
    confidence: float, severity: FlagSeverity
) -> None:
    found = judged(
        a_snapshot(a_deal("classified")), call("9 11:00", heard_at(PROMISED, confidence))
    )
    assert [flag.severity for flag in flags(found, "promise_broken")] == [severity]


def test_advice_says_how_sure_it_is_and_would_have_to_be() -> None:
    found = judged(a_snapshot(a_deal("classified")), call("9 11:00", heard_at(PROMISED, 0.5)))
    [flag] = flags(found, "promise_broken")
    assert flag.explanation.endswith("Это совет, а не обвинение: уверенность 0,50 при пороге 0,70.")


def test_what_the_crm_holds_beside_unsure_words_is_no_excuse_for_them() -> None:
    elsewhen = replace(FITTING, due_at=call("11 18:00").call.started_at, text="встреча в 18:00")
    found = judged(
        a_snapshot(a_deal("meeting"), records=[elsewhen]), call("9 11:00", heard_at(BOOKED, 0.3)),
        as_of="10 18:00",
    )  # fmt: skip
    [flag] = flags(found, "slot_mismatch")
    assert flag.severity is FlagSeverity.LOW
    assert "уверенность 0,30" in flag.explanation


def test_a_kind_too_rare_to_measure_has_the_threshold_of_the_others() -> None:
    assert threshold_of("meeting_booked/declined").least == 0.6


def test_the_surest_of_two_actions_on_the_same_words_counts() -> None:
    sure = act("invoice_sent", "promised", "agent", quote=PROMISED.quote, due="2026-11-10")
    found = judged(
        a_snapshot(a_deal("classified")),
        call("9 11:00", heard_at(PROMISED, 0.5), heard_at(sure, 0.9)),
    )
    assert all(flag.severity is FlagSeverity.HIGH for flag in flags(found, "promise_broken"))


def test_a_stage_held_back_by_unsure_words_alone_is_advice_and_the_verdict_stays() -> None:
    snapshot = a_snapshot(a_deal("meeting"), records=[FITTING])
    calls = (call("9 11:00", BOOKED), call("10 11:00", heard_at(OFF, 0.3)))
    found = judged(snapshot, *calls, as_of="10 18:00")
    assert deal_of(found).gap is Gap.AHEAD
    [flag] = flags(found, "stage_ahead_of_reality")
    assert flag.severity is FlagSeverity.LOW


def test_the_packaged_thresholds_are_chances_and_have_one_for_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.undo()
    assert OTHERS in thresholds()
    assert all(0 <= one.least <= 1 and 0 <= one.precision <= 1 for one in thresholds().values())
