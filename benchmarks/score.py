"""Counts what was heard against labels: by type, by type and status, slots, outcomes.

An action counts as found when the call has one of the same type and status (one to one). Labels
may carry `optional` actions, which are neither demanded nor punished. Courtesies are left out of
the core figure: they are easy and many.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from models.vocabulary.action import Action

COURTESIES = frozenset({"greeting", "self_introduction", "company_introduction", "farewell"})
SLOTS = ("datetime", "date", "due", "amount")
Z95 = 1.96

Labelled = Mapping[str, Any]


@dataclass
class Count:
    """Right, wrongly found and missed; with precision, recall and F1."""

    right: int = 0
    extra: int = 0
    missed: int = 0

    def add(self, right: int, extra: int, missed: int) -> None:
        """Adds the figures of one call."""
        self.right += right
        self.extra += extra
        self.missed += missed

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall; 1 where nothing was there and nothing found."""
        whole = 2 * self.right + self.extra + self.missed
        return 2 * self.right / whole if whole else 1.0

    def line(self, name: str) -> str:
        """One row of the report."""
        p = share(self.right, self.right + self.extra)
        r = share(self.right, self.right + self.missed)
        counts = f"+{self.right} !{self.extra} -{self.missed}"
        return f"{name:40s} P {p}  R {r}  F1 {self.f1:.2f}  {counts}"


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % interval of a share (Wilson 1927, https://doi.org/10.2307/2276774)."""
    if trials == 0:
        return 0.0, 1.0
    share = successes / trials
    scale = 1 + Z95**2 / trials
    middle = share + Z95**2 / (2 * trials)
    half = Z95 * math.sqrt(share * (1 - share) / trials + Z95**2 / (4 * trials**2))
    return (middle - half) / scale, (middle + half) / scale


def share(successes: int, trials: int) -> str:
    """A share with its 95 % interval, as text; a dash where nothing was tried."""
    low, high = wilson(successes, trials)
    value = f"{successes / trials:.2f}" if trials else "   -"
    return f"{value} [{low:.2f}-{high:.2f}]"


@dataclass
class Score:
    """The figures of a whole set of calls; `notes` lists what went wrong, call by call."""

    types: dict[str, Count] = field(default_factory=dict)
    kinds: dict[str, Count] = field(default_factory=dict)
    core: Count = field(default_factory=Count)
    total: Count = field(default_factory=Count)
    slots: dict[str, list[int]] = field(default_factory=lambda: {s: [0, 0, 0] for s in SLOTS})
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    outcomes_right: int = 0
    calls: int = 0
    notes: list[str] = field(default_factory=list)

    @property
    def macro(self) -> float:
        """The mean F1 of the core's types."""
        values = [count.f1 for name, count in self.types.items() if name not in COURTESIES]
        return sum(values) / len(values) if values else 1.0


def score(heard: Mapping[str, Labelled], labels: Sequence[Labelled]) -> Score:
    """Compares; `heard` maps call ids to what was heard in them."""
    result = Score()
    for label in labels:
        call_id = str(label["call_id"])
        found = heard.get(call_id, {"outcome": None, "actions": []})
        result.calls += 1
        result.outcomes[str(label["outcome"]), str(found["outcome"])] += 1
        result.outcomes_right += found["outcome"] == label["outcome"]
        if found["outcome"] != label["outcome"]:
            result.notes.append(f"{call_id} outcome {found['outcome']}, not {label['outcome']}")
        _score_actions(result, call_id, found["actions"], label)
    return result


def _grouped(actions: Iterable[Labelled]) -> dict[tuple[str, str], list[Labelled]]:
    groups: dict[tuple[str, str], list[Labelled]] = {}
    for action in actions:
        groups.setdefault((action["type"], action["status"]), []).append(action)
    return groups


def _score_actions(result: Score, call_id: str, found: Sequence[Labelled], label: Labelled) -> None:
    want, got = _grouped(label["actions"]), _grouped(found)
    free = Counter((a["type"], a["status"]) for a in label.get("optional", ()))
    for kind in sorted({*want, *got}):
        wanted, given = want.get(kind, []), got.get(kind, [])
        right = min(len(wanted), len(given))
        extra = max(0, len(given) - right - free[kind])
        missed = len(wanted) - right
        counts = [
            result.types.setdefault(kind[0], Count()),
            result.kinds.setdefault("/".join(kind), Count()),
            result.total,
        ]
        for count in counts + ([] if kind[0] in COURTESIES else [result.core]):
            count.add(right, extra, missed)
        if extra:
            quotes = [a.get("quote") for a in given]
            result.notes.append(f"{call_id} EXTRA {'/'.join(kind)} {quotes}")
        if missed:
            quotes = [a.get("quote") for a in wanted]
            result.notes.append(f"{call_id} MISSED {'/'.join(kind)} {quotes}")
        _score_slots(result, call_id, kind, wanted, given)


def right_ones(actions: Sequence[Action], label: Labelled) -> list[bool | None]:
    """Whether each finding is borne out by a label; None where that one is optional.

    Of several findings of one kind those whose words the label quotes come first.
    """
    want = _grouped(label["actions"])
    free = Counter((a["type"], a["status"]) for a in label.get("optional", ()))
    verdicts: list[bool | None] = [False] * len(actions)
    kinds: dict[tuple[str, str], list[int]] = {}
    for index, action in enumerate(actions):
        kinds.setdefault((str(action.type), str(action.status)), []).append(index)
    for kind, indices in kinds.items():
        quotes = [str(a.get("quote", "")) for a in want.get(kind, [])]
        best = sorted(indices, key=lambda i: not _quoted(actions[i].quote, quotes))
        for place, index in enumerate(best):
            if place < len(quotes):
                verdicts[index] = True
            elif place < len(quotes) + free[kind]:
                verdicts[index] = None
    return verdicts


def _quoted(words: str, quotes: Iterable[str]) -> bool:
    return any(words in quote or quote in words for quote in quotes)


def _score_slots(
    result: Score,
    call_id: str,
    kind: tuple[str, str],
    wanted: Sequence[Labelled],
    given: Sequence[Labelled],
) -> None:
    for name in SLOTS:
        want = Counter(str(a["slots"][name])[:16] for a in wanted if name in a.get("slots", {}))
        got = Counter(str(a["slots"][name])[:16] for a in given if name in a.get("slots", {}))
        figures = result.slots[name]
        figures[0] += (want & got).total()
        figures[1] += want.total()
        figures[2] += got.total()
        if want != got:
            result.notes.append(
                f"{call_id} SLOT {'/'.join(kind)} {name}: {dict(got)} for {dict(want)}"
            )


def report(result: Score, *, verbose: bool = False) -> str:
    """The figures as text; `verbose` adds what went wrong."""
    lines = list(result.notes) if verbose else []
    lines += ["", "by type"] + [result.types[t].line(t) for t in sorted(result.types)]
    lines += ["", "by type and status"] + [result.kinds[k].line(k) for k in sorted(result.kinds)]
    lines += ["", result.total.line("all, micro"), result.core.line("core, micro")]
    for name, (right, wanted, given) in result.slots.items():
        lines.append(f"slot {name:9s} exact {right} of {wanted}, {given} given")
    lines.append(f"outcome {result.outcomes_right} of {result.calls}")
    return "\n".join(lines)
