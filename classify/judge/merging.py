"""Puts the engine's hearing and the judge's together: agreement makes surer, dispute less sure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from classify.dialogue import Talk
from classify.hear import LIMITED, in_order
from classify.judge.answer import ALONE, Opinion
from classify.judge.catalogue import CATALOGUE
from models.vocabulary.action import Action, HeardCall, SlotValue

# What becomes of the odds that an action is right: the judge heard it too, did not hear it, heard
# it come to another end. Modest, as befits a model that nobody has measured yet.
AGREED, UNHEARD, DISPUTED = 4.0, 1 / 4, 1 / 10
_SUREST = 0.99
SILENT, OTHER_END = "judge.silent", "judge.heard"
DOUBTS = (ALONE, SILENT, OTHER_END)
_TIMES = frozenset({"datetime", "date"})


def merge(engine: HeardCall, opinion: Opinion, talk: Talk) -> HeardCall:
    """Gives one hearing of two.

    The engine's outcome stands, and so do all its actions with their statuses and quotes;
    the judge changes how sure they are and fills slots that the engine left empty. What
    only the judge heard comes in with the judge's confidence.
    """
    allowed = LIMITED.get(engine.outcome)
    judged = [a for a in opinion.heard.actions if allowed is None or a.type in allowed]
    merged: list[Action] = []
    for action in _surest_pairs_first(engine.actions, judged):
        partner = _partner(action, judged)
        if partner is not None:
            judged.remove(partner)
            merged.append(_compared(action, partner))
        elif action.type in CATALOGUE and action.type not in opinion.unsettled:
            merged.append(_weighed_by(action, UNHEARD, SILENT))
        else:
            merged.append(action)
    return HeardCall(engine.outcome, tuple(in_order([*merged, *judged], talk)))


def counted(actions: Iterable[Action], least: float) -> tuple[Action, ...]:
    """The actions that may prove something: none that a judge's hearing left in doubt.

    What both heard, and what no judge heard a call for, counts whatever its confidence.
    """
    return tuple(a for a in actions if a.confidence >= least or not _doubted(a))


def _doubted(action: Action) -> bool:
    return any(cue.startswith(DOUBTS) for cue in action.cues)


def _surest_pairs_first(actions: Sequence[Action], judged: Sequence[Action]) -> list[Action]:
    """Those with a partner of the same status first, so that no other takes it from them."""
    ends = {(one.type, one.status) for one in judged}
    return sorted(actions, key=lambda one: (one.type, one.status) not in ends)


def _partner(action: Action, judged: Sequence[Action]) -> Action | None:
    """The judge's action about the same thing: the likest of its type, of its kind where named."""
    same = [one for one in judged if one.type is action.type and _same_kind(action, one)]
    return min(same, key=lambda one: _unlike(action, one), default=None)


def _same_kind(one: Action, other: Action) -> bool:
    return all(
        one.slots[name] == other.slots[name]
        for name in ("kind", "part")
        if name in one.slots and name in other.slots
    )


def _unlike(one: Action, other: Action) -> tuple[bool, bool, int]:
    shared = sum(other.slots.get(name) == value for name, value in one.slots.items())
    apart = one.quote not in other.quote and other.quote not in one.quote
    return one.status is not other.status, apart, -shared


def _compared(action: Action, partner: Action) -> Action:
    if action.status is not partner.status:
        return _weighed_by(action, DISPUTED, f"{OTHER_END} {partner.status.value}")
    agreed = _weighed_by(action, AGREED, "judge.agrees")
    return replace(agreed, slots=_filled(action.slots, partner.slots))


def _filled(
    slots: Mapping[str, SlotValue], others: Mapping[str, SlotValue]
) -> dict[str, SlotValue]:
    """The slots with those of the judge that say something about which they are silent."""
    timed = bool(_TIMES & slots.keys())
    extra = {name: v for name, v in others.items() if not (timed and name in _TIMES)}
    return extra | dict(slots)


def _weighed_by(action: Action, ratio: float, cue: str) -> Action:
    """Bayes' rule in odds: a confidence is the chance that the action is right."""
    sure = min(action.confidence, _SUREST)
    odds = sure / (1 - sure) * ratio
    return replace(action, confidence=odds / (1 + odds), cues=(*action.cues, cue))
