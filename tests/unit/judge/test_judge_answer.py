"""What the judge says counts only as far as it stands on words of the call."""

from __future__ import annotations

import json
from typing import Any

import pytest

from classify.judge import Opinion, Refusal, UnreadableAnswerError, pose, read_answer
from models.vocabulary.action import ActionStatus, ActionType, Outcome
from models.vocabulary.transcript import Segment, Speaker
from tests.fakes.judged_call import AGENT, CLIENT, CONTEXT, LINES, TALK, answer, item

QUESTION = pose(TALK, CONTEXT)


def opinion(*items: Any, **more: Any) -> Opinion:
    return read_answer(answer(*items, **more), QUESTION, confidence=0.4)


def test_an_action_takes_the_words_and_the_time_of_the_call() -> None:
    [meeting] = opinion(item()).heard.actions
    assert (meeting.type, meeting.status) == (ActionType.MEETING_BOOKED, ActionStatus.DONE)
    assert (meeting.speaker, meeting.start, meeting.end) == (Speaker.CLIENT, 3.0, 3.9)
    assert meeting.quote == "в среду в пятнадцать подходит"
    assert meeting.slots == {"datetime": "2026-11-11T15:00:00+03:00"}
    assert meeting.confidence == 0.4


def test_the_letters_of_a_quote_are_the_transcript_s() -> None:
    [meeting] = opinion(item(quote="«ДА, ДАВАЙТЕ в среду»", turn=0)).heard.actions
    assert meeting.quote == "Да, давайте, в среду"
    assert meeting.quote in LINES[3][1]


def test_a_quote_over_two_segments_is_cut_to_one() -> None:
    talk = (
        *TALK[:3],
        Segment(CLIENT, "Да, давайте.", 3.0, 3.4),
        Segment(CLIENT, "В среду в пятнадцать подходит.", 3.5, 3.9),
    )
    read = read_answer(
        answer(item(quote="Да, давайте. В среду в пятнадцать подходит")),
        pose(talk, CONTEXT),
        confidence=0.4,
    )
    assert [a.quote for a in read.heard.actions] == ["В среду в пятнадцать подходит"]
    assert read.heard.actions[0].start == 3.5


def test_a_hidden_number_is_quoted_as_it_was_said() -> None:
    [objection] = opinion(
        item(
            turn=4,
            quote="Позвоните на [phone], если что, или пишите на [e-mail], это дорого",
            type="objection",
            slots={"kind": "price"},
        )
    ).heard.actions
    assert objection.quote in LINES[4][1]
    assert "8 916 000-13-01" in objection.quote


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"type": "bribe_offered"}, Refusal.UNKNOWN_TYPE),
        ({"type": "greeting"}, Refusal.UNKNOWN_TYPE),
        ({"type": ["meeting_booked"]}, Refusal.UNKNOWN_TYPE),
        ({"status": "promised"}, Refusal.ILLEGAL_STATUS),
        ({"status": "maybe"}, Refusal.ILLEGAL_STATUS),
        ({"status": None}, Refusal.ILLEGAL_STATUS),
        ({"quote": "в четверг в шестнадцать подходит"}, Refusal.INVENTED_QUOTE),
        ({"quote": "среду в пятнадцать, жду"}, Refusal.INVENTED_QUOTE),
        ({"quote": "подходит пятнадцать в среду в"}, Refusal.INVENTED_QUOTE),
        ({"quote": "..."}, Refusal.INVENTED_QUOTE),
        ({"quote": "реду в пятнадцать"}, Refusal.INVENTED_QUOTE),
        ({"speaker": "agent"}, Refusal.WRONG_SPEAKER),
        ({"speaker": "machine"}, Refusal.WRONG_SPEAKER),
        ({"type": "refusal", "speaker": "agent", "turn": 2}, Refusal.WRONG_SPEAKER),
        ({"quote": None}, Refusal.MALFORMED),
        ({"slots": "datetime"}, Refusal.MALFORMED),
    ],
)
def test_what_does_not_hold_is_refused_with_its_reason(
    wrong: dict[str, Any], reason: Refusal
) -> None:
    read = opinion(item(**wrong))
    assert read.heard.actions == ()
    assert read.refused == {reason: 1}
    assert not read.trusted


def test_an_item_that_is_no_object_is_refused() -> None:
    assert opinion("meeting_booked", None, 7).refused == {Refusal.MALFORMED: 3}


