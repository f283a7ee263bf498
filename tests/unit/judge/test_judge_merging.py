"""Two hearings become one: the engine's stands, the judge's makes it surer or less sure."""

from __future__ import annotations

from dataclasses import replace

import pytest

from classify.judge import Opinion, Refusal, counted, merge, pose
from models.vocabulary.action import Action, ActionStatus, ActionType, HeardCall, Outcome
from tests.fakes.judged_call import AGENT, CLIENT, CONTEXT, TALK

DIALOGUE = pose(TALK, CONTEXT).talk
MEETING = Action(
    ActionType.MEETING_BOOKED,
    ActionStatus.DONE,
    CLIENT,
    "в среду в пятнадцать подходит",
    0.8,
    3.0,
    3.9,
    {"datetime": "2026-11-11T15:00:00+03:00"},
    ("meeting.accept",),
)
GREETING = Action(ActionType.GREETING, ActionStatus.DONE, AGENT, "Добрый день", 0.9)
DEAR = Action(
    ActionType.OBJECTION, ActionStatus.DONE, CLIENT, "это дорого", 0.4, slots={"kind": "price"},
    cues=("judge.alone",),
)  # fmt: skip


def engine(*actions: Action, outcome: Outcome = Outcome.CONVERSATION) -> HeardCall:
    return HeardCall(outcome, actions)


def judged(*actions: Action, unsettled: frozenset[ActionType] = frozenset()) -> Opinion:
    return Opinion(HeardCall(Outcome.CONVERSATION, actions), {}, unsettled)


def test_what_both_heard_is_surer() -> None:
    other = replace(MEETING, quote="Жду вас", confidence=0.4, slots={"place": "Жду вас"})
    [meeting] = merge(engine(MEETING), judged(other), DIALOGUE).actions
    assert meeting.confidence == pytest.approx(16 / 17)
    assert (meeting.quote, meeting.start) == (MEETING.quote, MEETING.start)
    assert meeting.slots == {"datetime": "2026-11-11T15:00:00+03:00", "place": "Жду вас"}
    assert meeting.cues == ("meeting.accept", "judge.agrees")


def test_the_engine_s_slots_stand() -> None:
    other = replace(MEETING, slots={"datetime": "2026-11-12T16:00:00+03:00"})
    [meeting] = merge(engine(MEETING), judged(other), DIALOGUE).actions
    assert meeting.slots == MEETING.slots


def test_an_hour_that_the_engine_left_open_is_not_filled_in() -> None:
    day_only = replace(MEETING, slots={"date": "2026-11-11"})
    [meeting] = merge(engine(day_only), judged(MEETING), DIALOGUE).actions
    assert meeting.slots == {"date": "2026-11-11"}


def test_silence_of_the_judge_lowers_a_bit() -> None:
    [meeting] = merge(engine(MEETING), judged(), DIALOGUE).actions
    assert meeting.confidence == pytest.approx(0.5)
    assert replace(meeting, confidence=0.8, cues=MEETING.cues) == MEETING


def test_another_end_lowers_more() -> None:
    open_end = replace(MEETING, status=ActionStatus.PROPOSED)
    [meeting] = merge(engine(MEETING), judged(open_end), DIALOGUE).actions
    assert meeting.status is ActionStatus.DONE
    assert meeting.confidence == pytest.approx(2 / 7)
    assert meeting.cues[-1] == "judge.heard proposed"


def test_sure_and_impossible_actions_stay_within_bounds() -> None:
    sure, none = replace(MEETING, confidence=1.0), replace(MEETING, confidence=0.0)
    for action, opinion in ((sure, judged(MEETING)), (sure, judged()), (none, judged(MEETING))):
        [merged] = merge(engine(action), opinion, DIALOGUE).actions
        assert 0 <= merged.confidence <= 1
    assert merge(engine(sure), judged(), DIALOGUE).actions[0].confidence > 0.9


def test_courtesies_and_what_was_refused_are_left_as_they_are() -> None:
    silent = judged(unsettled=frozenset({ActionType.MEETING_BOOKED}))
    assert merge(engine(GREETING, MEETING), silent, DIALOGUE).actions == (GREETING, MEETING)


def test_what_only_the_judge_heard_comes_in_at_its_place() -> None:
    merged = merge(engine(GREETING, MEETING), judged(MEETING, DEAR), DIALOGUE)
    assert [a.type for a in merged.actions] == [GREETING.type, MEETING.type, DEAR.type]
    assert merged.actions[-1] == DEAR


def test_an_objection_of_another_kind_is_another_objection() -> None:
    later = replace(DEAR, slots={"kind": "think"}, cues=("objection.think",), confidence=0.7)
    kinds = [a.slots["kind"] for a in merge(engine(later), judged(DEAR), DIALOGUE).actions]
    assert sorted(map(str, kinds)) == ["price", "think"]


def test_of_two_the_one_with_the_same_end_is_meant() -> None:
    promised = replace(
        MEETING, type=ActionType.PROPOSAL_SENT, status=ActionStatus.PROMISED, slots={}
    )
    done = replace(promised, status=ActionStatus.DONE)
    merged = merge(engine(promised, done), judged(done), DIALOGUE).actions
    surer = [a.status for a in merged if "judge.agrees" in a.cues]
    assert surer == [ActionStatus.DONE]


def test_with_a_gatekeeper_only_what_can_be_settled_there_comes_in() -> None:
    merged = merge(engine(outcome=Outcome.GATEKEEPER), judged(MEETING, DEAR), DIALOGUE)
    assert merged == HeardCall(Outcome.GATEKEEPER, ())


@pytest.mark.parametrize(
    ("confidence", "cues", "counts"),
    [
        (0.9, ("meeting.accept", "judge.agrees"), True),
        (0.56, ("meeting.accept", "judge.silent"), True),
        (0.49, ("meeting.accept", "judge.silent"), False),
        (0.4, ("judge.alone",), False),
        (0.4, ("meeting.accept", "judge.heard proposed"), False),
        (0.3, ("meeting.accept",), True),
    ],
)
def test_only_doubt_about_an_action_keeps_it_from_proving(
    confidence: float, cues: tuple[str, ...], counts: bool
) -> None:
    action = replace(MEETING, confidence=confidence, cues=cues)
    assert counted([action], 0.5) == ((action,) if counts else ())


def test_refusals_of_slots_take_no_trust() -> None:
    heard = HeardCall(Outcome.CONVERSATION, (MEETING,))
    assert Opinion(heard, {Refusal.SLOT_NOT_SAID: 9, Refusal.REPEATED: 9}).trusted
    assert Opinion(heard, {Refusal.INVENTED_QUOTE: 1}).trusted
    assert not Opinion(heard, {Refusal.INVENTED_QUOTE: 2}).trusted
