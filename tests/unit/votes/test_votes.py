"""The votes: what they add, what they drop, what they leave alone, how they explain themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from classify.dialogue import CallContext, Talk, listen
from classify.hear import by_wordings, hear_talk
from classify.votes import encoder as encoding
from classify.votes.encoder import read_text, tune, untuned
from classify.votes.kinds import COLUMN, DROP, KINDS, Kind
from classify.votes.network import Network
from classify.votes.reached import FEATURES, OUTCOMES, OutcomeVote
from classify.votes.scene import MEANING, SIGNS, STEPS, Near, around, scene_of, voting_turns
from classify.votes.vote import LEAST_TURNS, MOST_WORDS, Voted, put_to_vote
from classify.votes.weights import Trained, packaged, read, write
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
PAYS: Kind = (ActionType.PAYMENT, ActionStatus.PROMISED)
NEEDS: Kind = (ActionType.NEEDS_CLARIFIED, ActionStatus.DONE)


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
    monkeypatch.setattr(encoding, "_read", {})
    return fake


def talk_of(lines: Sequence[str]) -> Talk:
    parts = [line.split(": ", 1) for line in lines]
    return listen([Segment(SIDES[s], text) for s, text in parts], CallContext(STARTED))


def votes_for(kind: Kind, chance: float, otherwise: float = 0.0001) -> Network:
    """A network by which a turn about the accounts has one chance of a kind, any other another."""
    kinds = len(KINDS)
    weights = {
        "meaning": np.zeros((MEANING, 1), dtype=np.float32),
        "hidden": np.zeros((2 + len(STEPS) + 3 * SIGNS + 4 * kinds, 1), dtype=np.float32),
        "out": np.zeros((1 + kinds, kinds), dtype=np.float32),
    }
    weights["meaning"][0] = 9.0
    weights["hidden"][0] = 1.0
    weights["out"][0, COLUMN[kind]] = odds(chance) - odds(otherwise)
    bases = {"meaning": np.zeros(1), "hidden": np.zeros(1), "out": np.full(kinds, -12.0)}
    bases["out"][COLUMN[kind]] = odds(otherwise)
    return Network(
        weights,
        {layer: base.astype(np.float32) for layer, base in bases.items()},
        {"client:бухгалтерия": 2.0},
    )


def odds(chance: float) -> float:
    return float(np.log(chance / (1 - chance)))


def heard_needs(talk: Talk) -> Action:
    return next(a for a in by_wordings(talk).actions if a.type is ActionType.NEEDS_CLARIFIED)


def actions(voted: Sequence[Voted]) -> list[Action]:
    return [one.action for one in voted]


def test_a_sure_vote_adds_what_no_wording_found_and_quotes_the_call(told: Told) -> None:
    [added] = put_to_vote(talk_of(CALL), [], votes_for(PAYS, 0.95))
    assert (added.action.type, added.action.status) == PAYS
    assert added.action.speaker is Speaker.CLIENT
    assert added.action.quote in CALL[5]
    assert added.chance == pytest.approx(0.95, abs=0.001)


def test_a_voted_promise_carries_its_day(told: Told) -> None:
    [added] = actions(put_to_vote(talk_of(CALL), [], votes_for(PAYS, 0.95)))
    assert added.slots["due"] == "2026-03-12"


def test_a_voted_meeting_takes_the_day_of_the_turn_before_and_its_own_hour(told: Told) -> None:
    lines = list(CALL)
    lines[4] = "а: Наш замерщик в пятницу как раз в ваших краях."
    lines[5] = "к: Бухгалтерия открыта, пусть к трём часам будет."
    booked = (ActionType.MEETING_BOOKED, ActionStatus.DONE)
    [added] = actions(put_to_vote(talk_of(lines), [], votes_for(booked, 0.95)))
    assert added.slots == {"datetime": "2026-03-13T15:00:00+03:00"}


def test_an_unsure_vote_adds_nothing(told: Told) -> None:
    assert put_to_vote(talk_of(CALL), [], votes_for(PAYS, 0.3)) == []


def test_what_the_wordings_found_of_a_type_stands_alone(told: Told) -> None:
    talk = talk_of(CALL)
    first = actions(put_to_vote(talk, [], votes_for(PAYS, 0.95)))
    assert actions(put_to_vote(talk, first, votes_for(PAYS, 0.95))) == first


@pytest.mark.parametrize(("chance", "stays"), [(DROP / 2, False), (DROP * 1.5, True)])
def test_what_the_votes_are_sure_is_nothing_goes(told: Told, chance: float, stays: bool) -> None:
    talk = talk_of(CALL)
    needs = heard_needs(talk)
    votes = votes_for(NEEDS, chance, otherwise=chance)
    assert actions(put_to_vote(talk, [needs], votes)) == ([needs] if stays else [])


def test_courtesies_are_not_voted_on(told: Told) -> None:
    talk = talk_of(CALL)
    polite = [a for a in by_wordings(talk).actions if a.type is ActionType.GREETING]
    assert put_to_vote(talk, polite, votes_for(PAYS, 0.01)) == [Voted(polite[0], None)]


def test_a_snatch_of_a_call_is_not_voted_on(told: Told) -> None:
    snatch = CALL[3 : 3 + LEAST_TURNS - 1]
    assert put_to_vote(talk_of(snatch), [], votes_for(PAYS, 0.95)) == []
    assert told.asked == []


def test_a_long_call_is_read_in_part_and_its_telling_turns_first(told: Told) -> None:
    idle = [
        line
        for at in range(30)
        for line in (f"а: И вот ещё что хотелось сказать про грядку {at}.", f"к: Слушаю про {at}.")
    ]
    added = actions(put_to_vote(talk_of([*idle, *CALL]), [], votes_for(PAYS, 0.95)))
    assert [a.type for a in added] == [ActionType.PAYMENT]
    assert sum(len(text.split()) for text in told.asked) <= MOST_WORDS


def test_a_short_text_is_read_once(told: Told) -> None:
    for _ in range(2):
        put_to_vote(talk_of(CALL), [], votes_for(PAYS, 0.95))
    assert told.asked.count("здравствуйте.") == 1


def test_the_explanation_says_what_the_chance_hangs_on(told: Told) -> None:
    [added] = actions(put_to_vote(talk_of(CALL), [], votes_for(PAYS, 0.95)))
    assert added.cues[0] == (
        "vote 0.95: without the words here 0.00, without the words around 0.95, "
        "without the wordings 0.95"
    )


def test_a_machine_has_no_say() -> None:
    lines = ["а: Алло?", "к: Абонент временно недоступен, оставьте сообщение после сигнала."]
    assert {turn.speaker for turn in voting_turns(talk_of(lines))} == {Speaker.AGENT}


def test_a_long_turn_is_read_to_its_fiftieth_word() -> None:
    talk = talk_of(["к: " + "да " * 49 + "теплица " + "нет " * 30])
    assert read_text(talk.turns[0]).split()[-1] == "теплица"


def test_the_turns_around_one_end_with_its_call() -> None:
    rows = np.array([[1.0], [2.0], [3.0], [4.0]], dtype=np.float32)
    near = Near.of([3, 1])
    assert around(rows, near, 2).tolist() == [[0, 2], [1, 3], [2, 0], [0, 0]]
    assert near.mean(rows).tolist() == [[2], [4]]


def test_findings_that_are_not_trusted_are_not_seen() -> None:
    talk = talk_of(CALL)
    found = [heard_needs(talk)]
    turns = voting_turns(talk)
    assert scene_of(turns, {}, found).found.sum() == 1
    assert scene_of(turns, {}, found, trusted=False).found.sum() == 0


def test_what_was_trained_survives_its_file(tmp_path: Path) -> None:
    votes = votes_for(PAYS, 0.95)
    rng = np.random.default_rng(5)
    narrow = rng.normal(size=(8, 2)).astype(np.float32), rng.normal(size=(2, 6)).astype(np.float32)
    tuned = {"w1.0": narrow, "ln_b": (rng.normal(size=5).astype(np.float32),)}
    outcome = OutcomeVote(
        rng.normal(size=(FEATURES, len(OUTCOMES))).astype(np.float32),
        rng.normal(size=len(OUTCOMES)).astype(np.float32),
    )
    write(Trained(votes, outcome, tuned), tmp_path / "weights.npz")
    again = read(tmp_path / "weights.npz")
    assert again.network.words == {"client:бухгалтерия": 2.0}
    for layer, weights in votes.weights.items():
        np.testing.assert_allclose(again.network.weights[layer], weights, atol=0.1)
        np.testing.assert_allclose(again.network.bases[layer], votes.bases[layer])
    np.testing.assert_allclose(again.outcome.weights, outcome.weights, atol=0.05)
    np.testing.assert_array_equal(again.outcome.base, outcome.base)
    assert again.tuned.keys() == tuned.keys()
    np.testing.assert_array_equal(again.tuned["ln_b"][0], tuned["ln_b"][0])
    for before, after in zip(narrow, again.tuned["w1.0"], strict=True):
        np.testing.assert_allclose(after, before, atol=0.03)


def test_an_encoder_is_tuned_by_vectors_and_by_pairs_of_narrow_matrices() -> None:
    arrays: dict[str, Any] = {"ln_b": np.zeros(2), "w1": [np.ones((2, 2)), np.ones((2, 2))]}
    left, right, base = (
        np.array(rows, dtype=np.float32) for rows in ([[1], [2]], [[3, 4]], [1, 2])
    )
    tune(arrays, {"ln_b": (base,), "w1.1": (left, right)})
    assert arrays["ln_b"].tolist() == [1, 2]
    assert arrays["w1"][0].tolist() == [[1, 1], [1, 1]]
    assert arrays["w1"][1].tolist() == [[4, 5], [7, 9]]


@pytest.mark.parametrize(("change", "problem"), [({"w9": 1}, KeyError), ({"ln_b": 3}, ValueError)])
def test_another_encoder_is_not_tuned_in_silence(
    change: dict[str, int], problem: type[Exception]
) -> None:
    changes = {name: (np.zeros(size, dtype=np.float32),) for name, size in change.items()}
    with pytest.raises(problem):
        tune({"ln_b": np.zeros(2)}, changes)


def test_the_packaged_tuning_fits_the_packaged_encoder() -> None:
    plain = untuned()
    before = plain.encoder.encode(["оплатим в четверг"])
    tune(plain.arrays, packaged().tuned)
    after = plain.encoder.encode(["оплатим в четверг"])
    assert 0.3 < float((before * after).sum()) < 0.9999
    np.testing.assert_allclose(encoding.encoder().encode(["оплатим в четверг"]), after, atol=1e-6)


def test_the_packaged_network_has_a_chance_for_every_kind() -> None:
    talk = talk_of(CALL)
    chances = packaged().network.chances(scene_of(voting_turns(talk), {}, []))
    assert chances.shape == (len(CALL), len(KINDS))
    assert ((chances >= 0) & (chances <= 1)).all()


def test_the_same_call_gives_the_same_votes_twice() -> None:
    assert hear_talk(talk_of(CALL)) == hear_talk(talk_of(CALL))