@pytest.mark.parametrize(
    ("slots", "reason"),
    [
        ({"amount": 300000}, Refusal.UNKNOWN_SLOT),
        ({"mood": "good"}, Refusal.UNKNOWN_SLOT),
        ({"datetime": "2026-11-11"}, Refusal.ILLEGAL_SLOT),
        ({"datetime": "среда, 15:00"}, Refusal.ILLEGAL_SLOT),
        ({"datetime": "2026-11-11T15:00:00+05:00"}, Refusal.ILLEGAL_SLOT),
        ({"datetime": "2026-11-11T12:00:00Z"}, Refusal.ILLEGAL_SLOT),
        ({"datetime": 1762862400}, Refusal.ILLEGAL_SLOT),
        ({"date": "2026-11-11T15:00:00+03:00"}, Refusal.ILLEGAL_SLOT),
        ({"online": "yes"}, Refusal.ILLEGAL_SLOT),
        ({"place": "у" * 81}, Refusal.ILLEGAL_SLOT),
        ({"datetime": "2026-11-12T15:00:00+03:00"}, Refusal.SLOT_NOT_SAID),
        ({"datetime": "2026-11-11T16:30:00+03:00"}, Refusal.SLOT_NOT_SAID),
        ({"date": "2027-01-01"}, Refusal.SLOT_NOT_SAID),
        ({"place": "офис на Ленина"}, Refusal.SLOT_NOT_SAID),
    ],
)
def test_a_slot_that_does_not_hold_falls_off_its_action(
    slots: dict[str, Any], reason: Refusal
) -> None:
    read = opinion(item(slots=slots))
    [meeting] = read.heard.actions
    assert meeting.slots == {}
    assert read.refused == {reason: 1}
    assert read.trusted


@pytest.mark.parametrize("written", ["2026-11-11T15:00:00+03:00", "2026-11-11T15:00"])
def test_a_moment_stands_in_the_call_s_own_zone(written: str) -> None:
    [meeting] = opinion(item(slots={"datetime": written, "date": "2026-11-11"})).heard.actions
    assert meeting.slots == {"datetime": "2026-11-11T15:00:00+03:00"}


def test_sums_and_days_are_among_those_that_were_said() -> None:
    estimate = item(speaker="agent", turn=5, quote="Смету за триста тысяч пришлю завтра")
    read = opinion(
        estimate | {"type": "proposal_sent", "status": "promised", "slots": {"due": "2026-11-10"}},
        estimate | {"type": "budget_named", "slots": {"amount": 300000, "currency": "RUB"}},
        estimate | {"type": "invoice_sent", "status": "promised", "slots": {"amount": 310000.0}},
        estimate
        | {"type": "payment", "status": "promised", "slots": {"amount": True, "part": "half"}},
    )
    slots = {a.type: a.slots for a in read.heard.actions}
    assert slots == {
        ActionType.PROPOSAL_SENT: {"due": "2026-11-10"},
        ActionType.BUDGET_NAMED: {"amount": 300000.0, "currency": "RUB"},
        ActionType.INVOICE_SENT: {},
        ActionType.PAYMENT: {},
    }
    assert read.refused == {Refusal.SLOT_NOT_SAID: 1, Refusal.ILLEGAL_SLOT: 2}


def test_the_same_thing_said_twice_counts_once() -> None:
    read = opinion(item(), item(quote="Жду вас"), item(turn=3, slots={}))
    assert len(read.heard.actions) == 1
    assert read.refused == {Refusal.REPEATED: 2}
    assert read.trusted


def test_silence_about_a_refused_action_says_nothing() -> None:
    read = opinion(item(quote="договорились на среду"), item(type="interest_expressed", slots={}))
    assert read.unsettled == {ActionType.MEETING_BOOKED}
    assert read.trusted


def test_more_inventions_than_words_make_the_whole_answer_worthless() -> None:
    invented = item(type="refusal", quote="больше не звоните", slots={})
    assert opinion(item(), invented).trusted
    assert not opinion(item(), invented, invented).trusted


def test_actions_stand_in_the_order_of_the_call() -> None:
    later = item(turn=4, quote="это дорого", type="objection", slots={"kind": "price"})
    kinds = [a.type for a in opinion(later, item()).heard.actions]
    assert kinds == [ActionType.MEETING_BOOKED, ActionType.OBJECTION]


@pytest.mark.parametrize(
    "wrapped",
    [
        "```json\n{}\n```",
        "```\n{}\n```",
        "Here is what I heard:\n```json\n{}\n```\nAnything else?",
        "<think>An agreement, I {{think}}.</think>\n{}",
        "\n  {}  \n",
    ],
)
def test_a_fence_or_a_thought_around_the_answer_falls_off(wrapped: str) -> None:
    read = read_answer(wrapped.replace("{}", answer(item())), QUESTION, confidence=0.4)
    assert len(read.heard.actions) == 1
    assert read.heard.outcome is Outcome.CONVERSATION


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "I cannot help with that.",
        answer(item())[:-20],
        "[" * 100_000,
        "[]",
        "null",
        '{"actions": []}',
        '{"outcome": "conversation"}',
        '{"outcome": "a good one", "actions": []}',
        '{"outcome": ["conversation"], "actions": []}',
        '{"outcome": "conversation", "actions": {"0": {}}}',
        json.dumps({"outcome": "conversation", "actions": [item()] * 61}),
        " " * 400_001,
    ],
)
def test_what_is_no_answer_is_unreadable(broken: str) -> None:
    with pytest.raises(UnreadableAnswerError):
        read_answer(broken, QUESTION, confidence=0.4)


def test_words_of_an_unknown_speaker_may_be_either_s() -> None:
    talk = tuple(Segment(Speaker.UNKNOWN, text) for _, text in LINES)
    read = read_answer(
        answer(item(turn=None), item(turn=None, speaker="agent", quote="Жду вас", slots={})),
        pose(talk, CONTEXT),
        confidence=0.4,
    )
    assert [a.speaker for a in read.heard.actions] == [CLIENT, AGENT]
