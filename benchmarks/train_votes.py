"""Trains the votes on the labelled dialogues for it; needs PyTorch (`make train` installs it).

python -m benchmarks.train_votes             writes classify/votes/weights.npz

The votes learn from every set but the validation and the test ones. What the wordings found is
believed only in the sets that nobody read who wrote wordings (split `votes`): elsewhere it is too
good to be true, and is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from benchmarks.fit_votes import Fitting, Lesson
from benchmarks.quality import talk_of
from benchmarks.sets import SETS, LabelledSet
from classify.dialogue import Turn
from classify.hear import by_wordings
from classify.votes.encoder import Encoder, encoder_with, read_text, untuned
from classify.votes.kinds import COLUMN, KINDS
from classify.votes.network import Network, sign
from classify.votes.reached import OUTCOMES, OutcomeVote, features
from classify.votes.scene import Numbers, scene_of, voting_turns
from classify.votes.weights import FILE, Trained, read, write
from models.vocabulary.action import Outcome

TARGET = Path(__file__).parents[1] / "classify" / "votes" / FILE
OUTCOME_STRENGTH = 3.0  # of the outcomes' weights against their penalty (scikit-learn's C)
WORD_STRENGTH = 1.0  # of the words' weights against their penalty (scikit-learn's C)
OFTEN = 5  # turns; rarer words tell of their dialogue
MOST_TELLING = 400  # words that promise a vote, or the lack of one, and are kept
CHECKED = 100  # dialogues on which the file is held against what was learnt
MOST_LOST = 0.01  # of a chance, on average
LEARNT = tuple(one for one in SETS if one.split in ("dev", "train", "votes"))


def lessons(chosen: Iterable[LabelledSet], tokenizer: Any) -> list[Lesson]:
    """Every dialogue of some sets as the network sees it, with its answers."""
    out = []
    for one in chosen:
        for text, label in one.calls():
            talk = talk_of(text, one.language)
            turns = voting_turns(talk)
            if turns:
                actions = by_wordings(talk).actions
                scene = scene_of(turns, {}, actions, trusted=one.split == "votes")
                pieces = tuple(
                    tuple(tokenizer.encode(read_text(t), out_type=int, add_bos=True, add_eos=True))
                    for t in turns
                )
                out.append(Lesson(scene, pieces, *_answers(turns, label)))
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


def telling_words(taught: Sequence[Lesson]) -> dict[str, float]:
    """The words that part turns with a vote from those without one, and how strongly."""
    turns = [turn for one in taught for turn in one.scene.turns]
    answers = np.concatenate([one.answers.max(axis=1) > 0 for one in taught])
    words = [{sign(token, turn.speaker) for token in turn.tokens} for turn in turns]
    said = Counter(word for some in words for word in some)
    kept = sorted(word for word, times in said.items() if times >= OFTEN)
    column = {name: at for at, name in enumerate(kept)}
    places = [(row, column[w]) for row, some in enumerate(words) for w in some if w in column]
    rows, columns = zip(*places, strict=True)
    size = (len(turns), len(kept))
    matrix = csr_matrix((np.ones(len(places), dtype=np.float32), (rows, columns)), shape=size)
    model = LogisticRegression(C=WORD_STRENGTH, max_iter=1000).fit(matrix, answers)
    strong = np.argsort(-np.abs(model.coef_[0]), kind="stable")[:MOST_TELLING]
    return {kept[at]: round(float(model.coef_[0][at]), 3) for at in strong}


def outcome_vote(chosen: Iterable[LabelledSet], tuned: Encoder) -> OutcomeVote:
    """Who was reached, learnt from whole calls, and from parts of calls so that it minds itself.

    A third of the middles are conversations without a beginning; of another third three or four
    turns are shown, in which the vote has to leave the wordings' word alone.
    """
    rows, answers = [], []
    for one in chosen:
        calls = list(one.calls())
        whole = len({label["outcome"] for _, label in calls}) > 1
        for at, (text, label) in enumerate(calls):
            snatch = not whole and at % 3 == 1
            if not whole and at % 3 == 2:
                continue
            said = {**text, "segments": text["segments"][: 3 + at % 2]} if snatch else text
            talk = talk_of(said, one.language)
            call = by_wordings(talk)
            rows.append(features(talk, call.outcome, call.actions, partial(_meanings, tuned)))
            outcome = call.outcome if snatch else Outcome(label["outcome"])
            answers.append(OUTCOMES.index(outcome))
    model = LogisticRegression(C=OUTCOME_STRENGTH, max_iter=500).fit(np.array(rows), answers)
    if len(model.classes_) < len(OUTCOMES):
        raise SystemExit("The sets that the votes learn from lack calls of some outcome.")
    return OutcomeVote(model.coef_.T.astype(np.float32), model.intercept_.astype(np.float32))


def _meanings(tuned: Encoder, turns: Sequence[Turn]) -> dict[int, Numbers]:
    rows = tuned.encode([read_text(turn) for turn in turns]) if turns else ()
    return {turn.index: row for turn, row in zip(turns, rows, strict=True)}


def cut_off(fitting: Fitting, some: Sequence[Lesson]) -> float:
    """How far the product's chances, by the file written, are from those learnt: the mean."""
    network, tuned = read(TARGET).network, encoder_with(read(TARGET).tuned)
    off = []
    for one in some:
        rows = tuned.encode([read_text(turn) for turn in one.scene.turns])
        packaged = network.chances(replace(one.scene, meanings=rows))
        off.append(np.abs(packaged - fitting.chances(one)).mean())
    return float(np.mean(off))


def main() -> None:
    """Trains and writes."""
    encoder = untuned()
    taught = lessons(LEARNT, encoder.tokenizer)
    pieces = sorted({piece for one in taught for turn in one.pieces for piece in turn})
    words = telling_words(taught)
    fitting = Fitting(encoder.arrays, pieces)
    fitted = fitting.run(taught)
    network = Network(fitted.weights, fitted.bases, words)
    reached = outcome_vote(LEARNT, encoder_with(fitted.tuned))
    write(Trained(network, reached, fitted.tuned), TARGET)
    lost = cut_off(fitting, taught[:: len(taught) // CHECKED])
    print(f"as packaged, chances differ from those learnt by {lost:.4f} on average")
    if lost > MOST_LOST:
        raise SystemExit(
            f"{TARGET}: that is too much. Either the encoder's package computes otherwise than "
            "benchmarks/fit_votes.py does, or RANK there is too small."
        )
    print(f"{TARGET.name}: {TARGET.stat().st_size} bytes, from {len(taught)} dialogues")


if __name__ == "__main__":
    main()
