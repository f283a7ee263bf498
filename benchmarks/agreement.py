"""How far two annotators agree: second labels of a set, from the bare text, against the first.

python -m benchmarks.agreement

What both could not agree on no engine can be blamed for. Second labels are in
tests/data/dialogues/second; they leave the courtesies out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from benchmarks.score import COURTESIES, Score, score
from benchmarks.sets import DATA, named

SECOND = DATA / "dialogues" / "second"
Labelled = Mapping[str, Any]


def agreement(name: str, *, free: bool) -> Score:
    """The figures of the second labels of a set as if they were heard, the first being the truth.

    Args:
        name: the set.
        free: whether what either annotator calls optional is neither demanded nor punished;
            otherwise it counts as not labelled.
    """
    text = (SECOND / f"{name}.truth.json").read_text("utf-8")
    second = {label["call_id"]: label for label in json.loads(text)}
    pairs = [(label, second[label["call_id"]]) for _, label in named(name).calls()]
    first = [_core(label, free=free) for label, _ in pairs]
    heard = {
        label["call_id"]: {**other, "actions": _told(other, label, free=free)}
        for label, other in pairs
    }
    return score(heard, first)


def _core(label: Labelled, *, free: bool) -> Labelled:
    actions = [a for a in label["actions"] if a["type"] not in COURTESIES]
    return {**label, "actions": actions, "optional": label.get("optional", []) if free else []}


def _told(label: Labelled, other: Labelled, *, free: bool) -> list[Labelled]:
    """What one annotator demands, and what it lets pass where the other demands it."""
    missing = _kinds(other["actions"]) - _kinds(label["actions"])
    told = list(label["actions"])
    for action in label.get("optional", ()) if free else ():
        kind = (action["type"], action["status"])
        if missing[kind]:
            missing[kind] -= 1
            told.append(action)
    return told


def _kinds(actions: Iterable[Labelled]) -> Counter[tuple[str, str]]:
    return Counter((action["type"], action["status"]) for action in actions)


def main() -> None:
    """Prints the core figures of every set that was labelled twice."""
    for path in sorted(SECOND.glob("*.truth.json")):
        name = path.name.removesuffix(".truth.json")
        free, strict = agreement(name, free=True), agreement(name, free=False)
        print(f"{name}: {free.calls} dialogues, outcome the same in {free.outcomes_right}")
        print(free.core.line("   core, what either calls optional is free"))
        print(strict.core.line("   core, what is optional is not labelled"))
        for slot, (right, wanted, _) in free.slots.items():
            print(f"   {slot}: {right} of {wanted} the same")


if __name__ == "__main__":
    main()
