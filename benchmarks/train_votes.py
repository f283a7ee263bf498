"""Trains the votes on the labelled dialogues for it, or measures what they are worth.

python -m benchmarks.train_votes             writes classify/votes/weights.npz
python -m benchmarks.train_votes --measure   what they add on the sets that they do not learn from

The votes learn from every set but the validation and the test ones. What the wordings found is
believed only in the sets that nobody read who wrote wordings (split `votes`): elsewhere it is too
good to be true, and is left out.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from benchmarks.fit_network import Lesson, fitted
from benchmarks.quality import talk_of
from benchmarks.score import Score, score
from benchmarks.sets import SETS, LabelledSet
from classify.dialogue import Turn
from classify.hear import by_wordings
from classify.votes.encoder import meanings_of
from classify.votes.jury import FILE, Jury, sign, write
from classify.votes.kinds import COLUMN, KINDS
from classify.votes.network import Network
from classify.votes.scene import Numbers, scene_of, voting_turns
from classify.votes.vote import put_to_vote
from models.vocabulary.action import Outcome

TARGET = Path(__file__).parents[1] / "classify" / "votes" / FILE
SEEDS = (11, 12, 13)  # of the members
WORD_STRENGTH = 1.0  # of the words' weights against their penalty (scikit-learn's C)
MOST_TELLING = 400  # words that promise a vote, or the lack of one, and are kept
LEARNT = tuple(one for one in SETS if one.split in ("dev", "train", "votes"))
MEASURED = tuple(one for one in SETS if one.split in ("validation", "test"))


def lessons(chosen: Iterable[LabelledSet]) -> list[Lesson]:
    """Every dialogue of some sets as a network sees it, with its answers."""
    out = []
    for one in chosen:
        for text, label in one.calls():
            talk = talk_of(text, one.language)
            turns = voting_turns(talk)
            if turns:
                actions = by_wordings(talk).actions
                trusted = one.split == "votes"
                scene = scene_of(turns, meanings_of(turns), actions, trusted=trusted)
                out.append(Lesson(scene, *_answers(turns, label)))
    return out


def _answers(turns: Sequence[Turn], label: Mapping[str, Any]) -> tuple[Numbers, Numbers]:
    """Which kinds are labelled in which turn, and what counts: not what may be labelled or not."""
    answers = np.zeros((len(turns), len(KINDS)), dtype=np.float32)
    counted = np.ones_like(answers)
    columns = {(str(type_), str(status)): at for (type_, status), at in COLUMN.items()}
    for group in ("optional", "actions"):
        for action in label.get(group, ()):
            column = columns.get((action["type"], action["status"]))
            for at, turn in enumerate(turns):
                if column is not None and _stands(action, turn):
                    answers[at, column] = float(group == "actions")
                    counted[at, column] = float(group == "actions")
    return answers, counted


def _stands(action: Mapping[str, Any], turn: Turn) -> bool:
    return action.get("speaker") == turn.speaker and str(action.get("quote")) in turn.text


def trained(chosen: Iterable[LabelledSet]) -> Jury:
    """The jury that some sets teach."""
    taught = lessons(chosen)
    members = tuple(Network(*fitted(taught, seed)) for seed in SEEDS)
    return Jury(members, _telling_words(taught))


def _telling_words(taught: Sequence[Lesson]) -> dict[str, float]:
    """The words that part turns with a vote from those without one, and how strongly."""
    turns = [turn for one in taught for turn in one.scene.turns]
    answers = np.concatenate([one.answers.max(axis=1) > 0 for one in taught])
    words = [{sign(token, turn.speaker) for token in turn.tokens} for turn in turns]
    names = sorted(set().union(*words))
    column = {name: at for at, name in enumerate(names)}
    matrix = np.zeros((len(turns), len(names)), dtype=np.float32)
    for row, some in zip(matrix, words, strict=True):
        row[[column[word] for word in some]] = 1.0
    often = matrix.sum(axis=0) >= 5  # rarer ones tell of their dialogue
    kept = [name for name, many in zip(names, often, strict=True) if many]
    model = LogisticRegression(C=WORD_STRENGTH, max_iter=1000).fit(matrix[:, often], answers)
    strong = np.argsort(-np.abs(model.coef_[0]), kind="stable")[:MOST_TELLING]
    return {kept[at]: round(float(model.coef_[0][at]), 3) for at in strong}


def heard(one: LabelledSet, votes: Jury | None) -> Score:
    """The figures of a set as the wordings hear it alone, or with votes beside them."""
    answers, labels = {}, []
    for text, label in one.calls():
        talk = talk_of(text, one.language)
        call = by_wordings(talk)
        actions = list(call.actions)
        if votes is not None and call.outcome is Outcome.CONVERSATION:
            actions = [each.action for each in put_to_vote(talk, actions, votes)]
        found = [
            {"type": a.type, "status": a.status, "quote": a.quote, "slots": dict(a.slots)}
            for a in actions
        ]
        answers[label["call_id"]] = {"outcome": str(call.outcome), "actions": found}
        labels.append(label)
    return score(answers, labels)


def measure(votes: Jury) -> None:
    """Prints what the wordings find, and they with the votes, in sets neither was made on."""
    for one in MEASURED:
        alone, both = heard(one, None), heard(one, votes)
        print(f"\n== {one.name}, {one.split}: {alone.calls} dialogues")
        print(alone.core.line("core, wordings alone"))
        print(both.core.line("core, with votes"))
        print(f"   macro {alone.macro:.3f}, {both.macro:.3f}")
        for name in sorted(both.kinds) if one.split == "validation" else ():
            print(alone.kinds[name].line(f"   {name}, alone"))
            print(both.kinds[name].line(f"   {name}, votes"))


def main() -> None:
    """Trains and writes, or trains and measures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--measure", action="store_true")
    chosen = parser.parse_args()
    votes = trained(LEARNT)
    if chosen.measure:
        measure(votes)
        return
    write(votes, TARGET)
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, from {[one.name for one in LEARNT]}")


if __name__ == "__main__":
    main()
