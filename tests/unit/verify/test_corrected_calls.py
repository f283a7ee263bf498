"""What people corrected in a call, in the place of what the machine had there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from classify.corrected import (
    as_corrected,
    corrected_words,
    heard_anew,
    machine_action,
    machine_speaker,
    machine_word,
    pieces_of,
)
from models.vocabulary.action import Outcome
from models.vocabulary.correction import (
    MISSED,
    CorrectedAction,
    CorrectedHearing,
    Correction,
    CorrectionKind,
    in_force,
)
from models.vocabulary.transcript import Segment, Speaker, Word
from models.vocabulary.verdict import Verdict
from tests.fakes.a_deal import (
    a_deal,
    a_snapshot,
    act,
    at,
    call,
    deal_of,
    explanation,
    judged,
    unrecorded,
    verdict,
)

BOOKING = act("meeting_booked", quote="давайте", datetime="2026-11-24T15:00:00+03:00")
WORDS = Segment(
    Speaker.CLIENT, "Да, в три.", 1.0, 2.0,
    words=(Word(1.0, 1.2, "Да,", 0.9), Word(1.3, 1.4, "в", 0.9), Word(1.5, 2.0, "три.", 0.3)),
)  # fmt: skip


def told(kind: str, place: tuple[int, ...], machine: Any, right: Any, hour: int = 10) -> Correction:
    return Correction(
        1, CorrectionKind(kind), place, machine, right, at(f"12 {hour}:00"), f"anna{hour}"
    )


def added(number: int, start: float | None, kind: str = "needs_clarified") -> Correction:
    right = {"type": kind, "status": "done", "speaker": "agent", "start": start, "note": "…"}
    return told("action", (MISSED, number), {}, right)


def corrected(heard: Any, *corrections: Correction) -> list[tuple[str, str, bool]]:
    found = as_corrected(heard, in_force(corrections).values(), None).actions
    return [(one.type.value, one.status.value, isinstance(one, CorrectedAction)) for one in found]


def test_an_action_is_known_by_what_was_heard_wherever_it_stands() -> None:
    heard = call("10 11:00", act("greeting", quote="добрый день"), BOOKING)
    no = told("action", (7,), machine_action(BOOKING), {"wrong": True})
    assert corrected(heard, no) == [("greeting", "done", False)]
    other = told("action", (7,), machine_action(BOOKING), {"status": "proposed"})
    assert corrected(heard, no, other)[1] == ("meeting_booked", "proposed", True)
    undone = told("action", (0,), machine_action(BOOKING), {})
    assert corrected(heard, no, undone)[1] == ("meeting_booked", "done", False)
    elsewhere = told("action", (1,), machine_action(replace(BOOKING, quote="нет")), {"wrong": True})
    assert len(corrected(heard, elsewhere)) == 2


def test_what_was_missed_stands_where_it_was_said() -> None:
    early, late = replace(BOOKING, start=3.0), replace(BOOKING, start=9.0, quote="в среду")
    heard = call("10 11:00", early, late)
    kinds = [kind for kind, _, _ in corrected(heard, added(0, 5.0), added(1, None, "objection"))]
    assert kinds == ["meeting_booked", "needs_clarified", "meeting_booked", "objection"]


def test_a_slot_that_somebody_corrected_moves_the_meeting() -> None:
    slots = {"slots": {"datetime": "2026-11-25T12:00:00+03:00"}}
    moved = told("action", (0,), machine_action(BOOKING), slots)
    heard = as_corrected(call("10 11:00", BOOKING), [moved], None)
    found = judged(a_snapshot(a_deal("meeting")), heard)
    assert "25.11.2026 12:00" in explanation(found, "meeting_scheduling.booked")
    [row] = [one for one in deal_of(found).requirements if one.requirement_id.endswith(".booked")]
    assert row.evidence[0].corrected_by == "anna10"


def test_what_people_heard_in_a_call_without_words_counts_and_the_rest_stays_unknown() -> None:
    heard = as_corrected(unrecorded("10 11:00"), [added(0, None)], None)
    found = judged(a_snapshot(a_deal("proposal")), heard)
    assert verdict(found, "meeting.needs") is Verdict.MET
    assert verdict(found, "meeting_scheduling.booked") is Verdict.UNKNOWN


def test_a_corrected_word_keeps_the_signs_around_it_and_is_sure() -> None:
    pieces, _ = pieces_of(WORDS)
    word = told("word", (0, 2), machine_word(5, pieces[2]), {"text": "четыре"})
    found = corrected_words(5, [WORDS], in_force([word]))
    assert found is not None
    assert (found.segments[0].text, found.who) == ("Да, в четыре", "anna10")
    assert [(one.text, one.confidence) for one in found.segments[0].words][2] == ("четыре", 1.0)
    assert corrected_words(6, [WORDS], in_force([word])) is None, "of another transcript"
    other = replace(WORDS, text="Да, в пять.", words=())
    assert corrected_words(5, [other], in_force([word])) is None, "the machine has other words"
    assert corrected_words(5, [], in_force([word])) is None, "the words are not kept any more"


def test_word_and_speaker_of_one_utterance_are_corrected_by_whoever_came_last() -> None:
    pieces, _ = pieces_of(WORDS)
    speaker = told("speaker", (0,), machine_speaker(5, WORDS), {"speaker": "agent"}, 12)
    word = told("word", (0, 0), machine_word(5, pieces[0]), {"text": "Нет,"}, 11)
    found = corrected_words(5, [WORDS], in_force([speaker, word]))
    assert found is not None
    assert (found.segments[0].speaker, found.segments[0].text) == (Speaker.AGENT, "Нет, в три.")
    assert found.who == "anna12"


def test_what_is_heard_in_corrected_words_alone_is_marked() -> None:
    new = act("budget_named", quote="за сто тысяч", amount=100000.0)
    anew = CorrectedHearing(Outcome.CONVERSATION, (BOOKING, new), "anna")
    found = heard_anew((BOOKING,), anew)
    assert found[0] is BOOKING
    assert isinstance(found[1], CorrectedAction)
    unclear = replace(call("10 11:00", BOOKING, outcome="unintelligible"), understood=False)
    heard = as_corrected(unclear, [], anew)
    assert (heard.outcome, heard.understood) == (Outcome.CONVERSATION, True)
    assert len(heard.actions) == 2
