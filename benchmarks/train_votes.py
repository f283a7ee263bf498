"""Trains the votes on the labelled dialogues for it, or measures what they are worth.

python -m benchmarks.train_votes             writes classify/votes/weights.npz
python -m benchmarks.train_votes --measure   each set heard by votes trained without it

The votes learn from the development texts and the sets to tune on; validation and test sets are
only ever measured, and of them nothing but totals is printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from benchmarks.quality import talk_of
from benchmarks.score import Score, score
from benchmarks.sets import SETS, LabelledSet, named
from classify.dialogue import Talk, Turn
from classify.hear import by_wordings
from classify.votes.ballots import BALLOTS, Ballot
from classify.votes.encoder import meanings_of
from classify.votes.model import FILE, Model, sign, write
from classify.votes.opinion import second_opinion
from classify.votes.places import Numbers, Place, described, places
from models.vocabulary.action import HeardCall, Outcome

TARGET = Path(__file__).parents[1] / "classify" / "votes" / FILE
STRENGTH = 3.0  # of the weights of a kind against their penalty (scikit-learn's C)
WORD_STRENGTH = 1.0
MOST_WORDS = 400  # that promise a vote, or the lack of one, and are kept
LEARNT = tuple(one for one in SETS if one.split in ("dev", "train"))
MEASURED = tuple(one for one in SETS if one.split != "test")


@dataclass(frozen=True)
class Lesson:
    """A labelled dialogue: its places with the numbers that describe them, and its label."""

    talk: Talk
    label: Mapping[str, Any]
    places: tuple[Place, ...]
    rows: Numbers

    def has(self, ballot: Ballot, place: Place) -> bool | None:
        """Whether a label of this kind stands in the place; `None` where one may or may not."""
        for group, answer in (("actions", True), ("optional", None)):
            for action in self.label.get(group, ()):
                same = answer is None or action["status"] == ballot.status
                if same and action["type"] == ballot.type and _stands(action, place.turn):
                    return answer
        return False


def _stands(action: Mapping[str, Any], turn: Turn) -> bool:
    return action.get("speaker") == turn.speaker and str(action.get("quote")) in turn.text


@cache
def lessons(one: LabelledSet) -> tuple[Lesson, ...]:
    """Every dialogue of a set, read and described."""
    out = []
    for text, label in one.calls():
        talk = talk_of(text, one.language)
        there = tuple(places(talk))
        meanings = meanings_of(turn for place in there for turn in place.around)
        out.append(Lesson(talk, label, there, described(there, meanings)))
    return tuple(out)


def trained(chosen: Sequence[LabelledSet]) -> Model:
    """The weights that some sets teach."""
    taught = [lesson for one in chosen for lesson in lessons(one)]
    weights: dict[str, Numbers] = {}
    base: dict[str, float] = {}
    for ballot in BALLOTS:
        rows, answers = _examples(taught, ballot)
        fitted = LogisticRegression(C=STRENGTH, max_iter=1000).fit(rows, answers)
        weights[ballot.name] = fitted.coef_[0].astype(np.float32)
        base[ballot.name] = float(fitted.intercept_[0])
    return Model(weights, base, _telling_words(taught))


def _examples(taught: Iterable[Lesson], ballot: Ballot) -> tuple[Numbers, NDArray[np.bool_]]:
    rows, answers = [], []
    for lesson in taught:
        for place, row in zip(lesson.places, lesson.rows, strict=True):
            answer = lesson.has(ballot, place)
            if place.turn.speaker is ballot.side and answer is not None:
                rows.append(row)
                answers.append(answer)
    return np.array(rows), np.array(answers)


def _telling_words(taught: Iterable[Lesson]) -> dict[str, float]:
    """The words that part turns with a vote from those without one, and how strongly."""
    turns = [(lesson, place) for lesson in taught for place in lesson.places]
    said = [{sign(token, p.turn.speaker) for token in p.turn.tokens} for _, p in turns]
    names = sorted(set().union(*said))
    column = {name: at for at, name in enumerate(names)}
    matrix = np.zeros((len(turns), len(names)), dtype=np.float32)
    for row, words in zip(matrix, said, strict=True):
        row[[column[word] for word in words]] = 1.0
    answers = [any(lesson.has(b, p) for b in BALLOTS) for lesson, p in turns]
    fitted = LogisticRegression(C=WORD_STRENGTH, max_iter=1000).fit(matrix, answers)
    strong = np.argsort(-np.abs(fitted.coef_[0]), kind="stable")[:MOST_WORDS]
    return {names[at]: round(float(fitted.coef_[0][at]), 3) for at in strong}


def heard(taught: Sequence[Lesson], votes: Model | None) -> Score:
    """The figures of dialogues as the wordings hear them, and the votes beside them."""
    answers = {}
    for lesson in taught:
        call = by_wordings(lesson.talk)
        if votes is not None and call.outcome is Outcome.CONVERSATION:
            more = second_opinion(lesson.talk, call.actions, votes)
            call = HeardCall(call.outcome, tuple(more))
        found = [
            {"type": a.type, "status": a.status, "quote": a.quote, "slots": dict(a.slots)}
            for a in call.actions
        ]
        answers[lesson.label["call_id"]] = {"outcome": str(call.outcome), "actions": found}
    return score(answers, [lesson.label for lesson in taught])


def measure(chosen: Sequence[LabelledSet]) -> None:
    """Prints what the wordings find in each set, and they with votes that never saw the set."""
    for one in chosen:
        votes = trained([other for other in LEARNT if other is not one])
        alone, both = heard(lessons(one), None), heard(lessons(one), votes)
        print(f"\n== {one.name}, {one.split}: {alone.calls} dialogues")
        print(alone.core.line("core, wordings alone"))
        print(both.core.line("core, with votes"))
        for kind in (ballot.name for ballot in BALLOTS):
            if one.split != "test" and (kind in alone.kinds or kind in both.kinds):
                for name, figures in (("alone", alone), ("votes", both)):
                    print(figures.kinds[kind].line(f"   {kind}, {name}"))


def main() -> None:
    """Trains, or measures set by set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", action="store_true")
    parser.add_argument("--sets", nargs="*", help="measure these sets only")
    chosen = parser.parse_args()
    if chosen.measure:
        measure([named(name) for name in chosen.sets] if chosen.sets else MEASURED)
        return
    write(trained(LEARNT), TARGET)
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, from {[one.name for one in LEARNT]}")


if __name__ == "__main__":
    main()
