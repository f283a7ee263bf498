"""Fits the confidence of actions to labelled dialogues that the rules were not written on.

python -m benchmarks.calibrate [--write]

Fits on the validation sets, checks by cross-validation over dialogues, prints the reliability
table; `--write` writes classify/calibration.json.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold

from benchmarks.quality import talk_of
from benchmarks.score import COURTESIES, right_ones
from benchmarks.sets import VALIDATION, LabelledSet
from classify.confidence import Calibration, calibration, signs_of
from classify.hear import voted
from classify.verification.advice import FILE, OTHERS, Threshold

FOLDS = 10
STRENGTH = 0.3  # of the weights against their penalty (scikit-learn's C)
TARGET = Path(__file__).parents[1] / "classify" / "calibration.json"
THRESHOLDS = Path(__file__).parents[1] / "classify" / "verification" / FILE
WANTED = 0.9  # of the findings that may accuse somebody
FEWEST = 12  # findings of a kind by which a threshold of its own is measured
BINS = (0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 1.0)


@dataclass(frozen=True, slots=True)
class Example:
    """One finding: its dialogue, its signs, whether a label bears it out."""

    call_id: str
    type: str
    kind: str
    signs: frozenset[str]
    right: bool


def examples(chosen: Sequence[LabelledSet]) -> list[Example]:
    """Every finding of some sets, those left out that a label calls optional."""
    out = []
    for one in chosen:
        for text, label in one.calls():
            talk = talk_of(text, one.language)
            _, found = voted(talk)
            actions = [each.action for each in found]
            for each, right in zip(found, right_ones(actions, label), strict=True):
                if right is not None:
                    action = each.action
                    signs = signs_of(action, talk, each.chance)
                    kind = f"{action.type}/{action.status}"
                    out.append(Example(text["call_id"], str(action.type), kind, signs, right))
    return out


def fitted(chosen: Sequence[Example]) -> tuple[float, dict[str, float]]:
    """The base and the weights of the signs."""
    names = sorted({sign for one in chosen for sign in one.signs})
    model = LogisticRegression(C=STRENGTH, max_iter=5000)
    model.fit(_matrix(chosen, names), [one.right for one in chosen])
    weights = {n: round(float(w), 4) for n, w in zip(names, model.coef_[0], strict=True)}
    return round(float(model.intercept_[0]), 4), weights


def _matrix(chosen: Sequence[Example], names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([[float(name in one.signs) for name in names] for one in chosen])


def cross_validated(chosen: Sequence[Example]) -> list[float]:
    """The chance of each finding, said by weights that did not see its dialogue."""
    chances = [0.0] * len(chosen)
    groups = [one.call_id for one in chosen]
    for train, test in GroupKFold(FOLDS).split(chosen, groups=groups):
        base, weights = fitted([chosen[i] for i in train])
        for index in test:
            chances[index] = chance(base, weights, chosen[index].signs)
    return chances


def chance(base: float, weights: Mapping[str, float], signs: frozenset[str]) -> float:
    """What `classify.confidence` will say with these weights."""
    return Calibration(base, weights).of(signs)


def chance_table(chosen: Sequence[LabelledSet]) -> tuple[list[tuple[str, ...]], float]:
    """Reliability of the packaged weights on some sets, the courtesies left out."""
    found = [one for one in examples(chosen) if one.type not in COURTESIES]
    packaged = calibration()
    chances = [packaged.of(one.signs) for one in found]
    return reliability(chances, [one.right for one in found])


def reliability(
    chances: Sequence[float], rights: Sequence[bool]
) -> tuple[list[tuple[str, ...]], float]:
    """The reliability table, and the expected calibration error over its bins."""
    rows: list[tuple[str, ...]] = []
    error = 0.0
    for low, high in pairwise(BINS):
        inside = [i for i, c in enumerate(chances) if low <= c < high or c == high == 1.0]
        if not inside:
            continue
        said = float(np.mean([chances[i] for i in inside]))
        was = float(np.mean([rights[i] for i in inside]))
        error += len(inside) / len(chances) * abs(said - was)
        rows.append((f"{low:.2f}-{high:.2f}", str(len(inside)), f"{said:.3f}", f"{was:.3f}"))
    return rows, error


def thresholds(found: Sequence[Example], chances: Sequence[float]) -> dict[str, Threshold]:
    """The least confidence of each kind at which findings are right as often as `WANTED`."""
    pairs: dict[str, list[tuple[float, bool]]] = {}
    for one, said in zip(found, chances, strict=True):
        if one.type not in COURTESIES:
            pairs.setdefault(one.kind, []).append((said, one.right))
    rare = [pair for few in pairs.values() if len(few) < FEWEST for pair in few]
    measured = {kind: _least(few) for kind, few in pairs.items() if len(few) >= FEWEST}
    return dict(sorted(measured.items())) | {OTHERS: _least(rare)}


def _least(pairs: Sequence[tuple[float, bool]]) -> Threshold:
    """The lowest threshold that keeps enough right; one above all where none does."""
    for least in sorted({round(said, 2) for said, _ in pairs}):
        right = [was for said, was in pairs if round(said, 2) >= least]
        if np.mean(right) >= WANTED:
            return Threshold(least, round(float(np.mean(right)), 2), len(right))
    return Threshold(1.0, 0.0, 0)


def main() -> None:
    """Prints reliability under cross-validation, for all findings and without the courtesies."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    found = examples(VALIDATION)
    chances = cross_validated(found)
    core = [i for i, one in enumerate(found) if one.type not in COURTESIES]
    for name, chosen in (("all", range(len(found))), ("core", core)):
        rows, error = reliability([chances[i] for i in chosen], [found[i].right for i in chosen])
        print(f"{name}: expected calibration error {error:.3f}")
        print(*("  " + "  ".join(row) for row in rows), sep="\n")
    if options.write:
        base, weights = fitted(found)
        body: dict[str, Any] = {"base": base, "weights": weights}
        TARGET.write_text(json.dumps(body, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        bounds = {kind: asdict(one) for kind, one in thresholds(found, chances).items()}
        THRESHOLDS.write_text(json.dumps(bounds, indent=1) + "\n", encoding="utf-8")
        print(f"written: {TARGET}, {THRESHOLDS}")


if __name__ == "__main__":
    main()
