"""The vote on who was reached: when it has a say, what it sees, what it changes in a call."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import numpy as np
import pytest

from classify.dialogue import CallContext, Talk, Turn, listen
from classify.hear import hear_talk, voted
from classify.votes import encoder as encoding
from classify.votes.reached import (
    FEATURES,
    LONG,
    OUTCOMES,
    SURE,
    SURE_OF_NONE,
    OutcomeVote,
    features,
    overruled,
)
from classify.votes.scene import MEANING, Numbers
from models.vocabulary.action import ActionType, Outcome
from models.vocabulary.call import Direction
from models.vocabulary.transcript import Segment, Speaker

STARTED = datetime.fromisoformat("2026-03-11T10:00:00+03:00")
SIDES = {"а": Speaker.AGENT, "к": Speaker.CLIENT}
CALL = ("а: Алло, Регина, теплицы.", "к: Слушаю.", "а: Счёт видели?", "к: Видел, оплатим в среду.")


def talk_of(lines: Sequence[str], direction: Direction = Direction.OUT) -> Talk:
    segments = [Segment(SIDES[line[0]], line[3:]) for line in lines]
    return listen(segments, CallContext(STARTED, direction, "ru"))


def sure_of(outcome: Outcome, chance: float = 0.99) -> OutcomeVote:
    """A vote that says one outcome with this chance whatever it sees."""
    base = np.zeros(len(OUTCOMES), dtype=np.float32)
    base[OUTCOMES.index(outcome)] = np.log(chance * (len(OUTCOMES) - 1) / (1 - chance))
    return OutcomeVote(np.zeros((FEATURES, len(OUTCOMES)), dtype=np.float32), base)


def blank(turns: Sequence[Turn]) -> dict[int, Numbers]:
    return {turn.index: np.ones(MEANING, dtype=np.float32) for turn in turns}


def test_a_sure_vote_overrules_the_wordings() -> None:
    vote = sure_of(Outcome.GATEKEEPER)
    assert vote.of(np.zeros(FEATURES, dtype=np.float32))[1] == pytest.approx(0.99)
    said = overruled(talk_of(CALL), Outcome.CONVERSATION, [], vote, blank)
    assert said is Outcome.GATEKEEPER


def test_an_unsure_vote_leaves_the_wordings_word() -> None:
    doubts = sure_of(Outcome.GATEKEEPER, SURE_OF_NONE - 0.05)
    assert overruled(talk_of(CALL), Outcome.CONVERSATION, [], doubts, blank) is Outcome.CONVERSATION
    doubts = sure_of(Outcome.CONVERSATION, SURE - 0.05)
    assert overruled(talk_of(CALL), Outcome.GATEKEEPER, [], doubts, blank) is Outcome.GATEKEEPER


def test_less_is_asked_for_opening_a_call_than_for_silencing_it() -> None:
    between = (SURE + SURE_OF_NONE) / 2
    opens, silences = sure_of(Outcome.CONVERSATION, between), sure_of(Outcome.WRONG_NUMBER, between)
    talk = talk_of(CALL)
    assert overruled(talk, Outcome.GATEKEEPER, [], opens, blank) is Outcome.CONVERSATION
    assert overruled(talk, Outcome.CONVERSATION, [], silences, blank) is Outcome.CONVERSATION


@pytest.mark.parametrize(
    ("talk", "said"),
    [
        (talk_of(CALL, Direction.INTERNAL), Outcome.INTERNAL),
        (talk_of(CALL), Outcome.NO_ANSWER),
        (talk_of(["а: Алло?", "а: Алло, вас не слышно.", "а: Алло!"]), Outcome.TOO_SHORT),
        (talk_of(CALL[:2]), Outcome.CONVERSATION),
        (talk_of(CALL * (LONG // len(CALL) + 1)), Outcome.CONVERSATION),
    ],
    ids=[
        "the telephone system says it",
        "nobody answered",
        "only one spoke",
        "a snatch",
        "a long talk",
    ],
)
def test_there_is_no_vote_where_nothing_is_open(talk: Talk, said: Outcome) -> None:
    assert overruled(talk, said, [], sure_of(Outcome.WRONG_NUMBER), blank) is said


def test_only_the_beginnings_and_the_other_sides_end_are_read() -> None:
    talk = talk_of([f"{'ак'[at % 2]}: Слово номер {at}" for at in range(28)])
    asked: list[int] = []

    def read(turns: Sequence[Turn]) -> dict[int, Numbers]:
        asked.extend(turn.index for turn in turns)
        return blank(turns)

    row = features(talk, Outcome.CONVERSATION, [], read)
    assert row.shape == (FEATURES,)
    assert sorted(asked) == [0, 1, 2, 3, 4, 5, 6, 7, 23, 25, 27]


def test_turns_that_were_not_read_count_for_nothing() -> None:
    row = features(talk_of(CALL), Outcome.CONVERSATION, [], lambda _: {})
    assert not row[: 3 * MEANING].any()
    assert np.isfinite(row).all()


def test_the_outcome_decides_what_is_left_of_the_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    talk = talk_of(
        (
            "а: Добрый день, это Регина, теплицы «Росток». Соедините с директором, пожалуйста.",
            "к: Он в отъезде, но счёт мы оплатим в среду.",
            "а: Спасибо.",
        )
    )
    for outcome, paid in ((Outcome.CONVERSATION, True), (Outcome.GATEKEEPER, False)):
        monkeypatch.setattr("classify.hear.put_outcome_to_vote", lambda *_, to=outcome: to)
        heard = hear_talk(talk)
        assert heard.outcome is outcome
        assert (ActionType.PAYMENT in {a.type for a in heard.actions}) is paid


@pytest.mark.parametrize(
    ("lines", "outcome"),
    [
        (
            (
                "а: Здравствуйте, это Пётр, «Лесоторг». С кем я могу поговорить о поставках?",
                "к: Ой, я тут полы мою, все на планёрке.",
                "а: А когда освободятся?",
                "к: Кто ж их знает. Ближе к вечеру пробуйте, может, застанете.",
                "а: Хорошо, спасибо.",
            ),
            Outcome.GATEKEEPER,
        ),
        (
            (
                "а: Добрый день, Пётр, «Лесоторг», вы брус спрашивали.",
                "к: Какой ещё брус, милок, это квартира.",
                "а: А Семён Ильич тут?",
                "к: Отродясь не бывало таких.",
                "а: Простите, пожалуйста.",
            ),
            Outcome.WRONG_NUMBER,
        ),
        (
            (
                "а: Добрый день, Пётр, «Лесоторг», мне бы закупщика.",
                "к: Это приёмная, но брусом занимаюсь я. Нам нужно двадцать кубов к маю.",
                "а: Какое сечение?",
                "к: Сто на сто пятьдесят. Сколько выйдет?",
                "а: Четыреста тысяч с доставкой.",
                "к: Идёт, выставляйте счёт.",
            ),
            Outcome.CONVERSATION,
        ),
    ],
    ids=["somebody who only picked up", "a stranger", "a secretary who buys"],
)
def test_the_packaged_vote_hears_who_was_reached(lines: Sequence[str], outcome: Outcome) -> None:
    assert hear_talk(talk_of(lines)).outcome is outcome


def test_a_call_comes_to_the_same_after_other_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encoding, "_read", {})
    alone = voted(talk_of(CALL * 2))
    assert any(one.chance is not None for one in alone[1])
    monkeypatch.setattr(encoding, "_read", {})
    voted(talk_of(["а: Нет-нет.", "к: Бывает.", "а: Куда дальше?", "к: Прямо."] * 2))
    assert voted(talk_of(CALL * 2)) == alone
