"""Whether a second hearing carries the same action with the same day, hour and sum."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from classify.dialogue import CallContext
from classify.hear import hear
from classify.second_listening.likeness import Pair, alike, alike_words
from classify.second_listening.stretch import Target
from models.vocabulary.action import Action
from models.vocabulary.transcript import Segment

LEAST_SURE = 0.5  # a second hearing less sure than this says nothing
MOST_LESS_SURE = 0.15  # nor does one so much less sure than the first
LEAST_LETTERS = 0.5  # nor one that lost half of the words
LOWERED = 0.5  # what is left of an action's confidence that was not borne out
_LONGEST = 120
_DECIDING = ("datetime", "date", "due", "amount")


class Opinion(StrEnum):
    """What a second hearing makes of an action."""

    SAME = "same"
    OTHERWISE = "otherwise"
    UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class SecondOpinion:
    """The opinion, and the words that were heard in the place of the first."""

    opinion: Opinion
    said: str = ""


def second_opinion(
    segments: Sequence[Segment],
    targets: Sequence[Target],
    again: Sequence[Segment],
    context: CallContext,
    action: Action,
) -> SecondOpinion:
    """Holds the words of a second hearing against an action of the first.

    The call is heard anew as a whole with the new words in their places. An action that even
    the first words do not give (somebody else added it) cannot be compared. Another day, hour or
    sum contradicts; so does an action that is gone, unless the words that cost it only sound
    a little otherwise or are poorly heard: worse heard is not heard otherwise.

    Args:
        segments: the call in the words of the first hearing.
        targets: what was heard again, in order.
        again: the new words of each target.
        context: what the first hearing knew of the call.
        action: the action in question.
    """
    if not _carried(hear(segments, context).actions, action):
        return SecondOpinion(Opinion.UNCLEAR)
    new = hear(retold(segments, targets, again), context).actions
    if _carried(new, action):
        return SecondOpinion(Opinion.SAME)
    guilty = _guilty(segments, targets, again, context, action)
    if _poor(guilty) or (
        not _elsewhere(new, action) and all(alike(one, context) for one in guilty)
    ):
        return SecondOpinion(Opinion.UNCLEAR)
    return SecondOpinion(Opinion.OTHERWISE, _told(guilty))


def _guilty(
    segments: Sequence[Segment],
    targets: Sequence[Target],
    again: Sequence[Segment],
    context: CallContext,
    action: Action,
) -> list[Pair]:
    """The utterances whose new words alone cost the action; all of them where only together."""
    pairs = list(zip(targets, again, strict=True))
    alone = [
        pair
        for pair in pairs
        if not _carried(hear(retold(segments, [pair[0]], [pair[1]]), context).actions, action)
    ]
    return [Pair(target.segment, new) for target, new in alone or pairs]


def lowered(action: Action, said: str) -> Action:
    """An action that a second hearing did not bear out: less sure, and saying so."""
    return replace(action, confidence=round(action.confidence * LOWERED, 3), heard_otherwise=said)


def retold(
    segments: Sequence[Segment], targets: Sequence[Target], again: Sequence[Segment]
) -> list[Segment]:
    """The call with the words of the second hearing in the places of the targets."""
    told = list(segments)
    for target, new in zip(targets, again, strict=True):
        old = segments[target.index]
        if target.first == 0 and target.end == len(old.words):
            told[target.index] = replace(old, text=new.text, confidence=new.confidence)
            continue
        before = [word.text for word in old.words[: target.first]]
        after = [word.text for word in old.words[target.end :]]
        told[target.index] = replace(old, text=" ".join([*before, new.text, *after]).strip())
    return told


def _carried(actions: Iterable[Action], action: Action) -> bool:
    return any(
        one.type is action.type
        and one.status is action.status
        and all(one.slots.get(name) == action.slots.get(name) for name in _DECIDING)
        for one in actions
    )


def _elsewhere(actions: Iterable[Action], action: Action) -> bool:
    """Whether the same thing is heard with another day, hour or sum."""
    return any(
        one.type is action.type
        and one.status is action.status
        and any(one.slots.get(n) != action.slots.get(n) for n in _DECIDING if n in one.slots)
        for one in actions
    )


def _poor(guilty: Sequence[Pair]) -> bool:
    """Whether the second hearing is too weak to contradict the first."""
    first, again = [one.first for one in guilty], [one.again for one in guilty]
    if _letters(again) < _letters(first) * LEAST_LETTERS:
        return True
    sure = _sureness(again)
    return sure < LEAST_SURE or sure < _sureness(first) - MOST_LESS_SURE


def _letters(segments: Iterable[Segment]) -> int:
    return sum(len(one.text) for one in segments)


def _sureness(segments: Sequence[Segment]) -> float:
    """Mean confidence, each letter counting once."""
    return sum(one.confidence * len(one.text) for one in segments) / max(1, _letters(segments))


def _told(guilty: Sequence[Pair]) -> str:
    """The new words of the first utterance that says something else."""
    changed = [one for one in guilty if not alike_words(one.first.text, one.again.text)]
    text = " ".join((changed or list(guilty))[0].again.text.split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1].rstrip()}…"
