"""A mark is neither a sum nor an hour: what is heard in a call is the same without the number."""

from __future__ import annotations

from datetime import UTC, datetime

from classify.hear import CallContext, hear
from classify.personal import masked_segments
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Segment, Speaker

A, C = Speaker.AGENT, Speaker.CLIENT
CALL = (
    (A, "Добрый день, Антон, компания «Пилот»."),
    (C, "Здравствуйте. Счёт вышлите сегодня, пожалуйста, на триста двадцать тысяч."),
    (A, "Вышлю сегодня до шести. Оплата картой?"),
    (C, "Да, карта{}."),
    (A, "Записал. Давайте встретимся в четверг в три?"),
    (C, "Давайте, в четверг в три."),
    (A, "До встречи, до свидания."),
)


def test_a_mark_changes_nothing_that_is_heard() -> None:
    context = CallContext(datetime(2026, 11, 16, 10, tzinfo=UTC), Direction.OUT, "ru")
    said = [Segment(who, text.format(" 4276 3801 5567 0016")) for who, text in CALL]
    without = [Segment(who, text.format("")) for who, text in CALL]
    masked, _ = masked_segments(said, language="ru")
    assert "•" in masked[3].text
    heard, plain = hear(masked, context), hear(without, context)
    assert heard.outcome is plain.outcome
    assert [(one.type, one.status, one.slots) for one in heard.actions] == [
        (one.type, one.status, one.slots) for one in plain.actions
    ]
    assert len(heard.actions) > 2
