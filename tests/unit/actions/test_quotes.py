from __future__ import annotations

from datetime import datetime

from classify.hear import CallContext, hear
from models.vocabulary.transcript import Segment, Speaker

STARTED = datetime.fromisoformat("2026-03-11T10:00:00+03:00")
CALL = (
    Segment(Speaker.AGENT, "Добрый день, Виктор, компания «Ракурс». Давайте", 0.0, 3.0),
    Segment(Speaker.AGENT, "встретимся завтра в два.", 3.0, 5.0),
    Segment(Speaker.CLIENT, "Да, хорошо, приезжайте.", 5.2, 7.0),
    Segment(Speaker.AGENT, "Отлично, до свидания!", 7.1, 9.0),
)


def test_every_quote_stands_in_the_segment_of_its_time() -> None:
    heard = hear(CALL, CallContext(STARTED))
    assert heard.actions
    for action in heard.actions:
        [segment] = [s for s in CALL if s.start == action.start]
        assert action.quote
        assert action.quote in segment.text
        assert action.speaker is segment.speaker


def test_a_sentence_cut_in_two_segments_is_one_offer() -> None:
    [meeting] = [a for a in hear(CALL, CallContext(STARTED)).actions if a.type == "meeting_booked"]
    assert meeting.slots["datetime"] == "2026-03-12T14:00:00+03:00"
    assert meeting.speaker is Speaker.CLIENT


def test_every_action_tells_its_cues() -> None:
    assert all(action.cues for action in hear(CALL, CallContext(STARTED)).actions)


def test_an_empty_call_is_no_answer() -> None:
    assert hear((), CallContext(STARTED)).outcome == "no_answer"


def _quoted(*said: str) -> str:
    call = tuple(
        Segment((Speaker.AGENT, Speaker.CLIENT)[index % 2], words)
        for index, words in enumerate(said)
    )
    [booked] = [a for a in hear(call, CallContext(STARTED)).actions if a.type == "meeting_booked"]
    return booked.quote


def test_a_short_yes_is_quoted_with_all_that_was_said() -> None:
    quote = _quoted(
        "Добрый день, компания «Ракурс», давайте встретимся у вас в четверг.",
        "В два могу, подъезд со двора.",
        "Хорошо, до четверга!",
    )
    assert quote == "В два могу, подъезд со двора"


def test_a_long_answer_is_quoted_with_its_time() -> None:
    quote = _quoted(
        "Добрый день, компания «Ракурс», замерщик может приехать в четверг.",
        "Мы как раз вчера закончили с полом, стены ещё сохнут, но это не мешает. Давайте, "
        "в четверг в одиннадцать. А бахилы пусть возьмёт с собой обязательно.",
        "Хорошо, до четверга!",
    )
    assert "в четверг в одиннадцать" in quote
    assert len(quote.split()) < 12
