"""The votes: what they add, what they drop, what they leave alone, how they explain themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest

from classify.dialogue import CallContext, Talk, listen
from classify.hear import by_wordings, hear_talk
from classify.votes import encoder as encoding
from classify.votes.ballots import BALLOTS
from classify.votes.model import Model, model, read, write
from classify.votes.opinion import LEAST_TURNS, MOST_WORDS, second_opinion
from classify.votes.places import MEANING, WIDTH, described, places, read_text
from models.vocabulary.action import Action, ActionStatus, ActionType
from models.vocabulary.transcript import Segment, Speaker

STARTED = datetime.fromisoformat("2026-03-11T10:00:00+03:00")
SIDES = {"а": Speaker.AGENT, "к": Speaker.CLIENT}
CALL = (
    "а: Добрый день, Регина, теплицы «Росток».",
    "к: Здравствуйте.",
    "а: Какая вам нужна теплица?",
    "к: Метров шесть в длину, под помидоры.",
    "а: Счёт у вас, всё ли с ним в порядке?",
    "к: Бухгалтерия возьмёт его в ближайший четверг.",
    "а: Спасибо, до свидания.",
    "к: Всего доброго.",
)
NEEDS, PAYS = "needs_clarified/done", "payment/promised"


class Told:
    """An encoder that knows two themes: texts about the accounts, and all others."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode(self, texts: list[str]) -> np.ndarray:
        self.asked += texts
        rows = np.zeros((len(texts), MEANING), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            row[0 if "бухгалтерия" in text else 1] = 1.0
        return rows


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    fake = Told()
    monkeypatch.setattr(encoding, "encoder", lambda: fake)
    return fake


def talk_of(lines: Sequence[str]) -> Talk:
    parts = [line.split(": ", 1) for line in lines]
    return listen([Segment(SIDES[s], text) for s, text in parts], CallContext(STARTED))


def votes_for(kind: str, odds: float, otherwise: float = -9.0) -> Model:
    """Weights by which a turn about the accounts has the odds `odds`, any other `otherwise`."""
    weights = np.zeros(WIDTH, dtype=np.float32)
    weights[0] = (odds - otherwise) / 3.0
    return Model({kind: weights}, {kind: otherwise}, {"client:бухгалтерия": 2.0})


def heard_needs(talk: Talk) -> Action:
    return next(a for a in by_wordings(talk).actions if a.type is ActionType.NEEDS_CLARIFIED)


def test_a_sure_vote_adds_what_no_wording_found_and_quotes_the_call(told: Told) -> None:
    talk = talk_of(CALL)
    added = second_opinion(talk, [], votes_for(PAYS, 3.0))
    assert [(a.type, a.status, a.speaker) for a in added] == [
        (ActionType.PAYMENT, ActionStatus.PROMISED, Speaker.CLIENT)
    ]
    assert added[0].quote in CALL[5]
    assert added[0].confidence == 0.95


def test_a_voted_promise_carries_its_day(told: Told) -> None:
    added = second_opinion(talk_of(CALL), [], votes_for(PAYS, 3.0))
    assert added[0].slots["due"] == "2026-03-12"


def test_an_unsure_vote_adds_nothing(told: Told) -> None:
    assert second_opinion(talk_of(CALL), [], votes_for(PAYS, -1.5)) == []


def test_the_other_side_cannot_carry_it(told: Told) -> None:
    lines = [line.replace("Бухгалтерия", "Директор") for line in CALL]
    lines[4] = "а: Бухгалтерия у вас возьмёт счёт?"
    assert second_opinion(talk_of(lines), [], votes_for(PAYS, 3.0)) == []


def test_what_the_wordings_found_of_a_type_stands_alone(told: Told) -> None:
    talk = talk_of(CALL)
    first = second_opinion(talk, [], votes_for(PAYS, 3.0))
    assert second_opinion(talk, first, votes_for(PAYS, 3.0)) == first


def test_a_vote_that_is_all_but_sure_drops_a_needs_question(told: Told) -> None:
    talk = talk_of(CALL)
    needs = heard_needs(talk)
    assert second_opinion(talk, [needs], votes_for(NEEDS, 9.0, otherwise=-9.0)) == []


def test_a_doubtful_vote_drops_nothing(told: Told) -> None:
    talk = talk_of(CALL)
    needs = heard_needs(talk)
    assert second_opinion(talk, [needs], votes_for(NEEDS, 9.0, otherwise=-4.0)) == [needs]


def test_meetings_refusals_and_objections_are_never_voted_on() -> None:
    left_alone = {ActionType.MEETING_BOOKED, ActionType.REFUSAL, ActionType.OBJECTION}
    assert left_alone.isdisjoint(ballot.type for ballot in BALLOTS)


def test_a_snatch_of_a_call_is_not_voted_on(told: Told) -> None:
    snatch = CALL[3 : 3 + LEAST_TURNS - 1]
    assert second_opinion(talk_of(snatch), [], votes_for(PAYS, 3.0)) == []
    assert told.asked == []


def test_a_long_call_is_read_in_part_and_its_telling_turns_first(told: Told) -> None:
    idle = ["а: И вот ещё что хотелось сказать про грядки.", "к: Слушаю вас, это занятно."] * 30
    added = second_opinion(talk_of([*idle, *CALL]), [], votes_for(PAYS, 3.0))
    assert [a.type for a in added] == [ActionType.PAYMENT]
    assert sum(len(text.split()) for text in told.asked) <= MOST_WORDS


def test_the_explanation_adds_up_to_the_chance(told: Told) -> None:
    talk = talk_of(CALL)
    votes = votes_for(PAYS, 3.0)
    place = next(p for p in places(talk) if "Бухгалтерия" in p.turn.text)
    row = described([place], encoding.meanings_of(place.around))[0]
    shares = votes.shares(PAYS, row)
    assert sum(shares.values()) + votes.base[PAYS] == pytest.approx(3.0, abs=1e-4)
    cue = second_opinion(talk, [], votes)[0].cues[0]
    assert cue.startswith("vote 0.95: said here +12.0, said before +0.0")


def test_a_machine_has_no_say() -> None:
    lines = ["а: Алло?", "к: Абонент временно недоступен, оставьте сообщение после сигнала."]
    talk = talk_of(lines)
    assert all(place.turn.speaker is Speaker.AGENT for place in places(talk))


def test_a_long_turn_is_read_to_its_fiftieth_word() -> None:
    talk = talk_of(["к: " + "да " * 49 + "теплица " + "нет " * 30])
    assert read_text(talk.turns[0]).split()[-1] == "теплица"


def test_weights_survive_their_file(tmp_path: Path) -> None:
    write(votes_for(PAYS, 3.0), tmp_path / "weights.npz")
    again = read(tmp_path / "weights.npz")
    assert again.words == {"client:бухгалтерия": 2.0}
    assert again.weights[PAYS][0] == pytest.approx(4.0)
    assert again.base[PAYS] == pytest.approx(-9.0)


def test_the_packaged_weights_know_every_ballot() -> None:
    assert set(model().weights) == {ballot.name for ballot in BALLOTS}
    assert all(row.shape == (WIDTH,) for row in model().weights.values())


def test_the_same_call_gives_the_same_votes_twice() -> None:
    assert hear_talk(talk_of(CALL)) == hear_talk(talk_of(CALL))
