"""A second hearing agrees, contradicts, or is too poor to say anything."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest

from classify.dialogue import CallContext
from classify.hear import hear
from classify.second_listening import Opinion, SecondOpinion, second_opinion, stretch_around
from classify.second_listening.opinion import lowered, retold
from classify.second_listening.stretch import Target
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Segment, Speaker, Word

CONTEXT = CallContext(
    started_at=datetime.fromisoformat("2026-11-09T11:00:00+03:00"), direction=Direction.OUT
)
LINES = (
    "Добрый день, меня зовут Инна, компания «Лад».",
    "Здравствуйте, нам нужны ворота для гаража.",
    "Давайте замерщик приедет в среду в десять утра?",
    "Да, давайте, в среду в десять жду.",
    "А смету пришлю вам завтра на почту.",
    "Хорошо, спасибо, до свидания.",
)


def call_of(lines: tuple[str, ...] = LINES) -> list[Segment]:
    return [
        Segment((Speaker.AGENT, Speaker.CLIENT)[n % 2], line, 4.0 * n, 4.0 * n + 3.5, 0.8)
        for n, line in enumerate(lines)
    ]


def heard_of(kind: ActionType) -> Action:
    [action] = [a for a in hear(call_of(), CONTEXT).actions if a.type is kind]
    return action


def opinion(
    changes: Mapping[int, str], kind: ActionType = ActionType.MEETING_BOOKED, sure: float = 0.8
) -> SecondOpinion:
    """What Inna's call comes to when some lines are heard otherwise the second time."""
    action = heard_of(kind)
    targets = stretch_around(call_of(), action)
    again = [
        replace(t.segment, text=changes.get(t.index, t.segment.text), confidence=sure)
        for t in targets
    ]
    return second_opinion(call_of(), targets, again, CONTEXT, action)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {3: "да давайте в среду в десять жду"},
        {2: "Давайте замерщик приедет в среду, в 10 утра."},
        {3: "Да, договорились, в среду в десять.", 2: "Давайте замершик приедет среду в десять утра?"},
        {1: "Здравствуйте, у нас пока нет ворот."},
    ],
)  # fmt: skip
def test_other_words_for_the_same_thing_agree(changes: Mapping[int, str]) -> None:
    assert opinion(changes).opinion is Opinion.SAME


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({2: "Давайте замерщик приедет в пятницу в десять утра?", 3: "Да, давайте, в пятницу в десять жду."}, "пятницу"),
        ({2: "Давайте замерщик приедет в среду в двенадцать?", 3: "Да, давайте, в среду в двенадцать жду."}, "двенадцать"),
        ({3: "Нет, не надо, отменяйте замер, мы передумали."}, "отменяйте"),
    ],
)  # fmt: skip
def test_another_time_or_a_no_contradicts(changes: Mapping[int, str], said: str) -> None:
    found = opinion(changes)
    assert found.opinion is Opinion.OTHERWISE
    assert said in found.said


def test_a_word_that_is_only_heard_worse_contradicts_nobody() -> None:
    garbled = {4: "А смитубу пришлю вам завтра на почту."}
    assert opinion(garbled, ActionType.PROPOSAL_SENT).opinion is Opinion.UNCLEAR


def test_another_thing_promised_contradicts() -> None:
    other = {4: "Я вам ещё наберу отдельно, ближе к концу месяца, может быть."}
    found = opinion(other, ActionType.PROPOSAL_SENT)
    assert found.opinion is Opinion.OTHERWISE
    assert found.said == other[4]


@pytest.mark.parametrize("sure", [0.3, 0.6])
def test_a_poor_second_hearing_contradicts_nobody(sure: float) -> None:
    no = {3: "Нет, не надо, отменяйте замер, мы передумали."}
    assert opinion(no, sure=sure).opinion is Opinion.UNCLEAR


def test_silence_contradicts_nobody() -> None:
    assert opinion({2: ""}).opinion is Opinion.UNCLEAR


def test_what_the_words_never_gave_cannot_be_compared() -> None:
    strange = replace(heard_of(ActionType.MEETING_BOOKED), status=ActionStatus.DECLINED)
    targets = stretch_around(call_of(), strange)
    again = [target.segment for target in targets]
    found = second_opinion(call_of(), targets, again, CONTEXT, strange)
    assert found.opinion is Opinion.UNCLEAR


def test_a_doubted_action_keeps_everything_but_its_confidence() -> None:
    action = heard_of(ActionType.MEETING_BOOKED)
    doubted = lowered(action, "в пятницу")
    assert doubted.confidence == pytest.approx(action.confidence / 2, abs=0.001)
    assert doubted.heard_otherwise == "в пятницу"
    assert replace(doubted, confidence=action.confidence, heard_otherwise=None) == action


def test_of_a_long_utterance_only_the_part_is_replaced() -> None:
    words = tuple(
        Word(float(n), n + 0.9, text, 0.8) for n, text in enumerate(["а", "б", "в", "г", "д"])
    )
    long = Segment(Speaker.AGENT, "а б в г д", 0.0, 5.0, 0.8, words)
    part = Target(0, replace(long, text="в г", words=words[2:4]), 2, 4)
    [told] = retold([long], [part], [replace(part.segment, text="В, гэ")])
    assert told.text == "а б В, гэ д"
