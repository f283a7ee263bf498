"""`stagecheck figures fairness`: the same texts about other people, and what that moves."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from classify.checklist import Checklist, check_call
from classify.hear import CallContext, hear
from classify.swapping import SWAPS
from figures.fairness import Compared, moved
from figures.fairness_results import Moved
from flow.result import Json
from flow.texts import TextCall
from models.store.mapping import plain
from models.vocabulary.action import HeardCall
from models.vocabulary.transcript import Segment

HISTORY = "history"
_SHOWN = 10


def tried_fairness(calls: Sequence[TextCall], checklist: Checklist) -> list[Moved]:
    """What each swap moves in the calls: names, gender, and what was heard before.

    Of the latter: every call is heard again after the other calls, last to first, so that another
    manager's calls came before it. Verdicts are those of the checklist's items.
    """
    first = [_judged(one, one.segments, checklist) for one in calls]
    found = []
    for name, swap in SWAPS.items():
        compared = []
        for call, before in zip(calls, first, strict=True):
            swapped = swap(call.segments)
            again = _judged(call, swapped.segments, checklist) if swapped.words else before
            compared.append(_compared(call, swapped.words, before, again))
        found.append(moved(name, compared))
    again_all = [_judged(one, one.segments, checklist) for one in reversed(calls)][::-1]
    return [*found, moved(HISTORY, _pairs(calls, first, again_all))]


_Judged = tuple[HeardCall, tuple[str, ...]]


def _pairs(
    calls: Sequence[TextCall], first: Sequence[_Judged], again: Sequence[_Judged]
) -> list[Compared]:
    """The same words heard twice: each word of a call could show a difference."""
    return [
        _compared(call, sum(len(one.text.split()) for one in call.segments), before, after)
        for call, before, after in zip(calls, first, again, strict=True)
    ]


def _judged(call: TextCall, segments: Sequence[Segment], checklist: Checklist) -> _Judged:
    context = CallContext(started_at=call.started_at, direction=call.direction)
    heard = hear(segments, context)
    items = check_call(checklist, segments, context, heard).items
    return heard, tuple(f"{one.item_id}={one.verdict.value}" for one in items)


def _compared(call: TextCall, words: int, before: _Judged, after: _Judged) -> Compared:
    return Compared(
        call_id=call.call_id,
        words=words,
        outcomes=(before[0].outcome.value, after[0].outcome.value),
        actions=(_actions(before[0]), _actions(after[0])),
        verdicts=tuple(zip(before[1], after[1], strict=True)),
    )


def _actions(heard: HeardCall) -> tuple[str, ...]:
    return tuple(f"{one.type.value}/{one.status.value}" for one in heard.actions)


def fairness_json(found: Iterable[Moved]) -> list[Json]:
    """What the swaps moved, as data."""
    return [plain(one) for one in found]


def fairness_lines(found: Iterable[Moved]) -> list[str]:
    """What the swaps moved, as a table with the calls that moved below it."""
    lines = [f"{'swap':<9}{'calls':>7}{'words':>8}{'outcomes':>12}{'actions':>13}{'verdicts':>13}"]
    below = []
    for one in found:
        shares = [f"{s.count} of {s.of}" for s in (one.outcomes, one.actions, one.verdicts)]
        lines.append(
            f"{one.swap:<9}{one.changed:>7}{one.words:>8}{shares[0]:>12}{shares[1]:>13}{shares[2]:>13}"
        )
        for call in one.moved[:_SHOWN]:
            told = [f"{call.outcome[0]} -> {call.outcome[1]}"] if call.outcome else []
            told += [f"- {name}" for name in call.lost] + [f"+ {name}" for name in call.gained]
            told += [f"{before} -> {after}" for before, after in call.verdicts]
            below.append(f"  {one.swap}, {call.call_id}: {'; '.join(told)}")
        if len(one.moved) > _SHOWN:
            below.append(f"  {one.swap}: and {len(one.moved) - _SHOWN} more calls (--json)")
    return lines + below
